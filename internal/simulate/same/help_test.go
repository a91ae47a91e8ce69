package same_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/pgtest"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// leads is the stream that most tests are about.
const leads = "leads"

// account is one of that many leads, of which a tenth holds senseless values,
// and two records that no table takes.
func account(t *testing.T, leads int, seed uint64) *roadtest.Road {
	t.Helper()
	road := roadtest.New(t, sandbox.Config{Records: leads, Seed: seed, Traps: sandbox.Traps{Dirty: 0.1}})
	road.Account.PutWhole([]byte(`{"firstName":"has no id","dateModified":"2026-01-01T00:00:00+00:00"}`))
	road.Account.PutWhole([]byte(`"no record at all"`))
	return road
}

// contents reads what is in the database of a stream.
func contents(t *testing.T, db warehouse.Driver, stream string) roadtest.Contents {
	t.Helper()
	c, err := roadtest.Read(t.Context(), db, stream)
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
	for _, stream := range roadtest.Streams() {
		counts[stream] = road.MustRun(t, roadtest.Trip{DB: db, Stream: stream, Ask: ask}).Counts
	}
	return counts
}

// live changes the account as its people do in some days or some seconds, but
// lets no lead vanish without a trace: those an incremental run cannot miss.
func live(road *roadtest.Road, dice *rand.Rand) {
	for range 1 + dice.IntN(6) {
		road.Clock.Pass(time.Duration(dice.IntN(3)) * time.Duration(dice.IntN(90)) * time.Minute)
		some := sandbox.Random(1 + dice.IntN(20))
		switch dice.IntN(7) {
		case 0:
			road.Account.Insert(1 + dice.IntN(10))
		case 1:
			road.Account.Delete(some, sandbox.Soft)
		case 2:
			road.Account.Restore(sandbox.Random(1 + dice.IntN(3)))
		case 3:
			road.Account.TouchStatus(some)
		case 4:
			road.Account.ChangeUsers(1 + dice.IntN(5))
		default:
			road.Account.Change(some)
		}
	}
}
