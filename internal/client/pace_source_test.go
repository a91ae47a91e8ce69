package client

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// gate is a source that answers at once and refuses by a rule of its own,
// without Retry-After.
type gate struct {
	mu      sync.Mutex
	refuse  func(now time.Time) bool
	calls   int
	refused []time.Time
}

func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls++
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2, Request: req}
	if now := time.Now(); g.refuse(now) {
		g.refused = append(g.refused, now)
		resp.StatusCode = http.StatusTooManyRequests
	}
	return resp, nil
}

// since counts the refusals from start on.
func (g *gate) since(start time.Time) (n int) {
	for _, at := range g.refused {
		if !at.Before(start) {
			n++
		}
	}
	return n
}

func everyNth(n int) func(time.Time) bool {
	calls := 0
	return func(time.Time) bool { calls++; return calls%n == 0 }
}

func oneIn(n int) func(time.Time) bool {
	dice := rand.New(rand.NewPCG(1, 2))
	return func(time.Time) bool { return dice.IntN(n) == 0 }
}

// bucket allows rate calls a second, and burst at once after a rest.
func bucket(rate, burst float64) func(time.Time) bool {
	left, last := burst, time.Time{}
	return func(now time.Time) bool {
		if !last.IsZero() {
			left = min(burst, left+rate*now.Sub(last).Seconds())
		}
		last = now
		if left < 1-1e-9 {
			return true
		}
		left--
		return false
	}
}

func TestRefusalsByChanceDoNotStarveTheRun(t *testing.T) {
	for _, test := range []struct {
		name   string
		refuse func(time.Time) bool
		rate   float64
		calls  int
		want   time.Duration
	}{
		{"every 15th", everyNth(15), 0, 1000, 3 * time.Minute},
		{"every 15th, a short run", everyNth(15), 0, 74, 15 * sec},
		{"every 10th", everyNth(10), 0, 1000, 4 * time.Minute},
		{"every 20th", everyNth(20), 0, 1000, 3 * time.Minute},
		{"one in 15 at random", oneIn(15), 0, 1000, 3 * time.Minute},
		{"every 15th, at most 2 a second", everyNth(15), 2, 1000, 12 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				c := dial(t, &gate{refuse: test.refuse}, func(c *Config) { c.Rate, c.Retries = test.rate, 5 })
				for range test.calls {
					if _, e := get(t, c); e != nil {
						t.Fatal(e)
					}
				}
				took := time.Since(start)
				t.Logf("%d calls in %s", test.calls, took)
				if took > test.want {
					t.Errorf("%d calls took %s, want at most %s", test.calls, took, test.want)
				}
			})
		})
	}
}

func TestTrueLimitIsFoundAndKept(t *testing.T) {
	for _, test := range []struct {
		name        string
		rate, burst float64
		callers     int
	}{
		{"5 a second", 5, 5, 1},
		{"5 a second for four callers", 5, 5, 4},
		{"1 a second after a burst of 20", 1, 20, 1},
		{"20 a second", 20, 20, 2},
		{"one in two seconds", 0.5, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &gate{refuse: bucket(test.rate, test.burst)}
				c := dial(t, g, func(c *Config) { c.Retries = 8 })
				const settled, over = 2 * time.Minute, 10 * time.Minute
				start := time.Now()
				var before int
				var all sync.WaitGroup
				for range test.callers {
					all.Go(func() {
						for time.Since(start) < settled+over {
							if _, e := get(t, c); e != nil {
								t.Error(e)
								return
							}
						}
					})
				}
				time.AfterFunc(settled, func() {
					g.mu.Lock()
					defer g.mu.Unlock()
					before = g.calls
				})
				all.Wait()
				refused := g.since(start.Add(settled))
				carried := float64(g.calls-before-refused) / over.Seconds()
				t.Logf("%d refusals in 10 minutes, %.2f calls a second", refused, carried)
				if refused > 40 {
					t.Errorf("%d refusals in %s, want at most 4 a minute", refused, over)
				}
				if carried < 0.7*test.rate {
					t.Errorf("%.2f calls a second, want at least 70 %% of %g", carried, test.rate)
				}
			})
		})
	}
}
