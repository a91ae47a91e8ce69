package sqlite

import (
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// limit is SQLITE_MAX_COLUMN as SQLite is built.
func limit() layout.Limit { return layout.Limit{Database: "SQLite", Columns: 2000} }

// checkWidth refuses a stream that has more fields than its table can have columns.
func checkWidth(rel *relation, stream crm.Stream) error {
	if rel == nil {
		return limit().Check(stream, layout.Width(stream), 0)
	}
	return limit().Check(stream, len(rel.columns)+len(missing(rel, stream)), 0)
}
