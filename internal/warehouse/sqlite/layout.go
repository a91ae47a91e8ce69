package sqlite

import (
	"database/sql/driver"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// slot is one column that Warren writes, and what it writes there.
type slot struct {
	column     *column
	origin     layout.Origin
	index      int
	insertOnly bool         // an existing row keeps what it has
	mark       bool         // it says that the record is deleted
	standsIn   bool         // the column takes no NULL
	standIn    driver.Value // in its place; nil is the time of the write
	declared   bool         // the stream itself says what stands in
}

// slotsOf returns what is written where in a table.
func slotsOf(rel *relation, stream crm.Stream) []slot {
	columns := make([]layout.Column, len(rel.columns))
	for i, c := range rel.columns {
		columns[i] = layout.Column{Name: c.name, Generated: c.generated, Required: c.notNull && !c.hasDefault}
	}
	planned := layout.Of(stream, columns, rel.position)
	slots := make([]slot, len(planned))
	for i, p := range planned {
		slots[i] = slot{column: &rel.columns[p.Column], origin: p.Origin, index: p.Index, insertOnly: p.InsertOnly, mark: p.Mark}
	}
	for i := range slots {
		slots[i].chooseStandIn(stream)
	}
	return slots
}

// chooseStandIn settles what a column that takes no NULL gets in its place:
// what the stream declares, else the zero of its type. A key has none, and the
// raw record is always there.
func (s *slot) chooseStandIn(stream crm.Stream) {
	if !s.column.notNull || s.origin != layout.FromField && s.origin != layout.FromNothing {
		return
	}
	s.standsIn = true
	if f, ok := stream.Field(s.column.name); ok {
		s.standIn = declaredStandIn(f)
		s.declared = s.standIn != nil
	}
	if s.declared {
		return
	}
	s.standIn = s.column.neutral()
	if f, ok := stream.Field(stream.Cursor); ok && s.standIn == nil && s.origin == layout.FromField && stream.Fields[s.index].Column == f.Column {
		// Older than any version that will come, so that it keeps none of
		// them out (L9).
		s.standIn = bind(crm.Value{Valid: true, Type: f.Type}, s.column.affinity)
	}
}

// value returns what goes into the slot for a row; now is the time of the
// write. It may share the row's bytes.
func (s *slot) value(row *crm.Row, now string) driver.Value {
	var v driver.Value
	switch s.origin {
	case layout.FromKey:
		v = bind(row.Key[s.index], s.column.affinity)
	case layout.FromField:
		v = bind(row.Values[s.index], s.column.affinity)
	case layout.FromRaw:
		if row.Raw != nil {
			v = text(row.Raw)
		}
	case layout.FromHash:
		v = row.Hash[:]
	case layout.FromNow:
		v = now
	case layout.FromNothing, layout.FromNull:
	}
	if v == nil && s.standsIn {
		if s.standIn == nil {
			return now
		}
		return s.standIn
	}
	return v
}

// Statements on a table. Arguments are numbered in the order in which insert
// and update give them.

func insertStatement(rel *relation, slots []slot) string {
	names := make([]string, len(slots))
	for i, s := range slots {
		names[i] = s.column.name
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(slots)), ", ")
	return "INSERT INTO " + quote(rel.name) + " (" + quoteAll(names) + ") VALUES (" + marks + ")"
}

func updateStatement(rel *relation, set []slot, key []string) string {
	sets := make([]string, len(set))
	for i, s := range set {
		sets[i] = quote(s.column.name) + " = ?"
	}
	return "UPDATE " + quote(rel.name) + " SET " + strings.Join(sets, ", ") + whereKey(key)
}

// lookupStatement asks for the hash and the cursor of a record, and for the run
// that missed it; NULL where the table has no such column.
func lookupStatement(rel *relation, stream crm.Stream) string {
	term := func(name string) string {
		if name == "" || rel.column(name) == nil {
			return "NULL"
		}
		return quote(name)
	}
	return "SELECT " + term(layout.Hash) + ", " + term(stream.Cursor) + ", " + term(layout.DeletedRun) + " FROM " + quote(rel.name) + whereKey(stream.PrimaryKey)
}

func whereKey(key []string) string {
	terms := make([]string, len(key))
	for i, name := range key {
		terms[i] = quote(name) + " = ?"
	}
	return " WHERE " + strings.Join(terms, " AND ")
}
