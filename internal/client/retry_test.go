package client

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
)

const (
	sec  = time.Second
	long = 24 * time.Hour
)

func TestRetryWaitsTwiceAsLongEachTimeUpToAMinute(t *testing.T) {
	for _, test := range []struct {
		name   string
		random float64
		want   []time.Duration
	}{
		{"longest jitter", 1, []time.Duration{1 * sec, 2 * sec, 4 * sec, 8 * sec, 16 * sec, 32 * sec, 60 * sec, 60 * sec}},
		{"shortest jitter", 0, []time.Duration{sec / 2, 1 * sec, 2 * sec, 4 * sec, 8 * sec, 16 * sec, 30 * sec, 30 * sec}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := play(status(503))
				_ = mustFail(t, dial(t, s, func(c *Config) {
					c.Retries = len(test.want)
					c.Random = func() float64 { return test.random }
				}), crm.CodeSourceDown)
				if diff := cmp.Diff(test.want, s.gaps()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestRetryEndsWithTheFirstGoodAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		s := play(status(500), broken(errors.New("reset")), ok("{}"))
		resp, e := get(t, dial(t, s, func(c *Config) { c.Retries, c.Observe = 5, seen.add }))
		if e != nil || string(resp.Body) != "{}" {
			t.Fatalf("answer %+v, error %v", resp, e)
		}
		retries := of[crm.RetryScheduled](&seen)
		if len(retries) != 2 || retries[0].Attempt != 1 || retries[1].Attempt != 2 || retries[1].Wait != 2*sec || retries[1].Source != "acme" {
			t.Fatalf("events %+v", retries)
		}
		mustHave(t, retries[0].Err.Error(), "500 Internal Server Error")
		if crm.CodeOf(retries[1].Err) != crm.CodeUnreachable {
			t.Errorf("second cause %v", retries[1].Err)
		}
	})
}

func TestExhaustedRetriesSayHowOftenHowLongAndWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(append(times(4, broken(errors.New("reset"))), answer{status: 503, body: "maintenance"})...)
		e := mustFail(t, dial(t, s, func(c *Config) { c.Retries = 4 }), crm.CodeSourceDown)
		mustHave(t, e.Error(), "after 5 attempts in 15 s", "503 Service Unavailable", "maintenance")
		if !e.Retryable {
			t.Error("not retryable")
		}
	})
}

func TestWithoutRetriesTheErrorDoesNotSpeakOfAttempts(t *testing.T) {
	e := mustFail(t, dial(t, play(status(503)), nil), crm.CodeSourceDown)
	if want := "acme answered GET /leads with 503 Service Unavailable"; e.Error() != want {
		t.Errorf("got %q, want %q", e.Error(), want)
	}
}

func TestPatienceBoundsACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := play(status(503))
		e := mustFail(t, dial(t, s, func(c *Config) { c.Retries, c.Patience = 1000, time.Minute }), crm.CodeSourceDown)
		if took := time.Since(start); took > time.Minute {
			t.Errorf("took %s", took)
		}
		mustHave(t, e.Error(), "6 attempts in 31 s")
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer answer
		want   time.Duration
	}{
		{"seconds", asking(429, "30"), 30 * sec},
		{"on 503 too", asking(503, "30"), 30 * sec},
		{"date", asking(429, "Sat, 01 Jan 2000 00:00:20 GMT"), 20 * sec}, // a bubble's clock starts at 2000-01-01
		{"zero is no leave to hammer", asking(429, "0"), 1 * sec},
		{"negative", asking(429, "-5"), 1 * sec},
		{"more than a quarter of an hour is not slept through", asking(429, "3600"), maxPause},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := play(test.answer, ok("{}"))
				if _, e := get(t, dial(t, s, func(c *Config) { c.Retries, c.Patience = 1, 2*time.Hour })); e != nil {
					t.Fatal(e)
				}
				if got := s.gaps(); !slices.Equal(got, []time.Duration{test.want}) {
					t.Errorf("waited %s, want %s", got, test.want)
				}
			})
		})
	}
}

func TestPauseLongerThanThePatienceGivesUpAtOnce(t *testing.T) {
	for _, test := range []struct{ asked, says, fix string }{
		{"7200", "a pause of 2 h, until 2000-01-01 02:00:00 UTC", "after 2000-01-01 02:00:00 UTC"},
		{"999999999999", "a day or more", "after 2000-01-02"},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			s := play(asking(429, test.asked))
			e := mustFail(t, dial(t, s, func(c *Config) { c.Retries = 5 }), crm.CodeRateLimit)
			if time.Since(start) != 0 || s.calls() != 1 {
				t.Errorf("%d calls in %s", s.calls(), time.Since(start))
			}
			mustHave(t, e.Error(), test.says, "longer than the 15 min", "429 Too Many Requests")
			mustHave(t, e.Fix, test.fix)
		})
	}
}

func TestOnlyIdempotentCallsAreRepeated(t *testing.T) {
	for method, want := range map[string]int{http.MethodGet: 3, http.MethodHead: 3, http.MethodPost: 1, http.MethodPatch: 1} {
		synctest.Test(t, func(t *testing.T) {
			s := play(status(503))
			c := dial(t, s, func(c *Config) { c.Retries = 2 })
			req, err := http.NewRequestWithContext(t.Context(), method, "https://api.example.com/leads", nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.first.Do(req); crm.CodeOf(err) != crm.CodeSourceDown {
				t.Errorf("%s: error %v", method, err)
			}
			if s.calls() != want {
				t.Errorf("%s: %d calls, want %d", method, s.calls(), want)
			}
		})
	}
}

func TestCancelEndsTheWaitBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*sec)
		defer cancel()
		start := time.Now()
		_, err := dial(t, play(asking(503, "60")), func(c *Config) { c.Retries = 5 }).Get(ctx, "/leads", nil, nil)
		if crm.CodeOf(err) != crm.CodeCancelled || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if took := time.Since(start); took != 10*sec {
			t.Errorf("took %s", took)
		}
	})
}

func TestCancelDuringAnAttemptIsNoFailureOfTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*sec)
		defer cancel()
		slow := play(answer{after: long, status: 200})
		c := dial(t, slow, func(c *Config) { c.Retries, c.Timeout, c.Breaker.Failures = 5, long, 1 })
		_, err := c.Get(ctx, "/leads", nil, nil)
		if crm.CodeOf(err) != crm.CodeCancelled || slow.calls() != 1 {
			t.Errorf("error %v after %d calls", err, slow.calls())
		}
	})
}
