package client

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
)

// Question is one call that only reads, whatever its method.
type Question struct {
	Path   string      // escaped as in a URL and relative to the base URL
	Query  url.Values  // may be nil
	Header http.Header // sent beside Config.Header and wins over it; may be nil
	// Body is JSON. A question that has one is asked with POST, and is asked again
	// like any other when an attempt fails: nothing may change by it.
	Body   []byte
	Class  string // which of Config.Classes it counts against; "" for those that count against Config.Rate
	Accept []int  // statuses that are answers to it beside 200 and 304, such as 207
}

// request makes the question ready to be sent below base.
func (q Question) request(ctx context.Context, base *url.URL, header http.Header) *http.Request {
	u := base.JoinPath(q.Path)
	u.RawQuery = q.Query.Encode()
	for name, values := range q.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	req := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: header}
	if q.Body != nil {
		req.Method, req.ContentLength = http.MethodPost, int64(len(q.Body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(q.Body)), nil }
		if header.Get("Content-Type") == "" {
			header.Set("Content-Type", "application/json")
		}
	}
	return req.WithContext(withTerms(ctx, terms{reads: true, class: q.Class, accept: q.Accept}))
}

// What a caller says about a call travels in the request's context, to whichever
// decorator it concerns.

type termsKey struct{}

type terms struct {
	reads  bool // it changes nothing at the source
	class  string
	accept []int
	token  Token // what opens the source; the zero Token leaves it to the client's own
}

func withTerms(ctx context.Context, t terms) context.Context {
	return context.WithValue(ctx, termsKey{}, t)
}

func termsOf(ctx context.Context) terms {
	t, _ := ctx.Value(termsKey{}).(terms)
	return t
}

// whole reports whether the body of an answer with that status is wanted to its
// end.
func (t terms) whole(status int) bool {
	return status == http.StatusOK || slices.Contains(t.accept, status)
}
