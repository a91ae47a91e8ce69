package postgres

import (
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// limit is MaxHeapAttributeNumber of the server, which no setting changes.
func limit() layout.Limit { return layout.Limit{Database: "PostgreSQL", Columns: 1600} }

// checkWidth refuses a stream that has more fields than its table can have columns. A
// column that was dropped counts for as long as the table lives.
func checkWidth(rel *relation, stream crm.Stream) error {
	if rel == nil {
		return limit().Check(stream, layout.Width(stream), 0)
	}
	lacking := len(missing(rel, stream))
	if lacking == 0 {
		return nil
	}
	return limit().Check(stream, rel.width+lacking, rel.width-len(rel.columns))
}
