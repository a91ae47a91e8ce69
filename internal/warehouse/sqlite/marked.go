package sqlite

import (
	"strings"

	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// Of the rows of a table few are marked as missing, and which ones stands at the end of
// rows that are long. An index of the few says so of each row without reading it, and
// any other index then names the rows.

// isMarked is the condition that a row is marked, the opposite of warehouse.NotMissing.
const isMarked = layout.DeletedRun + " IS NOT NULL AND " + layout.DeletedAt + " IS NOT NULL"

// markedIndex is the name of the index of a table's marked rows.
func markedIndex(table string) string { return table + "_warren_marked_idx" }

func createMarkedIndex(table string, key []string) string {
	return "CREATE INDEX IF NOT EXISTS " + quote(markedIndex(table)) + " ON " + quote(table) + " (" + quoteAll(key) + ") WHERE " + isMarked
}

// notMissing is the clause that leaves the rows of the table t that are not marked.
func (r *relation) notMissing(key []string) string {
	if !r.marked {
		return warehouse.WhereNotMissing(r.has)
	}
	equal := make([]string, len(key))
	for i, name := range key {
		equal[i] = "m." + quote(name) + " = t." + quote(name)
	}
	return " WHERE NOT EXISTS (SELECT 1 FROM " + quote(r.name) + " AS m INDEXED BY " + quote(markedIndex(r.name)) +
		" WHERE " + strings.Join(equal, " AND ") + " AND " + isMarked + ")"
}
