package warehouse

import (
	"context"
	"errors"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Write writes a batch, with its rejects, its issues and its checkpoint, in
// one transaction (L4). A row that the database refuses goes into the
// quarantine and costs no other row (L3). A lost connection is waited out;
// whether the commit took place is then asked, not guessed (L2).
func (s *Session) Write(ctx context.Context, b *Batch) (Written, error) {
	defer s.settled(ctx, b)
	s.requests = b.Requests
	if err := s.makeStage(ctx, b.Rows); err != nil {
		return Written{}, err
	}
	flight, write := s.flight(b), s.whole
	w, err := s.once(ctx, func() (Written, error) {
		if flight != nil {
			w, whole, err := s.finish(ctx, flight)
			flight = nil
			if err == nil {
				return w, nil
			}
			switch refused := s.refused(err); {
			case refused:
				write = s.halved
				s.alone()
			case errors.Is(err, ErrAlone):
				s.alone()
			default:
				s.failed()
				if whole || crm.CodeOf(s.driver.Explain(err)) == crm.CodeWarehouseLock {
					return w, err // it may have taken place; that somebody has a lock is told before it is waited for again
				}
			}
		}
		w, err := write(ctx, b)
		if s.refused(err) {
			write = s.halved
			w, err = write(ctx, b)
		}
		return w, err
	})
	if err != nil {
		return Written{}, err
	}
	for _, issues := range b.Issues {
		if len(issues) > 0 {
			s.issues = true
			s.issued.add(issues[0].RecordID)
		}
	}
	s.quarantine = s.quarantine || len(w.Rejects) > 0
	s.pending.Add(w.Staged)
	return w, nil
}

// once makes one numbered transaction take place, and only once: where its
// answer is lost, it asks what became of it before it tries again.
func (s *Session) once(ctx context.Context, attempt func() (Written, error)) (Written, error) {
	s.batch++
	var w Written
	unknown := false // whether the last attempt took place
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
		w, err = attempt()
		unknown = err != nil
		return err
	})
	return w, err
}

// refused reports whether the database does not take some of the data.
func (s *Session) refused(err error) bool {
	return err != nil && crm.CodeOf(s.driver.Explain(err)) == crm.CodeRefusedValue
}

// whole writes the batch in one go.
func (s *Session) whole(ctx context.Context, b *Batch) (w Written, err error) {
	err = s.driver.InTx(ctx, func(tx ledger.Conn) error {
		rows, written, err := s.rows(ctx, tx, s.target(), b)
		if err == nil {
			w, err = s.rest(ctx, tx, rows, written, b)
		}
		return err
	})
	return w, err
}

// rows writes the rows of a batch, and returns those that the table took.
func (s *Session) rows(ctx context.Context, tx ledger.Conn, to Table, b *Batch) (w Written, written []crm.Row, err error) {
	w = begin(b)
	if len(b.Rows) == 0 {
		return w, nil, nil
	}
	counts, err := to.Write(ctx, tx, b.Rows)
	if err != nil {
		return w, nil, err
	}
	w.became(counts)
	written, w.Issues = accepted(b.Rows, b.Issues, to.Unchanged())
	return w, written, nil
}

// rest writes all of a batch but its rows.
func (s *Session) rest(ctx context.Context, tx ledger.Conn, w Written, written []crm.Row, b *Batch) (Written, error) {
	s.staged(&w, b)
	if err := s.deleteGone(ctx, tx, &w, b); err != nil {
		return w, err
	}
	return w, s.commit(ctx, tx, &w, b.cleans(written), b)
}

// accepted returns the rows that a table took, and their issues. A batch is looked up
// while the one before is still being written, so the table may have a row in a
// newer version by now: then the issues that it has are those of that version (L9).
func accepted(rows []crm.Row, issues [][]crm.Issue, unchanged []int) ([]crm.Row, [][]crm.Issue) {
	if len(unchanged) == 0 {
		return rows, issues
	}
	left := make([]bool, len(rows))
	for _, i := range unchanged {
		left[i] = true
	}
	var written []crm.Row
	var theirs [][]crm.Issue
	for i := range rows {
		if !left[i] {
			written, theirs = append(written, rows[i]), append(theirs, issues[i])
		}
	}
	return written, theirs
}

// deleteGone marks or deletes the rows of a batch whose records are no more.
func (s *Session) deleteGone(ctx context.Context, tx ledger.Conn, w *Written, b *Batch) (err error) {
	if len(b.Gone) > 0 {
		w.Counts.Deleted, err = s.table.Delete(ctx, tx, b.Gone, s.run.ID, b.Hard)
	}
	return err
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
		ID: s.claim.ID, RunID: s.run.ID, Batch: s.batch, Requests: b.Requests, Bill: b.Bill, Checkpoint: b.Checkpoint, Seen: b.Seen,
		Rejects: w.Rejects, Now: s.tools.Clock.Now(), CleanIssues: s.issues, CleanQuarantine: s.quarantine,
	}
	if !s.earlier && !s.quarantine && !s.staging && w.Counts.Created == int64(len(rows)) && !s.issued.any(rows) {
		d.CleanIssues = false // none of these rows has issues: not from before the run, and not from this one
	}
	for _, issues := range w.Issues {
		d.Issues = append(d.Issues, issues...)
	}
	if d.CleanIssues || d.CleanQuarantine {
		d.Written = make([]ledger.Version, len(rows))
		for i := range rows {
			d.Written[i] = ledger.Version{ID: rows[i].ID, Cursor: rows[i].Cursor}
		}
	}
	w.Counts.Issues = int64(len(d.Issues))
	d.Counts = w.Counts
	return ledger.Commit(ctx, tx, d)
}
