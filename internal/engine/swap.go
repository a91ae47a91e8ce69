package engine

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
)

// swap lets a snapshot's table become what the walk has shown. walk is the run
// that began it; 0 where nothing of it is remembered, and so no row is deleted.
func (r *run) swap(ctx context.Context, walk int64) error {
	if !r.plan.stage {
		return nil
	}
	w, err := r.session.Swap(ctx, walk)
	if err != nil {
		return err
	}
	r.counts.Add(w.Counts)
	for _, reject := range w.Rejects {
		r.observe(crm.RecordFailed{ID: r.job.ID, Reject: reject})
	}
	rows, err := r.session.Count(ctx)
	if err != nil {
		return err
	}
	r.rows, r.check.Rows = &rows, rows
	r.observe(crm.BatchWritten{ID: r.job.ID, Counts: w.Counts})
	return nil
}
