package warehouse

import (
	"context"

	"github.com/warren-sync/warren/internal/warehouse/layout"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// NotMissing is the condition that a row of a stream's table is not marked as missing,
// in SQL that every database takes. A mark that has lost its time is none: to whoever
// reads the time, the row lives.
const NotMissing = "(" + layout.DeletedRun + " IS NULL OR " + layout.DeletedAt + " IS NULL)"

// WhereNotMissing is the clause with that condition; "" of a table that lacks a column
// for it, so that no row of it can be marked.
func WhereNotMissing(has func(column string) bool) string {
	if !has(layout.DeletedRun) || !has(layout.DeletedAt) {
		return ""
	}
	return " WHERE " + NotMissing
}

// CountRows counts the rows of a table that the clause leaves.
func CountRows(ctx context.Context, db ledger.Conn, table, where string) (n int64, err error) {
	rows, err := db.Query(ctx, "SELECT count(*) FROM "+table+where)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}
