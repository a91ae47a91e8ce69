package athena

import (
	"context"
	"errors"
	"time"
)

// errStalled is a connection that brings nothing any more.
var errStalled = errors.New("nothing came in time")

// guard ends a download of which one step takes longer than it may. Time that
// passes between the steps is the reader's own and does not count.
type guard struct {
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

// newGuard returns a context for a download, whose first step begins now.
func newGuard(ctx context.Context, limit time.Duration) (context.Context, *guard) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := func() { cancel(errStalled) }
	return ctx, &guard{cancel: cancel, timer: time.AfterFunc(limit, stop), limit: limit}
}

func (g *guard) begin() { g.timer.Reset(g.limit) }
func (g *guard) end()   { g.timer.Stop() }

// release ends the download.
func (g *guard) release() {
	g.timer.Stop()
	g.cancel(context.Canceled)
}
