package engine_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
)

// asSnapshot makes the things a stream whose key tells what they hold.
func asSnapshot(w *world) {
	w.stream.Snapshot, w.stream.Incremental, w.stream.Cursor = true, false, ""
	w.stream.PrimaryKey = []string{"name"}
}

// held is a record of a snapshot.
func held(names ...string) []string {
	var records []string
	for i, name := range names {
		records = append(records, fmt.Sprintf(`{"id":%d,"name":%q,"size":1}`, i, name))
	}
	return records
}

func (w *world) names() string {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), `SELECT name FROM thing ORDER BY name`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			w.t.Fatal(err)
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// Until the walk has ended nobody sees anything of it, and then all of it.
func TestASnapshotIsReplacedAllAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		w.source.pages = [][]string{held("a", "b", "c"), held("d")}
		if run := w.run(engine.Ask{}); run.Counts.Created != 4 || w.names() != "a b c d" {
			t.Fatalf("%+v: %s", run.Counts, w.names())
		}
		var seen []string
		w.source.pages = [][]string{held("e", "b", "f"), held("g"), held("d")}
		w.source.before = func(int) error {
			seen = append(seen, w.names())
			return nil
		}
		run := w.run(engine.Ask{BatchSize: 1})
		want := crm.Counts{Fetched: 5, Created: 3, Unchanged: 2, Deleted: 2}
		if run.Counts != want || run.Status != crm.StatusSuccess || w.names() != "b d e f g" {
			t.Errorf("%+v: %s", run, w.names())
		}
		if strings.Join(seen, ",") != "a b c d,a b c d,a b c d" {
			t.Errorf("meanwhile %q were seen", seen)
		}
		if left := w.query(`SELECT 1, 'x' FROM warren_seen`); len(left) != 0 {
			t.Errorf("what was shown is still remembered")
		}
	})
}

func TestL10ASnapshotThatDidNotChangeWritesNoRow(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		w.source.pages = [][]string{held("a", "b", "c"), held("d")}
		w.run(engine.Ask{})
		before := w.query(`SELECT id, CAST(synced_at AS text) FROM thing`)
		if run := w.run(engine.Ask{}); run.Counts.Unchanged != 4 || run.Counts.Created+run.Counts.Deleted+run.Counts.Updated != 0 {
			t.Errorf("%+v", run.Counts)
		}
		if after := w.query(`SELECT id, CAST(synced_at AS text) FROM thing`); !maps.Equal(before, after) {
			t.Errorf("%v, then %v", before, after)
		}
	})
}

// A run that dies leaves the table as it was, and what it staged does not come
// into the next one.
func TestL4ASnapshotThatBreaksOffChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		w.source.pages = [][]string{held("a", "b"), held("c")}
		w.run(engine.Ask{})
		w.source.pages = [][]string{held("x", "y"), held("z")}
		w.source.before = failAt(1)
		if run, err := w.try(t.Context(), engine.Ask{BatchSize: 1}); err == nil || run.Counts != (crm.Counts{}) || w.names() != "a b c" {
			t.Fatalf("%+v, %v: %s", run.Counts, err, w.names())
		}
		w.source.before = nil
		w.source.pages = [][]string{held("a", "b"), held("c")}
		if run := w.run(engine.Ask{Restart: true}); run.Counts.Unchanged != 3 || w.names() != "a b c" {
			t.Errorf("%+v: %s", run.Counts, w.names())
		}
		w.source.pages = [][]string{held("a", "b"), held("v")}
		if run := w.run(engine.Ask{}); run.Counts.Created != 1 || run.Counts.Deleted != 1 || w.names() != "a b v" {
			t.Errorf("%+v: %s", run.Counts, w.names())
		}
	})
}

