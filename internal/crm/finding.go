package crm

import (
	"strconv"
	"time"
)

// Finding is one row that is not what the source says, or one that is missing.
type Finding struct {
	Kind     Difference
	RecordID string
	Fields   []FieldDifference // of a stale or different row
	Pending  bool              // changed since the stream's watermark: the next run brings it, so nothing is wrong yet
	Until    time.Time         // of a pending row that is newer than what the source shows: until when the source may just lag
}

// Ahead reports whether the warehouse has a newer version than the source shows, which
// may come to show it again.
func (f Finding) Ahead() bool { return !f.Until.IsZero() }

// Difference is in what way a row is not what the source says.
type Difference string

// The ways in which a row can be wrong.
const (
	Missing   Difference = "missing"   // the source has the record, the warehouse has not
	Stale     Difference = "stale"     // the warehouse has an older version of it
	Different Difference = "different" // the same version, with other values
	Extra     Difference = "extra"     // the warehouse has a row that the source has not
)

// FieldDifference is one column of a row that differs.
type FieldDifference struct {
	Column    string
	Source    Shown // what the source says, as it would be stored
	Warehouse Shown // what the table holds
}

// Shown is what a column holds, as a text of at most MaxIssueValue bytes. The
// zero value is NULL, which is not the text NULL.
type Shown struct {
	Text  string
	Valid bool
}

// ShownText is a text that is not NULL.
func ShownText(text string) Shown { return Shown{Text: text, Valid: true} }

// quoted writes what is shown on one line, a text in quotes.
func (s Shown) quoted() string {
	if !s.Valid {
		return "NULL"
	}
	return strconv.Quote(cut(s.Text))
}

// Check is what a comparison of the warehouse with the source found: all that
// verify found, or what a look at a few records at the end of a run did.
type Check struct {
	Asked     int64  `json:"asked,omitempty"`    // records that verify was to look at, when not at all of them; the source may have fewer
	Compared  int64  `json:"compared"`           // records of the source that were looked up
	Right     int64  `json:"right"`              // of those, how many the warehouse has as the source shows them
	Pending   int64  `json:"pending"`            // of those, how many changed since the watermark: the next run brings them
	Ahead     int64  `json:"ahead,omitempty"`    // of the pending, how many the warehouse has newer than the source shows: it lags, or was set back
	Nulled    int64  `json:"nulled,omitempty"`   // of those, how many have a value that no column holds: it is NULL, and an issue says why
	Held      int64  `json:"held"`               // of those, how many the warehouse lacks because they are in the quarantine
	Missing   int64  `json:"missing"`            // of those, how many it lacks for no reason that is known
	Stale     int64  `json:"stale"`              // of those, how many it has in an older version
	Different int64  `json:"different"`          // of those, how many it has with other values
	Extra     int64  `json:"extra"`              // rows whose record the source does not have
	Unlooked  string `json:"unlooked,omitempty"` // why rows whose record the source does not have could not be looked for; "" when they were, or nobody asked
	Rows      int64  `json:"rows,omitempty"`     // rows in the table that are not marked as missing, where they were counted
	Calls     int64  `json:"calls,omitempty"`    // answers of the source that a look at the end of a run took
	First     string `json:"first,omitempty"`    // what is wrong with the first row that is wrong, in words
	Failed    string `json:"failed,omitempty"`   // why nothing could be compared; "" when something was

	// Settled is when a source that lags must show the rows that are Ahead; the zero
	// time where there are none.
	Settled time.Time `json:"settled,omitzero"`
}

// Wrong is how many rows are not what they should be.
func (c *Check) Wrong() int64 { return c.Missing + c.Stale + c.Different + c.Extra }

// Score is the share of rows that are right, in percent; one that the next run
// brings counts as right.
func (c *Check) Score() float64 {
	all := c.Compared + c.Extra
	if all == 0 {
		return 100
	}
	return 100 * float64(c.Right+c.Pending) / float64(all)
}

// Note counts a finding.
func (c *Check) Note(f Finding) {
	switch {
	case f.Pending:
		if f.Kind != Extra { // which is none of the source's records
			c.Pending++
		}
		if f.Ahead() {
			c.Ahead++
		}
		if f.Until.After(c.Settled) {
			c.Settled = f.Until
		}
		return
	case f.Kind == Missing:
		c.Missing++
	case f.Kind == Stale:
		c.Stale++
	case f.Kind == Different:
		c.Different++
	case f.Kind == Extra:
		c.Extra++
	}
	if c.First == "" {
		c.First = f.String()
	}
}

// String says in words what is wrong.
func (f Finding) String() string {
	text := "record " + f.RecordID + " is " + string(f.Kind)
	for i, d := range f.Fields {
		if i == shownFields {
			return text + ", …"
		}
		text += [...]string{": ", ", "}[min(i, 1)] + d.Column + " is " + d.Warehouse.quoted() + ", the source says " + d.Source.quoted()
	}
	return text
}

// shownFields is how many fields of a finding are put into words.
const shownFields = 3

func cut(text string) string {
	const most = 60
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
