package simulate

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/faults"
)

// weather is what befalls one run. The zero value is fine weather.
type weather struct {
	dice    dice
	wire    int // so many calls of a hundred go wrong
	store   int // so many operations of a thousand go wrong
	people  int // before so many calls of a hundred somebody changes something
	busy    int // before that call a second process tries its luck; 0 for none
	dieOp   int // the process is killed at that operation; 0 for none
	dieCall int // or at that call
	stopOp  int // the process is told to stop at that operation
	stopped context.CancelCauseFunc

	mu      sync.Mutex // time keeps apart what happens on the wire and in the store; the rest is for the race detector
	expired time.Time  // until when the token is refused
	ops     int        // so far
	calls   int
	met     int // faults that were met, deaths and stops included
}

var errStopped = errors.New("SIGTERM")

// newWeather draws what befalls the next run.
func (w *world) newWeather() *weather {
	d := w.dice
	n := &weather{dice: newDice(d.Uint64(), "weather"), people: one(d, 0, 0, 20, 60)}
	if d.chance(40) {
		n.wire = d.between(3, 40)
	}
	if d.chance(30) {
		n.store = d.between(5, 80)
	}
	if d.chance(8) {
		n.busy = d.between(1, 6)
	}
	switch roll := d.IntN(100); {
	case roll < 12:
		n.dieOp = int(d.span(3, 250))
	case roll < 16:
		n.dieCall = d.between(1, 10)
	case roll < 24:
		n.stopOp = int(d.span(3, 250))
	}
	return n
}

// operation says what becomes of an operation of the store.
func (n *weather) operation(w *world, op faults.Op) faults.Fault {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ops++
	switch {
	case n.ops == n.dieOp && op.Kind == faults.Commit:
		n.met++
		w.story.happened(KilledInCommit, Store, "the process is killed at operation %d, a commit", n.ops)
		return faults.Die
	case n.ops == n.dieOp:
		n.met++
		w.story.happened(KilledInStore, Store, "the process is killed at operation %d: %s", n.ops, op.Kind)
		return faults.Die
	case n.ops == n.stopOp:
		n.met++
		w.story.happened(Terminated, Store, "the process is told to stop, at operation %d: %s", n.ops, op.Kind)
		n.stopped(errStopped)
		return faults.None
	case n.store == 0 || n.dice.IntN(1000) >= n.store:
		return faults.None
	}
	n.met++
	fault := one(n.dice, faults.LoseBefore, faults.LoseBefore, faults.LoseAfter, faults.LoseAfter, faults.Refuse)
	kind := map[faults.Fault]Kind{faults.LoseBefore: LostBefore, faults.LoseAfter: LostAfter, faults.Refuse: StoreRefused}[fault]
	if fault == faults.LoseAfter && op.Kind == faults.Commit {
		kind = CommitUnknown
	}
	w.story.happened(kind, Store, "operation %d (%s) %s", n.ops, op.Kind, fault)
	return fault
}

// call says what becomes of a call of the source, which was told at now.
func (n *weather) call(w *world, now time.Time) faults.HTTPFault {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.Before(n.expired) {
		n.met++
		w.story.tell(Wire, "the token is still refused")
		return faults.Status(401)
	}
	if n.wire == 0 || !n.dice.chance(n.wire) {
		return faults.HTTPFault{}
	}
	n.met++
	kind, fault, what := n.mishap(now)
	w.story.happened(kind, Wire, "call %d: %s", n.calls, what)
	return fault
}

func (n *weather) mishap(now time.Time) (Kind, faults.HTTPFault, string) {
	switch n.dice.IntN(13) {
	case 0:
		return TooManyPlain, faults.TooMany(""), "429"
	case 1:
		return TooManySeconds, faults.TooMany(one(n.dice, "0", "1", "7", "90")), "429 with Retry-After in seconds"
	case 2:
		later := now.Add(n.dice.span(time.Second, time.Minute))
		return TooManyDate, faults.TooMany(faults.RetryDate(later)), "429 with Retry-After as a date"
	case 3:
		text := one(n.dice, "soon", "-5", "1e99", "Thu, 01 Jan 1970 00:00:00 GMT", "NaN")
		return TooManyAbsurd, faults.TooMany(text), "429 with Retry-After: " + text
	case 4, 5:
		status := one(n.dice, 500, 502, 503)
		return ServerError, faults.HTTPFault{Kind: faults.Answered, Status: status, Body: []byte("<html><title>Oops</title></html>")}, "5xx"
	case 6:
		if n.dice.chance(60) {
			return ResetUnseen, faults.HTTPFault{Kind: faults.ResetBefore}, "the connection is reset before the source sees it"
		}
		n.expired = now.Add(n.dice.span(time.Second, time.Hour))
		return TokenExpired, faults.Status(401), "the token has expired"
	case 7:
		return ResetUnseen, faults.HTTPFault{Kind: faults.ResetBefore}, "the connection is reset before the source sees it"
	case 8:
		return ResetAnswered, faults.HTTPFault{Kind: faults.ResetAfter}, "the source answers and the connection is reset"
	case 9:
		return BodyCut, faults.HTTPFault{Kind: faults.CutBody}, "the body is cut in the middle"
	case 10, 11:
		return BodyCutUnknown, faults.HTTPFault{Kind: faults.CutUnknown}, "the body is cut in the middle, and no length was announced"
	default:
		pause := n.dice.span(time.Second, 40*time.Second)
		return BodySlow, faults.Slow(pause), "the body comes slowly"
	}
}

// begin counts a call and returns its number.
func (n *weather) begin() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls++
	return n.calls
}

// excuse notes that something went wrong.
func (n *weather) excuse() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.met++
}

// calm reports whether nothing went wrong so far, so that the run has no
// excuse.
func (n *weather) calm() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.met == 0
}

// cancelled reports whether err is what a run says that was told to stop.
func cancelled(err error) bool { return crm.CodeOf(err) == crm.CodeCancelled && err != nil }