// A walk that was paid for and broke off is read once more from its beginning. What its
// first part wrote into an empty table is as new as the walk, so it goes with the next
// one where the source has it no longer.
func TestASnapshotThatIsGoneOnWithIsReadWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		p := withPaid(w)
		p.blank = true
		w.source.pages = [][]string{held("a", "b"), held("c")}
		w.source.before = failAt(1)
		if _, err := w.try(t.Context(), engine.Ask{BatchSize: 1}); err == nil || w.names() != "a b" {
			t.Fatalf("%v: %s", err, w.names())
		}
		w.source.before = nil
		w.source.pages = [][]string{held("a"), held("c")}
		if run := w.run(engine.Ask{}); len(p.started) != 1 || run.Counts.Created != 1 || w.names() != "a b c" {
			t.Errorf("started %q, %+v: %s", p.started, run.Counts, w.names())
		}
		if run := w.run(engine.Ask{}); len(p.started) != 2 || run.Counts.Deleted != 1 || w.names() != "a c" {
			t.Errorf("started %q, %+v: %s", p.started, run.Counts, w.names())
		}
	})
}

// A source that shows next to nothing is not believed.
func TestASnapshotThatShrinksTooMuchIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		w.deletes = crm.DeletePolicy{How: crm.DeletesHard, Limit: 0.5}
		w.source.pages = [][]string{held("a", "b", "c", "d")}
		w.run(engine.Ask{})
		for shown, want := range map[string]string{"": "4 of 4", "a": "3 of 4"} {
			w.source.pages = [][]string{held(strings.Fields(shown)...)}
			run, err := w.try(t.Context(), engine.Ask{})
			if !codeIs(err, crm.CodeDeletesRefused) || !strings.Contains(err.Error(), want) || run.Status != crm.StatusFailed || w.names() != "a b c d" {
				t.Errorf("%q: %v, %s: %s", shown, err, run.Status, w.names())
			}
		}
		w.source.pages = [][]string{held("v", "x")} // all of them have changed
		if run := w.run(engine.Ask{}); run.Counts.Deleted != 4 || w.names() != "v x" {
			t.Errorf("%+v: %s", run.Counts, w.names())
		}
	})
}

// Rows of the old system have no key; the first walk takes their place.
func TestASnapshotTakesThePlaceOfRowsWithoutAKey(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		w.exec(`CREATE TABLE thing (id bigint, size bigint)`)
		w.exec(`INSERT INTO thing VALUES (1, 1), (2, 2)`)
		w.source.pages = [][]string{held("a", "b")}
		if run := w.run(engine.Ask{}); run.Counts.Deleted != 2 || run.Counts.Created != 2 || w.names() != "a b" {
			t.Errorf("%+v: %s", run.Counts, w.names())
		}
	})
}

// A change of the mapping writes the rows anew, in place.
func TestASnapshotUnderAnotherMappingIsUpdated(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		w.source.pages = [][]string{held("a", "b")}
		w.run(engine.Ask{})
		withColour(w)
		if run := w.run(engine.Ask{}); run.Counts.Updated != 2 || run.Counts.Created+run.Counts.Deleted != 0 || w.names() != "a b" {
			t.Errorf("%+v: %s", run.Counts, w.names())
		}
	})
}

// verify finds what differs in a snapshot, and mends it all at once.
func TestVerifyRepairsASnapshot(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		w.source.pages = [][]string{held("a", "b", "c")}
		w.run(engine.Ask{})
		w.exec(`UPDATE thing SET size = 7 WHERE name = 'a'`)
		w.exec(`DELETE FROM thing WHERE name = 'b'`)
		w.exec(`UPDATE thing SET name = 'z' WHERE name = 'c'`)
		run := w.run(engine.Ask{Verify: true, DryRun: true})
		if c := run.Check; c.Different != 1 || c.Missing != 2 || c.Extra != 1 {
			t.Errorf("%+v", c)
		}
		run = w.run(engine.Ask{Verify: true})
		if w.names() != "a b c" || run.Counts.Deleted != 1 || run.Counts.Created != 2 || run.Counts.Updated != 1 {
			t.Errorf("%+v: %s", run.Counts, w.names())
		}
		if run := w.run(engine.Ask{Verify: true, DryRun: true}); run.Check.Right != 3 || run.Check.Wrong() != 0 {
			t.Errorf("%+v", run.Check)
		}
	})
}

