package warehouse

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/seen"
)

// Stage lets the rows of this run go into a table beside the stream's, which
// Swap puts in place.
func (s *Session) Stage() { s.staging = true }

// makeStage makes the stage once there are rows for it.
func (s *Session) makeStage(ctx context.Context, rows []crm.Row) error {
	if !s.staging || s.stage != nil || len(rows) == 0 {
		return nil
	}
	return s.persist(ctx, func() (err error) {
		s.stage, err = s.table.Stage(ctx)
		return err
	})
}

// target is where the rows of a batch go.
func (s *Session) target() Table {
	if s.staging {
		return s.stage
	}
	return s.table
}

// staged takes the rows that went into the stage out of a batch's counts: what becomes
// of them is settled when they come into the table, and then they count (L2). The stage
// knows none of those that the stream's table has.
func (s *Session) staged(w *Written, b *Batch) {
	if !s.staging {
		return
	}
	c := crm.Counts{Created: w.Counts.Created, Updated: w.Counts.Updated, Unchanged: w.Counts.Unchanged - b.Unchanged}
	c.Fetched = c.Processed()
	w.Counts.Fetched -= c.Fetched
	w.Counts.Created, w.Counts.Updated, w.Counts.Unchanged = 0, 0, b.Unchanged
	for _, known := range b.Known {
		if known.Known && c.Created > 0 {
			c.Created--
			c.Updated++
		}
	}
	w.Staged = c
}

// Swap lets the table become what the walk that began with that run has shown, in
// one transaction: rows that it did not show are deleted, and those of the stage
// come in. A walk of 0 deletes nothing but rows without a key.
func (s *Session) Swap(ctx context.Context, walk int64) (Written, error) {
	const many = 10_000
	return s.once(ctx, func() (Written, error) {
		var w Written
		err := s.driver.InTx(ctx, func(tx ledger.Conn) error {
			w = Written{Counts: s.pending}
			var gone []crm.Row
			drop := func() error {
				n, err := s.table.Delete(ctx, tx, gone, s.run.ID, true)
				if err == nil {
					err = s.forget(ctx, tx, gone)
				}
				w.Counts.Deleted += n
				gone = gone[:0]
				return err
			}
			if walk != 0 {
				parts := seen.Parts(ledger.Seen(ctx, s.driver, s.claim.ID, walk))
				_, err := compareWalk(ctx, s.table, parts, func(row crm.Row) error {
					if gone = append(gone, row.Kept()); len(gone) < many {
						return nil
					}
					return drop()
				})
				if err != nil {
					return err
				}
				if err := drop(); err != nil {
					return err
				}
			}
			taken, err := s.table.Take(ctx, tx, s.stage)
			if err != nil {
				return err
			}
			w.Counts.Deleted += taken.Keyless
			w.refuse(taken.Refused, s.tools.Clock.Now())
			if err := s.forgetNowhere(ctx, tx, taken.Refused); err != nil {
				return err
			}
			return s.commit(ctx, tx, &w, nil, &Batch{Requests: s.requests})
		})
		return w, err
	})
}

// forget drops the issues of rows that are deleted: they are gone with them.
func (s *Session) forget(ctx context.Context, tx ledger.Conn, gone []crm.Row) error {
	if !s.issues || len(gone) == 0 {
		return nil
	}
	ids := make([]string, len(gone))
	for i := range gone {
		ids[i] = gone[i].ID
	}
	return ledger.ForgetIssues(ctx, tx, s.claim.ID, ids)
}

// forgetNowhere drops the issues of rows that were staged and never came in: now, or
// by runs that failed before they had a swap.
func (s *Session) forgetNowhere(ctx context.Context, tx ledger.Conn, refused []crm.Reject) error {
	if !s.issues {
		return nil
	}
	ids := make([]string, len(refused))
	for i := range refused {
		ids[i] = refused[i].ID
	}
	if err := ledger.ForgetIssues(ctx, tx, s.claim.ID, ids); err != nil {
		return err
	}
	return ledger.ForgetFruitless(ctx, tx, s.claim.ID, s.run.ID)
}

// refuse counts rows that were staged, and would have been created, as failed.
func (w *Written) refuse(rejects []crm.Reject, now time.Time) {
	for _, r := range rejects {
		r.Fetched = now
		w.Rejects = append(w.Rejects, r)
		w.Counts.Created--
		w.Counts.Failed++
	}
}
