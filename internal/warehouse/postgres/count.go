package postgres

import (
	"context"

	"github.com/warren-sync/warren/internal/warehouse"
)

// Count returns how many rows are not marked as missing.
func (t *table) Count(ctx context.Context) (int64, error) {
	n, err := warehouse.CountRows(ctx, t.driver, t.rel.quoted()+" AS t", t.rel.notMissing(t.stream.PrimaryKey))
	return n, t.driver.Explain(err)
}

// Count of a table that does not exist is 0.
func (absentTable) Count(context.Context) (int64, error) { return 0, nil }
