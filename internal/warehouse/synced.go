package warehouse

import (
	"context"

	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Synced reports whether records of the stream were ever read, as far as the ledger
// or the table shows. A table that was adopted counts: what filled it was offered the
// stream.
func (s *State) Synced() bool {
	return !s.Empty || s.Basis != nil || !s.Watermark.IsZero()
}

// Synced reports whether the warehouse shows that the stream of a claim was ever
// synced. It takes nothing and writes nothing.
func Synced(ctx context.Context, d Driver, c Claim) (bool, error) {
	table, err := d.Table(ctx, c.Stream, false)
	if err != nil {
		return false, d.Explain(err)
	}
	var state State
	if err := state.look(ctx, d, table); err != nil {
		return false, err
	}
	state.State, err = ledger.Load(ctx, d, ledger.Claim{ID: c.ID, SourceType: c.SourceType, HistoryName: c.Stream.HistoryName})
	return state.Synced(), d.Explain(err)
}
