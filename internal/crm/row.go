package crm

import (
	"slices"
	"time"
)

// Hash is the fingerprint of a record as the source sent it together with
// the way it is mapped. Equal hashes mean there is nothing to write (L10).
type Hash [16]byte

// Version is what the warehouse knows of a record: its fingerprint and the
// time of its last change.
type Version struct {
	Known   bool // whether the warehouse has the record
	Hash    Hash // zero when the row was not written by Warren
	Cursor  Value
	Missing bool // a full run did not find the record at the source any more, and marked the row
}

// Current reports whether the warehouse needs nothing of the row: it has this
// very version (L10) or a newer one (L9). A row that was marked as missing has
// no version to defend: whatever the source shows of it is its new life.
func (v *Version) Current(row *Row) bool {
	return v.Known && !v.Missing && (v.Hash == row.Hash || !row.Newer(v.Cursor))
}

// Row is one record on its way into a table.
type Row struct {
	ID     string  // the primary key as text, its parts joined by "/"; unique in the stream
	Key    []Value // the primary key, in the order of Stream.PrimaryKey
	Cursor Value   // the time of the last change, or NULL
	Hash   Hash
	Raw    []byte  // the record as sent, clean enough for any database: column data
	Dirty  []byte  // the record as received, where Raw had to be cleaned; else nil
	Values []Value // one per Stream.Fields, in their order; nil until the record is mapped
	Repair bool    // to be written whatever version the table has
}

// Kept returns the row's ID and key as they can be kept, where its bytes are good
// for a moment only.
func (r *Row) Kept() Row {
	key := slices.Clone(r.Key)
	for i := range key {
		key[i].Bytes = slices.Clone(key[i].Bytes)
	}
	return Row{ID: r.ID, Key: key}
}

// Newer reports whether the row may replace what the warehouse has (L9): an
// older version never replaces a newer one, and of two that carry the same
// time, or none, the one read later wins.
func (r *Row) Newer(than Value) bool {
	if !r.Cursor.Valid || !than.Valid {
		return true
	}
	return r.Cursor.Int >= than.Int
}

// Reject is a record that cannot be written. It goes into the quarantine with
// its bytes, before or with the batch it came in (L3).
type Reject struct {
	ID      string // the primary key as text; "" when that is what is wrong
	Raw     []byte // the bytes as received
	Code    Code
	Reason  string // why, in words, with field and value
	Field   string
	Value   string
	Cursor  Value
	Fetched time.Time
	Freeze  bool // the run is to fail, since the schema is to stay as it is
}

// KeyText joins the parts of a primary key to the text that people see, and
// that is unique in the stream.
func KeyText(key []Value) string {
	var space [64]byte
	text := space[:0]
	for i, v := range key {
		if i > 0 {
			text = append(text, '/')
		}
		text = v.AppendText(text)
	}
	return string(text)
}
