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

// minReported is the shortest wait that is worth an event.
const minReported = 100 * time.Millisecond

// limit holds attempts back so that all callers of the account together keep
// the pace, and keep every pause that the source asks for. Each class of calls has
// a pace of its own.
type limit struct {
	next    doer
	source  string
	clock   crm.Clock
	observe func(crm.Event)
	quota   func(http.Header) (Quota, bool)
	pace    *pace
	classes map[string]*pace
}

func newLimit(next doer, c Config) *limit {
	l := &limit{
		next:    next,
		source:  c.Source,
		clock:   c.Clock,
		observe: c.Observe,
		quota:   c.Quota,
		pace:    newPace(c.Rate, c.MinRate),
		classes: map[string]*pace{},
	}
	for name, rate := range c.Classes {
		floor := c.MinRate
		if rate > 0 {
			floor = min(floor, rate)
		}
		l.classes[name] = newPace(rate, floor)
	}
	return l
}

// of returns the pace that a call has to keep.
func (l *limit) of(ctx context.Context) *pace {
	if p := l.classes[termsOf(ctx).class]; p != nil {
		return p
	}
	return l.pace
}

func (l *limit) Do(req *http.Request) (*Response, error) {
	pace := l.of(req.Context())
	if f := l.hold(req.Context(), pace); f != nil {
		return nil, f
	}
	resp, err := l.next.Do(req)
	f, failed := errors.AsType[*failure](err)
	now := l.clock.Now()
	if !failed {
		pace.praise(now)
		l.save(pace, resp.Header, now)
		return resp, err
	}
	if f.status == http.StatusTooManyRequests {
		pace.slow(now)
	}
	l.save(pace, f.header, now)
	pace.pause(now, f.asked)
	return nil, f
}

// save keeps the calls that are left of a quota from being used up at once.
func (l *limit) save(p *pace, header http.Header, now time.Time) {
	if q, told := l.quota(header); told {
		p.spread(now, q)
	}
}

// hold waits for a slot. Where a pause was asked for meanwhile, the slot is
// void and another one is waited for.
func (l *limit) hold(ctx context.Context, pace *pace) *failure {
	for {
		now := l.clock.Now()
		s, ok := pace.reserve(now, patienceEnd(ctx))
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
		if !pace.paused(l.clock.Now()) {
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
			l.source, when, words.Span(s.at.Sub(now))),
		Fix: "Run it again after " + when + ".",
	}}
}
