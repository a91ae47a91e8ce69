package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

const (
	// gather is how long calls are gathered before the records that they tell of are
	// read: one edit by a person is told in several calls.
	gather = time.Second
	// lookAgain is how often the warehouse is asked for what another process was told,
	// and the shortest rest of what could not be read.
	lookAgain = 30 * time.Second
	// longestRest is the longest rest of what fails again and again: each try is a run
	// in the history and may cost calls, and many failures pass only when a person acts.
	longestRest = time.Hour
	// pickedAtOnce is how many records one run reads again.
	pickedAtOnce = 1000
)

// Follow reads again what the hooks are told of, until ctx ends. What could not be
// read stays noted and is tried again.
func (h *Hooks) Follow(ctx context.Context) {
	f := following{connectors: map[string]crm.Connector{}, rests: map[crm.StreamID]rest{}}
	for ctx.Err() == nil {
		if h.catchUp(ctx, &f) {
			continue
		}
		h.idle(ctx)
	}
}

// following is what Follow keeps from round to round.
type following struct {
	connectors map[string]crm.Connector
	rests      map[crm.StreamID]rest // of streams, and of whole accounts by allOf
}

// rest is how long what could not be read is left alone, whatever is told meanwhile.
type rest struct {
	until time.Time
	pause time.Duration // after the last failure; 0 when none came since the last success
}

// allOf is the key of the rest that all streams of a stream's account share.
func allOf(id crm.StreamID) crm.StreamID { return crm.StreamID{Source: id.Source} }

// resting reports whether a stream, or its account, is left alone.
func (f *following) resting(id crm.StreamID, now time.Time) bool {
	return now.Before(f.rests[id].until) || now.Before(f.rests[allOf(id)].until)
}

// failed begins the rest of a stream or an account, twice as long as the one before.
func (f *following) failed(id crm.StreamID, now time.Time) (pause time.Duration) {
	pause = min(max(2*f.rests[id].pause, lookAgain), longestRest)
	f.rests[id] = rest{until: now.Add(pause), pause: pause}
	return pause
}

// busy leaves a stream that a sync has alone for a while. It tells nothing of whether
// the source can be read.
func (f *following) busy(id crm.StreamID, now time.Time) {
	f.rests[id] = rest{until: now.Add(lookAgain), pause: f.rests[id].pause}
}

// succeeded forgets what failed before: a stream that was read shows that its account
// can be.
func (f *following) succeeded(id crm.StreamID) {
	delete(f.rests, id)
	delete(f.rests, allOf(id))
}

// idle waits until something is told, or it is time to look again.
func (h *Hooks) idle(ctx context.Context) {
	waiting, stop := context.WithCancel(ctx)
	timer := make(chan struct{})
	go func() {
		defer close(timer)
		_ = h.app.Clock.Wait(waiting, lookAgain) // that it ends is all that matters
	}()
	heard := false
	select {
	case <-h.heard:
		heard = true
	case <-timer:
	}
	stop()
	<-timer
	if heard {
		_ = h.app.Clock.Wait(ctx, gather) // so is it here
	}
}

// catchUp reads one round of what is noted. A stream that cannot be read, or that a
// sync has, is left for a while and keeps nobody waiting, unless what failed is true of
// every stream of its account: then all of them rest. catchUp reports whether there is
// more to be read at once.
func (h *Hooks) catchUp(ctx context.Context, f *following) (more bool) {
	streams, err := ledger.Waiting(ctx, h.db)
	if err != nil {
		h.tell(ctx, crm.StreamID{Source: "the warehouse"}, fmt.Sprintf("it is tried again within %s", lookAgain), h.db.Explain(err))
		return false
	}
	for _, id := range streams {
		if ctx.Err() != nil || f.resting(id, h.app.Clock.Now()) {
			continue
		}
		full, err := h.reread(ctx, id, f.connectors)
		if err != nil {
			h.leave(ctx, id, err, f)
			continue
		}
		f.succeeded(id)
		more = more || full
	}
	return more
}

// leave lets what could not be read rest: the stream, or its whole account.
func (h *Hooks) leave(ctx context.Context, id crm.StreamID, err error, f *following) {
	now := h.app.Clock.Now()
	switch {
	case crm.CodeOf(err) == crm.CodeBusy:
		f.busy(id, now)
	case AccountWide(err) != "":
		h.tell(ctx, id, fmt.Sprintf("no stream of %s is tried for %s", id.Source, f.failed(allOf(id), now)), err)
	default:
		h.tell(ctx, id, fmt.Sprintf("it is tried again in %s", f.failed(id, now)), err)
	}
}

// tell says what went wrong and when it is tried again, unless what went wrong is that
// Warren was told to stop.
func (h *Hooks) tell(ctx context.Context, id crm.StreamID, again string, err error) {
	if ctx.Err() != nil {
		return
	}
	n := crm.Notice{ID: id, Message: fmt.Sprintf("what the source told of could not be read again; %s: %v", again, err)}
	var e *crm.Error
	if errors.As(err, &e) {
		n.Fix = e.Fix
	}
	h.app.Observe(n)
}

// reread reads records of one stream again. It reports whether there may be more.
func (h *Hooks) reread(ctx context.Context, id crm.StreamID, connectors map[string]crm.Connector) (full bool, err error) {
	told, err := ledger.ToldOf(ctx, h.db, id, pickedAtOnce)
	if err != nil {
		return false, h.db.Explain(err)
	}
	ids := make([]string, 0, len(told))
	for _, t := range told {
		ids = append(ids, t.RecordID)
	}
	sel := Selection{Account: id.Source, Streams: []string{id.Stream}}
	targets, err := h.app.Select(sel)
	if err != nil {
		// The stream is not synced any more.
		h.app.Observe(crm.Notice{ID: id, Message: fmt.Sprintf("%d records that the source told of are not read: %v", len(told), err)})
		return false, h.db.Explain(ledger.Heard(ctx, h.db, id, told))
	}
	connector := connectors[id.Source]
	if connector == nil {
		if connector, err = h.app.connect(targets[0].Account); err != nil {
			return false, err
		}
		connectors[id.Source] = connector
	}
	o := Options{Ask: engine.Ask{Picked: ids}}
	if _, err := h.app.describedRun(ctx, h.db, targets[0], connector, connector, o); err != nil {
		return false, err
	}
	// They were read, whoever wants to stop by now.
	return len(told) == pickedAtOnce, h.db.Explain(ledger.Heard(context.WithoutCancel(ctx), h.db, id, told))
}
