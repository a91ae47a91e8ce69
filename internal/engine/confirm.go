package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// fetcher is who is asked by itself for a record that was not shown; nil where all that
// was not shown is gone.
func (r *run) fetcher() crm.Fetcher {
	f, can := r.job.Connector.(crm.Fetcher)
	if !can || !r.job.Stream.Elusive {
		return nil
	}
	return f
}

// asked is what is left of n rows that a walk did not show when their records were asked
// for, with as many of the rows as are remembered. Of more than these verify alone asks
// here: who deletes them asks then.
func (r *run) asked(ctx context.Context, rows []crm.Row, n int64) ([]crm.Row, int64, error) {
	switch {
	case n <= remembered:
		rows, err := r.confirmed(ctx, rows)
		return rows, int64(len(rows)), err
	case r.plan.mode != crm.ModeVerify || r.fetcher() == nil:
		return rows, n, nil
	}
	err := r.eachAbsent(ctx, func() { rows, n = rows[:0], 0 }, func(gone []crm.Row) error {
		rows = append(rows, gone[:min(len(gone), remembered-len(rows))]...)
		n += int64(len(gone))
		return nil
	})
	return rows, n, err
}

// confirmed returns those of the rows whose records are gone from the source. A walk
// of an elusive stream may pass over a record that is there: each is asked for by
// itself. What is there all the same is left as it is.
func (r *run) confirmed(ctx context.Context, rows []crm.Row) ([]crm.Row, error) {
	fetcher := r.fetcher()
	if fetcher == nil || len(rows) == 0 {
		return rows, nil
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	there, gone := map[string]bool{}, map[string]bool{}
	note := func(ids map[string]bool, records [][]byte) {
		for _, raw := range records {
			var row crm.Row
			if r.processor.Identify(raw, &row) == nil {
				ids[row.ID] = true
			}
		}
	}
	for page, err := range fetcher.Fetch(ctx, r.job.Stream, ids) {
		if err != nil {
			return nil, err
		}
		r.preparer.requests += int64(page.Requests)
		r.preparer.bill.Add(page.Bill)
		note(there, page.Records)
		note(gone, page.Gone)
	}
	asked := len(rows)
	rows = slices.DeleteFunc(rows, func(row crm.Row) bool { return there[row.ID] && !gone[row.ID] })
	if n := asked - len(rows); n > 0 {
		r.observe(crm.Notice{ID: r.job.ID, Message: fmt.Sprintf(
			"%d of %d records that were not shown are there when asked for by themselves (restored meanwhile, perhaps); their rows are left as they are", n, asked)})
	}
	return rows, nil
}
