package client

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// together makes n calls at once and returns when all are over.
func together(t *testing.T, c *Client, n int) (failed []*crm.Error) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if _, e := get(t, c); e != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, e)
			}
		})
	}
	all.Wait()
	return failed
}

func TestRateHoldsForAllCallersTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		s := play(ok("{}"))
		c := dial(t, s, func(c *Config) { c.Rate, c.Observe = 2, seen.add })
		if failed := together(t, c, 10); failed != nil {
			t.Fatal(failed)
		}
		for i, gap := range s.gaps() {
			if gap != sec/2 {
				t.Errorf("gap %d is %s, want 500ms", i, gap)
			}
		}
		waits := of[crm.RateWaited](&seen)
		if len(waits) != 9 || waits[0].Rate != 2 || waits[0].Source != "acme" {
			t.Errorf("events %+v", waits)
		}
	})
}

func TestShortWaitsAreNotReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		c := dial(t, play(ok("{}")), func(c *Config) { c.Rate, c.Observe = 11, seen.add })
		together(t, c, 2)
		if waits := of[crm.RateWaited](&seen); waits != nil {
			t.Errorf("events %+v", waits)
		}
	})
}

func TestWithoutRateNothingIsHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := play(ok("{}"))
		together(t, dial(t, s, nil), 50)
		if took := time.Since(start); took != 0 || s.calls() != 50 {
			t.Errorf("%d calls took %s", s.calls(), took)
		}
	})
}

func TestRefusalHalvesTheRateOfLaterCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(429), ok("{}"))
		c := dial(t, s, func(c *Config) { c.Rate, c.Retries = 4, 1 })
		_, _ = get(t, c)
		together(t, c, 4)
		for _, gap := range s.gaps()[2:] {
			if gap <= 450*time.Millisecond || gap > sec/2 { // a little has been won back since
				t.Errorf("gap %s, want nearly 500ms", gap)
			}
		}
	})
}

// A pause that one caller was asked for holds for every caller of the account,
// those included that wait for their slot already.
func TestPauseIsSharedByAllCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refusal := asking(429, "60")
		refusal.after = 1500 * time.Millisecond // the others wait for their slots, one is under way
		s := play(refusal, ok("{}"))
		c := dial(t, s, func(c *Config) { c.Rate, c.Retries = 1, 1 })
		if failed := together(t, c, 5); failed != nil {
			t.Fatal(failed)
		}
		if s.calls() != 6 {
			t.Fatalf("%d calls", s.calls())
		}
		if want := []time.Duration{sec, 60*sec + sec/2, 2 * sec, 2 * sec, 2 * sec}; !slices.Equal(s.gaps(), want) {
			t.Errorf("gaps %s, want %s", s.gaps(), want)
		}
	})
}

func TestSlowingNeverEndsAboveTheRateAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(429), ok("{}"))
		c := dial(t, s, func(c *Config) { c.Rate, c.Retries = 0.05, 1 })
		_, _ = get(t, c)
		_, _ = get(t, c)
		if want := []time.Duration{20 * sec, 20 * sec}; !slices.Equal(s.gaps(), want) {
			t.Errorf("gaps %s, want %s", s.gaps(), want)
		}
	})
}

func TestPauseLongerThanThePatienceFailsOtherCallersToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(asking(429, "600"))
		c := dial(t, s, func(c *Config) { c.Retries, c.Patience = 3, time.Minute })
		_ = mustFail(t, c, crm.CodeRateLimit)
		e := mustFail(t, c, crm.CodeRateLimit)
		mustHave(t, e.Error(), "no further call before 2000-01-01 00:10:00 UTC", "10 min")
		mustHave(t, e.Fix, "2000-01-01 00:10:00 UTC")
		if s.calls() != 1 || !e.Retryable {
			t.Errorf("%d calls, retryable %v", s.calls(), e.Retryable)
		}
	})
}

func TestCancelEndsTheWaitForASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(ok("{}"))
		c := dial(t, s, func(c *Config) { c.Rate = 0.1 })
		_, _ = get(t, c)
		ctx, cancel := context.WithTimeout(t.Context(), sec)
		defer cancel()
		if _, err := c.Get(ctx, "/leads", nil, nil); crm.CodeOf(err) != crm.CodeCancelled || s.calls() != 1 {
			t.Errorf("error %v after %d calls", err, s.calls())
		}
	})
}

func TestWaitForASlotIsNotHeldAgainstTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, play(ok("{}")), func(c *Config) { c.Rate, c.Timeout = 0.1, 5*sec })
		if failed := together(t, c, 3); failed != nil {
			t.Error(failed)
		}
	})
}
