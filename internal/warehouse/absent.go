package warehouse

import (
	"context"
	"errors"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/seen"
)

// Counted is what a comparison of a table with a walk found.
type Counted struct {
	Rows  int64 // rows of the table that are not marked as missing, and whose key a record could have
	Shown int64 // different records that were shown since the walk began
	Moved bool  // a sync wrote batches while the walk was read: without the lease, that can be
}

// Absent calls absent with every row that is not marked as missing and whose
// record was not shown since the walk began: neither by one of its runs, nor by
// any run between them, which may have written a record that came to a place
// that the walk had left behind. The row has an ID and a Key, which are good until absent
// returns. A lost connection is waited out, and then begin is called again and
// all starts anew; an error of absent ends it.
func (s *Session) Absent(ctx context.Context, walk int64, begin func(), absent func(crm.Row) error) (Counted, error) {
	var c Counted
	var failed error
	err := s.persist(ctx, func() error {
		begin()
		var err error
		c, err = compareWalk(ctx, s.table, seen.Parts(ledger.Seen(ctx, s.driver, s.claim.ID, walk)), func(row crm.Row) error {
			failed = absent(row)
			return failed
		})
		if failed != nil {
			err = nil // to try again would not help
		}
		return err
	})
	if failed != nil {
		return Counted{}, failed
	}
	return c, err
}

func compareWalk(ctx context.Context, table Table, parts seen.Parts, absent func(crm.Row) error) (Counted, error) {
	present := func(each func(string, crm.Row) error) error {
		return table.Present(ctx, func(row crm.Row) error { return each(row.ID, row) })
	}
	rows, shown, err := seen.Absent(seen.Walk{Parts: parts}, present, absent)
	if unusable, is := errors.AsType[*seen.ScratchError](err); is {
		err = spoolFailed(unusable.Err)
	}
	return Counted{Rows: rows, Shown: shown}, err
}

// Count returns how many rows of the table are not marked as missing.
func (s *Session) Count(ctx context.Context) (n int64, err error) {
	err = s.persist(ctx, func() (err error) {
		n, err = s.table.Count(ctx)
		return err
	})
	return n, err
}

// Delete marks rows as deleted, or deletes them, in one transaction with the
// run's count of them (L4). Rows need a Key only.
func (s *Session) Delete(ctx context.Context, rows []crm.Row, hard bool) (Written, error) {
	return s.once(ctx, func() (Written, error) {
		var w Written
		err := s.driver.InTx(ctx, func(tx ledger.Conn) (err error) {
			w = Written{}
			if w.Counts.Deleted, err = s.table.Delete(ctx, tx, rows, s.run.ID, hard); err != nil {
				return err
			}
			var gone []crm.Row // whose issues are gone with them
			if hard {
				gone = rows
			}
			return s.commit(ctx, tx, &w, gone, &Batch{Requests: s.requests})
		})
		return w, err
	})
}

// Compare reports what the table holds otherwise than Write would store it, row
// by row; nil where nothing differs.
func (s *Session) Compare(ctx context.Context, rows []crm.Row) ([][]crm.FieldDifference, error) {
	differences := make([][]crm.FieldDifference, len(rows))
	err := s.persist(ctx, func() error { return s.table.Compare(ctx, rows, differences) })
	return differences, err
}

// Held returns those of the ids that are in the quarantine.
func (s *Session) Held(ctx context.Context, ids []string) (map[string]bool, error) {
	var held map[string]bool
	err := s.persist(ctx, func() (err error) {
		held, err = ledger.InQuarantine(ctx, s.driver, s.claim.ID, ids)
		return err
	})
	return held, err
}
