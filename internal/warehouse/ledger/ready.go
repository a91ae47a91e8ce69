package ledger

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
)

// ready reports whether the ledger's tables are there. It fails where they are
// those of an earlier version: whoever only looks does not bring them up to
// date (L6).
func ready(ctx context.Context, db DB) (bool, error) {
	exists, err := db.Exists(ctx, "warren_stream")
	if err != nil || !exists {
		return false, err
	}
	current, err := db.Exists(ctx, newestTable)
	if err == nil && !current {
		err = &crm.Error{
			Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
			Message: "Warren's own tables in this database are those of an earlier version",
			Fix:     "run warren migrate, which adds what they miss and changes nothing else; any sync does it too",
		}
	}
	return current, err
}

// newestTable is the table that the last migration made.
const newestTable = "warren_seen"
