package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/warren-sync/warren/internal/crm"
)

// Client calls one account of a source. It is safe for concurrent use; its
// callers share one rate limit and one breaker.
type Client struct {
	base   *url.URL
	header func() http.Header // a copy; a function for the reason that Token holds one
	first  doer
}

// New returns a client for one account, or an error with crm.CodeConfig. It
// sends nothing.
func New(c Config) (*Client, error) {
	base, err := c.complete()
	if err != nil {
		return nil, err
	}
	header := c.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if header.Get("Accept") == "" {
		header.Set("Accept", "application/json")
	}
	return &Client{base: base, header: header.Clone, first: chain(c)}, nil
}

// Get asks for path with a GET that counts against Config.Rate. See Ask.
func (c *Client) Get(ctx context.Context, path string, query url.Values, header http.Header) (*Response, error) {
	return c.Ask(ctx, Question{Path: path, Query: query, Header: header})
}

// Ask asks a question and returns the whole answer.
//
// A nil error means 200, 304 or a status that the question accepts. Every other
// outcome is a *crm.Error, whose code the source's own judgement may have changed
// (Config.Weigh):
//
//	CodeAuth           401
//	CodeForbidden      403
//	CodeNotFound       404
//	CodeSourceRefused  another 4xx, or a redirect; redirects are never followed
//	CodeRateLimit      429 until retries or patience ran out, or a pause longer than the patience
//	CodeSourceDown     408, 425 and 5xx until retries or patience ran out, or an open breaker
//	CodeUnreachable    no connection, a reset connection, a certificate that is not trusted
//	CodeTimeout        no whole answer in time; a smaller page may help
//	CodeTooLarge       a body over Config.MaxResponse; a smaller page may help
//	CodeBadAnswer      a body that was cut, or a status that is no answer
//	CodeCancelled      ctx ended; its cause is in the chain
func (c *Client) Ask(ctx context.Context, q Question) (*Response, error) {
	resp, err := c.first.Do(q.request(ctx, c.base, c.header()))
	if f, ok := errors.AsType[*failure](err); ok {
		return nil, f.err
	}
	return resp, err
}

// cancelled is the failure of a call whose caller left.
func cancelled(ctx context.Context) *failure {
	return &failure{outcome: unknown, err: &crm.Error{
		Code:    crm.CodeCancelled,
		Origin:  crm.OriginWarren,
		Message: "the call to the source was cancelled",
		Fix:     "Run it again; it goes on where it stopped.",
		Err:     context.Cause(ctx),
	}}
}
