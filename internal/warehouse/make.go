package warehouse

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Make returns the table of a stream, made or completed where that is needed, and the
// columns that are added again: the table had them, and lost them and all they held.
// That is noted before they are added, so that no death in between forgets it.
func Make(ctx context.Context, d Driver, id crm.StreamID, stream crm.Stream) (table Table, lost []string, err error) {
	table, err = d.Table(ctx, stream, false)
	if err != nil {
		return nil, nil, d.Explain(err)
	}
	gap := table.Lacks()
	if !gap.Any() {
		return table, nil, nil
	}
	if len(gap.Columns) > 0 {
		lost, err = ledger.NoteLost(ctx, d, id, func() ([]string, error) {
			now, err := d.Table(ctx, stream, false)
			if err != nil {
				return nil, err
			}
			return now.Lacks().Columns, nil
		})
		if err != nil {
			return nil, nil, d.Explain(err)
		}
	}
	table, err = d.Table(ctx, stream, true)
	return table, lost, d.Explain(err)
}

// Lost returns the columns that Make would add again, and changes nothing.
func Lost(ctx context.Context, d Driver, id crm.StreamID, stream crm.Stream) ([]string, error) {
	table, err := d.Table(ctx, stream, false)
	if err != nil {
		return nil, d.Explain(err)
	}
	lacking := table.Lacks().Columns
	if len(lacking) == 0 {
		return nil, nil
	}
	known, err := ledger.Load(ctx, d, ledger.Claim{ID: id})
	if err != nil {
		return nil, d.Explain(err)
	}
	return known.Lost(lacking), nil
}
