package same_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
)

// Many incremental runs, each after some changes, leave what one full run into
// a new database does.
func TestIncrementalRunsAreAFullRun(t *testing.T) {
	onEachAndBoth(t, func(t *testing.T, source roadtest.Source, kind roadtest.Kind) {
		seeds := map[roadtest.Source]uint64{roadtest.SalesRabbit: 4}[source]
		for seed := range max(seeds, 2) {
			t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
				dice := rand.New(rand.NewPCG(seed, 1))
				road := account(t, source, 150, seed)
				ask := engine.Ask{BatchSize: 1 + dice.IntN(60), Overlap: time.Duration(dice.IntN(2)) * 5 * time.Minute}
				steps := kind.New(t, road.Clock)
				syncAll(t, road, steps, ask)
				for range 5 {
					live(road, dice)
					syncAll(t, road, steps, ask)
				}
				wantFull(t, road, kind, steps)
			})
		}
	})
}

// wantFull makes sure that the database holds what a full run into a new one brings,
// and that the runs were what the test is about.
func wantFull(t *testing.T, road *roadtest.Road, kind roadtest.Kind, steps warehouse.Driver) {
	t.Helper()
	incremental := 0
	atOnce := kind.New(t, road.Clock)
	for _, stream := range road.Streams() {
		if road.MustRun(t, roadtest.Trip{DB: steps, Stream: stream}).Mode == crm.ModeIncremental {
			incremental++
		}
		road.MustRun(t, roadtest.Trip{DB: atOnce, Stream: stream, Ask: engine.Ask{Full: true}})
		if people, _ := road.People(stream); !people.Blind {
			want := contents(t, road, atOnce, stream)
			wantSame(t, stream, want, forgetting(contents(t, road, steps, stream), want))
		}
	}
	if incremental < len(road.Streams())/3 {
		t.Fatalf("%d of the last runs were incremental", incremental)
	}
}

// Lists and searches show a change late, each change its own way, and nothing is missed
// for it: the run after all is shown has all of it. Of HubSpot it is known how late it
// may be; for SalesRabbit the overlap has to say so.
func TestIncrementalRunsOverASourceThatLagsAreAFullRun(t *testing.T) {
	for _, c := range []struct {
		source       roadtest.Source
		lag, overlap time.Duration
	}{{roadtest.SalesRabbit, 3 * time.Minute, 3 * time.Minute}, {source: roadtest.HubSpot, lag: 50 * time.Minute}} {
		t.Run(string(c.source), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(3, 3))
			road := plain(t, roadtest.Config{Source: c.source, Seed: 3, Traps: "lag=" + c.lag.String()}, 150)
			steps := roadtest.SQLite.New(t, road.Clock)
			ask := engine.Ask{BatchSize: 20, Overlap: c.overlap}
			syncAll(t, road, steps, ask)
			for range 8 {
				live(road, dice)
				road.Clock.Pass(c.lag / 3) // some of it is shown
				syncAll(t, road, steps, ask)
			}
			road.Clock.Pass(c.lag)
			syncAll(t, road, steps, ask)
			wantFull(t, road, roadtest.SQLite, steps)
		})
	}
}

// A full run into a table that has the past finds the same as one into a new
// table: what is gone is marked or deleted, what came back is not any more.
func TestAFullRunOverThePastIsAFirstRun(t *testing.T) {
	onEachAndBoth(t, func(t *testing.T, source roadtest.Source, kind roadtest.Kind) {
		dice := rand.New(rand.NewPCG(12, 12))
		road := plain(t, roadtest.Config{Source: source, Seed: 12}, 150)
		past := kind.New(t, road.Clock)
		gone := map[string]int64{}
		sync := func() {
			for stream, counts := range syncAll(t, road, past, engine.Ask{BatchSize: 20, Full: true}) {
				gone[stream] += counts.Deleted
			}
		}
		for range 5 {
			sync()
			live(road, dice)
			for _, stream := range road.Streams() {
				people, _ := road.People(stream)
				people.Do(6, roadtest.Untold)
			}
		}
		sync()
		first := kind.New(t, road.Clock)
		syncAll(t, road, first, engine.Ask{})
		for _, stream := range road.Streams() {
			wantSame(t, stream, present(contents(t, road, first, stream)), present(contents(t, road, past, stream)))
		}
		if gone[most(source)] == 0 {
			t.Error("no record is gone: the test proves nothing")
		}
	})
}
