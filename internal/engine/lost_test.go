package engine_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
)

// What somebody has dropped with a column comes back with it, in every row, whoever adds
// it again and whatever the next run is asked for.
func TestAColumnThatWasDroppedIsFilledAgain(t *testing.T) {
	drop := func(column string) func(w *world) {
		return func(w *world) { w.exec(`ALTER TABLE thing DROP COLUMN ` + column) }
	}
	for name, c := range map[string]struct {
		lose func(w *world)
		ask  engine.Ask
		mode crm.Mode
		told string
	}{
		"a field":           {drop("name"), engine.Ask{}, crm.ModeFull, "lost what it held in name"},
		"two":               {func(w *world) { drop("name")(w); drop("size")(w) }, engine.Ask{}, crm.ModeFull, "name, size"},
		"the raw record":    {drop("data"), engine.Ask{}, crm.ModeFull, "data"},
		"with --full":       {drop("size"), engine.Ask{Full: true}, crm.ModeFull, "held in size, and every record"},
		"added by migrate":  {func(w *world) { drop("name")(w); w.migrate() }, engine.Ask{}, crm.ModeFull, "columns have changed"},
		"after a small run": {func(w *world) { drop("name")(w); w.run(engine.Ask{Since: noon(-60), MaxRecords: 1}) }, engine.Ask{}, crm.ModeFull, "columns"},
		"twice":             {func(w *world) { drop("name")(w); w.run(engine.Ask{}); drop("name")(w) }, engine.Ask{}, crm.ModeFull, "lost"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.source.pages = [][]string{page(1, 9, 1)}
				w.run(engine.Ask{})
				want := w.rows()
				c.lose(w)
				run := w.run(c.ask)
				if run.Mode != c.mode {
					t.Errorf("the run is %s", run.Mode)
				}
				told := heard[crm.Notice](w)
				if len(told) == 0 || !strings.Contains(told[len(told)-1].Message, c.told) {
					t.Errorf("told %+v", told)
				}
				for id, row := range want {
					if got := w.rows()[id]; got != row {
						t.Errorf("row %d is %q; want %q", id, got, row)
					}
				}
				for id, raw := range w.query(`SELECT id, COALESCE(CAST(data AS text), '') FROM thing`) {
					if raw == "" {
						t.Errorf("row %d has no raw record", id)
					}
				}
				again := w.run(engine.Ask{Full: true})
				if again.Counts.Unchanged != 9 || w.run(engine.Ask{}).Mode != crm.ModeIncremental {
					t.Errorf("after that %+v", again.Counts)
				}
			})
		})
	}
}

// A column that is new has held nothing: of what the account adds no record that was read
// before has a value.
func TestAColumnThatIsNewIsNoneThatWasLost(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 9, 1)}
		w.run(engine.Ask{})
		w.stream.Fields = append(w.stream.Fields, crm.Field{Column: "colour", Paths: []string{"colour"}, Discovered: true})
		if run := w.run(engine.Ask{}); run.Mode != crm.ModeIncremental {
			t.Errorf("the run is %s", run.Mode)
		}
		w.exec(`ALTER TABLE thing DROP COLUMN colour`)
		if run := w.run(engine.Ask{}); run.Mode != crm.ModeFull {
			t.Errorf("the run after it was dropped is %s", run.Mode)
		}
	})
}

// A run that fails after the column is there, before or after it has written rows, has
// forgotten nothing; nor is anything forgotten where only the watermark of the old system
// is known, and no run of Warren's has been complete. That the column is not there without
// the note is shown by the operations of the warehouse that fail, each in its turn.
func TestL4AColumnThatWasDroppedIsNotForgotten(t *testing.T) {
	for name, c := range map[string]struct {
		known bool // that a walk was complete
		fill  func(*world) error
	}{
		"fails at once":       {true, func(w *world) error { return w.fails(0) }},
		"fails later":         {true, func(w *world) error { return w.fails(1) }},
		"adopted, fails":      {false, func(w *world) error { return w.fails(0) }},
		"adopted, and later":  {false, func(w *world) error { return w.fails(1) }},
		"adopted, by migrate": {false, func(w *world) error { w.migrate(); return errSource }},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.source.pages = [][]string{page(1, 3, 1), page(4, 3, 1)}
				w.run(engine.Ask{})
				want := w.rows()
				if !c.known {
					w.exec(`UPDATE warren_stream SET basis = NULL`)
				}
				w.exec(`ALTER TABLE thing DROP COLUMN name`)
				if err := c.fill(w); err == nil {
					t.Fatal("the run did not fail")
				}
				if run := w.run(engine.Ask{}); run.Mode != crm.ModeFull {
					t.Errorf("the run after it is %s", run.Mode)
				}
				for id, row := range want {
					if got := w.rows()[id]; got != row {
						t.Errorf("row %d is %q; want %q", id, got, row)
					}
				}
				if run := w.run(engine.Ask{}); run.Mode != crm.ModeIncremental {
					t.Errorf("the run after that is %s", run.Mode)
				}
			})
		})
	}
}

// fails is what becomes of a run that fails before a page.
func (w *world) fails(page int) error {
	w.source.before = stopAt(page)
	_, err := w.try(w.t.Context(), engine.Ask{})
	w.source.before = nil
	return err
}

// A dry run says what a run would do about it, and does nothing.
func TestL6ADryRunOfATableThatLostAColumn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 9, 1)}
		w.run(engine.Ask{})
		w.exec(`ALTER TABLE thing DROP COLUMN name`)
		for range 2 {
			dry := w.run(engine.Ask{DryRun: true})
			if dry.Mode != crm.ModeFull || dry.Counts.Updated != 9 {
				t.Errorf("%s, %+v", dry.Mode, dry.Counts)
			}
		}
		w.run(engine.Ask{Verify: true, DryRun: true})
		told := heard[crm.Notice](w)
		if len(told) == 0 || !strings.HasSuffix(told[len(told)-1].Message, "lost what it held in name, and the next sync reads and writes every record anew") {
			t.Errorf("told %+v", told)
		}
		if run := w.run(engine.Ask{}); run.Counts.Updated != 9 {
			t.Errorf("the run itself: %+v", run.Counts)
		}
	})
}

// migrate makes the table whole without a run.
func (w *world) migrate() {
	w.t.Helper()
	for range 2 {
		if _, _, err := warehouse.Make(w.t.Context(), w.db, crm.StreamID{Source: "test", Stream: w.stream.Name}, w.stream); err != nil {
			w.t.Fatal(err)
		}
	}
}
