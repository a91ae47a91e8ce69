package ledger

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
)

// closeDead closes every run of the stream that says it is running, as failed
// (L7): whoever holds the row's lock and was not refused knows that none is.
// Rows of the old system are left to it.
func (a *acquisition) closeDead(ctx context.Context, s streamRow) ([]crm.Run, error) {
	dead, err := queryRuns(ctx, a.tx, ` WHERE source = $1 AND stream = $2 AND status = 'running' ORDER BY id`,
		a.ID.Source, a.ID.Stream)
	if err != nil {
		return nil, err
	}
	for i := range dead {
		run := &dead[i]
		who := "the process that ran it"
		if run.ID == s.run {
			who = s.owner.Describe()
		}
		run.Status, run.End, run.ErrorCode = crm.StatusFailed, a.now, crm.CodeProcessDied
		run.ErrorMessage = "the run did not end: " + who + " died or lost its lease"
		run.Fix = "Nothing to do: every batch that it committed is kept, and the next run goes on from there."
		metrics, err := encode(performance(*run, nil))
		if err != nil {
			return nil, err
		}
		if err := closeRun(ctx, a.tx, *run, metrics); err != nil {
			return nil, err
		}
		if err := appendOldHistory(ctx, a.tx, a.dialect, s.sourceType, *run, s.Watermark, a.now); err != nil {
			return nil, err
		}
	}
	return dead, nil
}
