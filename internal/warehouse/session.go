package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Tools is what a session needs of the outside.
type Tools struct {
	Clock   crm.Clock
	Observe func(crm.Event) // hears of retries; never nil
	Owner   ledger.Owner    // this process
}

// Session writes the batches of one run. Known and Fit may be called while
// Write is under way, each by one goroutine.
type Session struct {
	driver Driver
	table  Table
	tools  Tools
	claim  Claim
	state  State
	run    crm.Run
	batch  int64 // number of the last batch

	issues     bool // the stream has issues of earlier versions
	quarantine bool // and open entries in the quarantine
}

// Open takes the stream for this process (L7), closes what dead processes
// left, opens the run's row in the history, and makes the table ready.
func Open(ctx context.Context, d Driver, c Claim, t Tools) (*Session, error) {
	if err := d.Migrate(ctx); err != nil {
		return nil, d.Explain(err)
	}
	held, err := ledger.Acquire(ctx, d, c.toLedger(t.Owner))
	if err != nil {
		return nil, d.Explain(err)
	}
	s := &Session{
		driver: d, tools: t, claim: c, run: held.Run, batch: held.State.Batch,
		state:  State{State: held.State, Dead: held.Dead},
		issues: held.OpenIssues > 0, quarantine: held.OpenQuarantine > 0,
	}
	if s.table, err = d.Table(ctx, c.Stream, true); err != nil {
		err = d.Explain(err)
		_, finishErr := s.Finish(context.WithoutCancel(ctx), Outcome{Status: crm.StatusFailed, Err: err})
		return nil, errors.Join(err, finishErr)
	}
	return s, nil
}

func (c Claim) toLedger(owner ledger.Owner) ledger.Claim {
	return ledger.Claim{
		ID: c.ID, SourceType: c.SourceType, HistoryName: c.Stream.HistoryName, Owner: owner, Endpoint: c.Endpoint, Lease: c.Lease,
		Decide: func(s ledger.State) ledger.Intent {
			i := c.Decide(State{State: s})
			return ledger.Intent{Mode: i.Mode, Since: i.Since, Until: i.Until, Configuration: i.Options}
		},
	}
}

// State returns what was known of the stream when the session was opened.
func (s *Session) State() State { return s.state }

// RunID returns the run's number in the history.
func (s *Session) RunID() int64 { return s.run.ID }

// Shape returns what the table's columns cannot hold.
func (s *Session) Shape() string { return s.table.Shape() }

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

// Write writes a batch, with its rejects, its issues and its checkpoint, in
// one transaction (L4). A row that the database refuses goes into the
// quarantine and costs no other row (L3). A lost connection is waited out;
// whether the commit took place is then asked, not guessed (L2).
func (s *Session) Write(ctx context.Context, b *Batch) (Written, error) {
	s.batch++
	var w Written
	write, unknown := s.whole, false // unknown: whether the last attempt took place
	err := s.persist(ctx, func() error {
		if unknown {
			counts, durable, err := ledger.Committed(ctx, s.driver, s.claim.ID, s.run.ID, s.batch)
			if err != nil {
				return err
			}
			if unknown = false; durable {
				w.Counts = counts
				return nil
			}
		}
		var err error
		if w, err = write(ctx, b); s.refused(err) {
			write = s.halved
			w, err = write(ctx, b)
		}
		unknown = err != nil
		return err
	})
	if err != nil {
		return Written{}, err
	}
	for _, issues := range w.Issues {
		s.issues = s.issues || len(issues) > 0
	}
	s.quarantine = s.quarantine || len(w.Rejects) > 0
	return w, nil
}

// refused reports whether the database does not take some of the data.
func (s *Session) refused(err error) bool {
	return err != nil && crm.CodeOf(s.driver.Explain(err)) == crm.CodeRefusedValue
}

// whole writes the batch in one go.
func (s *Session) whole(ctx context.Context, b *Batch) (Written, error) {
	var w Written
	err := s.driver.InTx(ctx, func(tx ledger.Conn) error {
		w = begin(b)
		counts := crm.Counts{}
		if len(b.Rows) > 0 {
			var err error
			if counts, err = s.table.Write(ctx, tx, b.Rows); err != nil {
				return err
			}
		}
		w.became(counts)
		return s.commit(ctx, tx, &w, b.Rows, b)
	})
	return w, err
}

// begin is what is known of a batch before anything is written.
func begin(b *Batch) Written {
	return Written{
		Counts: crm.Counts{
			Fetched: b.Fetched(), Unchanged: b.Unchanged, Duplicates: b.Duplicates, Failed: int64(len(b.Rejects)),
		},
		Issues: b.Issues, Rejects: b.Rejects,
	}
}

// became adds what the table says of rows that the batch has counted as
// fetched already.
func (w *Written) became(c crm.Counts) {
	w.Counts.Created += c.Created
	w.Counts.Updated += c.Updated
	w.Counts.Unchanged += c.Unchanged
}

