package client

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// guarded returns a breaker of 3 failures, 60 s and 2 successes around s,
// without retry, which would wait for it.
func guarded(t *testing.T, s http.RoundTripper, observe func(crm.Event)) func() error {
	t.Helper()
	c := Config{Source: "acme", BaseURL: "https://api.example.com", Transport: s, Breaker: Breaker{Failures: 3, Successes: 2}}
	if _, err := c.complete(); err != nil {
		t.Fatal(err)
	}
	c.Observe = observe
	b := newBreaker(newJudge(&timeout{next: &wire{transport: s, max: 1000}, limit: c.Timeout}, c), c)
	return func() error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example.com/leads", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.Do(req)
		return err
	}
}

func TestBreakerOpensTrialsAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(append(times(4, status(500)), ok("{}"), ok("{}"), status(500), status(500), ok("{}"))...)
		var seen events
		call := guarded(t, s, seen.add)
		var clock crm.SystemClock
		for range 3 {
			_ = call()
			_ = clock.Wait(t.Context(), sec)
		}
		err := call() // open, without a call; one second after the third failure
		if s.calls() != 3 || crm.CodeOf(err) != crm.CodeSourceDown || !crm.Retryable(err) {
			t.Fatalf("%d calls, error %v", s.calls(), err)
		}
		mustHave(t, err.Error(), "acme failed 3 times in a row since 2000-01-01 00:00:00 UTC",
			"tried again at 2000-01-01 00:01:02 UTC", "500 Internal Server Error")

		_ = clock.Wait(t.Context(), 59*sec)
		_ = call() // half-open; the trial fails, which opens it again
		err = call()
		if s.calls() != 4 {
			t.Fatalf("%d calls, want 4", s.calls())
		}
		mustHave(t, err.Error(), "4 times", "since 2000-01-01 00:00:00", "again at 2000-01-01 00:02:02")

		_ = clock.Wait(t.Context(), 60*sec)
		for range 10 { // two good trials close it; the two failures after them are none too many
			_ = call()
		}
		if s.calls() != 14 {
			t.Errorf("%d calls, want 14", s.calls())
		}
		first := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		opened := of[crm.BreakerOpened](&seen)
		if len(opened) != 2 {
			t.Fatalf("told %d times that it is left alone: %+v", len(opened), opened)
		}
		for i, want := range []crm.BreakerOpened{{Failures: 3, Until: first.Add(62 * sec)}, {Failures: 4, Until: first.Add(122 * sec)}} {
			got := opened[i]
			if got.Source != "acme" || got.Failures != want.Failures || !got.Since.Equal(first) || !got.Until.Equal(want.Until) {
				t.Errorf("%+v, want %+v", got, want)
			}
			mustHave(t, got.Err.Error(), "500 Internal Server Error")
		}
		if back := of[crm.BreakerClosed](&seen); !slices.Equal(back, []crm.BreakerClosed{{Source: "acme", Down: 122 * sec}}) {
			t.Errorf("told that it answers again: %+v", back)
		}
	})
}

func TestBreakerCountsFailuresInARowOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(500), status(500), ok("{}"), status(500), status(500), ok("{}"))
		call := guarded(t, s, new(events).add)
		for range 6 {
			_ = call()
		}
		if s.calls() != 6 {
			t.Errorf("%d calls of 6 were sent", s.calls())
		}
	})
}

func TestWhatCountsAgainstTheSource(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer answer
		opens  bool
	}{
		{"500", status(500), true},
		{"524", status(524), true},
		{"network", broken(errors.New("reset")), true},
		{"timeout", answer{after: long, status: 200}, true},
		{"400", status(400), false},
		{"401", status(401), false},
		{"404", status(404), false},
		{"429", status(429), false},
		{"too large", ok(string(make([]byte, 1001))), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := play(test.answer)
				call := guarded(t, s, new(events).add)
				for range 5 {
					if call() == nil {
						t.Fatal("no error")
					}
				}
				if opened := s.calls() == 3; opened != test.opens {
					t.Errorf("%d of 5 calls were sent", s.calls())
				}
			})
		})
	}
}

func TestHalfOpenLetsOnlyTheTrialsThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(append(times(3, status(500)), answer{after: 10 * sec, status: 200})...)
		call := guarded(t, s, new(events).add)
		for range 3 {
			_ = call()
		}
		_ = crm.SystemClock{}.Wait(t.Context(), time.Minute)
		results := make(chan error, 5)
		for range 5 {
			go func() { results <- call() }()
		}
		synctest.Wait()
		if s.calls() != 5 {
			t.Errorf("%d trials under way, want 2", s.calls()-3)
		}
		refused := 0
		for range 5 {
			if err := <-results; err != nil {
				refused++
				mustHave(t, err.Error(), "it is being tried just now")
			}
		}
		if refused != 3 {
			t.Errorf("%d were refused, want 3", refused)
		}
	})
}

