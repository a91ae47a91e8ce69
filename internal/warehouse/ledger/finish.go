package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Outcome is how a run ended.
type Outcome struct {
	ID             crm.StreamID
	RunID          int64
	Status         crm.Status // success, partial, failed or cancelled
	Err            *crm.Error // why it failed or was cancelled, or is partial; nil for nothing
	Watermark      time.Time  // the new watermark; zero leaves the old one
	Complete       *crm.Basis // the walk is complete, and was made with this: its checkpoint has no more use; else nil
	Rows           *int64     // rows in the stream's table that are not missing, as they were counted; nil leaves what is known
	Counts         crm.Counts // what the caller counted; the history must agree (L2)
	Requests       int64
	Bill           crm.Bill       // what the source charges for the whole run
	Metrics        map[string]any // further performance metrics; no secrets (L8)
	DisabledReason *string        // why the stream is left out; "" that it is not; nil leaves what is known
	OnlyClose      bool           // leaves all but the run and the stream's state alone: the database has refused to close it otherwise
}

// Finish closes the run, moves the watermark and lets the stream go, in one
// transaction, and returns the run as the history now tells it. The watermark
// moves only forward, and only for a run that ended as success or partial (L1).
//
// When such a run's counts do not agree with the history, or do not add up,
// the run is stored as failed and the error has CodeCounts (L2). When the run
// does not hold the stream any more nothing is changed and the error has
// CodeLeaseLost (L7). Finishing a run again is no error, so that it can be
// repeated when the answer was lost.
func Finish(ctx context.Context, db DB, o Outcome) (crm.Run, error) {
	now, err := db.Now(ctx)
	if err != nil {
		return crm.Run{}, err
	}
	var run crm.Run
	var verdict error
	err = db.InTx(ctx, func(tx Conn) error {
		run, verdict = crm.Run{}, nil
		s, _, err := readStream(ctx, tx, o.ID, forUpdate(db.Dialect()))
		if err != nil {
			return err
		}
		runs, err := queryRuns(ctx, tx, ` WHERE id = $1`, o.RunID)
		if err != nil {
			return err
		}
		if len(runs) > 0 {
			run = runs[0]
		}
		if s.run != o.RunID || len(runs) == 0 {
			verdict = finished(run, o)
			return nil
		}
		verdict = settle(&run, o, s.Watermark, now.UTC())
		return finish(ctx, tx, db.Dialect(), s, &run, o)
	})
	if err != nil {
		return crm.Run{}, err
	}
	return run, verdict
}

// settle puts the outcome into the run, after the test of L2, whose failure it
// returns.
func settle(run *crm.Run, o Outcome, watermark, now time.Time) error {
	run.Status, run.Requests, run.Bill, run.End = o.Status, o.Requests, o.Bill, now
	failure := o.Err
	var disagreement error
	if o.Status.Complete() {
		if run.Counts != o.Counts || !run.Counts.Balanced() {
			failure = countsDisagree(run.Counts, o)
			disagreement = failure
			run.Status = crm.StatusFailed
		} else if o.Watermark.After(watermark) {
			run.Watermark = o.Watermark.UTC().Truncate(time.Microsecond)
		}
	}
	if failure != nil {
		run.ErrorCode, run.ErrorMessage, run.Fix = failure.Code, failure.Error(), failure.Fix
	}
	return disagreement
}

// finish writes the settled run and the state that it leaves.
func finish(ctx context.Context, tx Conn, dialect Dialect, s streamRow, run *crm.Run, o Outcome) error {
	if !run.Watermark.IsZero() {
		s.Watermark = run.Watermark
	}
	if o.DisabledReason != nil {
		s.DisabledReason = visible(*o.DisabledReason, maxMessage)
	}
	metrics, err := encode(performance(*run, o.Metrics))
	if err != nil {
		return err
	}
	measured(run, metrics)
	if err := closeRun(ctx, tx, *run, metrics); err != nil {
		return err
	}
	checkpoint := "checkpoint"
	// Counts that disagree are no place to go on from.
	if o.Complete != nil || run.ErrorCode == crm.CodeCounts {
		checkpoint = "NULL"
	}
	var basis any // nil leaves it
	if o.Complete != nil && run.ErrorCode != crm.CodeCounts {
		if basis, err = encode(o.Complete); err != nil {
			return err
		}
	}
	var rows any // nil leaves it
	if o.Rows != nil {
		rows = *o.Rows
	}
	if _, err := tx.Exec(ctx, `
UPDATE warren_stream SET watermark = $3, disabled_reason = $4, holder_run = NULL, holder = NULL, holder_since = NULL,
       lease_until = NULL, basis = COALESCE($5, basis), row_count = COALESCE($6, row_count), checkpoint = `+checkpoint+`
WHERE source = $1 AND stream = $2`, o.ID.Source, o.ID.Stream, timeOrNil(s.Watermark), textOrNil(s.DisabledReason), basis, rows); err != nil || o.OnlyClose {
		return err
	}
	if checkpoint == "NULL" || s.Checkpoint == nil || s.Checkpoint.Walk == 0 {
		if err := forgetSeen(ctx, tx, o.ID); err != nil {
			return err
		}
	}
	return appendOldHistory(ctx, tx, dialect, s.sourceType, *run, s.Watermark, run.End)
}

// finished says what to answer when the run does not hold the stream: a run
// that was closed by anybody but a successor was closed by an earlier call.
func finished(run crm.Run, o Outcome) error {
	switch {
	case run.End.IsZero(), run.ErrorCode == crm.CodeProcessDied:
		return leaseLost(o.ID, o.RunID)
	case run.ErrorCode == crm.CodeCounts:
		return countsDisagree(run.Counts, o)
	default:
		return nil
	}
}

func countsDisagree(stored crm.Counts, o Outcome) *crm.Error {
	return &crm.Error{
		Code: crm.CodeCounts, Origin: crm.OriginWarren,
		Message: fmt.Sprintf("the counts of run %d of %s do not agree: committed %+v, counted %+v", o.RunID, o.ID, stored, o.Counts),
		Fix:     "Run again; the watermark was not moved. Report this as a fault of Warren.",
	}
}
