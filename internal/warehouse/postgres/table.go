package postgres

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/layout"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// table is the table of one stream as it really is.
type table struct {
	driver *Driver
	stream crm.Stream
	rel    *relation
	slots  []slot
	checks []slot // those whose column may be unable to hold a value of its field
	merge  *merge
	narrow []narrowIndex
	look   *lookup // of Known
	again  *lookup // of Write, for both may run at the same time
	whole  bool    // nothing that the stream needs is missing
	beside bool    // another writes other rows at the same time

	unchanged []int  // positions in the rows of the last Write
	buffer    []byte // of its copy, for the next
}

// Table returns the table of a stream, as it really is. With create it first
// makes the table or adds the columns that it lacks.
func (d *Driver) Table(ctx context.Context, stream crm.Stream, create bool) (warehouse.Table, error) {
	if err := checkNames(stream); err != nil {
		return nil, err
	}
	var rel *relation
	err := d.on(ctx, func(s session) (err error) {
		rel, err = findRelation(ctx, s, stream)
		return err
	})
	if err == nil {
		err = checkWidth(rel, stream)
	}
	if err == nil && create && !complete(rel, stream) {
		rel, err = d.makeTable(ctx, stream, rel)
	}
	if err != nil {
		return nil, d.Explain(err)
	}
	if rel == nil {
		return absentTable{stream}, nil
	}
	if err := rel.checkKey(stream); err != nil {
		return nil, err
	}
	if !rel.keyed(stream) {
		return unkeyedTable{absentTable{stream}, &table{driver: d, stream: stream, rel: rel}}, nil
	}
	t, err := newTable(d, stream, rel)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// complete reports whether there is nothing to make; a steady state asks for no
// lock and no right to change tables.
func complete(rel *relation, stream crm.Stream) bool {
	return rel != nil && !gapOf(rel, stream).Any()
}

// makeTable makes the table of a stream, or adds what it lacks as it was found.
func (d *Driver) makeTable(ctx context.Context, stream crm.Stream, found *relation) (rel *relation, err error) {
	err = d.inTx(ctx, func(tx *transaction) error {
		if err := makeTable(ctx, tx.tx, stream, d.hurries); err != nil {
			return err
		}
		rel, err = findRelation(ctx, tx.tx, stream)
		return err
	})
	if err != nil && found != nil {
		err = d.whatIsLacking(ctx, err, []Use{{Table: found.name, Alter: true}}, gapOf(found, stream).Indexes)
	}
	return rel, err
}

// Lacks reports what Table with create would add.
func (t *table) Lacks() layout.Gap { return gapOf(t.rel, t.stream) }

func newTable(d *Driver, stream crm.Stream, rel *relation) (*table, error) {
	slots, err := slotsOf(rel, stream)
	if err != nil {
		return nil, err
	}
	t := &table{driver: d, stream: stream, rel: rel, slots: slots, whole: complete(rel, stream)}
	for _, s := range slots {
		if s.origin == layout.FromField && s.mayMisfit(stream.Fields[s.index]) {
			t.checks = append(t.checks, s)
		}
	}
	t.look, t.again = newLookup(rel, stream), newLookup(rel, stream)
	t.narrow = narrowIndexes(rel, slots)
	t.merge = newMerge(rel, stream, slots, d.pooled)
	return t, nil
}

// mayMisfit reports whether the column may be unable to hold what the field
// says.
func (s *slot) mayMisfit(f crm.Field) bool {
	c := s.column
	switch {
	case s.standsIn && !s.declared, f.Type != c.kind.holds(), c.length > 0:
		return true
	default:
		return c.kind != kindText && c.kind != kindInt8 && c.kind != kindBool && c.kind != kindJSON && c.kind != kindJSONB
	}
}

// Fit changes to NULL what the real columns cannot hold exactly, and says so.
// A value that they hold in another type is turned into that type.
func (t *table) Fit(row *crm.Row) []crm.Issue {
	var issues []crm.Issue
	for i := range t.checks {
		s := &t.checks[i]
		was := row.Values[s.index]
		v, bad := s.column.accommodate(was)
		if bad == nil {
			row.Values[s.index] = v
			if v.Valid || !s.standsIn || s.declared {
				continue
			}
			bad = &misfit{rule: "null", reason: "the column takes no NULL, the record has no value"}
		}
		row.Values[s.index] = crm.Value{}
		if s.standsIn && !s.nowStands {
			row.Values[s.index] = s.standIn
		}
		issues = append(issues, t.issue(row.ID, s, was, bad))
	}
	return issues
}

func (t *table) issue(id string, s *slot, was crm.Value, bad *misfit) crm.Issue {
	name := s.column.name
	alter := fmt.Sprintf("ALTER TABLE %s ALTER COLUMN %s ", t.rel.quoted(), quote(name))
	change := "TYPE " + bad.mend
	if bad.mend == "" {
		change = "DROP NOT NULL"
	}
	instead := "NULL"
	switch {
	case s.nowStands:
		instead = "the time of the sync"
	case s.standsIn:
		instead = quoteText(s.standIn.String())
	}
	return crm.Issue{
		RecordID: id, Field: name, Column: name, Value: cutText(was.String(), crm.MaxIssueValue),
		Rule: bad.rule, Effect: crm.EffectNulled,
		Message: bad.reason + "; stored as " + instead + "; " + alter + change + " mends it",
	}
}

// cutText returns the first bytes of a text, whole characters only.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// absentTable is a table that does not exist: no record is known (L6).
type absentTable struct{ stream crm.Stream }

func (absentTable) Known(_ context.Context, _ []crm.Row, versions []crm.Version) error {
	clear(versions)
	return nil
}

// Lacks of a table that does not exist: everything.
func (t absentTable) Lacks() layout.Gap {
	return layout.GapOf(t.stream, layout.Written(t.stream), true)
}

func (absentTable) Fit(*crm.Row) []crm.Issue { return nil }

func (absentTable) Present(context.Context, func(crm.Row) error) error { return nil }

func (absentTable) Compare(_ context.Context, _ []crm.Row, differences [][]crm.FieldDifference) error {
	clear(differences)
	return nil
}

func (t absentTable) Delete(context.Context, ledger.Conn, []crm.Row, int64, bool) (int64, error) {
	return 0, notOpenedToWrite(t.stream)
}

func (t absentTable) Write(context.Context, ledger.Conn, []crm.Row) (crm.Counts, error) {
	return crm.Counts{}, notOpenedToWrite(t.stream)
}

func (absentTable) Unchanged() []int { return nil }

func notOpenedToWrite(stream crm.Stream) error {
	return &crm.Error{
		Code: crm.CodeInternal, Origin: crm.OriginWarren,
		Message: "the table of stream " + stream.Name + " was not opened for writing",
		Fix:     "Report this as a fault of Warren.",
	}
}
