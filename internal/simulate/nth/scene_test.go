package nth_test

import (
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

// scene is an account and a database in which a run is due, again and again.
type scene struct {
	*roadtest.Road
	subject

	people roadtest.People
	db     warehouse.Driver // in which runs fail
	clean  warehouse.Driver // in which none ever does
	stage  stage
	truth  roadtest.Contents // what the run that is due leaves when nothing fails

	size    int   // records in the beginning
	dropped int64 // rows that somebody has deleted by hand
	paid    int   // questions that had been paid for when the run became due
	ended   int   // runs that had ended well
}

// setUp makes the scene of a stage: an account of a few records, some of them with
// senseless values.
func setUp(t *testing.T, kind roadtest.Kind, sub subject, st stage) *scene {
	t.Helper()
	cfg := roadtest.Config{Source: sub.source, Records: sub.records, Seed: 11}
	if sub.issues {
		cfg.Dirty = 0.1
	}
	s := &scene{Road: roadtest.New(t, cfg), subject: sub, stage: st}
	s.people, _ = s.People(sub.stream)
	s.size = s.present()
	if s.senseless() {
		s.people.Spoil()
	}
	s.db, s.clean = kind.New(t, s.Clock), roadtest.SQLite.New(t, s.Clock)
	for _, db := range []warehouse.Driver{s.db, s.clean} {
		first := s.trip(db)
		first.Ask.Verify = false // which needs something to compare
		s.MustRun(t, first)
	}
	return s
}

// senseless reports whether the account has records that no table takes.
func (s *scene) senseless() bool { return s.stage.senseless && s.people.Spoil != nil }

// next makes a run due, and finds out what it has to leave.
func (s *scene) next(t *testing.T) {
	t.Helper()
	s.Clock.Pass(time.Minute)
	s.stage.change(s, t)
	run := s.MustRun(t, s.trip(s.clean))
	if c := run.Counts; len(s.truth.Rows) == 0 || c.Created+c.Updated+c.Deleted > 0 {
		s.truth = s.contents(t, s.clean)
		s.wantTruth(t)
	}
	s.paid, s.ended = s.Paid(), len(wellEnded(history(t, s.db)))
}

// trip is the run that is due.
func (s *scene) trip(db warehouse.Driver) roadtest.Trip {
	trip := roadtest.Trip{
		DB: db, Stream: s.stream, PageSize: s.page,
		Ask: engine.Ask{BatchSize: s.batch, Full: s.stage.full, Verify: s.stage.repair, Look: 5},
	}
	if s.stage.hard {
		trip.Deletes = crm.DeletePolicy{How: crm.DeletesHard, Limit: 1}
	}
	return trip
}

func (s *scene) contents(t *testing.T, db warehouse.Driver) roadtest.Contents {
	t.Helper()
	c, err := s.Read(t.Context(), db, s.stream)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wantTruth makes sure that the run without faults left what the account has:
// each record that is one, as it was sent, the others in quarantine, and of
// those that are gone a row that says so.
func (s *scene) wantTruth(t *testing.T) {
	t.Helper()
	lacking := map[roadtest.Fact]int{}
	for _, fact := range s.people.Truth() {
		lacking[fact]++
	}
	for _, row := range s.truth.Rows {
		fact := s.fact(row)
		if strings.Contains(strings.Join(row, "\n"), "="+edited) && fact.State == roadtest.Present {
			t.Errorf("an edited row is left as it is: %v", row)
		}
		if lacking[fact] > 0 {
			lacking[fact]--
		} else if fact.State != roadtest.Missing || s.removes() {
			t.Errorf("the account has no such record, %s: %s", fact.State, fact.Record)
		}
	}
	inNoRow := 0
	for _, n := range lacking {
		inNoRow += n
	}
	if inNoRow != len(s.truth.Quarantine) || inNoRow > 0 != s.senseless() || len(s.truth.Issues) > 0 != s.issues {
		t.Fatalf("%d records are in no row, %d in quarantine; %d issues", inNoRow, len(s.truth.Quarantine), len(s.truth.Issues))
	}
}

// fact is what a row says of its record.
func (s *scene) fact(row []string) roadtest.Fact {
	fact := roadtest.Fact{State: row[len(row)-1]}
	for _, column := range row {
		if raw, ok := strings.CutPrefix(column, "data="); ok {
			fact.Record = s.people.Form([]byte(raw))
		}
	}
	return fact
}

// removes reports whether the rows of records that are gone are deleted.
func (s *scene) removes() bool { return s.stage.hard || s.rebuilt }
