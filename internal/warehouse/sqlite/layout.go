package sqlite

import (
	"database/sql/driver"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// origin is where the value of a column comes from.
type origin uint8

const (
	fromKey     origin = iota // Row.Key[index]
	fromField                 // Row.Values[index]
	fromRaw                   // Row.Raw
	fromHash                  // Row.Hash
	fromNow                   // the time of the write
	fromNothing               // NULL, for which the column has a stand-in
)

// slot is one column that Warren writes, and what it writes there.
type slot struct {
	column     *column
	origin     origin
	index      int
	insertOnly bool         // an existing row keeps what it has
	standsIn   bool         // the column takes no NULL
	standIn    driver.Value // in its place; nil is the time of the write
	declared   bool         // the stream itself says what stands in
}

// layout returns what is written where: the key first, then the fields that
// the table has, then what Warren keeps of its own. Columns that compute
// themselves are left out.
func layout(rel *relation, stream crm.Stream) []slot {
	var slots []slot
	add := func(name string, s slot) {
		c := rel.column(name)
		if c == nil || c.generated || slices.ContainsFunc(slots, func(t slot) bool { return t.column == c }) {
			return
		}
		s.column = c
		slots = append(slots, s)
	}
	for i, name := range stream.PrimaryKey {
		add(name, slot{origin: fromKey, index: i, insertOnly: true})
	}
	for i, f := range stream.Fields {
		add(f.Column, slot{origin: fromField, index: i})
	}
	add(columnData, slot{origin: fromRaw})
	add(columnHash, slot{origin: fromHash})
	for _, name := range writtenNames() {
		add(name, slot{origin: fromNow})
	}
	for _, name := range createdNames() {
		add(name, slot{origin: fromNow, insertOnly: true})
	}
	for i := range rel.columns {
		if c := &rel.columns[i]; c.notNull && !c.hasDefault {
			add(c.name, slot{origin: fromNothing, insertOnly: true})
		}
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
	if !s.column.notNull || s.origin != fromField && s.origin != fromNothing {
		return
	}
	s.standsIn = true
	if f, ok := stream.Field(s.column.name); ok {
		s.standIn = declaredStandIn(f)
		s.declared = s.standIn != nil
	}
	if !s.declared {
		s.standIn = s.column.neutral()
	}
}

// value returns what goes into the slot for a row; now is the time of the
// write. It may share the row's bytes.
func (s *slot) value(row *crm.Row, now string) driver.Value {
	var v driver.Value
	switch s.origin {
	case fromKey:
		v = bind(row.Key[s.index], s.column.affinity)
	case fromField:
		v = bind(row.Values[s.index], s.column.affinity)
	case fromRaw:
		if row.Raw != nil {
			v = text(row.Raw)
		}
	case fromHash:
		v = row.Hash[:]
	case fromNow:
		v = now
	case fromNothing:
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

func updateStatement(rel *relation, slots []slot, key []string) string {
	var sets []string
	for _, s := range slots {
		if !s.insertOnly {
			sets = append(sets, quote(s.column.name)+" = ?")
		}
	}
	return "UPDATE " + quote(rel.name) + " SET " + strings.Join(sets, ", ") + whereKey(key)
}

// lookupStatement asks for the hash and the cursor of a record, NULL where the
// table has no such column.
func lookupStatement(rel *relation, stream crm.Stream) string {
	term := func(name string) string {
		if name == "" || rel.column(name) == nil {
			return "NULL"
		}
		return quote(name)
	}
	return "SELECT " + term(columnHash) + ", " + term(stream.Cursor) + " FROM " + quote(rel.name) + whereKey(stream.PrimaryKey)
}

func whereKey(key []string) string {
	terms := make([]string, len(key))
	for i, name := range key {
		terms[i] = quote(name) + " = ?"
	}
	return " WHERE " + strings.Join(terms, " AND ")
}
