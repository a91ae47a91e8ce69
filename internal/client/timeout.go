package client

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/warren-sync/warren/internal/client/words"
)

// timeout bounds one attempt, from the search for a connection to the last
// byte of the body.
type timeout struct {
	next  doer
	limit time.Duration
}

func (t *timeout) Do(req *http.Request) (*Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.limit)
	defer cancel()
	var connecting atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { connecting.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connecting.Store(false) },
	})
	resp, err := t.next.Do(req.WithContext(ctx))
	if err != nil && ctx.Err() != nil { // judge knows whether it was the caller who left
		return nil, &timeoutError{after: t.limit, connecting: connecting.Load()}
	}
	return resp, err
}

// timeoutError is an attempt that took too long.
type timeoutError struct {
	after      time.Duration
	connecting bool // not even a connection was had: smaller pages won't help
}

func (e *timeoutError) Error() string {
	if e.connecting {
		return "no connection within " + words.Span(e.after)
	}
	return "no whole answer within " + words.Span(e.after)
}
