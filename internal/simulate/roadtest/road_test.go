package roadtest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/pgtest"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func read(t *testing.T, db warehouse.Driver) roadtest.Contents {
	t.Helper()
	c, err := roadtest.Read(t.Context(), db, "leads")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheRoadLeadsFromTheAccountIntoBothDatabases(t *testing.T) {
	roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
		road := roadtest.New(t, sandbox.Config{Records: 20, Seed: 1, Traps: sandbox.Traps{Dirty: 0.5}})
		db := kind.New(t, road.Clock)
		road.Account.PutWhole([]byte(`{"firstName":"has no id"}`))
		trip := roadtest.Trip{DB: db, Stream: "leads", Ask: engine.Ask{DryRun: true}, PageSize: 7}
		if run := road.MustRun(t, trip); run.Counts.Created != 20 || run.Counts.Failed != 1 {
			t.Errorf("the dry run counts %+v", run.Counts)
		}
		trip.Ask.DryRun = false
		if run := road.MustRun(t, trip); run.Counts.Created != 20 {
			t.Errorf("the run counts %+v", run.Counts)
		}
		before := read(t, db)
		if len(before.Rows) != 20 || len(before.Quarantine) != 1 || len(before.Issues) == 0 {
			t.Fatalf("%d rows, %d in quarantine, %d issues", len(before.Rows), len(before.Quarantine), len(before.Issues))
		}
		if !strings.Contains(before.Quarantine[0], "has no id") {
			t.Errorf("the quarantine tells %s", before.Quarantine[0])
		}
		road.Clock.Pass(time.Minute)
		road.Account.Delete(sandbox.Random(1), sandbox.Soft)
		road.MustRun(t, trip)
		after := read(t, db)
		diff := roadtest.Diff(before, after)
		if !strings.Contains(diff, "rows (-want +got)") || !strings.Contains(diff, roadtest.Missing) || roadtest.Diff(after, read(t, db)) != "" {
			t.Errorf("one lead was deleted; the difference is %s", diff)
		}
	})
}

func TestStampsTellWhenARowWasWritten(t *testing.T) {
	roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
		road := roadtest.New(t, sandbox.Config{Records: 3, Seed: 2})
		trip := roadtest.Trip{DB: kind.New(t, road.Clock), Stream: "leads"}
		road.MustRun(t, trip)
		before, err := roadtest.Stamps(t.Context(), trip.DB, "leads")
		if err != nil {
			t.Fatal(err)
		}
		road.Clock.Pass(time.Hour)
		road.Account.Change(sandbox.Random(1))
		road.MustRun(t, trip)
		after, err := roadtest.Stamps(t.Context(), trip.DB, "leads")
		if err != nil {
			t.Fatal(err)
		}
		changed := 0
		for i := range after {
			if !slices.Equal(before[i], after[i]) {
				changed++
			}
		}
		if changed != 1 || len(after) != 3 {
			t.Errorf("%d of %d rows were written", changed, len(after))
		}
	})
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	road := roadtest.New(t, sandbox.Config{Records: 1})
	db := roadtest.SQLite.New(t, road.Clock)
	if _, err := roadtest.Read(t.Context(), db, "leads"); err == nil {
		t.Error("an empty database has contents")
	}
}

// A second process finds the stream taken until the lease has ended by the
// test's clock, and no wait of the first one takes time.
func TestL7TheLeaseGoesByTheTestsClock(t *testing.T) {
	roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
		road := roadtest.New(t, sandbox.Config{Records: 5, Seed: 3})
		db := kind.New(t, road.Clock)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		first := roadtest.Trip{DB: db, Stream: "leads", Owner: ledger.Owner{Host: "one", Process: "1"}}
		first.Session = func(s engine.Session) engine.Session { return abandoned{s, cancel} }
		if _, err := road.Run(ctx, first); err == nil {
			t.Fatal("the first process ended well")
		}
		second := roadtest.Trip{DB: db, Stream: "leads", Owner: ledger.Owner{Host: "two", Process: "2"}}
		if _, err := road.Run(t.Context(), second); crm.CodeOf(err) != crm.CodeBusy {
			t.Errorf("while the lease lasts: %v", err)
		}
		road.Clock.Pass(roadtest.Lease)
		road.MustRun(t, second)
	})
}

// abandoned is a session whose process dies at the first look into the table.
type abandoned struct {
	engine.Session
	die context.CancelFunc
}

var errDead = errors.New("dead")

func (a abandoned) Known(context.Context, []crm.Row, []crm.Version) error {
	a.die()
	return errDead
}

func (abandoned) Finish(context.Context, warehouse.Outcome) (crm.Run, error) {
	return crm.Run{}, errDead
}

func TestAClockThatWaitsTakesNoTime(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := roadtest.NewClock(start)
	if err := clock.Wait(t.Context(), time.Hour); err != nil || !clock.Now().Equal(start.Add(time.Hour)) {
		t.Errorf("after an hour it is %s: %v", clock.Now(), err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errDead)
	if err := clock.Wait(ctx, time.Hour); !errors.Is(err, errDead) || !clock.Now().Equal(start.Add(time.Hour)) {
		t.Errorf("who gave up waited until %s: %v", clock.Now(), err)
	}
}

func TestTheAccountHasFourStreams(t *testing.T) {
	if got := roadtest.Streams(); !slices.Equal(got, []string{"leads", "users", "leadStatuses", "leadStatusHistories"}) {
		t.Errorf("got %v", got)
	}
}
