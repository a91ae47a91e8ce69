package warehouse_test

import (
	"context"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// overtaken is a driver that looks at a table, and is overtaken before it can tell what it
// saw.
type overtaken struct {
	warehouse.Driver
	by func()
}

func (o *overtaken) Table(ctx context.Context, stream crm.Stream, create bool) (warehouse.Table, error) {
	table, err := o.Driver.Table(ctx, stream, create)
	if by := o.by; by != nil {
		o.by = nil
		by()
	}
	return table, err
}

// A table that another process makes, or mends, after it was looked at has lost nothing.
func TestATableThatIsMadeMeanwhileHasLostNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		wantLost := func(when string, want int64) {
			t.Helper()
			state, err := ledger.Load(t.Context(), db, ledger.Claim{ID: claim().ID})
			if err != nil || state.ColumnsLost != want || len(state.Columns) == 0 {
				t.Errorf("%s: lost %d times, want %d; %v, %v", when, state.ColumnsLost, want, state.Columns, err)
			}
		}
		other := func() { finish(t, session(t, db), crm.Counts{}) }
		again := func() {
			t.Helper()
			if _, _, err := warehouse.Make(t.Context(), &overtaken{Driver: db, by: other}, claim().ID, claim().Stream); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		again()
		wantLost("made meanwhile", 0)
		if _, err := db.Exec(t.Context(), "ALTER TABLE thing DROP COLUMN name"); err != nil {
			t.Fatal(err)
		}
		again()
		wantLost("mended meanwhile", 1)
	})
}
