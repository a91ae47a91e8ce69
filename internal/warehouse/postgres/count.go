package postgres

import (
	"context"

	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// Count returns how many rows are not marked as missing.
func (t *table) Count(ctx context.Context) (n int64, err error) {
	rows, err := t.driver.Query(ctx, "SELECT count(*) FROM "+t.rel.quoted()+" AS t"+whereNotMissing(t.rel))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan(&n)
	}
	if err == nil {
		err = rows.Err()
	}
	return n, t.driver.Explain(err)
}

// whereNotMissing is the condition that a row of the table t is not marked as
// missing: "" where none can be.
func whereNotMissing(rel *relation) string {
	if rel.column(layout.DeletedRun) == nil || rel.column(layout.DeletedAt) == nil {
		return ""
	}
	return " WHERE " + notMissing()
}

// notMissing is the condition itself. A mark that has lost its time is none: to
// whoever reads the time, the row lives.
func notMissing() string {
	return "(t." + quote(layout.DeletedRun) + " IS NULL OR t." + quote(layout.DeletedAt) + " IS NULL)"
}

// Count of a table that does not exist is 0.
func (absentTable) Count(context.Context) (int64, error) { return 0, nil }
