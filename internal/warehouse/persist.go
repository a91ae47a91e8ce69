package warehouse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Attempts to outlast a database that is away: with the waits below, three
// quarters of a minute, in which a PostgreSQL that was restarted is back.
const (
	attempts  = 9
	firstWait = 250 * time.Millisecond
	mostWait  = 15 * time.Second
)

// Persist calls do until it succeeds, fails for good, or has been tried often
// enough.
func Persist(ctx context.Context, d Driver, t Tools, do func() error) error {
	wait := firstWait
	for attempt := 1; ; attempt++ {
		err := Explained(ctx, d, do())
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || !crm.Retryable(err) || crm.CodeOf(err) == crm.CodeLeaseLost {
			return err
		}
		if attempt == attempts {
			return fmt.Errorf("after %d attempts: %w", attempts, err)
		}
		t.Observe(crm.RetryScheduled{Source: "the warehouse", Attempt: attempt, Wait: wait, Err: err})
		if err := t.Clock.Wait(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, mostWait)
	}
}

// Explained is an error as the driver explains it, and, of a lock that somebody else has,
// with who that is.
func Explained(ctx context.Context, d Driver, err error) error {
	err = d.Explain(err)
	var locked *crm.Error
	if !errors.As(err, &locked) || locked.Code != crm.CodeWarehouseLock || ctx.Err() != nil {
		return err
	}
	told := d.InTheWay(ctx, *locked)
	return &told
}

// Unlocked calls do as Persist does, but again only while somebody else's lock is in its
// way: what gave up waiting for one has done nothing, so that nothing is done twice.
func Unlocked(ctx context.Context, d Driver, t Tools, do func() error) error {
	var other error
	err := Persist(ctx, d, t, func() error {
		err := d.Explain(do())
		if crm.CodeOf(err) == crm.CodeWarehouseLock {
			return err
		}
		other = err
		return nil
	})
	if err != nil {
		return err
	}
	return other
}

func (s *Session) persist(ctx context.Context, do func() error) error {
	return Persist(ctx, s.driver, s.tools, do)
}
