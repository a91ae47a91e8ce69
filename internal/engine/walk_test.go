package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
)

// brokenOff is a world whose table holds the things 1 to 12, and in which a full
// walk broke off behind its second page. The walk finds that 5 is gone.
func (w *world) brokenOff() {
	w.t.Helper()
	w.loaded(12)
	w.source.pages = [][]string{page(1, 4, 0), page(6, 3, 0), page(9, 4, 0)}
	w.source.before = failAt(2)
	if _, err := w.try(w.t.Context(), engine.Ask{Full: true}); err == nil {
		w.t.Fatal("the walk was to fail")
	}
	w.source.before = nil
}

// failAt lets a walk fail ahead of a page.
func failAt(page int) func(int) error {
	return func(n int) error {
		if n == page {
			return errSource
		}
		return nil
	}
}

// A record that came to a place that the walk had left behind was not shown by
// it, and is not gone: another run was shown it while the walk was under way.
func TestARowThatARunBetweenThePartsOfAWalkWasShownIsNotGone(t *testing.T) {
	came := record(20, 1, "came")
	for name, c := range map[string]struct {
		ask   engine.Ask
		shown [][]string
		gone  int // the things that the walk finds gone in the end
	}{
		"a range":                   {engine.Ask{Since: noon(0)}, [][]string{{came}}, 1},
		"a range that finds it so":  {engine.Ask{Since: noon(0)}, [][]string{{came, record(5, 0, "n5")}}, 0},
		"a replay":                  {engine.Ask{Replay: true}, [][]string{{came}}, 1},
		"a capped run":              {engine.Ask{Full: true, MaxRecords: 1}, [][]string{{came}}, 1},
		"a repair":                  {engine.Ask{Verify: true}, [][]string{page(1, 4, 0), page(6, 7, 0), {came}}, 0}, // it has marked 5 itself
		"a repair of a sample":      {engine.Ask{Verify: true, Sample: 1}, nil, 1},
		"a dry run writes no row":   {engine.Ask{Since: noon(0), DryRun: true}, [][]string{{came}}, 1},
		"a dry run, and then a run": {engine.Ask{Since: noon(0), DryRun: true}, [][]string{{record(5, 0, "n5")}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.brokenOff()
				walk := w.source.pages
				w.source.pages = c.shown
				if c.ask.Sample > 0 {
					w.connector = &sampled{script: w.source, sample: []string{came}}
				}
				w.run(c.ask)
				w.source.pages, w.connector = walk, nil
				run := w.run(engine.Ask{})
				if run.Mode != crm.ModeFull || run.Counts.Fetched != 4 || run.Counts.Deleted != int64(c.gone) {
					t.Errorf("%s %+v", run.Mode, run.Counts)
				}
				marked := w.query(`SELECT id, 'x' FROM thing WHERE warren_deleted_run IS NOT NULL`)
				delete(marked, 5)
				if len(marked) != 0 {
					t.Errorf("marked are %s", w.missing())
				}
				if _, there := w.rows()[20]; there == c.ask.DryRun {
					t.Errorf("the row that came is there: %v", there)
				}
				if left := w.query(`SELECT part, 'x' FROM warren_seen`); len(left) != 0 {
					t.Errorf("what was shown is still kept: %v", left)
				}
			})
		})
	}
}

// Where no walk is under way nobody will ask what a run was shown.
func TestL10WhatNobodyWillAskForIsNotRemembered(t *testing.T) {
	for name, ask := range map[string]engine.Ask{
		"a range":   {Since: noon(0)},
		"changes":   {},
		"a replay":  {Replay: true},
		"a capped":  {Full: true, MaxRecords: 2},
		"no sweeps": {Full: true},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(4)
				if name == "no sweeps" {
					w.deletes.How = crm.DeletesOff
				}
				var remembered bool
				w.wrap = func(s engine.Session) engine.Session { return &reading{s, &remembered} }
				w.run(ask)
				if remembered {
					t.Error("it remembers what it was shown")
				}
			})
		})
	}
}

