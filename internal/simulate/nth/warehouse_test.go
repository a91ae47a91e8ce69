package nth_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/faults"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
)

// phase is what a run is at.
type phase int32

const (
	opening phase = iota // the stream is being taken
	running              // batches are looked up and written
	closing              // the run's end is being written down
	closed               // it is, and what the run has learned of the fields is being remembered
)

// mishap is what befalls the Nth operation.
type mishap struct {
	name  string
	fault faults.Fault
	after faults.Fault // what befalls all that come later
}

// mishaps are the ways to fail. PostgreSQL, which takes its time, is spared
// those that differ from another by what Warren does and not the database.
func mishaps(kind roadtest.Kind) []mishap {
	all := []mishap{
		{name: "lost after", fault: faults.LoseAfter},
		{name: "refused", fault: faults.Refuse},
		{name: "died", fault: faults.Die},
	}
	if kind == roadtest.Postgres {
		return all
	}
	return append(all,
		mishap{name: "lost before", fault: faults.LoseBefore},
		mishap{name: "gone for good", fault: faults.LoseBefore, after: faults.LoseBefore})
}

// lane is a sequence of operations that comes in the same order in every run.
// Batches are looked up while others are written, so these are two.
type lane string

const (
	looking lane = "lookup" // whether the table has the records of a batch
	writing lane = "step"   // everything else: taking the stream, batches, closing the run
)

func laneOf(op faults.Op) lane {
	if op.Kind == faults.Look {
		return looking
	}
	return writing
}

// Every operation of the warehouse fails, in one way or another; with -every in
// each of them.
func TestL4TheNthOperationOfTheWarehouseFails(t *testing.T) {
	roadtest.OnBoth(t, func(t *testing.T, kind roadtest.Kind) {
		onEach(t, func(t *testing.T, sub subject, st stage) {
			all := mishaps(kind)
			var s *scene
			for i, m := range all {
				first, step := turns(i*sub.thin, len(all)*sub.thin)
				if s == nil || sub.thin == 1 || *every { // many runs let the table grow, and take longer each
					s = setUp(t, kind, sub, st)
				}
				s.failEach(t, looking, m, first, step, 2)
				s.failEach(t, writing, m, first, step, 30)
			}
		})
	})
}

// failEach lets the operations of a lane fail with a mishap, the first of them
// and every step-th after it, and wants to have met at least so many.
func (s *scene) failEach(t *testing.T, l lane, m mishap, first, step, least int64) {
	t.Helper()
	for n := first; ; n += step {
		met := false
		ok := t.Run(fmt.Sprintf("%s %d %s", l, n, m.name), func(t *testing.T) { met = s.fail(t, l, n, m) })
		if !ok {
			return
		}
		if !met {
			if n <= least {
				t.Errorf("a run has only %d operations of the lane %s", n-1, l)
			}
			return
		}
	}
}

// fail lets the run's nth operation fail and checks what is left of it. It
// reports whether the run was long enough to meet the fault.
func (s *scene) fail(t *testing.T, l lane, n int64, m mishap) (met bool) {
	s.next(t)
	before := s.watermark(t)
	var at atomic.Int32
	hit := opening
	passed := int64(0)
	trip := s.trip(faults.Warehouse(s.db, func(op faults.Op) faults.Fault {
		if met {
			return m.after
		}
		if laneOf(op) == l {
			passed++
		}
		if passed < n {
			return faults.None
		}
		met, hit = true, phase(at.Load())
		return m.fault
	}))
	trip.Session = func(session engine.Session) engine.Session { return following{session, &at} }
	a := &aftermath{scene: s, T: t}
	a.run, a.err = s.Run(t.Context(), trip)

	switch {
	case a.err == nil:
		a.wantDone()
		if s.stage.repair {
			a.wantUnmoved(before)
		}
		return met
	case !met || m.isSurvivedWhile(hit):
		t.Errorf("the run failed: %v", a.err)
	}
	if m.comesBack() && hit == running {
		a.wantClosed()
	}
	if a.closed = hit == closed; !a.closed {
		a.wantUnmoved(before)
	}
	a.wantConverged()
	return met
}

// isSurvivedWhile reports whether a run that meets the mishap in that phase has
// to end well. A connection that is lost once is waited out, but a stream whose
// taking fails is not begun, and what is learned of the fields the next run learns.
func (m mishap) isSurvivedWhile(p phase) bool {
	lost := m.fault == faults.LoseBefore || m.fault == faults.LoseAfter
	return lost && m.comesBack() && p != opening && p != closed
}

// comesBack reports whether the process can use the warehouse afterwards.
func (m mishap) comesBack() bool { return m.fault != faults.Die && m.after == faults.None }

// following tells what a run is at.
type following struct {
	engine.Session
	at *atomic.Int32
}

func (f following) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	f.at.CompareAndSwap(int32(opening), int32(running))
	return f.Session.Known(ctx, rows, versions)
}

func (f following) Finish(ctx context.Context, o warehouse.Outcome) (crm.Run, error) {
	f.at.Store(int32(closing))
	run, err := f.Session.Finish(ctx, o)
	if err == nil {
		f.at.Store(int32(closed))
	}
	return run, err
}
