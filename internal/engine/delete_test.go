package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// missing returns which rows are marked as missing, by which run.
func (w *world) missing() string {
	w.t.Helper()
	marked := w.query(`SELECT id, CAST(warren_deleted_run AS text) FROM thing WHERE warren_deleted_run IS NOT NULL AND warren_deleted_at IS NOT NULL`)
	return fmt.Sprint(marked)
}

// loaded is a world whose table holds the things 1 to n.
func (w *world) loaded(n int) {
	w.t.Helper()
	w.source.pages = [][]string{page(1, n, 0)}
	w.run(engine.Ask{Full: true})
}

func TestAFullRunMarksRowsThatTheSourceNoLongerHas(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(6)
		before := w.query(`SELECT id, CAST(synced_at AS text) FROM thing`)
		w.source.pages = [][]string{page(1, 2, 0), page(5, 2, 0)}
		run := w.run(engine.Ask{Full: true})
		if got, want := w.missing(), fmt.Sprintf("map[3:%[1]d 4:%[1]d]", run.ID); got != want {
			t.Errorf("marked are %s, want %s", got, want)
		}
		if want := (crm.Counts{Fetched: 4, Unchanged: 4, Deleted: 2}); run.Counts != want {
			t.Errorf("%+v, want %+v", run.Counts, want)
		}
		if history := w.history()[0].Counts; history != run.Counts {
			t.Errorf("the history says %+v", history)
		}
		after := w.query(`SELECT id, CAST(synced_at AS text) FROM thing`)
		if len(after) != 6 || after[3] == before[3] || after[1] != before[1] {
			t.Errorf("synced_at: before %v, after %v", before, after)
		}
		// The run after that has nothing to do (L10).
		if run := w.run(engine.Ask{Full: true}); run.Counts.Deleted != 0 || fmt.Sprint(w.query(`SELECT id, CAST(synced_at AS text) FROM thing`)) != fmt.Sprint(after) {
			t.Errorf("marked again: %+v", run.Counts)
		}
	})
}

func TestDeletesHardDeletes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deletes.How = crm.DeletesHard
		w.loaded(6)
		w.source.pages = [][]string{page(1, 5, 0)}
		if run := w.run(engine.Ask{Full: true}); run.Counts.Deleted != 1 {
			t.Errorf("%+v", run.Counts)
		}
		if rows := w.rows(); len(rows) != 5 || rows[6] != "" {
			t.Errorf("%v", rows)
		}
	})
}

func TestARowThatComesBackIsRestored(t *testing.T) {
	for name, again := range map[string]string{
		"as it was":           record(3, 0, "n3"),
		"changed":             record(3, 5, "changed"),
		"in an older version": record(3, -5, "older"), // of a backup: there is no newer one any more
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(4)
				w.source.pages = [][]string{{record(1, 0, "n1"), record(2, 0, "n2"), record(4, 0, "n4")}}
				w.run(engine.Ask{Full: true})
				w.source.pages = [][]string{{again}}
				run := w.run(engine.Ask{})
				if run.Mode != crm.ModeIncremental || run.Counts.Updated != 1 || w.missing() != "map[]" {
					t.Errorf("%s %+v, marked %s", run.Mode, run.Counts, w.missing())
				}
				if deleted := w.query(`SELECT id, 'x' FROM thing WHERE warren_deleted_at IS NOT NULL`); len(deleted) != 0 {
					t.Errorf("deleted are %v", deleted)
				}
				if !strings.Contains(again, strings.Fields(w.rows()[3])[0]) {
					t.Errorf("the row is %s, the source says %s", w.rows()[3], again)
				}
			})
		})
	}
}

// Whatever does not show all there is proves nothing about what it does not
// show.
func TestNoRowIsMarkedByAWalkThatDoesNotShowEverything(t *testing.T) {
	part := page(1, 3, 0)
	for name, c := range map[string]struct {
		ask    engine.Ask
		before func(w *world)
	}{
		"a failed one": {engine.Ask{Full: true}, func(w *world) {
			w.source.pages = [][]string{part, page(4, 3, 0)}
			w.source.before = func(n int) error {
				if n == 1 {
					return errSource
				}
				return nil
			}
		}},
		"a capped one":             {engine.Ask{Full: true, MaxRecords: 3}, nil},
		"a range":                  {engine.Ask{Since: noon(-60)}, nil},
		"changes":                  {engine.Ask{}, nil},
		"nobody looks":             {engine.Ask{Full: true}, func(w *world) { w.deletes.How = crm.DeletesOff }},
		"pages that may have gaps": {engine.Ask{Full: true}, func(w *world) { w.source.unsure = "pages cannot overlap" }},
		"a record without a key":   {engine.Ask{Full: true}, func(w *world) { w.source.pages = [][]string{append(part, `{"id":null}`)} }},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(6)
				w.source.pages = [][]string{part}
				if c.before != nil {
					c.before(w)
				}
				run, _ := w.try(t.Context(), c.ask)
				if w.missing() != "map[]" || run.Counts.Deleted != 0 || len(w.rows()) != 6 {
					t.Errorf("marked are %s: %+v", w.missing(), run.Counts)
				}
			})
		})
	}
}

