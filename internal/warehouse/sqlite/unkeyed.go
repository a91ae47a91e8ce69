package sqlite

import (
	"context"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// unkeyedTable is the table of a snapshot before the first sync adds the key of Warren's
// making, opened to read: its rows are there, and none of them is known (L6).
type unkeyedTable struct {
	absentTable

	there *table // to count its rows, and for nothing else
}

// Lacks reports what Table with create would add.
func (t unkeyedTable) Lacks() layout.Gap { return t.there.Lacks() }

// Empty reports whether the table holds no row.
func (t unkeyedTable) Empty(ctx context.Context) (bool, error) { return t.there.Empty(ctx) }

// Count returns how many rows are not marked as missing.
func (t unkeyedTable) Count(ctx context.Context) (int64, error) { return t.there.Count(ctx) }

// keyed reports whether the table has the columns of the key.
func (r *relation) keyed(stream crm.Stream) bool {
	return !slices.ContainsFunc(stream.PrimaryKey, func(name string) bool { return r.column(name) == nil })
}
