package warehouse_test

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Each sign of a sync is enough, since none of them is always there.
func TestSignsOfASync(t *testing.T) {
	for name, c := range map[string]struct {
		state warehouse.State
		want  bool
	}{
		"nothing":               {warehouse.State{Empty: true}, false},
		"a walk that was begun": {warehouse.State{Empty: true, State: ledger.State{Checkpoint: &crm.Checkpoint{}}}, false},
		"rows":                  {warehouse.State{}, true},
		"a complete walk":       {warehouse.State{Empty: true, State: ledger.State{Basis: &crm.Basis{}}}, true},
		"a watermark":           {warehouse.State{Empty: true, State: ledger.State{Watermark: time.Unix(1, 0)}}, true},
	} {
		if got := c.state.Synced(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestSynced(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		synced := func(want bool) {
			t.Helper()
			if got, err := warehouse.Synced(t.Context(), db, claim()); err != nil || got != want {
				t.Fatalf("%t, %v", got, err)
			}
		}
		synced(false)
		if exists, err := db.Exists(t.Context(), "thing"); err != nil || exists {
			t.Fatalf("it made the table: %v", err)
		}
		s := session(t, db)
		synced(false)
		if _, err := s.Write(t.Context(), batch(1, 1)); err != nil {
			t.Fatal(err)
		}
		synced(true)
		if _, err := db.Exec(t.Context(), `UPDATE warren_stream SET checkpoint = 'no json'`); err != nil {
			t.Fatal(err)
		}
		if _, err := warehouse.Synced(t.Context(), db, claim()); err == nil {
			t.Error("a ledger that cannot be read shows something")
		}
	})
}
