package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

const (
	firstDelay = time.Second
	maxDelay   = time.Minute
	// maxPause is the longest pause that is slept through on the word of the
	// source alone; after it the source is asked again.
	maxPause = 15 * time.Minute
)

// retry tries a call again while that can help, there are attempts left and
// the patience lasts.
type retry struct {
	next     doer
	source   string
	retries  int
	patience time.Duration
	clock    crm.Clock
	random   func() float64
	observe  func(crm.Event)
}

func newRetry(next doer, c Config) *retry {
	return &retry{
		next:     next,
		source:   c.Source,
		retries:  c.Retries,
		patience: c.Patience,
		clock:    c.Clock,
		random:   c.Random,
		observe:  c.Observe,
	}
}

// Do tries until there is a good answer or no hope. An attempt that was held
// back, by an open breaker, is not counted: it is waited for until the breaker
// lets one through.
func (r *retry) Do(req *http.Request) (*Response, error) {
	start := r.clock.Now()
	until := start.Add(r.patience)
	ctx := req.Context()
	req = req.WithContext(withPatience(ctx, until))
	for sent, held := 0, 0; ; {
		resp, err := r.next.Do(req)
		f, failed := errors.AsType[*failure](err)
		if !failed {
			return resp, err
		}
		if f.outcome == unknown {
			held++
		} else {
			sent++
		}
		wait := r.delay(f, sent+held)
		if !f.again || !repeatable(req) {
			return nil, f
		}
		now := r.clock.Now()
		left := until.Sub(now)
		switch {
		case f.asked > left && f.outcome != unknown:
			return nil, r.tooLong(f, now)
		case sent > r.retries || wait > left:
			return nil, r.exhausted(f, sent, now.Sub(start))
		}
		if err := r.sleep(ctx, f, max(sent, 1), wait); err != nil {
			return nil, cancelled(ctx)
		}
	}
}

// delay returns how long to wait after failure number n: what was asked for,
// else 1 s, 2 s, 4 s … to a minute, each times 0.5 to 1.0 so that callers that
// failed together do not come back together.
func (r *retry) delay(f *failure, n int) time.Duration {
	if f.asked > 0 {
		return min(f.asked, maxPause)
	}
	d := maxDelay
	if n <= 6 {
		d = min(firstDelay<<(n-1), maxDelay)
	}
	return time.Duration(float64(d) * (0.5 + 0.5*r.random()))
}

func (r *retry) sleep(ctx context.Context, f *failure, attempt int, wait time.Duration) error {
	r.observe(crm.RetryScheduled{Source: r.source, Attempt: attempt, Wait: wait, Err: f.err, Held: f.outcome == unknown})
	return r.clock.Wait(ctx, wait)
}

// exhausted keeps the last cause and says how much was tried.
func (r *retry) exhausted(f *failure, sent int, took time.Duration) *failure {
	if sent <= 1 && f.outcome != unknown || sent == 0 {
		return f
	}
	e := *f.err
	e.Message = fmt.Sprintf("%s gave no good answer after %s in %s", r.source, words.Count(sent, "attempt"), words.Span(took))
	e.Err = f.err
	return &failure{err: &e, status: f.status, outcome: f.outcome}
}

// tooLong gives up at once where the source asks for more than the patience.
func (r *retry) tooLong(f *failure, now time.Time) *failure {
	e := *f.err
	back := instant(now.Add(f.asked))
	e.Message = fmt.Sprintf("%s asks for a pause of %s, until %s, which is longer than the %s that a call may take",
		r.source, words.Span(f.asked), back, words.Span(r.patience))
	if f.asked == maxAsked {
		e.Message = fmt.Sprintf("%s asks for a pause of a day or more, which is longer than the %s that a call may take", r.source, words.Span(r.patience))
	}
	e.Fix = "Run it again after " + back + "."
	e.Err = f.err
	return &failure{err: &e, status: f.status, outcome: f.outcome}
}

// repeatable reports whether a request may be sent twice.
func repeatable(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodHead || termsOf(req.Context()).reads
}
