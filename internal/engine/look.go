package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// lookTime bounds a look: it is worth a call, and not to wait for a source that
// does not answer. The run is complete by then.
const lookTime = 30 * time.Second

var errLookTooLong = fmt.Errorf("the source did not show them within %s", lookTime)

// look reads a few records again when the run has ended, from another part of
// the stream each time, and compares them with their rows. What it finds is in
// the history, and so is why it found nothing: it never fails the run, not even
// when it is cut short.
func (r *run) look(ctx context.Context) {
	sampler, ok := r.job.Connector.(crm.Sampler)
	if !ok || r.plan.look == 0 {
		return
	}
	ctx, stop := r.atMost(ctx, lookTime, errLookTooLong)
	defer stop()
	before := r.check // what was found by counting
	if err := r.lookAt(ctx, sampler); err != nil {
		before.Calls, before.Failed = r.check.Calls, failedLook(err, context.Cause(ctx))
		r.check = before
		return
	}
	if r.check.Wrong() > before.Wrong() {
		r.inconsistent(fmt.Sprintf("of %d records read again at the end of the run, %d are not in the warehouse as the source has them: %s",
			r.check.Compared, r.check.Missing+r.check.Stale+r.check.Different, r.check.First))
	}
}

func (r *run) lookAt(ctx context.Context, sampler crm.Sampler) error {
	rows, err := r.tableRows(ctx)
	if err != nil {
		return err
	}
	r.rows = &rows
	page, err := sampler.Sample(ctx, r.job.Stream, r.plan.look, spread(r.session.RunID()), rows)
	if err != nil {
		return err
	}
	r.check.Calls = int64(page.Requests)
	return r.compareSample(ctx, page)
}

// failedLook says why nothing was compared; cause is what ended the look, or nil.
func failedLook(err, cause error) string {
	switch {
	case cause == nil:
		return err.Error()
	case errors.Is(cause, errLookTooLong):
		return cause.Error()
	default:
		return "Warren was told to stop before they were read"
	}
}

// atMost returns a context that ends after d, for the reason given, or with stop.
func (r *run) atMost(ctx context.Context, d time.Duration, reason error) (limited context.Context, stop func()) {
	limited, cancel := context.WithCancelCause(ctx)
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		if r.clock.Wait(limited, d) == nil {
			cancel(reason)
		}
	}()
	return limited, func() {
		cancel(nil)
		<-waited
	}
}

// inconsistent notes that the warehouse is not what the source says, for a
// reason that no sync mends: the run is complete, and says so.
func (r *run) inconsistent(message string) {
	e := &crm.Error{
		Code: crm.CodeInconsistent, Origin: crm.OriginWarehouse, Message: message,
		Fix: "run warren verify " + r.job.ID.String() + " to see what differs, and with --repair to mend it",
	}
	r.observe(crm.Notice{ID: r.job.ID, Message: e.Message, Fix: e.Fix})
	if r.remark == nil {
		r.remark = e
	}
}

func (r *run) compareSample(ctx context.Context, page crm.Page) error {
	var rows []crm.Row
	for _, raw := range page.Records {
		var row crm.Row
		if r.processor.Identify(raw, &row) == nil {
			rows = append(rows, row)
		}
	}
	versions := make([]crm.Version, len(rows))
	if len(rows) == 0 {
		return nil
	}
	if err := r.session.Known(ctx, rows, versions); err != nil {
		return err
	}
	return r.compare(ctx, rows, versions, &warehouse.Batch{})
}
