package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// An UPDATE writes the entries of every index over a column that it sets, also where the
// value stays what it was; and an index is written at random places of the file. Most
// changes of a record leave most of its indexed columns alone. So what these hold is
// asked for with the rest, and those that keep it are not set.

const (
	// mostIndexed is how many of the indexed columns are looked at.
	mostIndexed = 8
	// mostUpdates is how many statements a batch has, one for each combination of columns
	// that keep their value. Rows with a further one set them all.
	mostUpdates = 16
)

// indexedSlots returns the positions of the slots that an update sets and an index has.
// There are none where a key may have several rows, of which a look sees the first.
func indexedSlots(rel *relation, slots []slot, key []string) []int {
	var indexed []int
	if !sameColumns(rel.indexes[0], key) {
		return nil
	}
	for i, s := range slots {
		in := rel.marked && (strings.EqualFold(s.column.name, layout.DeletedRun) || strings.EqualFold(s.column.name, layout.DeletedAt)) ||
			slices.ContainsFunc(rel.indexes, func(columns []string) bool {
				return slices.ContainsFunc(columns, func(name string) bool { return strings.EqualFold(name, s.column.name) })
			})
		if in && !s.insertOnly && len(indexed) < mostIndexed {
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

// kept is a set of the table's indexed slots, by their position among these: those that
// hold what they would be set to.
type kept uint8

func (k kept) has(n int) bool { return k&(1<<n) != 0 }

// keeps compares what the row's indexed columns hold with what they would be set to.
func (w *writer) keeps(values []driver.Value) kept {
	var k kept
	for n, i := range w.table.indexed {
		if sameStored(w.look.dest[versionColumns+n], values[i]) {
			k |= 1 << n
		}
	}
	return k
}

// sameStored reports whether a value stands in the table already, as it is given. What
// a column would turn into another type is not the same.
func sameStored(stored, given driver.Value) bool {
	switch given := given.(type) {
	case nil:
		return stored == nil
	case int64:
		n, ok := stored.(int64)
		return ok && n == given
	case string:
		s, ok := stored.(string)
		return ok && s == given
	default:
		return false
	}
}

// updating returns the statement that updates a row but for what it keeps, which may
// turn out to be nothing.
func (w *writer) updating(ctx context.Context, k kept) (*statement, kept, error) {
	if w.updates[k] == nil && len(w.updates) >= mostUpdates {
		k = 0
	}
	if s := w.updates[k]; s != nil {
		return s, k, nil
	}
	t := w.table
	var set []slot
	for i, s := range t.slots {
		if !s.insertOnly && !t.leaves(k, i) {
			set = append(set, s)
		}
	}
	s, err := prepare(ctx, w.conn, updateStatement(t.rel, set, t.stream.PrimaryKey), len(set)+t.keys, 0)
	if err == nil {
		w.updates[k] = s
	}
	return s, k, err
}

// leaves reports whether an update leaves the slot alone.
func (t *table) leaves(k kept, slot int) bool {
	n := slices.Index(t.indexed, slot)
	return n >= 0 && k.has(n)
}
