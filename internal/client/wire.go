package client

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxErrorBody bounds, in bytes, what is read of an answer that is an error.
const maxErrorBody = 64 << 10

// wire sends the request and reads the body to its end, within the size limit
// that applies after decompression.
type wire struct {
	transport http.RoundTripper
	max       int64
}

// Do returns an answer of any status. The transport is called directly, not
// through http.Client, so that no redirect is followed and no token can travel
// to another host.
func (w *wire) Do(req *http.Request) (*Response, error) {
	accept := termsOf(req.Context())
	if req.GetBody != nil { // each attempt sends it anew
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		again := *req
		again.Body = body
		req = &again
	}
	resp, err := w.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := w.read(resp, accept.whole(resp.StatusCode))
	if err != nil {
		return nil, err
	}
	return &Response{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// maxTrusted bounds the memory taken for a body before it has come.
const maxTrusted = 8 << 20

func (w *wire) read(resp *http.Response, whole bool) ([]byte, error) {
	content, length := io.Reader(resp.Body), resp.ContentLength
	if !whole {
		// The status is the message; what can be had of the body explains it. A
		// 304 has none: its Content-Length is that of the body it spares us.
		return readSome(decoded(resp)), nil
	}
	if resp.Uncompressed {
		length = -1
	}
	if gzipped(resp) {
		unzip, err := gzip.NewReader(resp.Body)
		if err != nil {
			return nil, &cutError{err: err}
		}
		content, length = unzip, -1
	}
	if length > w.max {
		return nil, &tooLargeError{max: w.max} // without reading it
	}
	// Room for what was announced at once, up to a bound that a false
	// announcement cannot pass: growing by halves would cost twice the body.
	var buffer bytes.Buffer
	if length > 0 {
		buffer.Grow(int(min(length, maxTrusted)) + bytes.MinRead)
	}
	_, err := buffer.ReadFrom(io.LimitReader(content, w.max+1))
	body := buffer.Bytes()
	switch {
	case int64(len(body)) > w.max:
		return nil, &tooLargeError{max: w.max}
	case err != nil:
		return nil, &cutError{got: int64(len(body)), err: err}
	case length >= 0 && int64(len(body)) != length:
		return nil, &cutError{got: int64(len(body)), err: fmt.Errorf("%d bytes were announced", length)}
	}
	return body, nil
}

// gzipped reports whether the transport left the body compressed.
func gzipped(resp *http.Response) bool {
	return !resp.Uncompressed && strings.EqualFold(strings.TrimSpace(resp.Header.Get("Content-Encoding")), "gzip")
}

func decoded(resp *http.Response) io.Reader {
	if gzipped(resp) {
		if unzip, err := gzip.NewReader(resp.Body); err == nil {
			return unzip
		}
	}
	return resp.Body
}

func readSome(r io.Reader) []byte {
	body, _ := io.ReadAll(io.LimitReader(r, maxErrorBody)) // half an explanation is better than none
	return body
}

// cutError is a body that did not come to its end.
type cutError struct {
	got int64
	err error
}

func (e *cutError) Error() string {
	return fmt.Sprintf("the body ended after %d bytes: %v", e.got, e.err)
}
func (e *cutError) Unwrap() error { return e.err }

// tooLargeError is a body over the limit.
type tooLargeError struct{ max int64 }

func (e *tooLargeError) Error() string { return fmt.Sprintf("the body is over %d bytes", e.max) }
