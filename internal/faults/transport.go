package faults

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/warren-sync/warren/internal/crm"
)

// Transport wraps the way to a network. plan is asked before each call, by one
// goroutine at a time, with the call's number from 1.
func Transport(next http.RoundTripper, clock crm.Clock, plan func(n int64, r *http.Request) HTTPFault) http.RoundTripper {
	return &transport{next: next, clock: clock, plan: plan}
}

type transport struct {
	next  http.RoundTripper
	clock crm.Clock

	mu        sync.Mutex
	plan      func(n int64, r *http.Request) HTTPFault
	calls     int64
	unplugged bool
}

func (t *transport) ask(r *http.Request) HTTPFault {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unplugged {
		return HTTPFault{Kind: Unplugged}
	}
	t.calls++
	f := t.plan(t.calls, r)
	t.unplugged = f.Kind == Unplugged
	return f
}

// RoundTrip answers the call, or spoils it.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	f := t.ask(r)
	switch f.Kind {
	case Unplugged:
		return nil, NoLink
	case ResetBefore:
		return nil, Reset
	case Answered:
		return answer(r, t.clock, f.Status, f.Header, f.Body), nil
	default:
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	return t.spoil(r.Context(), resp, f)
}

// spoil does to a real answer what was planned.
func (t *transport) spoil(ctx context.Context, resp *http.Response, f HTTPFault) (*http.Response, error) {
	if f.Kind == Served {
		return resp, nil
	}
	body, err := io.ReadAll(resp.Body)
	if closing := resp.Body.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, err
	}
	switch f.Kind {
	case ResetAfter:
		return nil, Reset
	case CutBody:
		resp.Body = io.NopCloser(&cutBody{left: body[:len(body)/2]})
	case CutUnknown:
		resp.ContentLength = -1
		resp.Header.Del("Content-Length")
		resp.Body = io.NopCloser(bytes.NewReader(body[:len(body)/2]))
	default:
		resp.Body = io.NopCloser(&slowBody{ctx: ctx, clock: t.clock, fault: f, left: body, part: len(body)/slowParts + 1})
	}
	return resp, nil
}

// cutBody ends before its announced length, as net/http tells it.
type cutBody struct{ left []byte }

func (b *cutBody) Read(p []byte) (int, error) {
	if len(b.left) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, b.left)
	b.left = b.left[n:]
	return n, nil
}

// slowBody waits before each part.
type slowBody struct {
	ctx   context.Context // io.Reader has no place for one, and a body lives with its request
	clock crm.Clock
	fault HTTPFault
	left  []byte
	part  int
}

func (b *slowBody) Read(p []byte) (int, error) {
	if len(b.left) == 0 {
		return 0, io.EOF
	}
	if err := b.clock.Wait(b.ctx, b.fault.Pause); err != nil {
		return 0, err
	}
	n := copy(p, b.left[:min(b.part, len(b.left))])
	b.left = b.left[n:]
	return n, nil
}
