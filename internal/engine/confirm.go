package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// confirmed returns those of the rows whose records are gone from the source. A walk
// of an elusive stream may pass over a record that is there: each is asked for by
// itself. What is there all the same is left as it is.
func (r *run) confirmed(ctx context.Context, rows []crm.Row) ([]crm.Row, error) {
	fetcher, ok := r.job.Connector.(crm.Fetcher)
	if !ok || !r.job.Stream.Elusive || len(rows) == 0 {
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
