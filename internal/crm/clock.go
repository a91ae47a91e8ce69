package crm

import (
	"context"
	"time"
)

// Clock is the only way to the time of day and to waiting. Tests run it
// inside testing/synctest, or replace it.
type Clock interface {
	// Now returns the local time, in UTC.
	Now() time.Time
	// Wait returns after d, or with ctx's cause as soon as ctx ends.
	Wait(ctx context.Context, d time.Duration) error
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now returns the machine's time in UTC.
func (SystemClock) Now() time.Time { return time.Now().UTC() }

// Wait returns after d, or with ctx's cause as soon as ctx ends.
func (SystemClock) Wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
