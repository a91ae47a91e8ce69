package warehouse

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Tools is what a session needs of the outside.
type Tools struct {
	Clock   crm.Clock
	Observe func(crm.Event) // hears of retries; never nil
	Owner   ledger.Owner    // this process
}

// Session writes the batches of one run. Known, Fit and Begin may be called while
// Write is under way, each by one goroutine.
type Session struct {
	driver   Driver
	table    Table
	tools    Tools
	claim    Claim
	state    State
	run      crm.Run
	batch    int64 // number of the last batch
	requests int64 // answers that the run was made of, as the last batch said

	staging bool       // rows go into a stage
	stage   Table      // once there are such rows
	pending crm.Counts // of the rows in it, which count when they come into the table

	ahead ahead

	earlier    bool // the stream had issues before the run
	issues     bool // it has some of earlier versions, of before or of this run
	issued     issued
	quarantine bool // and open entries in the quarantine
}

// Open takes the stream for this process (L7), closes what dead processes
// left, opens the run's row in the history, and makes the table ready.
func Open(ctx context.Context, d Driver, c Claim, t Tools) (*Session, error) {
	if err := Unlocked(ctx, d, t, func() error { return d.Migrate(ctx) }); err != nil {
		return nil, err
	}
	// The table comes first, since what the run does depends on it; a table that
	// cannot be used is a failed run nevertheless.
	var table Table
	var state State
	tableErr := Persist(ctx, d, t, func() (err error) { // somebody may have it locked
		var lost []string
		table, lost, err = Make(ctx, d, c.ID, c.Stream)
		state.Lost = append(state.Lost, lost...) // noted once, however often it is tried
		if err == nil {
			err = state.look(ctx, d, table)
		}
		return err
	})
	claim := c.toLedger(t.Owner, state)
	if tableErr == nil {
		claim.Columns = layout.Written(c.Stream)
	}
	var held ledger.Held
	err := Unlocked(ctx, d, t, func() (err error) {
		held, err = ledger.Acquire(ctx, d, claim)
		return err
	})
	if err != nil {
		return nil, err
	}
	state = state.with(held.State)
	state.Dead = held.Dead
	s := &Session{
		driver: d, table: table, tools: t, claim: c, run: held.Run, batch: held.State.Batch, state: state,
		earlier: held.OpenIssues > 0, issues: held.OpenIssues > 0, quarantine: held.OpenQuarantine > 0,
	}
	if tableErr != nil {
		_, err := s.Finish(context.WithoutCancel(ctx), Outcome{Status: crm.StatusFailed, Err: tableErr})
		return nil, errors.Join(tableErr, err)
	}
	s.openLanes()
	return s, nil
}

// look fills in what is to be known of the table.
func (s *State) look(ctx context.Context, d Driver, table Table) (err error) {
	s.Shape = table.Shape()
	s.Empty, err = table.Empty(ctx)
	return d.Explain(err)
}

// with adds what the ledger knows of the stream. A table that has lost columns is of
// another shape than before, whatever its columns hold.
func (s State) with(known ledger.State) State {
	s.State = known
	if known.ColumnsLost > 0 {
		s.Shape += " lost " + strconv.FormatInt(known.ColumnsLost, 10)
	}
	return s
}

func (c Claim) toLedger(owner ledger.Owner, state State) ledger.Claim {
	return ledger.Claim{
		ID: c.ID, SourceType: c.SourceType, HistoryName: c.Stream.HistoryName, Owner: owner, Endpoint: c.Endpoint, Lease: c.Lease,
		LastFull: c.Stream.FullEvery > 0,
		Decide: func(s ledger.State) ledger.Intent {
			i := c.Decide(state.with(s))
			return ledger.Intent{Mode: i.Mode, Since: i.Since, Until: i.Until, Configuration: i.Options}
		},
	}
}

// State returns what was known of the stream when the session was opened.
func (s *Session) State() State { return s.state }

// RunID returns the run's number in the history.
func (s *Session) RunID() int64 { return s.run.ID }

// Fit changes what the real columns cannot hold, and says so (L5).
func (s *Session) Fit(row *crm.Row) []crm.Issue { return s.table.Fit(row) }

// Known looks up what the table has of the rows.
func (s *Session) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	return s.persist(ctx, func() error { return s.table.Known(ctx, rows, versions) })
}

// Beat says that the run is alive.
func (s *Session) Beat(ctx context.Context) error {
	return s.driver.Explain(ledger.Beat(ctx, s.driver, s.run.ID, s.claim.ID, s.claim.Lease))
}

// Finish closes the run: its row in the history, the watermark, the lease, in one
// transaction. A run that the database refuses to close so is closed without all that: it is
// not to look as if it went on.
func (s *Session) Finish(ctx context.Context, o Outcome) (crm.Run, error) {
	s.ground()
	out := ledger.Outcome{
		ID: s.claim.ID, RunID: s.run.ID, Status: o.Status, Watermark: o.Watermark, Complete: o.Complete, Rows: o.Rows,
		Counts: o.Counts, Requests: o.Requests, Bill: o.Bill,
	}
	out.Metrics = map[string]any{}
	if o.Outside > 0 {
		out.Metrics[ledger.MetricOutside] = o.Outside
	}
	if o.Check != nil {
		out.Metrics[ledger.MetricCheck] = o.Check
	}
	var failure *crm.Error
	if errors.As(o.Err, &failure) {
		out.Err = failure
	}
	out.DisabledReason = absence(o.Status, failure)
	run, err := s.close(ctx, out)
	var refusal *crm.Error
	if errors.As(err, &refusal) && run.ID == 0 && !crm.Retryable(err) {
		if closed, closeErr := s.close(ctx, only(out, refusal)); closeErr == nil {
			run = closed
		}
		if run.ID != 0 && run.Status == out.Status && out.Status.Complete() {
			err = nil // the refusal came after a close whose answer was lost
		}
	}
	run.Outside, run.Bill, run.Check = o.Outside, o.Bill, o.Check
	return run, err
}

// only is the least of an outcome that the database has refused: the run has ended, and
// not well.
func only(o ledger.Outcome, refusal *crm.Error) ledger.Outcome {
	if o.Status.Complete() {
		o.Status, o.Err = crm.StatusFailed, refusal
	}
	o.Watermark, o.Complete, o.Rows, o.DisabledReason, o.OnlyClose = time.Time{}, nil, nil, nil, true
	return o
}

func (s *Session) close(ctx context.Context, o ledger.Outcome) (run crm.Run, err error) {
	err = s.persist(ctx, func() (err error) {
		run, err = ledger.Finish(ctx, s.driver, o)
		return err
	})
	return run, err
}

// absence is what a run that ended so shows of whether the account offers the stream:
// why not, "" that it does or that the run failed of something else, and nil nothing.
func absence(status crm.Status, failure *crm.Error) *string {
	reason := ""
	switch {
	case failure != nil && failure.Code == crm.CodeStreamAbsent:
		reason = failure.Message
	case status == crm.StatusCancelled:
		return nil
	}
	return &reason
}
