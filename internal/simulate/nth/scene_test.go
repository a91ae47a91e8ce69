package nth_test

import (
	"bytes"
	"encoding/json"
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
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// leads is the stream that is synced.
const leads = "leads"

// scene is an account and a database in which a run is due, again and again.
type scene struct {
	*roadtest.Road

	db    warehouse.Driver // in which runs fail
	clean warehouse.Driver // in which none ever does
	stage stage
	truth roadtest.Contents // what the run that is due leaves when nothing fails

	dropped int64 // rows that somebody has deleted by hand
}

// stage is what the runs that fail have to do.
type stage struct {
	name      string
	change    func(*scene, *testing.T) // makes the next run due
	full      bool
	repair    bool // they compare, and mend
	hard      bool // they delete rows whose records are gone
	senseless bool // the account has records that no table takes
}

func stages() []stage {
	return []stage{
		{name: "first run", change: (*scene).wipe, senseless: true},
		{name: "incremental run", change: (*scene).live, senseless: true},
		// Records without a key could be any row's, so no row is held to be gone
		// while there are such.
		{name: "full run", change: (*scene).vanish, full: true},
		{name: "full run with hard deletes", change: (*scene).vanish, full: true, hard: true},
		{name: "verify with repair", change: (*scene).edit, repair: true},
	}
}

// setUp makes the scene of a stage: an account of 60 leads, some of them with
// senseless values.
func setUp(t *testing.T, kind roadtest.Kind, st stage) *scene {
	t.Helper()
	road := roadtest.New(t, sandbox.Config{Records: 60, Seed: 11, Traps: sandbox.Traps{Dirty: 0.1}})
	if st.senseless {
		road.Account.PutWhole([]byte(`{"firstName":"has no id","dateModified":"2026-01-01T00:00:00+00:00"}`))
		road.Account.PutWhole([]byte(`"no record at all"`))
	}
	s := &scene{Road: road, stage: st, db: kind.New(t, road.Clock), clean: roadtest.SQLite.New(t, road.Clock)}
	for _, db := range []warehouse.Driver{s.db, s.clean} {
		first := s.trip(db)
		first.Ask.Verify = false // which needs something to compare
		s.MustRun(t, first)
	}
	return s
}

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
}

// wipe makes the warehouse as it is before the first run, but for the table:
// to make it anew each time would take most of the time.
func (s *scene) wipe(t *testing.T) {
	t.Helper()
	for _, statement := range []string{
		"DELETE FROM ingestion_salesrabbit_lead", "DELETE FROM warren_stream", "DELETE FROM ingestion_sync_history",
		"DELETE FROM warren_issue", "DELETE FROM warren_quarantine", "DELETE FROM warren_seen",
	} {
		if _, err := s.db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// live changes the account as its people do.
func (s *scene) live(*testing.T) {
	s.Account.Change(sandbox.Random(14))
	s.Account.TouchStatus(sandbox.Random(4))
	s.Account.Delete(sandbox.Random(2), sandbox.Soft)
	s.Account.Restore(sandbox.Random(1))
	s.Account.Insert(1)
}

// vanish lets leads go without a trace, and come back.
func (s *scene) vanish(*testing.T) {
	s.Account.Change(sandbox.Random(8))
	s.Account.Delete(sandbox.Random(9), sandbox.Gone)
	s.Account.Restore(sandbox.Random(7))
	s.Account.Insert(2)
}

// edited is what somebody puts into a column by hand.
const edited = "edited by hand"

// edit lets somebody edit rows of both warehouses and delete some, while leads
// go and change.
func (s *scene) edit(t *testing.T) {
	t.Helper()
	s.Account.Change(sandbox.Random(2))
	s.Account.Delete(sandbox.Random(3), sandbox.Gone)
	s.Account.Restore(sandbox.Random(3))
	const some = " WHERE id IN (SELECT id FROM ingestion_salesrabbit_lead WHERE warren_deleted_run IS NULL AND id % 7 = "
	for _, db := range []warehouse.Driver{s.db, s.clean} {
		if _, err := db.Exec(t.Context(), "UPDATE ingestion_salesrabbit_lead SET email = '"+edited+"'"+some+"1)"); err != nil {
			t.Fatal(err)
		}
		n, err := db.Exec(t.Context(), "DELETE FROM ingestion_salesrabbit_lead"+some+"2)")
		if err != nil {
			t.Fatal(err)
		}
		if db == s.db {
			s.dropped += n
		}
	}
}

// trip is the run that is due.
func (s *scene) trip(db warehouse.Driver) roadtest.Trip {
	trip := roadtest.Trip{
		DB: db, Stream: leads, Ask: engine.Ask{BatchSize: 15, Full: s.stage.full, Verify: s.stage.repair, Look: 5}, PageSize: 20,
	}
	if s.stage.hard {
		trip.Deletes = crm.DeletePolicy{How: crm.DeletesHard, Limit: 1}
	}
	return trip
}

func (s *scene) contents(t *testing.T, db warehouse.Driver) roadtest.Contents {
	t.Helper()
	c, err := roadtest.Read(t.Context(), db, leads)
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
	rows := map[string]string{} // what is told of the record's state, by the record
	for _, row := range s.truth.Rows {
		if slices.Contains(row, "email="+edited) && row[len(row)-1] == roadtest.Present {
			t.Errorf("an edited row is left as it is: %v", row)
		}
		for _, column := range row {
			if raw, ok := strings.CutPrefix(column, "data="); ok {
				rows[raw] = row[len(row)-1]
			}
		}
	}
	lacking := 0
	for _, record := range s.Account.Leads() {
		raw := canonical(t, record)
		want := roadtest.Missing
		if strings.Contains(raw, `"deletedAt":null`) {
			want = roadtest.Present
		}
		if state, ok := rows[raw]; !ok {
			lacking++
		} else if state != want {
			t.Errorf("%s, want %s: %s", state, want, raw)
		}
		delete(rows, raw)
	}
	for raw, state := range rows {
		if state != roadtest.Missing || s.stage.hard {
			t.Errorf("the account has no such record: %s", raw)
		}
	}
	if lacking != len(s.truth.Quarantine) || lacking == 0 == s.stage.senseless || len(s.truth.Issues) == 0 {
		t.Fatalf("%d records are in no row, %d in quarantine; %d issues", lacking, len(s.truth.Quarantine), len(s.truth.Issues))
	}
}

// canonical is JSON with its members in order.
func canonical(t *testing.T, raw []byte) string {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
