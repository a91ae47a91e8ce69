package engine_test

import (
	"context"
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

var errBudget = &crm.Error{Code: crm.CodeBudget, Origin: crm.OriginConfig, Message: "the day has none left", Fix: "wait"}

// A run that may have nothing scanned is in the history, and leaves all else as it was:
// the source is not asked, and the run after it goes on as if it had not been.
func TestARunThatMayScanNothingChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := withPaid(w)
		w.source.pages = [][]string{page(1, 3, 0), page(4, 3, 1)}
		w.run(engine.Ask{})
		w.source.before = failAt(1)
		if _, err := w.try(t.Context(), engine.Ask{Full: true}); err == nil {
			t.Fatal("the run was to fail")
		}
		w.source.before = nil
		before, started, read := w.state(), len(p.started), len(p.resumed)
		w.maxScan = func(context.Context, crm.Mode, bool) (int64, error) { return 0, errBudget }
		for _, ask := range []engine.Ask{{}, {Full: true}, {Restart: true, Full: true}, {Since: noon(0)}, {Verify: true}} {
			run, err := w.try(t.Context(), ask)
			if !codeIs(err, crm.CodeBudget) || run.Status != crm.StatusFailed || run.Counts != (crm.Counts{}) || run.Bill != (crm.Bill{}) {
				t.Errorf("%+v: %v, %+v", ask, err, run)
			}
			if kept := w.history()[0]; kept.ID != run.ID || kept.ErrorCode != crm.CodeBudget || kept.ErrorMessage != errBudget.Message || kept.Fix != "wait" {
				t.Errorf("%+v: the history says %+v", ask, kept)
			}
		}
		after := w.state()
		if !after.Watermark.Equal(before.Watermark) || *after.Checkpoint != *before.Checkpoint || after.Batch != before.Batch {
			t.Errorf("before %+v, %+v; after %+v, %+v", before, before.Checkpoint, after, after.Checkpoint)
		}
		if len(p.started) != started || len(p.resumed) != read {
			t.Error("the source was asked")
		}
		w.maxScan = nil
		if w.run(engine.Ask{}); p.resumed[read] != before.Checkpoint.Token {
			t.Errorf("read from %q, want %q", p.resumed[read], before.Checkpoint.Token)
		}
	})
}

// Who says what a run may have scanned knows what it will read, and whether it was begun
// by another; the source is told the answer.
func TestWhatMayBeScannedDependsOnThePlan(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := withPaid(w)
		var modes []crm.Mode
		var begun []bool
		w.maxScan = func(_ context.Context, mode crm.Mode, b bool) (int64, error) {
			modes, begun = append(modes, mode), append(begun, b)
			return int64(len(modes)), nil
		}
		w.source.pages = [][]string{page(1, 4, 0), page(5, 3, 1)}
		w.source.before = failAt(0)
		_, _ = w.try(t.Context(), engine.Ask{}) // it has read nothing
		w.source.before = failAt(1)
		_, _ = w.try(t.Context(), engine.Ask{}) // and this one a page
		w.source.before = nil
		w.run(engine.Ask{})
		w.run(engine.Ask{})
		w.run(engine.Ask{Full: true, DryRun: true})
		w.stream.FullEvery = 1
		w.run(engine.Ask{})
		if want := []crm.Mode{crm.ModeFull, crm.ModeFull, crm.ModeFull, crm.ModeIncremental, crm.ModeFull, crm.ModeFull}; !slices.Equal(modes, want) {
			t.Errorf("%q, want %q", modes, want)
		}
		if want := []bool{false, false, true, false, false, false}; !slices.Equal(begun, want) {
			t.Errorf("begun by another: %v, want %v", begun, want)
		}
		if want := []int64{1, 2, 3, 4, 5, 6}; !slices.Equal(p.scan, want) {
			t.Errorf("the source may scan %v, want %v", p.scan, want)
		}
	})
}