// reading notes whether a batch remembers what was shown.
type reading struct {
	engine.Session
	remembered *bool
}

func (r *reading) Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error) {
	*r.remembered = *r.remembered || len(b.Seen) > 0
	return r.Session.Write(ctx, b)
}

// What keeps the part of a walk that was read from proving anything keeps the
// whole of it from that.
func TestAWalkThatWasUnsureInItsFirstPartProvesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		first  []string
		unsure string
		told   string
	}{
		"pages that may have gaps": {page(1, 4, 0), "pages cannot overlap", "pages cannot overlap"},
		"a record without a key":   {append(page(1, 4, 0), `{"id":null}`), "", "without a primary key"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(12)
				w.source.pages = [][]string{c.first, page(6, 7, 0)}
				w.source.before, w.source.unsure = failAt(1), c.unsure
				if _, err := w.try(t.Context(), engine.Ask{Full: true}); err == nil {
					t.Fatal("the walk was to fail")
				}
				w.source.before, w.source.unsure = nil, ""
				run := w.run(engine.Ask{Full: true})
				if run.Counts.Fetched != 7 || run.Counts.Deleted != 0 || w.missing() != "map[]" {
					t.Errorf("%+v, marked %s", run.Counts, w.missing())
				}
				var told string
				for _, n := range heard[crm.Notice](w) {
					told += n.Message
				}
				if !strings.Contains(told, c.told) {
					t.Errorf("it told %q", told)
				}
				// A walk of its own proves it.
				w.source.pages = [][]string{page(1, 4, 0), page(6, 7, 0)}
				if run := w.run(engine.Ask{Full: true}); w.missing() != fmt.Sprintf("map[5:%d]", run.ID) {
					t.Errorf("marked %s", w.missing())
				}
			})
		})
	}
}

// Whoever says between the parts of a walk that nobody is to look for rows that
// are gone is heard, whatever the first part remembers.
func TestAWalkThatIsGoneOnWithWhenNobodyLooksMarksNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.brokenOff()
		w.deletes.How = crm.DeletesOff
		run := w.run(engine.Ask{Full: true})
		if run.Counts.Fetched != 4 || run.Counts.Deleted != 0 || w.missing() != "map[]" {
			t.Errorf("%+v, marked %s", run.Counts, w.missing())
		}
		if left := w.query(`SELECT part, 'x' FROM warren_seen`); len(left) != 0 {
			t.Errorf("what was shown is still kept: %v", left)
		}
	})
}

// A part of a walk in which nobody looks shows its records all the same.
func TestAWalkOfWhichOnePartDidNotLookKnowsAllOfIt(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.brokenOff()
		w.source.pages = append(w.source.pages[:2], page(9, 2, 0), page(11, 2, 0))
		w.source.before = failAt(3)
		w.deletes.How = crm.DeletesOff
		if _, err := w.try(t.Context(), engine.Ask{Full: true}); err == nil {
			t.Fatal("the walk was to fail once more")
		}
		w.source.before = nil
		w.deletes.How = crm.DeletesSoft
		run := w.run(engine.Ask{Full: true})
		if run.Counts.Fetched != 2 || w.missing() != fmt.Sprintf("map[5:%d]", run.ID) {
			t.Errorf("%+v, marked %s", run.Counts, w.missing())
		}
	})
}

// forgets loses what the walk has shown before it is asked for it.
type forgets struct {
	engine.Session
	db warehouse.Driver
}

func (f *forgets) Absent(ctx context.Context, walk int64, begin func(), absent func(crm.Row) error) (warehouse.Counted, error) {
	if _, err := f.db.Exec(ctx, `DELETE FROM warren_seen`); err != nil {
		return warehouse.Counted{}, err
	}
	return f.Session.Absent(ctx, walk, begin, absent)
}