func TestTheBrakeRefusesToMarkTooMany(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deletes.Limit = 0.2
		w.loaded(10)
		w.source.pages = [][]string{page(1, 7, 0)}
		run := w.run(engine.Ask{Full: true})
		if run.Status != crm.StatusPartial || run.ErrorCode != crm.CodeDeletesRefused || w.missing() != "map[]" || run.Counts.Deleted != 0 {
			t.Errorf("%s %s, marked %s", run.Status, run.ErrorCode, w.missing())
		}
		if !strings.Contains(run.ErrorMessage, "3 of 10 rows") || !strings.Contains(run.Fix, "--delete-limit 30%") {
			t.Errorf("%s: %s", run.ErrorMessage, run.Fix)
		}
		if h := w.history()[0]; h.Status != crm.StatusPartial || h.ErrorCode != crm.CodeDeletesRefused {
			t.Errorf("the history says %s %s", h.Status, h.ErrorCode)
		}
		w.source.pages = [][]string{page(1, 8, 0)}
		if run := w.run(engine.Ask{Full: true}); run.Counts.Deleted != 2 {
			t.Errorf("two of ten are within the limit: %+v", run.Counts)
		}
	})
}

func TestOneRowMayAlwaysGo(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deletes.Limit = 0
		w.loaded(3)
		w.source.pages = [][]string{page(1, 2, 0)}
		if run := w.run(engine.Ask{Full: true}); run.Counts.Deleted != 1 || run.Status != crm.StatusSuccess {
			t.Errorf("%s %+v", run.Status, run.Counts)
		}
	})
}

// The run that goes on with a walk knows what the run before it was shown.
func TestL4AResumedFullRunFindsWhatIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(12)
		w.source.pages = [][]string{page(1, 4, 0), page(6, 3, 0), page(9, 4, 0)}
		w.source.before = func(n int) error {
			if n == 2 {
				return errSource
			}
			return nil
		}
		if _, err := w.try(t.Context(), engine.Ask{Full: true}); err == nil {
			t.Fatal("the walk was to fail")
		}
		w.source.before = nil
		run := w.run(engine.Ask{Full: true})
		if run.Counts.Fetched != 4 || w.missing() != fmt.Sprintf("map[5:%d]", run.ID) {
			t.Errorf("%+v, marked %s", run.Counts, w.missing())
		}
		if left := w.query(`SELECT part, 'x' FROM warren_seen`); len(left) != 0 {
			t.Errorf("what the walk was shown is still kept: %v", left)
		}
	})
}

func TestL6ADryRunCountsWhatWouldBeMarked(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(6)
		w.source.pages = [][]string{page(1, 4, 0)}
		dry := w.run(engine.Ask{Full: true, DryRun: true})
		if w.missing() != "map[]" {
			t.Errorf("marked are %s", w.missing())
		}
		if wet := w.run(engine.Ask{Full: true}); wet.Counts != dry.Counts || dry.Counts.Deleted != 2 {
			t.Errorf("dry %+v, real %+v", dry.Counts, wet.Counts)
		}
	})
}

func TestDeletesBeyondWhatIsRemembered(t *testing.T) {
	const n = 10_500
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, n, 0)}
		w.run(engine.Ask{Full: true, BatchSize: 5000})
		w.source.pages = [][]string{page(1, 3, 0)}
		run := w.run(engine.Ask{Full: true, BatchSize: 5000})
		marked := w.query(`SELECT 1, CAST(count(*) AS text) FROM thing WHERE warren_deleted_run IS NOT NULL`)
		if run.Counts.Deleted != n-3 || marked[1] != fmt.Sprint(n-3) {
			t.Errorf("%+v, marked %v", run.Counts, marked)
		}
	})
}

// A constraint that refers to the row: the run is complete but for the rows
// that cannot go.
func TestHardDeletesThatTheDatabaseRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deletes.How = crm.DeletesHard
		w.loaded(4)
		for _, statement := range refuseDeletes[w.db.Dialect()] {
			if _, err := w.db.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		w.source.pages = [][]string{{record(1, 9, "changed"), record(2, 0, "n2"), record(3, 0, "n3")}}
		run := w.run(engine.Ask{Full: true})
		if run.Status != crm.StatusPartial || run.ErrorCode != crm.CodeDeletesRefused || !strings.Contains(run.Fix, "deletes: soft") {
			t.Errorf("%s %s: %s", run.Status, run.ErrorCode, run.Fix)
		}
		if rows := w.rows(); len(rows) != 4 || !strings.HasPrefix(rows[1], "changed") {
			t.Errorf("%v", rows)
		}
	})
}

