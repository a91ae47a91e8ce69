package nth_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
)

// The runs that fail.
const (
	firstRun       = "first run"
	incrementalRun = "incremental run"
	fullRun        = "full run"
	snapshotRun    = "full run that replaces the table"
	hardRun        = "full run with hard deletes"
	repairRun      = "verify with repair"
	refillRun      = "run that fills a column that was dropped"
)

// stage is what the runs that fail have to do.
type stage struct {
	name      string
	change    func(*scene, *testing.T) // makes the next run due
	full      bool
	repair    bool // they compare, and mend
	hard      bool // they delete rows whose records are gone
	senseless bool // the account has records that no table takes, if it can
}

func stages() []stage {
	return []stage{
		{name: firstRun, change: (*scene).wipe, senseless: true},
		{name: incrementalRun, change: (*scene).live, senseless: true},
		// Records without a key could be any row's, so no row is held to be gone
		// while there are such.
		{name: fullRun, change: (*scene).vanish, full: true},
		{name: snapshotRun, change: (*scene).vanish, full: true},
		{name: hardRun, change: (*scene).vanish, full: true, hard: true},
		{name: repairRun, change: (*scene).edit, repair: true},
		{name: refillRun, change: (*scene).lose, senseless: true},
	}
}

// wipe makes the warehouse as it is before the first run, but for the table:
// to make it anew each time would take most of the time.
func (s *scene) wipe(t *testing.T) {
	t.Helper()
	for _, table := range []string{
		s.Table(s.stream), "warren_stream", "ingestion_sync_history", "warren_issue", "warren_quarantine", "warren_seen", "warren_schema",
	} {
		if _, err := s.db.Exec(t.Context(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
}

// live changes the account as its people do.
func (s *scene) live(*testing.T) {
	s.people.Do(max(4, s.records/15), roadtest.Newer, roadtest.Changed)
}

// lose lets somebody drop a column of both warehouses that is in no index.
func (s *scene) lose(t *testing.T) {
	t.Helper()
	for _, db := range []warehouse.Driver{s.db, s.clean} {
		if _, err := db.Exec(t.Context(), "ALTER TABLE "+s.Table(s.stream)+" DROP COLUMN last_name"); err != nil {
			t.Fatal(err)
		}
	}
}

// vanish lets records go without a trace, and come back.
func (s *scene) vanish(*testing.T) {
	s.people.Change(max(2, s.records/8))
	s.people.Do(max(2, s.records/8), roadtest.Untold)
	s.refill()
}

// refill makes as many new records as have gone.
func (s *scene) refill() { s.people.Insert(s.size - s.present()) }

// present is how many records the account has.
func (s *scene) present() int {
	n := 0
	for _, fact := range s.people.Truth() {
		if fact.State == roadtest.Present {
			n++
		}
	}
	return n
}

// edited is what somebody puts into a column by hand.
const edited = "edited by hand"

// edit lets somebody edit rows of both warehouses and delete some, while records
// go and change.
func (s *scene) edit(t *testing.T) {
	t.Helper()
	s.people.Change(2)
	s.people.Do(3, roadtest.Untold)
	s.refill()
	table, key := s.Table(s.stream), s.Key(s.stream)
	some := strings.NewReplacer("TABLE", table, "KEY", key).Replace(
		" WHERE KEY IN (SELECT KEY FROM (SELECT KEY, row_number() OVER (ORDER BY KEY) AS n FROM TABLE WHERE warren_deleted_at IS NULL) AS numbered WHERE n % 7 = ")
	for _, db := range []warehouse.Driver{s.db, s.clean} {
		if _, err := db.Exec(t.Context(), "UPDATE "+table+" SET "+s.text+" = '"+edited+"'"+some+"1)"); err != nil {
			t.Fatal(err)
		}
		n, err := db.Exec(t.Context(), "DELETE FROM "+table+some+"2)")
		if err != nil {
			t.Fatal(err)
		}
		if db == s.db {
			s.dropped += n
		}
	}
}
