package cli

import (
	"context"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// deadAmong returns the numbers of those runs that the history shows as running
// although their process is gone: the next run of their stream closes them.
func deadAmong(ctx context.Context, db ledger.DB, runs ...crm.Run) (map[int64]bool, error) {
	dead := map[int64]bool{}
	if !slices.ContainsFunc(runs, func(r crm.Run) bool { return r.Status == crm.StatusRunning }) {
		return dead, nil
	}
	streams, err := ledger.Streams(ctx, db)
	for _, s := range streams {
		if s.Dead {
			dead[s.LastRun.ID] = true
		}
	}
	return dead, err
}
