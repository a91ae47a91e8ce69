package same_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// onEachAndBoth runs a test once with each source and each kind of database.
func onEachAndBoth(t *testing.T, test func(t *testing.T, source roadtest.Source, kind roadtest.Kind)) {
	t.Helper()
	roadtest.OnEach(t, func(t *testing.T, source roadtest.Source) {
		roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) { test(t, source, kind) })
	})
}

// most is the stream of each source that most of a test is about.
func most(source roadtest.Source) string {
	return map[roadtest.Source]string{
		roadtest.SalesRabbit: "leads", roadtest.HubSpot: "contacts", roadtest.SalesPro: "estimate",
	}[source]
}

// account is one of a source with so many leads, or half as many contacts or a third
// as many customers, who have more than one record each. A tenth holds senseless
// values, and some no table takes.
func account(t *testing.T, source roadtest.Source, leads int, seed uint64) *roadtest.Road {
	t.Helper()
	road := plain(t, roadtest.Config{Source: source, Seed: seed, Dirty: 0.1}, leads)
	if people, _ := road.People(most(source)); people.Spoil != nil {
		people.Spoil()
	}
	return road
}

// plain is an account in which nothing is senseless unless cfg says so.
func plain(t *testing.T, cfg roadtest.Config, leads int) *roadtest.Road {
	t.Helper()
	cfg.Records = leads / map[roadtest.Source]int{roadtest.SalesRabbit: 1, roadtest.HubSpot: 2, roadtest.SalesPro: 4}[cfg.Source]
	return roadtest.New(t, cfg)
}

// contents reads what is in the database of a stream.
func contents(t *testing.T, road *roadtest.Road, db warehouse.Driver, stream string) roadtest.Contents {
	t.Helper()
	c, err := road.Read(t.Context(), db, stream)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Rows) == 0 {
		t.Fatalf("there is nothing in the table of %s", stream)
	}
	return c
}

// wantSame ends the test when two contents differ.
func wantSame(t *testing.T, what string, want, got roadtest.Contents) {
	t.Helper()
	if diff := roadtest.Diff(want, got); diff != "" {
		t.Fatalf("%s: %s", what, diff)
	}
}

// syncAll syncs every stream and returns the counts of each.
func syncAll(t *testing.T, road *roadtest.Road, db warehouse.Driver, ask engine.Ask) map[string]crm.Counts {
	t.Helper()
	counts := map[string]crm.Counts{}
	for _, stream := range road.Streams() {
		counts[stream] = road.MustRun(t, roadtest.Trip{DB: db, Stream: stream, Ask: ask}).Counts
	}
	return counts
}

// live changes the account as its people do in some days or some seconds, but
// lets no record vanish without a trace: those an incremental run cannot miss.
func live(road *roadtest.Road, dice *rand.Rand) { stir(road, dice, roadtest.Newer, roadtest.Changed) }

// stir lets people do what is told in one of those ways.
func stir(road *roadtest.Road, dice *rand.Rand, told ...roadtest.Told) {
	var deeds []roadtest.Deed
	for _, stream := range road.Streams() {
		people, _ := road.People(stream)
		for _, deed := range people.Deeds {
			if slices.Contains(told, deed.Told) || people.Whole {
				deeds = append(deeds, deed)
			}
		}
	}
	for range 1 + dice.IntN(6) + len(deeds)/4 {
		road.Clock.Pass(time.Duration(dice.IntN(3)) * time.Duration(dice.IntN(90)) * time.Minute)
		deeds[dice.IntN(len(deeds))].Do(1 + dice.IntN(20))
	}
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

// forgetting is contents without the rows of records that are gone and that another
// database, which was begun later, never had, and without the issues of these.
func forgetting(c, later roadtest.Contents) roadtest.Contents {
	known := map[string]bool{}
	for _, row := range later.Rows {
		known[row[0]] = true
	}
	kept := roadtest.Contents{Quarantine: c.Quarantine, Issues: []string{}}
	forgotten := map[string]bool{}
	for _, row := range c.Rows {
		if row[len(row)-1] == roadtest.Present || known[row[0]] {
			kept.Rows = append(kept.Rows, row)
			continue
		}
		_, id, _ := strings.Cut(row[0], "=")
		forgotten[id] = true
	}
	for _, issue := range c.Issues {
		id, _, _ := strings.Cut(strings.TrimPrefix(issue, "{RecordID:"), " ")
		if !forgotten[id] {
			kept.Issues = append(kept.Issues, issue)
		}
	}
	return kept
}
