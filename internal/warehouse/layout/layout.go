package layout

import (
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// Names of the columns that Warren adds to a stream's fields.
const (
	Data    = "data"            // the raw record
	Hash    = "warren_hash"     // crm.Row.Hash
	Synced  = "synced_at"       // when the row was last written
	Created = "created_in_sync" // when it came into being

	// DeletedAt is when the record was deleted: as the source says, or when a
	// full run no longer found it; NULL while it lives.
	DeletedAt = "warren_deleted_at"
	// DeletedRun is the run that no longer found the record; NULL while it
	// lives, and where the source itself says that it is deleted.
	DeletedRun = "warren_deleted_run"
)

// WrittenNames are the names that the column Synced had over time in the old
// system; a table may have any of them.
func WrittenNames() []string { return []string{Synced, "updated_at", "sync_updated_at"} }

// CreatedNames are the names that the column Created had over time.
func CreatedNames() []string { return []string{Created, "created_at", "sync_created_at"} }

// Origin is where the value of a column comes from.
type Origin uint8

// The origins of values.
const (
	FromKey     Origin = iota // Row.Key[Index]
	FromField                 // Row.Values[Index]
	FromRaw                   // Row.Raw
	FromHash                  // Row.Hash
	FromNow                   // the time of the write
	FromNothing               // NULL, for which the column has a stand-in
	FromNull                  // NULL
)

// Column is what matters here of a column that a table really has.
type Column struct {
	Name      string
	Generated bool // it fills itself and must not be written
	Required  bool // it takes no NULL and has no default
}

// Slot is one column that is written.
type Slot struct {
	Column     int // position among the table's columns
	Origin     Origin
	Index      int  // of Key or Values
	InsertOnly bool // an existing row keeps what it has
	Mark       bool // it says that the record is deleted, be it the source or a run that found out
}

// Of returns what is written where: the key first, then the fields that the
// table has, then what Warren keeps of its own, then what the table demands
// although Warren does not know it. find returns the position of a column by
// name, as the database compares names, or -1.
func Of(stream crm.Stream, columns []Column, find func(name string) int) []Slot {
	var slots []Slot
	add := func(name string, s Slot) {
		s.Column = find(name)
		if s.Column < 0 || columns[s.Column].Generated ||
			slices.ContainsFunc(slots, func(t Slot) bool { return t.Column == s.Column }) {
			return
		}
		slots = append(slots, s)
	}
	for i, name := range stream.PrimaryKey {
		add(name, Slot{Origin: FromKey, Index: i, InsertOnly: true})
	}
	for i, f := range stream.Fields {
		add(f.Column, Slot{Origin: FromField, Index: i})
	}
	add(Data, Slot{Origin: FromRaw})
	add(Hash, Slot{Origin: FromHash})
	for _, name := range WrittenNames() {
		add(name, Slot{Origin: FromNow})
	}
	for _, name := range CreatedNames() {
		add(name, Slot{Origin: FromNow, InsertOnly: true})
	}
	// Whatever the source shows is not missing; whether it is deleted, it says.
	deleted := Slot{Origin: FromNull, Mark: true}
	if i := stream.FieldIndex(stream.Deleted); i >= 0 {
		deleted.Origin, deleted.Index = FromField, i
	}
	add(DeletedAt, deleted)
	add(DeletedRun, Slot{Origin: FromNull})
	for _, c := range columns {
		if c.Required {
			add(c.Name, Slot{Origin: FromNothing, InsertOnly: true})
		}
	}
	return slots
}

// Gap is what a table lacks of what its stream needs.
type Gap struct {
	Columns []string // of those that Written lists
	Others  bool     // columns that only say when a row was written
	Indexes bool
}

// Any reports whether something is lacking.
func (g Gap) Any() bool { return len(g.Columns) > 0 || g.Others || g.Indexes }

// Written lists the columns whose values cannot be told from the rows that are there: the
// fields of a stream, the raw record, the fingerprint and the marks.
func Written(stream crm.Stream) []string {
	names := []string{Data, Hash, DeletedAt, DeletedRun}
	for _, f := range stream.Fields {
		names = append(names, f.Column)
	}
	return names
}

// GapOf divides the columns that a table lacks.
func GapOf(stream crm.Stream, lacking []string, indexes bool) Gap {
	g := Gap{Indexes: indexes}
	written := Written(stream)
	for _, name := range lacking {
		if slices.Contains(written, name) {
			g.Columns = append(g.Columns, name)
		} else {
			g.Others = true
		}
	}
	return g
}

// Unstored returns what a row has and its table no column for, as differences between the
// two: the values of fields, and the raw record.
func Unstored(stream *crm.Stream, row *crm.Row, has func(name string) bool, show func(crm.Value) crm.Shown) (found []crm.FieldDifference) {
	for i, f := range stream.Fields {
		if v := row.Values[i]; v.Valid && !has(f.Column) {
			found = append(found, crm.FieldDifference{Column: f.Column, Source: show(v)})
		}
	}
	if row.Raw != nil && !has(Data) {
		found = append(found, crm.FieldDifference{Column: Data, Source: show(crm.JSONValue(row.Raw))})
	}
	return found
}

// KeysEqual refuses to tell which rows are absent from a table in which the
// type of a key column, as declared, makes different keys equal: a row would
// look as if no record had its key. better is a type that does not.
func KeysEqual(table, column, declared, better string) error {
	return &crm.Error{
		Code: crm.CodeDeletesRefused, Origin: crm.OriginWarehouse,
		Message: "rows that the source no longer has cannot be told in " + table + ": its key column " + column + " of type " + declared +
			" makes different keys equal",
		Fix: "Set deletes: off for the stream in warren.yaml, or give the column " + better + ".",
	}
}

// CheckKey refuses a stream that declares no primary key: without one no row
// can be told from another.
func CheckKey(stream crm.Stream) error {
	if len(stream.PrimaryKey) > 0 {
		return nil
	}
	return &crm.Error{
		Code: crm.CodeInternal, Origin: crm.OriginWarren,
		Message: "stream " + stream.Name + " declares no primary key",
		Fix:     "Report this as a fault of Warren.",
	}
}
