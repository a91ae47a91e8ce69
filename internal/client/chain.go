package client

import (
	"net/http"
	"slices"
)

// doer answers one request. Every decorator is one and wraps one.
//
// Below judge an answer of any status is a *Response and an error is whatever
// the network said. Above it a *Response is a good answer (200, 304 or what the
// question accepts) and every error is a *failure. A doer never changes the
// request it was given.
type doer interface {
	Do(*http.Request) (*Response, error)
}

// layer puts a decorator around a doer.
type layer func(next doer) doer

// chain builds the way from question to wire. This is the one place that holds
// the order; outermost first:
//
//	retry    outside all, so that every attempt takes a permit, a slot and a timeout of its own
//	breaker  inside retry, to count attempts; outside limit, so that a refused attempt takes no slot
//	limit    outside timeout, so that waiting for a slot is not held against the source
//	grant    outside judge, since it fails in words of its own; inside limit, so that a pause may outlast a token
//	judge    the border between answers and errors: what stands above decides, what stands below carries
//	timeout  one attempt with its whole body
//	record   inside limit and timeout: it tells of calls that were really sent, and how long they took
//	auth     inside record and all others, which therefore never see the token (L8)
//	wire     the transport, the size limit and the whole body
func chain(c Config) doer {
	layers := []layer{
		func(next doer) doer { return newRetry(next, c) },
		func(next doer) doer { return newBreaker(next, c) },
		func(next doer) doer { return newLimit(next, c) },
		func(next doer) doer { return newGrant(next, c) },
		func(next doer) doer { return newJudge(next, c) },
		func(next doer) doer { return &timeout{next: next, limit: c.Timeout} },
		func(next doer) doer { return &record{next: next, source: c.Source, clock: c.Clock, observe: c.Observe} },
		func(next doer) doer { return &auth{next: next, token: c.Auth} },
	}
	var d doer = &wire{transport: c.Transport, max: c.MaxResponse}
	for _, wrap := range slices.Backward(layers) {
		d = wrap(d)
	}
	return d
}
