package warehouse

import (
	"context"
	"errors"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/seen"
)

// DryRun stands in for a Session on a dry run: it looks things up and counts
// what would happen, and writes nothing at all (L6).
type DryRun struct {
	driver Driver
	id     crm.StreamID
	seen   spool
	table  Table
	clock  crm.Clock
	state  State
	run    crm.Run
}

// Peek looks at a stream without taking it. The database may be read-only,
// and need not have any of Warren's tables.
func Peek(ctx context.Context, d Driver, c Claim, t Tools) (*DryRun, error) {
	table, err := d.Table(ctx, c.Stream, false)
	if err != nil {
		return nil, Explained(ctx, d, err)
	}
	var state State
	if err := state.look(ctx, d, table); err != nil {
		return nil, err
	}
	known, err := ledger.Load(ctx, d, c.toLedger(t.Owner, state))
	if err != nil {
		return nil, Explained(ctx, d, err)
	}
	if state.Lost = known.Lost(table.Lacks().Columns); len(state.Lost) > 0 {
		known.ColumnsLost++ // as the real run will note
	}
	r := &DryRun{driver: d, id: c.ID, table: table, clock: t.Clock, state: state.with(known)}
	intent := c.Decide(r.state)
	r.run = crm.Run{
		StreamID: c.ID, Endpoint: c.Endpoint, Mode: intent.Mode, Since: intent.Since, Until: intent.Until,
		Start: t.Clock.Now(), Configuration: intent.Options,
	}
	return r, nil
}

// State returns what is known of the stream.
func (r *DryRun) State() State { return r.state }

// RunID returns 0: a dry run is not in the history.
func (r *DryRun) RunID() int64 { return 0 }

// Fit changes what the real columns could not hold, and says so.
func (r *DryRun) Fit(row *crm.Row) []crm.Issue { return r.table.Fit(row) }

// Known looks up what the table has of the rows.
func (r *DryRun) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	return Explained(ctx, r.driver, r.table.Known(ctx, rows, versions))
}

// Ahead returns 0: nothing will be written.
func (r *DryRun) Ahead() int { return 0 }

// Begin does nothing.
func (r *DryRun) Begin(context.Context, *Batch) {}

// Write counts what would be written.
func (r *DryRun) Write(_ context.Context, b *Batch) (Written, error) {
	if err := r.seen.add(b.Seen); err != nil {
		return Written{}, err
	}
	// The real run marks what it is told to be gone at once, and does not come to it again.
	var gone []byte
	for _, row := range b.Gone {
		gone = seen.Append(gone, row.ID)
	}
	if err := r.seen.add(gone); err != nil {
		return Written{}, err
	}
	w := begin(b)
	for _, known := range b.Known {
		if known.Known {
			w.Counts.Updated++
		} else {
			w.Counts.Created++
		}
	}
	w.Counts.Deleted = int64(len(b.Gone))
	for _, issues := range b.Issues {
		w.Counts.Issues += int64(len(issues))
	}
	return w, nil
}

// Count returns how many rows of the table are not marked as missing.
func (r *DryRun) Count(ctx context.Context) (int64, error) {
	n, err := r.table.Count(ctx)
	return n, Explained(ctx, r.driver, err)
}

// Beat does nothing: there is no lease.
func (r *DryRun) Beat(context.Context) error { return nil }

// Absent calls absent with every row that is not marked as missing and that
// the run was not shown.
func (r *DryRun) Absent(ctx context.Context, _ int64, begin func(), absent func(crm.Row) error) (Counted, error) {
	begin()
	c, err := compareWalk(ctx, r.table, r.seen.parts, absent)
	if err == nil {
		var now ledger.State
		now, err = ledger.Load(ctx, r.driver, ledger.Claim{ID: r.id})
		c.Moved = now.Batch != r.state.Batch
	}
	return c, Explained(ctx, r.driver, err)
}

// Stage does nothing: nothing is written.
func (*DryRun) Stage() {}

// Swap does nothing: a dry run has no stage.
func (*DryRun) Swap(context.Context, int64) (Written, error) { return Written{}, nil }

// Delete counts what would be marked or deleted.
func (r *DryRun) Delete(_ context.Context, rows []crm.Row, _ bool) (Written, error) {
	return Written{Counts: crm.Counts{Deleted: int64(len(rows))}}, nil
}

// Compare reports what the table holds otherwise than it would be written.
func (r *DryRun) Compare(ctx context.Context, rows []crm.Row) ([][]crm.FieldDifference, error) {
	differences := make([][]crm.FieldDifference, len(rows))
	return differences, Explained(ctx, r.driver, r.table.Compare(ctx, rows, differences))
}

// Held returns those of the ids that are in the quarantine.
func (r *DryRun) Held(ctx context.Context, ids []string) (map[string]bool, error) {
	held, err := ledger.InQuarantine(ctx, r.driver, r.id, ids)
	return held, Explained(ctx, r.driver, err)
}

// Finish returns the run as it would stand in the history.
func (r *DryRun) Finish(_ context.Context, o Outcome) (crm.Run, error) {
	run := r.run
	run.Status, run.Counts, run.Requests, run.Outside, run.End = o.Status, o.Counts, o.Requests, o.Outside, r.clock.Now()
	run.Bill, run.Check = o.Bill, o.Check
	r.seen.close()
	var failure *crm.Error
	if errors.As(o.Err, &failure) {
		run.ErrorCode, run.ErrorMessage, run.Fix = failure.Code, failure.Error(), failure.Fix
	}
	return run, nil
}
