package ledger

import (
	"context"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// FindRun returns one run of the history, and the watermark from which it
// started: the one that the last run before it left, or zero. The error has
// CodeUsage when there is no run of that number.
func FindRun(ctx context.Context, db DB, id int64) (run crm.Run, before time.Time, err error) {
	exists, err := ready(ctx, db)
	if err != nil {
		return crm.Run{}, time.Time{}, err
	}
	var runs []crm.Run
	if exists {
		if runs, err = queryRuns(ctx, db, ` WHERE id = $1`, id); err != nil {
			return crm.Run{}, time.Time{}, err
		}
	}
	if len(runs) == 0 {
		return crm.Run{}, time.Time{}, &crm.Error{
			Code: crm.CodeUsage, Origin: crm.OriginConfig,
			Message: "the history has no run " + strconv.FormatInt(id, 10),
			Fix:     "List the runs with warren history and use a number from the first column.",
		}
	}
	earlier, err := queryRuns(ctx, db, ` WHERE source = $1 AND stream = $2 AND id < $3 AND watermark IS NOT NULL ORDER BY id DESC LIMIT 1`,
		runs[0].StreamID.Source, runs[0].StreamID.Stream, id)
	if err != nil || len(earlier) == 0 {
		return runs[0], time.Time{}, err
	}
	return runs[0], earlier[0].Watermark, nil
}
