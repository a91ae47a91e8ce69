package nth_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// aftermath is the database behind a run that met a fault.
type aftermath struct {
	*scene
	*testing.T

	run    crm.Run
	err    error
	closed bool // the run itself had ended well, and said so in the history
}

// wantHelpful checks that the error tells a person what to do.
func (a *aftermath) wantHelpful() {
	a.Helper()
	var e *crm.Error
	if !errors.As(a.err, &e) || e.Code == "" || e.Origin == "" || e.Message == "" || e.Fix == "" {
		a.Errorf("the error is no help: %#v", a.err)
	}
	if crm.CodeOf(a.err) == crm.CodeInternal {
		a.Errorf("a fault from outside is said to be one of Warren: %v", a.err)
	}
	if a.run.Status == crm.StatusSuccess && !a.closed || a.run.Status == crm.StatusPartial && !a.closed {
		a.Errorf("the run failed and says %s", a.run.Status)
	}
}

// history reads the runs of the stream, the newest first.
func (a *aftermath) history() []crm.Run {
	a.Helper()
	return history(a.T, a.db)
}

func history(t *testing.T, db warehouse.Driver) []crm.Run {
	t.Helper()
	runs, err := ledger.History(t.Context(), db, ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// wellEnded returns those of the runs that read what was to be read.
func wellEnded(runs []crm.Run) []crm.Run {
	return slices.DeleteFunc(runs, func(r crm.Run) bool { return r.Status != crm.StatusSuccess && r.Status != crm.StatusPartial })
}

// wantClosed checks that no run says it is running (L7).
func (a *aftermath) wantClosed() {
	a.Helper()
	for _, run := range a.history() {
		if run.Status == crm.StatusRunning || run.End.IsZero() {
			a.Errorf("run %d is still %s", run.ID, run.Status)
		}
	}
}

// wantUnmoved checks that the watermark is where it was (L1).
func (a *aftermath) wantUnmoved(before time.Time) {
	a.Helper()
	if now := a.watermark(a.T); !now.Equal(before) {
		a.Errorf("a run that failed moved the watermark from %s to %s", before, now)
	}
}

// wantDone checks that a run that ended well left nothing to do, whatever it
// met: the warehouse is what it is without faults (L3, L4), no run is open, and
// the counts say so (L2).
func (a *aftermath) wantDone() {
	a.Helper()
	if diff := roadtest.Diff(a.truth, a.contents(a.T, a.db)); diff != "" {
		a.Fatalf("the warehouse is not what the source says: %s", diff)
	}
	a.wantClosed()
	created := -a.dropped
	for _, run := range a.history() {
		created += run.Counts.Created
		if a.removes() {
			created -= run.Counts.Deleted
		}
		if !run.Counts.Balanced() {
			a.Errorf("run %d: the counts do not add up: %+v", run.ID, run.Counts)
		}
	}
	a.wantPaidOnce()
	if rows := len(a.truth.Rows); created != int64(rows) {
		a.Errorf("the runs created and kept %d rows, the table has %d", created, rows)
	}
}

// wantPaidOnce checks that no question was paid for twice: each has led to a run
// that ended well, for a run finds the question again that one before it has asked.
// Only runs that compare cannot be gone on with.
func (a *aftermath) wantPaidOnce() {
	a.Helper()
	if paid, runs := a.Paid()-a.paid, len(wellEnded(a.history()))-a.ended; paid > 0 && paid != runs && !a.stage.repair {
		a.Errorf("%d questions were paid for, and %d runs ended well", paid, runs)
	}
}

// wantConverged checks that the error says what to do, and that one run without
// faults, when the lease of whoever is dead has ended, leaves nothing of it.
func (a *aftermath) wantConverged() {
	a.Helper()
	a.wantHelpful()
	a.Clock.Pass(roadtest.Lease + time.Second)
	if run, err := a.Road.Run(a.Context(), a.trip(a.db)); err != nil || run.Status != crm.StatusPartial && run.Status != crm.StatusSuccess {
		a.Errorf("the clean run ended as %s: %v", run.Status, err)
	}
	a.wantDone()
}

func (s *scene) watermark(t *testing.T) time.Time {
	t.Helper()
	state, err := ledger.Load(t.Context(), s.db, ledger.Claim{ID: s.ID(s.stream)})
	if err != nil {
		t.Fatal(err)
	}
	return state.Watermark
}