var refuseDeletes = map[ledger.Dialect][]string{
	ledger.PostgreSQL: {"CREATE TABLE refers (id bigint REFERENCES thing DEFERRABLE INITIALLY DEFERRED)", "INSERT INTO refers VALUES (4)"},
	ledger.SQLite:     {"CREATE TRIGGER theirs BEFORE DELETE ON thing BEGIN SELECT RAISE(ABORT, 'no'); END"},
}

// A key column that holds different keys to be equal cannot tell which row was
// shown.
func TestAKeyThatDoesNotTellRowsApartIsNoGroundForDeletes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.stream.Fields[0].Type = crm.TypeText
		create := map[ledger.Dialect]string{
			ledger.PostgreSQL: "CREATE TABLE thing (id char(10) PRIMARY KEY)",
			ledger.SQLite:     "CREATE TABLE thing (id text COLLATE NOCASE PRIMARY KEY)",
		}
		if _, err := w.db.Exec(t.Context(), create[w.db.Dialect()]); err != nil {
			t.Fatal(err)
		}
		w.loaded(4)
		run := w.run(engine.Ask{Full: true})
		if run.Status != crm.StatusPartial || run.ErrorCode != crm.CodeDeletesRefused || !strings.Contains(run.Fix, "deletes: off") || w.missing() != "map[]" {
			t.Errorf("%s %s: %s; marked %s", run.Status, run.ErrorCode, run.ErrorMessage, w.missing())
		}
	})
}

// What the source itself says of a deletion stands beside what Warren finds.
func TestTheSourcesOwnDeletions(t *testing.T) {
	gone := func(id int) string {
		return fmt.Sprintf(`{"id":%d,"changed":%q,"gone":"2026-05-02T08:00:00Z"}`, id, noon(1).Format("2006-01-02T15:04:05Z"))
	}
	onBoth(t, func(t *testing.T, w *world) {
		w.stream.Fields = append(w.stream.Fields, crm.Field{Column: "gone_at", Paths: []string{"gone"}, Type: crm.TypeTimestamp})
		w.stream.Deleted = "gone_at"
		deleted := func() map[int64]string {
			return w.query(`SELECT id, SUBSTR(CAST(warren_deleted_at AS text), 1, 10) || ' ' || COALESCE(CAST(warren_deleted_run AS text), 'by itself')
				FROM thing WHERE warren_deleted_at IS NOT NULL`)
		}
		w.loaded(4)
		w.source.pages = [][]string{{record(1, 0, "n1"), gone(2), record(3, 0, "n3"), gone(4)}}
		w.run(engine.Ask{})
		if got := fmt.Sprint(deleted()); got != "map[2:2026-05-02 by itself 4:2026-05-02 by itself]" {
			t.Errorf("deleted: %s", got)
		}
		// One of them is not shown any more, the other is restored.
		w.source.pages = [][]string{{record(1, 0, "n1"), record(3, 0, "n3"), record(4, 2, "back")}}
		run := w.run(engine.Ask{Full: true})
		if got := fmt.Sprint(deleted()); got != fmt.Sprintf("map[2:2026-05-02 %d]", run.ID) {
			t.Errorf("deleted: %s", got)
		}
	})
}

// A table that lost a row behind Warren's back, or a bug: counted, the source
// showed more than there is.
func TestL3ALostRowIsNoticedByCounting(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(6)
		w.wrap = func(s engine.Session) engine.Session { return &amnesic{Session: s} }
		w.source.pages = [][]string{append(page(1, 6, 0), record(7, 1, "lost"))}
		run, err := w.try(t.Context(), engine.Ask{Full: true})
		if err != nil || run.Check == nil || run.Check.Missing != 1 {
			t.Fatalf("%v %+v", err, run.Check)
		}
		if h := w.history()[0]; h.Check == nil || h.Check.Missing != 1 {
			t.Errorf("the history says %+v", h.Check)
		}
	})
}

// amnesic says that it wrote rows, and did not.
type amnesic struct{ engine.Session }

func (f *amnesic) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	err := f.Session.Known(ctx, rows, versions)
	for i := range versions {
		versions[i].Known, versions[i].Hash = true, rows[i].Hash
	}
	return err
}

// A database that goes away in mid-sweep fails the run; the next one marks
// what is left.
func TestASweepThatBreaksOff(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(9)
		w.source.pages = [][]string{page(1, 2, 0)}
		w.wrap = func(s engine.Session) engine.Session { return &once{Session: s} }
		if _, err := w.try(t.Context(), engine.Ask{Full: true}); !codeIs(err, crm.CodeWarehouseConn) {
			t.Fatalf("got %v", err)
		}
		w.wrap = nil
		run := w.run(engine.Ask{Full: true})
		if marked := w.query(`SELECT id, 'x' FROM thing WHERE warren_deleted_run IS NOT NULL`); len(marked) != 7 || run.Counts.Deleted != 4 {
			t.Errorf("%+v, marked %v", run.Counts, marked)
		}
	})
}

