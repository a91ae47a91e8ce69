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

// staged turns the counts of rows that went into the stage into what becomes of
// them: the stage knows none of those that the stream's table has.
func (s *Session) staged(counts crm.Counts, b *Batch) crm.Counts {
	if !s.staging {
		return counts
	}
	for _, known := range b.Known {
		if known.Known && counts.Created > 0 {
			counts.Created--
			counts.Updated++
		}
	}
	return counts
}

// Swap lets the table become what the walk that began with that run has shown, in
// one transaction: rows that it did not show are deleted, and those of the stage
// come in. A walk of 0 deletes nothing but rows without a key.
func (s *Session) Swap(ctx context.Context, walk int64) (Written, error) {
	const many = 10_000
	return s.once(ctx, func() (Written, error) {
		var w Written
		err := s.driver.InTx(ctx, func(tx ledger.Conn) error {
			w = Written{}
			var gone []crm.Row
			drop := func() error {
				n, err := s.table.Delete(ctx, tx, gone, s.run.ID, true)
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
			return s.commit(ctx, tx, &w, nil, &Batch{Requests: s.requests})
		})
		return w, err
	})
}

// refuse counts rows that were staged, and counted as created, as failed.
func (w *Written) refuse(rejects []crm.Reject, now time.Time) {
	for _, r := range rejects {
		r.Fetched = now
		w.Rejects = append(w.Rejects, r)
		w.Counts.Created--
		w.Counts.Failed++
	}
}