// A walk that showed records of which none is remembered is no ground for
// deletes, not even of one row, and whatever the limit.
func TestAWalkThatIsForgottenMarksNothing(t *testing.T) {
	for name, c := range map[string]struct {
		ask  engine.Ask
		rows int
		how  crm.Deletes
	}{
		"a full run":           {engine.Ask{Full: true}, 3, crm.DeletesSoft},
		"of one row":           {engine.Ask{Full: true}, 1, crm.DeletesSoft},
		"one that would clear": {engine.Ask{Full: true}, 3, crm.DeletesHard},
		"a repair":             {engine.Ask{Verify: true}, 3, crm.DeletesSoft},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(c.rows)
				w.deletes.How = c.how
				w.wrap = func(s engine.Session) engine.Session { return &forgets{s, w.db} }
				run := w.run(c.ask)
				if run.Status != crm.StatusPartial || run.ErrorCode != crm.CodeDeletesRefused || !strings.Contains(run.ErrorMessage, "warren_seen") {
					t.Errorf("%s %s: %s", run.Status, run.ErrorCode, run.ErrorMessage)
				}
				if run.Counts.Deleted != 0 || w.missing() != "map[]" || len(w.rows()) != c.rows || w.findings() != "" {
					t.Errorf("%+v, marked %s, found %q", run.Counts, w.missing(), w.findings())
				}
				if became := map[crm.Deletes]string{crm.DeletesSoft: "none was marked as deleted", crm.DeletesHard: "none was deleted"}[c.how]; !strings.HasSuffix(run.ErrorMessage, became) {
					t.Errorf("%s: it says %q", c.how, run.ErrorMessage)
				}
				again := map[crm.Mode]string{crm.ModeFull: "--full", crm.ModeVerify: "--repair"}[run.Mode]
				if !strings.Contains(run.Fix, again) {
					t.Errorf("the fix of a %s run is %q", run.Mode, run.Fix)
				}
			})
		})
	}
}

// The same, where nothing was left to be read of the walk.
func TestAWalkWhosePastIsForgottenMarksNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.brokenOff()
		w.source.pages[2] = nil
		w.exec(`DELETE FROM warren_seen`)
		run := w.run(engine.Ask{Full: true})
		if run.Counts.Fetched != 0 || run.ErrorCode != crm.CodeDeletesRefused || w.missing() != "map[]" {
			t.Errorf("%s %+v, marked %s", run.ErrorCode, run.Counts, w.missing())
		}
	})
}

// A source that shows nothing at all is believed, as far as the limit goes.
func TestAnEmptySourceIsBelieved(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(3)
		w.source.pages = [][]string{{}}
		w.deletes.Limit = 0.9
		if run := w.run(engine.Ask{Full: true}); run.ErrorCode != crm.CodeDeletesRefused || !strings.Contains(run.ErrorMessage, "3 of 3 rows") || w.missing() != "map[]" {
			t.Errorf("%s: %s; marked %s", run.ErrorCode, run.ErrorMessage, w.missing())
		}
		w.deletes.Limit = 1
		if run := w.run(engine.Ask{Full: true}); run.Counts.Deleted != 3 {
			t.Errorf("%+v", run.Counts)
		}
	})
}

// A record in the quarantine is older than the walk that missed it, and no proof
// that the source has it again: the row stays marked.
func TestAReplayDoesNotBringBackWhatIsGone(t *testing.T) {
	for name, again := range map[string]string{
		"as it was": record(3, 0, "n3"), "in a newer version": record(3, 5, "newer"), "in an older version": record(3, -5, "older"),
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(4)
				w.source.pages = [][]string{{record(1, 0, "n1"), record(2, 0, "n2"), record(4, 0, "n4")}}
				marked := w.run(engine.Ask{Full: true})
				w.source.pages = [][]string{{again, record(1, 5, "newer")}}
				run := w.run(engine.Ask{Replay: true})
				if want := (crm.Counts{Fetched: 2, Updated: 1, Unchanged: 1}); run.Counts != want {
					t.Errorf("%+v, want %+v", run.Counts, want)
				}
				if want := fmt.Sprintf("map[3:%d]", marked.ID); w.missing() != want || w.rows()[3] != "n3 30" || w.rows()[1] != "newer 10" {
					t.Errorf("marked %s, want %s: %v", w.missing(), want, w.rows())
				}
			})
		})
	}
}
