package ledger

import (
	"context"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Beat keeps the stream for another lease, counted from now by the database's
// clock. The error has CodeLeaseLost when the run does not hold the stream.
func Beat(ctx context.Context, db DB, runID int64, id crm.StreamID, lease time.Duration) error {
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	held, err := db.Exec(ctx, `
UPDATE warren_stream SET lease_until = $4 WHERE source = $1 AND stream = $2 AND holder_run = $3`,
		id.Source, id.Stream, runID, now.UTC().Add(lease))
	if err == nil && held == 0 {
		return leaseLost(id, runID)
	}
	return err
}

// leaseLost is the error of a run whose stream another run holds (L7).
func leaseLost(id crm.StreamID, run int64) error {
	return &crm.Error{
		Code: crm.CodeLeaseLost, Origin: crm.OriginWarren,
		Message: "run " + strconv.FormatInt(run, 10) + " of " + id.String() + " no longer holds the stream; what it had committed is kept",
		Fix:     "Look at the history for the run that holds it now; if this machine was asleep or overloaded, run again when that one has ended.",
	}
}
