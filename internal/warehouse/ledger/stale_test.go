package ledger_test

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestL7_CloseStaleLeavesTheLivingAlone(t *testing.T) {
	cases := map[string]struct {
		after  time.Duration // from the start of the run
		age    time.Duration
		closed int
	}{
		"within the lease":           {14 * time.Second, 0, 0},
		"after the lease, too young": {time.Minute, 2 * time.Minute, 0},
		"after the lease":            {time.Minute, time.Minute, 1},
	}
	onMigrated(t, func(t *testing.T, db testDB) {
		for name, c := range cases {
			id := crm.StreamID{Source: "salesrabbit", Stream: name}
			ask := claim(far("1"))
			ask.ID = id
			db.setNow(noon)
			held, err := ledger.Acquire(t.Context(), db, ask)
			if err != nil {
				t.Fatal(err)
			}
			db.setNow(noon.Add(c.after))
			status := func() crm.Status {
				runs, err := ledger.History(t.Context(), db, ledger.Filter{Stream: name})
				if err != nil || len(runs) != 1 {
					t.Fatalf("%s: %+v, %v", name, runs, err)
				}
				return runs[0].Status
			}
			would, err := ledger.CloseStale(t.Context(), db, id, c.age, true)
			if err != nil || len(would) != c.closed || status() != crm.StatusRunning {
				t.Errorf("%s: a dry call tells %+v, %v and leaves the run %s", name, would, err, status())
			}
			closed, err := ledger.CloseStale(t.Context(), db, id, c.age, false)
			if err != nil || len(closed) != c.closed {
				t.Errorf("%s: closed %+v, %v", name, closed, err)
			}
			lease := ledger.Beat(t.Context(), db, held.Run.ID, id, time.Minute)
			if c.closed == 0 {
				if lease != nil || status() != crm.StatusRunning {
					t.Errorf("%s: the run is %s, and hears %v", name, status(), lease)
				}
				continue
			}
			wantCode(t, lease, crm.CodeLeaseLost)
			if status() != crm.StatusFailed || closed[0].ID != held.Run.ID || closed[0].ErrorCode != crm.CodeProcessDied {
				t.Errorf("%s: the run is %s, told as %+v", name, status(), closed[0])
			}
		}
		if closed, err := ledger.CloseStale(t.Context(), db, leads, 0, false); len(closed) != 0 || err != nil {
			t.Errorf("of a stream that nobody knows: %+v, %v", closed, err)
		}
	})
}

func TestFindRun(t *testing.T) {
	on(t, func(t *testing.T, db testDB, _ string) {
		_, _, err := ledger.FindRun(t.Context(), db, 1)
		wantCode(t, err, crm.CodeUsage, "no run 1")
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, watermark := range []time.Time{noon, {}, noon.Add(time.Hour)} {
			held := acquire(t, db, far("1"))
			succeed(t, db, held.Run.ID, crm.Counts{}, watermark)
			ids = append(ids, held.Run.ID)
		}
		for i, before := range []time.Time{{}, noon, noon} {
			run, started, err := ledger.FindRun(t.Context(), db, ids[i])
			if err != nil || run.ID != ids[i] || !started.Equal(before) {
				t.Errorf("run %d of 3: %+v from %s, %v; want it from %s", i+1, run, started, err, before)
			}
		}
		_, _, err = ledger.FindRun(t.Context(), db, 999)
		wantCode(t, err, crm.CodeUsage, "999")
	})
}
