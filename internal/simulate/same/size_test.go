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
	wantAlike(t, []roadtest.Trip{
		{Ask: engine.Ask{BatchSize: 500}}, {Ask: engine.Ask{BatchSize: 1}}, {Ask: engine.Ask{BatchSize: 10_000}},
	})
}

// The size of a page decides how many calls a walk takes, and nothing else.
func TestPagesOfAnySizeDoTheSame(t *testing.T) {
	wantAlike(t, []roadtest.Trip{{PageSize: 2000}, {PageSize: 250}, {PageSize: 7}, {PageSize: 1}})
}

// wantAlike syncs the streams of one account into a database for each way, all
// of it and then what has changed, and wants the same of all.
func wantAlike(t *testing.T, ways []roadtest.Trip) {
	t.Helper()
	roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
		road := account(t, 120, 5)
		ways := slices.Clone(ways)
		for i := range ways {
			ways[i].DB = kind.New(t, road.Clock)
		}
		compare := func(phase string) {
			t.Helper()
			var want map[string]crm.Counts
			for i, way := range ways {
				got := map[string]crm.Counts{}
				for _, stream := range roadtest.Streams() {
					way.Stream = stream
					got[stream] = road.MustRun(t, way).Counts
				}
				if i == 0 {
					want = got
				}
				what := fmt.Sprintf("%s, batches of %d, pages of %d", phase, way.Ask.BatchSize, way.PageSize)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: the counts (-want +got): %s", what, diff)
				}
				for _, stream := range roadtest.Streams() {
					wantSame(t, what, contents(t, ways[0].DB, stream), contents(t, way.DB, stream))
				}
			}
		}
		compare("full")
		live(road, rand.New(rand.NewPCG(5, 5)))
		road.Account.Insert(9)
		compare("incremental")
		wantIncremental(t, road, ways[0].DB)
	})
}

// One database is as good as the other.
func TestBothDatabasesHoldTheSame(t *testing.T) {
	dice := rand.New(rand.NewPCG(6, 6))
	road := account(t, 300, 6)
	dbs := []warehouse.Driver{roadtest.SQLite.New(t, road.Clock), roadtest.Postgres.New(t, road.Clock)}
	for round := range 3 {
		ask := engine.Ask{BatchSize: 50, Full: round == 2}
		if diff := cmp.Diff(syncAll(t, road, dbs[0], ask), syncAll(t, road, dbs[1], ask)); diff != "" {
			t.Errorf("round %d: the counts (-sqlite +postgres): %s", round, diff)
		}
		for _, stream := range roadtest.Streams() {
			wantSame(t, stream, contents(t, dbs[0], stream), contents(t, dbs[1], stream))
		}
		live(road, dice)
	}
	if c := contents(t, dbs[0], leads); len(c.Issues) == 0 || len(c.Quarantine) != 2 {
		t.Errorf("%d issues and %d records in quarantine: there was nothing to compare", len(c.Issues), len(c.Quarantine))
	}
}
