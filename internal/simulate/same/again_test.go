package same_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// What was done once is not done again: no row of the stream's table is
// written or locked by a second run, full or incremental (L10).
func TestL10TwiceIsOnceWithNoWrite(t *testing.T) {
	onEachAndBoth(t, func(t *testing.T, source roadtest.Source, kind roadtest.Kind) {
		road := account(t, source, 150, 7)
		db := kind.New(t, road.Clock)
		ask := engine.Ask{BatchSize: 40}
		syncAll(t, road, db, ask)
		once := map[string]roadtest.Contents{}
		written := map[string][][]string{}
		for _, stream := range road.Streams() {
			once[stream], written[stream] = contents(t, road, db, stream), stamps(t, road, db, stream)
		}
		for _, full := range []bool{false, true} {
			road.Clock.Pass(time.Hour)
			ask.Full = full
			for stream, counts := range syncAll(t, road, db, ask) {
				if counts.Created+counts.Updated > 0 {
					t.Errorf("%s, full %v: %+v", stream, full, counts)
				}
				wantSame(t, stream, once[stream], contents(t, road, db, stream))
				if diff := cmp.Diff(written[stream], stamps(t, road, db, stream)); diff != "" {
					t.Errorf("%s, full %v: rows were written again: %s", stream, full, diff)
				}
			}
		}
	})
}

// stamps tells of each row when it was written.
func stamps(t *testing.T, road *roadtest.Road, db warehouse.Driver, stream string) [][]string {
	t.Helper()
	rows, err := road.Stamps(t.Context(), db, stream)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A dry run counts what the real one then does, and leaves no trace (L6).
func TestL6ADryRunCountsWhatTheRealOneDoes(t *testing.T) {
	onEachAndBoth(t, func(t *testing.T, source roadtest.Source, kind roadtest.Kind) {
		dice := rand.New(rand.NewPCG(8, 8))
		road := account(t, source, 150, 8)
		db := kind.New(t, road.Clock)
		var done crm.Counts
		for round := range 4 {
			ask := engine.Ask{BatchSize: 40, Full: round == 3}
			dry := ask
			dry.DryRun = true
			for _, stream := range road.Streams() {
				runs := history(t, db)
				looked := road.MustRun(t, roadtest.Trip{DB: db, Stream: stream, Ask: dry})
				if after := history(t, db); after != runs {
					t.Errorf("the history had %d runs and has %d", runs, after)
				}
				did := road.MustRun(t, roadtest.Trip{DB: db, Stream: stream, Ask: ask})
				if looked.Counts != did.Counts || looked.Mode != did.Mode {
					t.Errorf("round %d, %s: the dry run counts %+v, the real one %+v", round, stream, looked.Counts, did.Counts)
				}
				done.Add(did.Counts)
			}
			live(road, dice)
			people, _ := road.People(most(source))
			people.Change(5)
		}
		if done.Created == 0 || done.Updated == 0 || done.Unchanged == 0 || done.Failed == 0 && source != roadtest.HubSpot {
			t.Errorf("too little happened to compare: %+v", done)
		}
	})
}

func history(t *testing.T, db warehouse.Driver) int {
	t.Helper()
	runs, err := ledger.History(t.Context(), db, ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return len(runs)
}