// once lets one batch of deletes through.
type once struct {
	engine.Session
	done bool
}

func (o *once) Delete(ctx context.Context, rows []crm.Row, hard bool) (warehouse.Written, error) {
	if o.done {
		return warehouse.Written{}, &crm.Error{Code: crm.CodeWarehouseConn, Origin: crm.OriginWarehouse, Message: "the connection is gone", Fix: "wait"}
	}
	o.done = true
	return o.Session.Delete(ctx, rows, hard)
}

var errStrange = errors.New("strange")

func TestAnErrorOfTheSweepThatNobodyKnows(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(3)
		w.wrap = func(s engine.Session) engine.Session { return &blind{Session: s} }
		if _, err := w.try(t.Context(), engine.Ask{Full: true}); !errors.Is(err, errStrange) {
			t.Errorf("got %v", err)
		}
	})
}

type blind struct{ engine.Session }

func (*blind) Absent(context.Context, int64, func(), func(crm.Row) error) (warehouse.Counted, error) {
	return warehouse.Counted{}, errStrange
}

// The first load remembers nothing, since nothing was there that could be
// missing; so what goes on with it cannot tell what is.
func TestAFirstLoadThatIsGoneOnWithMarksNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 4, 0), page(5, 4, 0)}
		w.source.before = func(n int) error {
			if n == 1 {
				return errSource
			}
			return nil
		}
		if _, err := w.try(t.Context(), engine.Ask{}); err == nil || len(w.rows()) != 4 {
			t.Fatalf("the walk was to fail behind its first page: %v", err)
		}
		if kept := w.query(`SELECT part, 'x' FROM warren_seen`); len(kept) != 0 {
			t.Errorf("a first load remembers what it was shown: %v", kept)
		}
		w.source.before = nil
		if run := w.run(engine.Ask{}); run.Counts.Deleted != 0 || w.missing() != "map[]" || len(w.rows()) != 8 {
			t.Errorf("%+v, marked %s", run.Counts, w.missing())
		}
	})
}

// A full run that dies before its first batch, as one over unchanged records
// may, is made up for by the next run.
func TestL4AFullRunThatDiedAtOnceIsNotForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(4)
		w.source.pages = [][]string{page(1, 3, 0)}
		w.source.before = func(int) error { return errSource }
		if _, err := w.try(t.Context(), engine.Ask{Full: true}); err == nil {
			t.Fatal("the run was to fail")
		}
		w.source.before = nil
		run := w.run(engine.Ask{})
		if run.Mode != crm.ModeFull || w.missing() != fmt.Sprintf("map[4:%d]", run.ID) {
			t.Errorf("the run after it is %s, marked %s", run.Mode, w.missing())
		}
	})
}

// That deletes are off is no reason to call a row right that has no record: it is
// found, and left as it is.
func TestVerifyFindsWhatItMayNotDelete(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deletes.How = crm.DeletesOff
		w.loaded(4)
		w.source.pages = [][]string{page(1, 3, 0)}
		if run := w.run(engine.Ask{Verify: true, DryRun: true}); run.Check.Extra != 1 || run.ErrorCode != "" {
			t.Errorf("%+v, %s", run.Check, run.ErrorCode)
		}
		run := w.run(engine.Ask{Verify: true})
		if run.Check.Extra != 1 || run.ErrorCode != crm.CodeInconsistent || run.Status != crm.StatusPartial || w.missing() != "map[]" {
			t.Errorf("%+v, %s %s, marked %s", run.Check, run.Status, run.ErrorCode, w.missing())
		}
	})
}

// Where nobody can tell which rows are gone, nobody says that all is well.
func TestWhatCouldNotBeLookedForIsTold(t *testing.T) {
	for name, ask := range map[string]engine.Ask{
		"full": {Full: true}, "verify": {Verify: true, DryRun: true}, "repair": {Verify: true},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(4)
				w.source.pages = [][]string{append(page(1, 3, 0), `{"id":null}`)}
				run := w.run(ask)
				if run.Status != crm.StatusPartial || run.ErrorCode != crm.CodeDeletesRefused || !strings.Contains(run.ErrorMessage, "without a primary key") ||
					run.Check == nil || run.Check.Unlooked == "" || w.missing() != "map[]" {
					t.Errorf("%s %s %q %+v, marked %s", run.Status, run.ErrorCode, run.ErrorMessage, run.Check, w.missing())
				}
			})
		})
	}
}
