package client

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// breaker leaves a source alone that keeps failing. Only failures of the far
// side count: 5xx, network, timeouts. A 4xx shows that it lives.
type breaker struct {
	next   doer
	source string
	limits Breaker
	clock  crm.Clock
	tell   func(crm.Event)

	mu    sync.Mutex
	state state
	// generation grows with each change of state: an attempt that began in an
	// earlier one says nothing about this one.
	generation int
	failures   int        // in a row
	since      time.Time  // the first of them
	last       *crm.Error // the last of them
	opened     time.Time
	trials     int // under way, while half-open
	passed     int // trials that went well
}

type state int

const (
	closed state = iota
	open
	halfOpen
)

// newBreaker returns next itself where no breaker is wanted.
func newBreaker(next doer, c Config) doer {
	if c.Breaker.Failures == 0 {
		return next
	}
	return &breaker{next: next, source: c.Source, limits: c.Breaker, clock: c.Clock, tell: c.Observe}
}

func (b *breaker) Do(req *http.Request) (*Response, error) {
	generation, refusal := b.admit()
	if refusal != nil {
		return nil, refusal
	}
	resp, err := b.next.Do(req)
	f, _ := errors.AsType[*failure](err)
	if e := b.settle(generation, f); e != nil {
		b.tell(e)
	}
	return resp, err
}

// admit lets an attempt pass, or says why not.
func (b *breaker) admit() (generation int, refusal *failure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state == closed {
		return b.generation, nil
	}
	left := b.opened.Add(b.limits.Recovery).Sub(b.clock.Now())
	if b.state == open && left <= 0 {
		b.enter(halfOpen)
	}
	if b.state == open || b.trials+b.passed >= b.limits.Successes {
		return 0, b.refuse(max(left, 0))
	}
	b.trials++
	return b.generation, nil
}

// settle notes how an attempt ended; f is nil for a good answer. It returns what that
// changed, nil for nothing.
func (b *breaker) settle(generation int, f *failure) crm.Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	if generation != b.generation {
		return nil
	}
	if b.state == halfOpen {
		b.trials--
	}
	switch {
	case f == nil || f.outcome == alive:
		return b.good()
	case f.outcome == down:
		return b.bad(f.err)
	}
	return nil
}

func (b *breaker) good() crm.Event {
	if b.state == closed {
		b.failures = 0
		return nil
	}
	b.passed++
	if b.passed < b.limits.Successes {
		return nil
	}
	b.failures = 0
	b.enter(closed)
	return crm.BreakerClosed{Source: b.source, Down: b.clock.Now().Sub(b.since)}
}

func (b *breaker) bad(cause *crm.Error) crm.Event {
	now := b.clock.Now()
	if b.failures == 0 {
		b.since = now
	}
	b.failures++
	b.last = cause
	if b.failures < b.limits.Failures { // never of a failed trial: only closing resets it
		return nil
	}
	b.opened = now
	b.enter(open)
	return crm.BreakerOpened{Source: b.source, Failures: b.failures, Since: b.since, Until: now.Add(b.limits.Recovery), Err: cause}
}

func (b *breaker) enter(s state) {
	b.state = s
	b.generation++
	b.trials, b.passed = 0, 0
}

// refuse says since when the source fails and when it is tried again. A left
// of 0 means that trials are under way now.
func (b *breaker) refuse(left time.Duration) *failure {
	when := "it is being tried just now"
	if left > 0 {
		when = "it is tried again at " + instant(b.clock.Now().Add(left))
	}
	return &failure{asked: left, outcome: unknown, again: true, err: &crm.Error{
		Code:      crm.CodeSourceDown,
		Origin:    crm.OriginSource,
		Retryable: true,
		Message: fmt.Sprintf("%s failed %s in a row since %s and is left alone; %s",
			b.source, words.Count(b.failures, "time"), instant(b.since), when),
		Fix: "Run it again later; if it stays so, see what the last failure says.",
		Err: b.last,
	}}
}
