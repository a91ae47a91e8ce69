package sqlite

import (
	"context"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// An UPDATE writes the entries of every index over a column that it sets, also where the
// value stays what it was; and an index is written at random places of the file. Most
// changes of a record leave its indexed columns alone, but for the cursor. So an update
// first asks for that: it sets the others, where the row has these as they are to be.

// mostMisses is how much more often that may be asked in vain than not; then the rest of
// the batch is written the other way.
const mostMisses = 8

// indexedSlots returns the positions of the slots that an update sets and an index has,
// without the cursor. There are none where a key may have several rows.
func indexedSlots(rel *relation, slots []slot, stream crm.Stream) []int {
	var indexed []int
	if !sameColumns(rel.indexes[0], stream.PrimaryKey) {
		return nil
	}
	for i, s := range slots {
		in := rel.marked && (strings.EqualFold(s.column.name, layout.DeletedRun) || strings.EqualFold(s.column.name, layout.DeletedAt)) ||
			slices.ContainsFunc(rel.indexes, func(columns []string) bool {
				return slices.ContainsFunc(columns, func(name string) bool { return strings.EqualFold(name, s.column.name) })
			})
		if in && !s.insertOnly && !strings.EqualFold(s.column.name, stream.Cursor) {
			indexed = append(indexed, i)
		}
	}
	return indexed
}

// sameColumns reports whether two lists have the same columns, in any order.
func sameColumns(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x string) bool {
		return !slices.ContainsFunc(b, func(y string) bool { return strings.EqualFold(x, y) })
	})
}

// leanStatement updates a row whose indexed columns have what they are to have. The plus
// keeps it from being looked up by them, and a value from being compared as one of
// another type; no collation makes different texts equal.
func leanStatement(rel *relation, slots []slot, indexed []int, key []string) string {
	if len(indexed) == 0 {
		return ""
	}
	var set []slot
	for i, s := range slots {
		if !s.insertOnly && !slices.Contains(indexed, i) {
			set = append(set, s)
		}
	}
	statement := updateStatement(rel, set, key)
	for _, i := range indexed {
		statement += " AND +" + quote(slots[i].column.name) + " COLLATE BINARY IS ?"
	}
	return statement
}

// updateLean updates a row of which no indexed column has changed, and reports whether
// it was one.
func (w *writer) updateLean(ctx context.Context) (bool, error) {
	if w.lean == nil || w.misses == mostMisses {
		return false, nil
	}
	t, n := w.table, 0
	for i := range t.slots {
		if !t.slots[i].insertOnly && !slices.Contains(t.indexed, i) {
			w.lean.args[n].Value = w.values[i]
			n++
		}
	}
	n += copyValues(w.lean.args[n:], w.values[:t.keys])
	for _, i := range t.indexed {
		w.lean.args[n].Value = w.values[i]
		n++
	}
	touched, err := w.lean.run(ctx)
	if touched == 0 {
		w.misses++
	} else {
		w.misses = max(0, w.misses-1)
	}
	return touched > 0, err
}
