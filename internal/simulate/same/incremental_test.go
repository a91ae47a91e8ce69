package same_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
)

// Many incremental runs, each after some changes, leave what one full run into
// a new database does.
func TestIncrementalRunsAreAFullRun(t *testing.T) {
	roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
				dice := rand.New(rand.NewPCG(seed, 1))
				road := account(t, 150, seed)
				ask := engine.Ask{BatchSize: 1 + dice.IntN(60), Overlap: time.Duration(dice.IntN(2)) * 5 * time.Minute}
				steps := kind.New(t, road.Clock)
				syncAll(t, road, steps, ask)
				for range 5 {
					live(road, dice)
					syncAll(t, road, steps, ask)
				}
				wantIncremental(t, road, steps)

				atOnce := roadtest.SQLite.New(t, road.Clock)
				syncAll(t, road, atOnce, engine.Ask{Full: true})
				for _, stream := range roadtest.Streams() {
					wantSame(t, stream, contents(t, atOnce, stream), contents(t, steps, stream))
				}
			})
		}
	})
}

// wantIncremental makes sure that the runs were what the test is about.
func wantIncremental(t *testing.T, road *roadtest.Road, db warehouse.Driver) {
	t.Helper()
	run := road.MustRun(t, roadtest.Trip{DB: db, Stream: leads})
	if run.Mode != crm.ModeIncremental {
		t.Fatalf("the last run was %s", run.Mode)
	}
}

// A full run into a table that has the past finds the same as one into a new
// table: what is gone is marked, what came back is not any more.
func TestAFullRunOverThePastIsAFirstRun(t *testing.T) {
	roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
		dice := rand.New(rand.NewPCG(12, 12))
		road := roadtest.New(t, sandbox.Config{Records: 150, Seed: 12})
		past := kind.New(t, road.Clock)
		for range 5 {
			syncAll(t, road, past, engine.Ask{BatchSize: 20, Full: true})
			live(road, dice)
			road.Account.Delete(sandbox.Random(12), sandbox.Gone)
			road.Account.Restore(sandbox.Random(6))
		}
		run := road.MustRun(t, roadtest.Trip{DB: past, Stream: leads, Ask: engine.Ask{BatchSize: 20, Full: true}})
		first := roadtest.SQLite.New(t, road.Clock)
		road.MustRun(t, roadtest.Trip{DB: first, Stream: leads})
		wantSame(t, leads, present(contents(t, first, leads)), present(contents(t, past, leads)))
		if all := contents(t, past, leads); run.Counts.Deleted == 0 || len(present(all).Rows) == len(all.Rows) {
			t.Error("no lead is gone: the test proves nothing")
		}
	})
}

// present is the rows that the source has still.
func present(c roadtest.Contents) roadtest.Contents {
	var there roadtest.Contents
	for _, row := range c.Rows {
		if row[len(row)-1] == roadtest.Present {
			there.Rows = append(there.Rows, row)
		}
	}
	return there
}
