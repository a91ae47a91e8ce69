package athena

import (
	"context"
)

// life is the time that a reading takes, over many calls of Next, each of which
// may come with a context of its own: when one of these ends, so does the
// reading.
type life struct {
	ctx  context.Context
	end  context.CancelCauseFunc
	done <-chan struct{} // of the context that is followed
	stop func() bool
}

func newLife(ctx context.Context) *life {
	inner, end := context.WithCancelCause(context.WithoutCancel(ctx))
	l := &life{ctx: inner, end: end}
	l.follow(ctx)
	return l
}

// follow makes the reading end with ctx. It costs nothing where ctx is the one
// of the call before.
func (l *life) follow(ctx context.Context) {
	if l.stop != nil && l.done == ctx.Done() {
		return
	}
	if l.stop != nil {
		l.stop()
	}
	l.done = ctx.Done()
	l.stop = context.AfterFunc(ctx, func() { l.end(context.Cause(ctx)) })
	if ctx.Err() != nil {
		l.end(context.Cause(ctx))
	}
}

// over ends the reading.
func (l *life) over() {
	l.stop()
	l.end(context.Canceled)
}
