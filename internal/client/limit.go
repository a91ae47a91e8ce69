package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// minReported is the shortest wait that is worth an event.
const minReported = 100 * time.Millisecond

// limit holds attempts back so that all callers of the account together keep
// the pace, and keep every pause that the source asks for.
type limit struct {
	next    doer
	source  string
	clock   crm.Clock
	observe func(crm.Event)
	pace    *pace
}

func newLimit(next doer, c Config) *limit {
	return &limit{
		next:    next,
		source:  c.Source,
		clock:   c.Clock,
		observe: c.Observe,
		pace:    newPace(c.Rate, c.MinRate),
	}
}

func (l *limit) Do(req *http.Request) (*Response, error) {
	if f := l.hold(req.Context()); f != nil {
		return nil, f
	}
	resp, err := l.next.Do(req)
	f, failed := errors.AsType[*failure](err)
	if !failed {
		l.pace.praise(l.clock.Now())
		return resp, err
	}
	now := l.clock.Now()
	if f.status == http.StatusTooManyRequests {
		l.pace.slow(now)
	}
	l.pace.pause(now, f.asked)
	return nil, f
}

// hold waits for a slot. Where a pause was asked for meanwhile, the slot is
// void and another one is waited for.
func (l *limit) hold(ctx context.Context) *failure {
	for {
		now := l.clock.Now()
		s, ok := l.pace.reserve(now, patienceEnd(ctx))
		if !ok {
			return l.tooLate(s, now)
		}
		wait := s.at.Sub(now)
		if wait >= minReported {
			l.observe(crm.RateWaited{Source: l.source, Wait: wait, Rate: s.rate})
		}
		if err := l.clock.Wait(ctx, wait); err != nil {
			return cancelled(ctx)
		}
		if !l.pace.paused(l.clock.Now()) {
			return nil
		}
	}
}

// tooLate is the failure of a call whose slot lies beyond its patience.
func (l *limit) tooLate(s slot, now time.Time) *failure {
	when := instant(s.at)
	return &failure{outcome: unknown, err: &crm.Error{
		Code:      crm.CodeRateLimit,
		Origin:    crm.OriginSource,
		Retryable: true,
		Message: fmt.Sprintf("%s takes no further call before %s, in %s, which is longer than a call may wait",
			l.source, when, words(s.at.Sub(now))),
		Fix: "Run it again after " + when + ".",
	}}
}
