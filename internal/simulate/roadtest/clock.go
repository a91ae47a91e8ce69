package roadtest

import (
	"context"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Clock is the time of a whole test: the account, Warren and the leases agree
// on it. It goes on when it is told to, and by each wait, which takes no time.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that shows now.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Pass lets d pass.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Wait lets d pass and returns at once.
func (c *Clock) Wait(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.Pass(max(d, 0))
	return nil
}

// still shows a clock's time to somebody whose waits never end by themselves:
// to the engine, whose lease then is not renewed behind the test's back.
type still struct{ *Clock }

func (still) Wait(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// patient shows a clock's time to somebody who waits for another one: to a
// database, whose lock is free only when its holder has let it go.
type patient struct{ *Clock }

func (patient) Wait(ctx context.Context, d time.Duration) error {
	return crm.SystemClock{}.Wait(ctx, d)
}