// An attempt that began before the breaker opened says nothing about the trials.
func TestLateAnswersDoNotMoveTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(answer{after: 61 * sec, status: 500}, status(500), status(500), status(500), answer{after: 10 * sec, status: 200}, ok("{}"))
		call := guarded(t, s, new(events).add)
		late := make(chan error)
		go func() { late <- call() }()
		synctest.Wait()
		for range 3 {
			_ = call()
		}
		_ = crm.SystemClock{}.Wait(t.Context(), time.Minute)
		trial := make(chan error)
		go func() { trial <- call() }() // half-open
		if err := <-late; err == nil {  // one second into the trial
			t.Fatal("the late attempt did not fail")
		}
		if err := <-trial; err != nil {
			t.Fatal(err)
		}
		if err := call(); err != nil {
			t.Errorf("the late failure opened the breaker: %v", err)
		}
	})
}

// A caller that leaves gives its trial back, else none would be left to close
// the breaker.
func TestCancelledTrialIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(append(times(3, status(500)), answer{after: long, status: 200}, answer{after: long, status: 200}, ok("{}"))...)
		c := dial(t, s, func(c *Config) { c.Breaker, c.Timeout = Breaker{Failures: 3, Successes: 2}, 2*long })
		for range 3 {
			_, _ = get(t, c)
		}
		_ = crm.SystemClock{}.Wait(t.Context(), time.Minute)
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), sec)
			if _, err := c.Get(ctx, "/leads", nil, nil); crm.CodeOf(err) != crm.CodeCancelled {
				t.Fatal(err)
			}
			cancel()
		}
		start := time.Now()
		if _, e := get(t, c); e != nil || time.Since(start) != 0 {
			t.Errorf("after %s: error %v", time.Since(start), e)
		}
	})
}

func TestRetryWaitsForTheBreakerInsteadOfSpinning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		s := play(append(times(3, status(500)), ok("{}"))...)
		c := dial(t, s, func(c *Config) { c.Retries, c.Breaker.Failures, c.Observe = 5, 3, seen.add })
		start := time.Now()
		if _, e := get(t, c); e != nil {
			t.Fatal(e)
		}
		// 1 s and 2 s between the failures, 4 s until the refusal, then the rest of 60 s.
		if took := time.Since(start); took != 63*sec || s.calls() != 4 {
			t.Errorf("%d calls in %s", s.calls(), took)
		}
		var held []bool
		for _, r := range of[crm.RetryScheduled](&seen) {
			held = append(held, r.Held)
		}
		if !slices.Equal(held, []bool{false, false, false, true}) {
			t.Errorf("waits, and whether nothing was sent before: %v", held)
		}
	})
}

func TestOpenBreakerBeyondThePatienceFailsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(status(500))
		c := dial(t, s, func(c *Config) { c.Retries, c.Patience, c.Breaker.Failures = 5, 30*sec, 2 })
		e := mustFail(t, c, crm.CodeSourceDown) // two attempts, then refused
		mustHave(t, e.Error(), "after 2 attempts", "500 Internal Server Error", "tried again at")
		start := time.Now()
		e = mustFail(t, c, crm.CodeSourceDown)
		if time.Since(start) != 0 || s.calls() != 2 {
			t.Errorf("%d calls, %s", s.calls(), time.Since(start))
		}
		mustHave(t, e.Error(), "acme failed 2 times in a row", "tried again at")
	})
}

// A caller that finds all trials taken looks again after longer and longer
// waits, not at once.
func TestRefusedDuringTrialsWaitsBetweenLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		s := play(status(500), answer{after: 30 * sec, status: 200}, ok("{}"))
		c := dial(t, s, func(c *Config) { c.Observe, c.Breaker = seen.add, Breaker{Failures: 1, Successes: 1} })
		_ = mustFail(t, c, crm.CodeSourceDown)
		_ = crm.SystemClock{}.Wait(t.Context(), time.Minute)
		if failed := together(t, c, 2); failed != nil { // one of them is the trial
			t.Fatal(failed)
		}
		var waits []time.Duration
		for _, r := range of[crm.RetryScheduled](&seen) {
			waits = append(waits, r.Wait)
			if r.Attempt != 1 {
				t.Errorf("attempt %d: they are counted from 1", r.Attempt)
			}
		}
		if want := []time.Duration{1 * sec, 2 * sec, 4 * sec, 8 * sec, 16 * sec}; !slices.Equal(waits, want) {
			t.Errorf("waits %s, want %s", waits, want)
		}
	})
}
