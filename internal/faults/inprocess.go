package faults

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"github.com/warren-sync/warren/internal/crm"
)

// InProcess is a network without wires: it calls the handler in the goroutine
// of whoever calls. A handler that does not say what time it is gets its Date
// from the clock, which need not be right.
func InProcess(h http.Handler, clock crm.Clock) http.RoundTripper {
	return &inProcess{handler: h, clock: clock}
}

type inProcess struct {
	handler http.Handler
	clock   crm.Clock
}

// RoundTrip answers the call unless its context has ended.
func (p *inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	call := r.Clone(ctx) // a server owns the request that it serves
	if call.Body == nil {
		call.Body = http.NoBody
	}
	call.RequestURI = call.URL.RequestURI()
	w := &writer{header: http.Header{}}
	p.handler.ServeHTTP(w, call)
	w.WriteHeader(http.StatusOK)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return answer(r, p.clock, w.status, w.sent, w.body.Bytes()), nil
}

// answer makes the answer to a call.
func answer(r *http.Request, clock crm.Clock, status int, header http.Header, body []byte) *http.Response {
	resp := &http.Response{
		Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: header.Clone(), Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	if resp.Header.Get("Date") == "" {
		resp.Header.Set("Date", clock.Now().UTC().Format(http.TimeFormat))
	}
	return resp
}

// writer keeps what a handler answers. The header is that of the moment in
// which the status was sent.
type writer struct {
	header http.Header
	sent   http.Header
	status int
	body   bytes.Buffer
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *writer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}
