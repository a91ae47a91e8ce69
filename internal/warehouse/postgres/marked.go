package postgres

import (
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// Of the rows of a table few are marked as missing, and which ones stands at the end of
// rows that are wide. A table of Warren's own has an index of the few: then all others
// are told from the key's index alone, without their rows. An adopted table has none.

// isMarked is the condition that a row is marked, the opposite of warehouse.NotMissing,
// as pg_get_expr writes it.
const isMarked = "((" + layout.DeletedRun + " IS NOT NULL) AND (" + layout.DeletedAt + " IS NOT NULL))"

func createMarkedIndex(table string, key []string) string {
	return "CREATE INDEX ON " + table + " (" + quoteAll(key) + ") WHERE " + isMarked
}

// marksIndexed reports whether the table has the index of marked rows.
func (r *relation) marksIndexed(key []string) bool {
	return slices.ContainsFunc(r.indexes, func(ix index) bool { return ix.where == isMarked && slices.Equal(ix.columns, key) })
}

// notMissing is the clause that leaves the rows of the table t that are not marked.
func (r *relation) notMissing(key []string) string {
	if !r.own || !r.marksIndexed(key) {
		return warehouse.WhereNotMissing(r.has)
	}
	equal := make([]string, len(key))
	for i, name := range key {
		equal[i] = "m." + quote(name) + " = t." + quote(name)
	}
	return " WHERE NOT EXISTS (SELECT FROM " + r.quoted() + " AS m WHERE " + strings.Join(equal, " AND ") + " AND " + isMarked + ")"
}
