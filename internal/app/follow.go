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
	// and what failed is tried again.
	lookAgain = 30 * time.Second
	// pickedAtOnce is how many records one run reads again.
	pickedAtOnce = 1000
)

// Follow reads again what the hooks are told of, until ctx ends. What could not be
// read stays noted and is tried again.
func (h *Hooks) Follow(ctx context.Context) {
	f := following{connectors: map[string]crm.Connector{}, rest: map[crm.StreamID]time.Time{}}
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
	rest       map[crm.StreamID]time.Time // until when a stream that could not be read is left alone
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
// sync has, is left for a while and keeps nobody waiting. catchUp reports whether
// there is more to be read at once.
func (h *Hooks) catchUp(ctx context.Context, f *following) (more bool) {
	streams, err := ledger.Waiting(ctx, h.db)
	if err != nil {
		h.tell(ctx, crm.StreamID{Source: "the warehouse"}, h.db.Explain(err))
		return false
	}
	for _, id := range streams {
		if ctx.Err() != nil || h.app.Clock.Now().Before(f.rest[id]) {
			continue
		}
		full, err := h.reread(ctx, id, f.connectors)
		if err != nil {
			f.rest[id] = h.app.Clock.Now().Add(lookAgain)
			if crm.CodeOf(err) != crm.CodeBusy {
				h.tell(ctx, id, err)
			}
			continue
		}
		more = more || full
	}
	return more
}

// tell says what went wrong, unless that is that Warren was told to stop.
func (h *Hooks) tell(ctx context.Context, id crm.StreamID, err error) {
	if ctx.Err() != nil {
		return
	}
	n := crm.Notice{ID: id, Message: "what the source told of could not be read again, and is tried again soon: " + err.Error()}
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