func (s *Session) commit(ctx context.Context, tx ledger.Conn, w *Written, rows []crm.Row, b *Batch) error {
	d := ledger.Durable{
		ID: s.claim.ID, RunID: s.run.ID, Batch: s.batch, Requests: b.Requests, Checkpoint: b.Checkpoint,
		Rejects: w.Rejects, Now: s.tools.Clock.Now(), CleanIssues: s.issues, CleanQuarantine: s.quarantine,
	}
	for _, issues := range w.Issues {
		d.Issues = append(d.Issues, issues...)
	}
	if s.issues || s.quarantine {
		d.Written = make([]ledger.Version, len(rows))
		for i := range rows {
			d.Written[i] = ledger.Version{ID: rows[i].ID, Cursor: rows[i].Cursor}
		}
	}
	w.Counts.Issues = int64(len(d.Issues))
	d.Counts = w.Counts
	return ledger.Commit(ctx, tx, d)
}

// halved writes a batch that holds a row which the database refuses: halves
// of it under savepoints, until only the refused rows are left out.
func (s *Session) halved(ctx context.Context, b *Batch) (Written, error) {
	var w Written
	err := s.driver.InTx(ctx, func(tx ledger.Conn) error {
		w = begin(b)
		w.Issues, w.Rejects = nil, append([]crm.Reject(nil), b.Rejects...)
		var written []crm.Row
		if err := s.half(ctx, tx, b.Rows, b.Issues, &w, &written); err != nil {
			return err
		}
		return s.commit(ctx, tx, &w, written, b)
	})
	return w, err
}

func (s *Session) half(ctx context.Context, tx ledger.Conn, rows []crm.Row, issues [][]crm.Issue, w *Written, written *[]crm.Row) error {
	if _, err := tx.Exec(ctx, "SAVEPOINT warren_half"); err != nil {
		return err
	}
	counts, err := s.table.Write(ctx, tx, rows)
	if err == nil {
		w.became(counts)
		w.Issues = append(w.Issues, issues...)
		*written = append(*written, rows...)
		_, err = tx.Exec(ctx, "RELEASE SAVEPOINT warren_half")
		return err
	}
	if !s.refused(err) {
		return err
	}
	for _, statement := range []string{"ROLLBACK TO SAVEPOINT warren_half", "RELEASE SAVEPOINT warren_half"} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if len(rows) == 1 {
		row := &rows[0]
		raw := row.Raw
		if row.Dirty != nil {
			raw = row.Dirty
		}
		w.Rejects = append(w.Rejects, crm.Reject{
			ID: row.ID, Raw: raw, Code: crm.CodeRefusedValue, Reason: s.driver.Explain(err).Error(), Cursor: row.Cursor,
			Fetched: s.tools.Clock.Now(),
		})
		w.Counts.Failed++
		return nil
	}
	middle := len(rows) / 2
	if err := s.half(ctx, tx, rows[:middle], issues[:middle], w, written); err != nil {
		return err
	}
	return s.half(ctx, tx, rows[middle:], issues[middle:], w, written)
}

// Attempts to outlast a database that is away: with the waits below, about a
// minute, in which a PostgreSQL that was restarted is back.
const (
	attempts  = 9
	firstWait = 250 * time.Millisecond
	mostWait  = 15 * time.Second
)

// persist calls do until it succeeds, fails for good, or has been tried often
// enough.
func (s *Session) persist(ctx context.Context, do func() error) error {
	wait := firstWait
	for attempt := 1; ; attempt++ {
		err := s.driver.Explain(do())
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || !crm.Retryable(err) || crm.CodeOf(err) == crm.CodeLeaseLost {
			return err
		}
		if attempt == attempts {
			return fmt.Errorf("after %d attempts: %w", attempts, err)
		}
		s.tools.Observe(crm.RetryScheduled{Source: "the warehouse", Attempt: attempt, Wait: wait, Err: err})
		if err := s.tools.Clock.Wait(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, mostWait)
	}
}

// Finish closes the run: its row in the history, the watermark, the lease, in
// one transaction.
func (s *Session) Finish(ctx context.Context, o Outcome) (crm.Run, error) {
	out := ledger.Outcome{
		ID: s.claim.ID, RunID: s.run.ID, Status: o.Status, Watermark: o.Watermark, ClearCheckpoint: o.Complete,
		Counts: o.Counts, Requests: o.Requests,
	}
	if o.Outside > 0 {
		out.Metrics = map[string]any{"records_outside_range": o.Outside}
	}
	var failure *crm.Error
	if errors.As(o.Err, &failure) {
		out.Err = failure
		if failure.Code == crm.CodeStreamAbsent {
			out.DisabledReason = &failure.Message
		}
	}
	if o.Err == nil {
		enabled := ""
		out.DisabledReason = &enabled
	}
	var run crm.Run
	err := s.persist(ctx, func() (err error) {
		run, err = ledger.Finish(ctx, s.driver, out)
		return err
	})
	run.Outside = o.Outside
	return run, err
}