// A capped run and a dry one stage nothing.
func TestASnapshotThatIsNotReadWholeIsNotReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		w.source.pages = [][]string{held("a", "b")}
		w.run(engine.Ask{})
		w.source.pages = [][]string{held("c", "d")}
		if run := w.run(engine.Ask{DryRun: true}); run.Counts.Created != 2 || w.names() != "a b" {
			t.Errorf("dry: %+v: %s", run.Counts, w.names())
		}
		if run := w.run(engine.Ask{MaxRecords: 1, BatchSize: 1}); run.Counts.Created != 1 || w.names() != "a b c" {
			t.Errorf("capped: %+v: %s", run.Counts, w.names())
		}
	})
}

// The swap counts when its answer is lost, and is tried again when it failed.
func TestL4TheSwapTakesPlaceOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		w.source.pages = [][]string{held("a", "b")}
		w.run(engine.Ask{})
		w.source.pages = [][]string{held("b", "c")}
		w.wrap = func(s engine.Session) engine.Session { return &swapsLate{Session: s} }
		if _, err := w.try(t.Context(), engine.Ask{}); err == nil || w.names() != "a b" {
			t.Fatalf("%v: %s", err, w.names())
		}
		w.wrap = nil
		if run := w.run(engine.Ask{}); run.Counts.Created != 1 || run.Counts.Deleted != 1 || w.names() != "b c" {
			t.Errorf("%+v: %s", run.Counts, w.names())
		}
	})
}

// swapsLate is a warehouse that fails ahead of the swap.
type swapsLate struct{ engine.Session }

func (*swapsLate) Swap(context.Context, int64) (warehouse.Written, error) {
	return warehouse.Written{}, errStrange
}

// A part of rows whose keys are made of other fields than those of the table's is not
// written beside them: each would come a second time. A walk that shows all there is
// replaces them.
func TestAPartOfASnapshotWithOtherKeysIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		part, capped := engine.Ask{Since: noon(0)}, engine.Ask{Full: true, MaxRecords: 1}
		w.source.pages = [][]string{held("a", "b")}
		w.run(part) // the table is empty
		w.run(capped)
		w.run(engine.Ask{})
		w.run(part)
		w.run(capped)
		w.stream.Fields = append(w.stream.Fields[:len(w.stream.Fields):len(w.stream.Fields)], crm.Field{Column: "colour", Paths: []string{"colour"}})
		w.source.pages = [][]string{held("a2", "b2")}
		for _, ask := range []engine.Ask{part, capped} {
			run, err := w.try(t.Context(), ask)
			if !codeIs(err, crm.CodeUsage) || run.Counts != (crm.Counts{}) || w.names() != "a b" {
				t.Errorf("%v, %+v: %s", err, run.Counts, w.names())
			}
			ask.DryRun = true
			w.run(ask)
		}
		if run := w.run(engine.Ask{}); run.Mode != crm.ModeFull || w.names() != "a2 b2" {
			t.Errorf("%+v: %s", run.Counts, w.names())
		}
		w.run(part)
		w.run(capped)
	})
}

// So it is where the rows are those of a first load that is under way, or of the old
// system, which gave them no key.
func TestAPartOfASnapshotBesideRowsOfAnotherKind(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		asSnapshot(w)
		p := withPaid(w)
		p.blank = true
		w.source.pages, w.source.before = [][]string{held("a", "b"), held("c")}, failAt(1)
		if _, err := w.try(t.Context(), engine.Ask{BatchSize: 1}); err == nil || w.names() != "a b" {
			t.Fatalf("%v: %s", err, w.names())
		}
		w.source.before = nil
		w.run(engine.Ask{Since: noon(0)})
		w.stream.Fields = append(w.stream.Fields[:len(w.stream.Fields):len(w.stream.Fields)], crm.Field{Column: "colour", Paths: []string{"colour"}})
		if _, err := w.try(t.Context(), engine.Ask{Since: noon(0)}); !codeIs(err, crm.CodeUsage) {
			t.Errorf("of a first load: %v", err)
		}
		w.exec(`DELETE FROM warren_stream`)
		if _, err := w.try(t.Context(), engine.Ask{Since: noon(0)}); !codeIs(err, crm.CodeUsage) {
			t.Errorf("of the old system: %v", err)
		}
		w.run(engine.Ask{})
		w.run(engine.Ask{Since: noon(0)})
	})
}
