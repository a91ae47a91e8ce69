package same_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
)

// The size of a batch decides how much one transaction holds, and nothing else:
// not what is in the tables, and not what is counted.
func TestBatchesOfAnySizeDoTheSame(t *testing.T) {
	roadtest.OnEach(t, func(t *testing.T, source roadtest.Source) {
		wantAlike(t, source, []roadtest.Trip{
			{Ask: engine.Ask{BatchSize: 500}}, {Ask: engine.Ask{BatchSize: 1}}, {Ask: engine.Ask{BatchSize: 10_000}},
		})
	})
}

// The size of a page decides how many calls a walk takes, and nothing else.
func TestPagesOfAnySizeDoTheSame(t *testing.T) {
	for _, source := range []roadtest.Source{roadtest.SalesRabbit, roadtest.HubSpot} {
		t.Run(string(source), func(t *testing.T) {
			wantAlike(t, source, []roadtest.Trip{{PageSize: 2000}, {PageSize: 250}, {PageSize: 7}, {PageSize: 1}})
		})
	}
}

// The way in which the result of a query is read decides what it takes, and nothing
// else: not one byte of a record is another, nor the key that is made of it.
func TestResultsReadInAnyWayAreTheSame(t *testing.T) {
	way := func(results string) roadtest.Trip {
		return roadtest.Trip{Settings: map[string]string{"results": results}}
	}
	wantAlike(t, roadtest.SalesPro, []roadtest.Trip{way("file"), way("pages"), way("unload"), way("auto")})
}

// wantAlike syncs the streams of one account into a database for each way, all
// of it and then what has changed, and wants the same of all.
func wantAlike(t *testing.T, source roadtest.Source, ways []roadtest.Trip) {
	t.Helper()
	roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
		road := account(t, source, 120, 5)
		ways := slices.Clone(ways)
		for i := range ways {
			ways[i].DB = kind.New(t, road.Clock)
		}
		compare := func(phase string) {
			t.Helper()
			var want map[string]crm.Counts
			for i, way := range ways {
				got := map[string]crm.Counts{}
				for _, stream := range road.Streams() {
					way.Stream = stream
					got[stream] = folded(road.MustRun(t, way).Counts)
				}
				if i == 0 {
					want = got
				}
				what := fmt.Sprintf("%s, batches of %d, pages of %d, %v", phase, way.Ask.BatchSize, way.PageSize, way.Settings)
				// One way to read a result shows all versions of a record, another the newest.
				if diff := cmp.Diff(want, got); diff != "" && way.Settings == nil {
					t.Errorf("%s: the counts (-want +got): %s", what, diff)
				}
				for _, stream := range road.Streams() {
					wantSame(t, what+", "+stream, contents(t, road, ways[0].DB, stream), contents(t, road, way.DB, stream))
				}
			}
		}
		compare("full")
		live(road, rand.New(rand.NewPCG(5, 5)))
		people, _ := road.People(most(source))
		people.Insert(9)
		compare("incremental")
		if run := road.MustRun(t, roadtest.Trip{DB: ways[0].DB, Stream: most(source)}); run.Mode != crm.ModeIncremental {
			t.Fatalf("the last run was %s", run.Mode)
		}
	})
}

// folded is counts in which a record that came again is not told from one that is
// unchanged: which of them it is depends on whether both came in one batch.
func folded(c crm.Counts) crm.Counts {
	c.Unchanged, c.Duplicates = c.Unchanged+c.Duplicates, 0
	return c
}

// One database is as good as the other.
func TestBothDatabasesHoldTheSame(t *testing.T) {
	roadtest.OnEach(t, func(t *testing.T, source roadtest.Source) {
		dice := rand.New(rand.NewPCG(6, 6))
		road := account(t, source, 300, 6)
		dbs := []warehouse.Driver{roadtest.SQLite.New(t, road.Clock), roadtest.Postgres.New(t, road.Clock)}
		for round := range 3 {
			ask := engine.Ask{BatchSize: 50, Full: round == 2}
			if diff := cmp.Diff(syncAll(t, road, dbs[0], ask), syncAll(t, road, dbs[1], ask)); diff != "" {
				t.Errorf("round %d: the counts (-sqlite +postgres): %s", round, diff)
			}
			for _, stream := range road.Streams() {
				wantSame(t, stream, contents(t, road, dbs[0], stream), contents(t, road, dbs[1], stream))
			}
			live(road, dice)
		}
		spoilt := map[roadtest.Source]int{roadtest.SalesRabbit: 2, roadtest.SalesPro: 1}[source]
		if c := contents(t, road, dbs[0], most(source)); len(c.Issues) == 0 || len(c.Quarantine) != spoilt {
			t.Errorf("%d issues and %d records in quarantine: there was nothing to compare", len(c.Issues), len(c.Quarantine))
		}
	})
}
