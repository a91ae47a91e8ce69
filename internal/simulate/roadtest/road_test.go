package roadtest_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// streams are those that the tests look at, by source.
func streams(source roadtest.Source) []string {
	return map[roadtest.Source][]string{
		roadtest.SalesRabbit: {"leads"},
		roadtest.HubSpot:     {"contacts", "deals", "deals_contacts"},
		roadtest.SalesPro:    {"payments", "estimate", "measure_sheet", "user_activity"},
	}[source]
}

func read(t *testing.T, road *roadtest.Road, db warehouse.Driver, stream string) roadtest.Contents {
	t.Helper()
	c, err := road.Read(t.Context(), db, stream)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func people(t *testing.T, road *roadtest.Road, stream string) roadtest.People {
	t.Helper()
	p, ok := road.People(stream)
	if !ok {
		t.Fatalf("nobody works on %s", stream)
	}
	return p
}

// What the account has comes into both databases, and so does every deed of its
// people with the next full run.
func TestTheRoadLeadsFromTheAccountIntoBothDatabases(t *testing.T) {
	roadtest.OnEach(t, func(t *testing.T, source roadtest.Source) {
		roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
			road := roadtest.New(t, roadtest.Config{Source: source, Records: 40, Seed: 1})
			db := kind.New(t, road.Clock)
			for _, stream := range streams(source) {
				at := people(t, road, stream)
				trip := roadtest.Trip{DB: db, Stream: stream, Ask: engine.Ask{DryRun: true, Full: true}, PageSize: 7}
				looked := road.MustRun(t, trip)
				trip.Ask.DryRun = false
				did := road.MustRun(t, trip)
				if looked.Counts != did.Counts || did.Counts.Created == 0 {
					t.Errorf("%s: the dry run counts %+v, the run %+v", stream, looked.Counts, did.Counts)
				}
				wantTruth(t, road, db, stream)
				before := read(t, road, db, stream)
				for i, deed := range at.Deeds {
					road.Clock.Pass(time.Minute)
					deed.Do(4)
					road.MustRun(t, trip)
					wantTruth(t, road, db, stream)
					if t.Failed() {
						t.Fatalf("%s: deed %d of kind %d", stream, i, deed.Told)
					}
				}
				if after := read(t, road, db, stream); roadtest.Diff(before, after) == "" {
					t.Errorf("%s: the people have done nothing", stream)
				}
			}
		})
	})
}

// wantTruth compares the rows of the table with what the account has: those that are
// not among it are missing.
func wantTruth(t *testing.T, road *roadtest.Road, db warehouse.Driver, stream string) {
	t.Helper()
	at := people(t, road, stream)
	truth := map[roadtest.Fact]int{}
	for _, fact := range at.Truth() {
		truth[fact]++
	}
	for _, row := range read(t, road, db, stream).Rows {
		fact := roadtest.Fact{State: row[len(row)-1]}
		for _, column := range row {
			if raw, is := strings.CutPrefix(column, "data="); is {
				fact.Record = at.Form([]byte(raw))
			}
		}
		switch {
		case truth[fact] > 0:
			truth[fact]--
		case fact.State != roadtest.Missing:
			t.Fatalf("%s: the account has no %+v", stream, fact)
		}
	}
	maps.DeleteFunc(truth, func(_ roadtest.Fact, n int) bool { return n == 0 })
	if len(truth) > 0 {
		t.Fatalf("%s: no row has %+v", stream, truth)
	}
}

// What no table takes is in the quarantine, and senseless values are issues.
func TestWhatIsWrongWithRecordsIsRead(t *testing.T) {
	for _, c := range []struct {
		source roadtest.Source
		stream string
		issues bool
		spoilt int
	}{
		{roadtest.SalesRabbit, "leads", true, 2}, {roadtest.HubSpot, "contacts", true, 0}, {roadtest.SalesPro, "estimate", true, 1}, {roadtest.SalesPro, "payments", false, 1},
	} {
		t.Run(string(c.source)+" "+c.stream, func(t *testing.T) {
			roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
				road := roadtest.New(t, roadtest.Config{Source: c.source, Records: 40, Seed: 1, Dirty: 0.5})
				db := kind.New(t, road.Clock)
				if at := people(t, road, c.stream); at.Spoil != nil {
					at.Spoil()
				}
				road.MustRun(t, roadtest.Trip{DB: db, Stream: c.stream})
				if got := read(t, road, db, c.stream); len(got.Quarantine) != c.spoilt || len(got.Issues) > 0 != c.issues {
					t.Errorf("in quarantine are %q; %d issues", got.Quarantine, len(got.Issues))
				}
			})
		})
	}
}

func TestStampsTellWhenARowWasWritten(t *testing.T) {
	roadtest.OnEach(t, func(t *testing.T, source roadtest.Source) {
		roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
			stream := streams(source)[0]
			road := roadtest.New(t, roadtest.Config{Source: source, Records: 6, Seed: 2})
			trip := roadtest.Trip{DB: kind.New(t, road.Clock), Stream: stream}
			road.MustRun(t, trip)
			before := stamps(t, road, trip)
			road.Clock.Pass(time.Hour)
			people(t, road, stream).Change(1)
			road.MustRun(t, trip)
			changed := 0
			after := stamps(t, road, trip)
			for i := range after {
				if !slices.Equal(before[i], after[i]) {
					changed++
				}
			}
			if changed != 1 || len(after) < 2 {
				t.Errorf("%d of %d rows were written", changed, len(after))
			}
		})
	})
}

func stamps(t *testing.T, road *roadtest.Road, trip roadtest.Trip) [][]string {
	t.Helper()
	rows, err := road.Stamps(t.Context(), trip.DB, trip.Stream)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	road := roadtest.New(t, roadtest.Config{Records: 1})
	db := roadtest.SQLite.New(t, road.Clock)
	if _, err := road.Read(t.Context(), db, "leads"); err == nil {
		t.Error("an empty database has contents")
	}
}

// A second process finds the stream taken until the lease has ended by the
// test's clock, and no wait of the first one takes time.
func TestL7TheLeaseGoesByTheTestsClock(t *testing.T) {
	roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
		road := roadtest.New(t, roadtest.Config{Records: 5, Seed: 3})
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

// Every stream that is synced is one of the account's, and only SalesPro's cost.
func TestTheAccountsHaveTheirStreams(t *testing.T) {
	roadtest.OnEach(t, func(t *testing.T, source roadtest.Source) {
		road := roadtest.New(t, roadtest.Config{Source: source, Records: 10, Seed: 4})
		db := roadtest.SQLite.New(t, road.Clock)
		for _, stream := range road.Streams() {
			if run := road.MustRun(t, roadtest.Trip{DB: db, Stream: stream}); run.Counts.Created == 0 || road.Table(stream) == "" {
				t.Errorf("%s: %+v", stream, run.Counts)
			}
		}
		if paid := road.Paid(); paid > 0 != (source == roadtest.SalesPro) || paid > len(road.Streams()) {
			t.Errorf("%d questions were paid for", paid)
		}
	})
}
