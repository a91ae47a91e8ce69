package engine_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// A walk of an elusive stream is no proof: what it did not show is asked for by itself,
// and what is there keeps its row, whatever is done with the others.
func TestL3WhatAnElusiveStreamDidNotShowIsAskedFor(t *testing.T) {
	for how, want := range map[crm.Deletes]struct {
		missing string
		rows    int
	}{
		crm.DeletesSoft: {"map[4:2 6:2]", 6}, crm.DeletesHard: {"map[]", 4},
	} {
		t.Run(string(how), func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				f := elusive(w)
				w.deletes.How = how
				dry := w.run(engine.Ask{Full: true, DryRun: true})
				if dry.Counts.Deleted != 2 {
					t.Errorf("a dry run: %+v", dry.Counts)
				}
				f.asked = nil
				run := w.run(engine.Ask{Full: true})
				if run.Counts.Deleted != 2 || strings.Join(f.asked, " ") != "4 5 6" || run.Check.Rows != 4 {
					t.Errorf("%+v, asked for %q, check %+v", run.Counts, f.asked, run.Check)
				}
				if rows := w.rows(); len(rows) != want.rows || rows[5] == "" || w.missing() != want.missing {
					t.Errorf("%v, %s are missing", rows, w.missing())
				}
				if told := heard[crm.Notice](w); len(told) != 2 || !strings.HasPrefix(told[1].Message, "1 of 3 records that were not shown are there") {
					t.Errorf("told %+v", told)
				}
				if again := w.run(engine.Ask{Full: true}); again.Counts.Deleted != 0 {
					t.Errorf("once more: %+v", again.Counts)
				}
			})
		})
	}
}

func TestWhatAStreamThatShowsAllItHasDidNotShowIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		f := elusive(w)
		w.stream.Elusive = false
		run := w.run(engine.Ask{Full: true})
		if run.Counts.Deleted != 3 || len(f.asked) != 0 {
			t.Errorf("%+v, asked for %q", run.Counts, f.asked)
		}
	})
}

// The call that confirms counts, a record that came and is gone all the same (one that
// another took up) is gone, and verify counts no row of a record that is there.
func TestVerifyAsksForWhatAnElusiveStreamDidNotShow(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		f := elusive(w)
		before := w.run(engine.Ask{Full: true, DryRun: true}).Requests
		f.also = []string{"5"}
		run, err := w.try(t.Context(), engine.Ask{Verify: true, DryRun: true})
		if err != nil || run.Check.Extra != 3 {
			t.Errorf("%v: %+v", err, run.Check)
		}
		f.also = nil
		run, err = w.try(t.Context(), engine.Ask{Verify: true, DryRun: true})
		if err != nil || run.Check.Extra != 2 || run.Requests != before {
			t.Errorf("%v: %+v, %d calls", err, run.Check, run.Requests)
		}
		w.stream.Elusive = false
		if run, err = w.try(t.Context(), engine.Ask{Verify: true, DryRun: true}); err != nil || run.Requests != before-1 {
			t.Errorf("%v: %d calls", err, run.Requests)
		}
	})
}

func TestL3WhatCannotBeAskedForIsNotMarked(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		f := elusive(w)
		f.err = &crm.Error{Code: crm.CodeSourceDown, Message: "down"}
		if _, err := w.try(t.Context(), engine.Ask{Full: true}); !errors.Is(err, f.err) || w.missing() != "map[]" {
			t.Errorf("%v: %s are missing", err, w.missing())
		}
		f.err = nil
		if run := w.run(engine.Ask{}); run.Mode != crm.ModeFull || w.missing() != "map[4:3 6:3]" {
			t.Errorf("%+v: %s are missing", run, w.missing())
		}
	})
}

// More than are remembered between counting and marking are asked for as well.
func TestConfirmedBeyondWhatIsRemembered(t *testing.T) {
	const n = 10_500
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, n, 0)}
		w.run(engine.Ask{Full: true, BatchSize: 5000})
		w.stream.Elusive = true
		f := &fetching{script: w.source, has: map[string]string{"77": record(77, 0, "n77"), "10400": record(10_400, 0, "n10400")}}
		w.connector, w.source.pages = f, [][]string{page(1, 3, 0)}
		verified, err := w.try(t.Context(), engine.Ask{Verify: true, DryRun: true})
		if told := len(heard[crm.RowDiffers](w)); err != nil || verified.Check.Extra != n-5 || told != 10_000 {
			t.Errorf("%v: %+v, %d told", err, verified.Check, told)
		}
		run := w.run(engine.Ask{Full: true, BatchSize: 5000})
		if marked := w.missing(); run.Counts.Deleted != n-5 || strings.Contains(marked, " 77:") || strings.Contains(marked, "10400:") {
			t.Errorf("%+v", run.Counts)
		}
	})
}

// unsteady is a source of single records that may fail, or say of some that come that
// they are gone.
type unsteady struct {
	*fetching

	also []string
	err  error
}

func (u *unsteady) Fetch(ctx context.Context, stream crm.Stream, ids []string) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		if u.err != nil {
			yield(crm.Page{}, u.err)
			return
		}
		for page, err := range u.fetching.Fetch(ctx, stream, ids) {
			for _, id := range u.also {
				page.Gone = append(page.Gone, []byte(`{"id":`+id+`}`))
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// elusive loads six records of an elusive stream. Its walks show the first three from
// then on, although the fifth is there as well.
func elusive(w *world) *unsteady {
	w.stream.Elusive = true
	w.source.pages = [][]string{page(1, 6, 0)}
	w.run(engine.Ask{})
	u := &unsteady{fetching: &fetching{script: w.source, has: map[string]string{"5": record(5, 0, "n5")}}}
	w.connector, w.source.pages = u, [][]string{page(1, 3, 0)}
	return u
}

// A walk that is not sure to have shown everything proves of no row that it is gone, and
// has nothing to refuse where it has shown the records of all.
func TestAnUnsureWalkThatHasShownEveryRow(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 6, 0)}
		w.run(engine.Ask{})
		w.source.unsure = "a part was not shown"
		if run := w.run(engine.Ask{Full: true}); run.Status != crm.StatusSuccess || run.ErrorCode != "" {
			t.Errorf("%s: %s %s", run.Status, run.ErrorCode, run.ErrorMessage)
		}
		w.source.pages = [][]string{page(1, 5, 0)}
		if run := w.run(engine.Ask{Full: true}); run.Status != crm.StatusPartial || run.ErrorCode != crm.CodeDeletesRefused || w.missing() != "map[]" {
			t.Errorf("%s: %s %s, %s are missing", run.Status, run.ErrorCode, run.ErrorMessage, w.missing())
		}
	})
}
