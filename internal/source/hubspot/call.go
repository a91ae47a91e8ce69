package hubspot

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm"
)

// maxAttempts is how often a question is asked whose answer cannot be used.
const maxAttempts = 3

// classSearch is the class of calls that count against the limit of searches.
const classSearch = "search"

// get asks with a GET.
func (c *connector) get(ctx context.Context, path string, query url.Values) (answer, error) {
	return c.ask(ctx, client.Question{Path: path, Query: query}, nil)
}

// post asks with a body, in which nothing is that has no JSON form.
func (c *connector) post(ctx context.Context, q client.Question, body any, good func(*answer) error) (answer, error) {
	var err error
	if q.Body, err = json.Marshal(body); err != nil {
		return answer{}, badAnswer(err)
	}
	return c.ask(ctx, q, good)
}

// ask asks until the answer can be used, and notes the source's clock when it did:
// what changes after that may not be in the answer. good says what is wrong with an
// answer that can be read; it may be nil.
func (c *connector) ask(ctx context.Context, q client.Question, good func(*answer) error) (answer, error) {
	a := answer{}
	attempts, err := c.persist(ctx, q, func(resp *client.Response, began time.Time) (err error) {
		if a, err = parseAnswer(resp.Body); err == nil && good != nil {
			err = good(&a)
		}
		a.bytes = int64(len(resp.Body))
		if a.sent = began; !resp.Date().IsZero() {
			a.sent = resp.Date().Add(-c.clock.Now().Sub(began))
		}
		a.sent = a.sent.Truncate(time.Second)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	a.requests = attempts
	return a, nil
}

// persist asks until use can use an answer, there is no hope or it was tried often
// enough. An answer may be none although it came whole: proxies write pages of their
// own.
func (c *connector) persist(ctx context.Context, q client.Question, use func(resp *client.Response, began time.Time) error) (attempts int, err error) {
	for attempts = 1; ; attempts++ {
		began := c.clock.Now()
		resp, err := c.client.Ask(ctx, q)
		if err != nil {
			return attempts, err
		}
		if err = usable(resp); err == nil {
			err = use(resp, began)
		}
		if err == nil || !crm.Retryable(err) || attempts >= maxAttempts {
			return attempts, err
		}
		if err := c.clock.Wait(ctx, time.Duration(attempts)*time.Second); err != nil {
			return attempts, err
		}
	}
}

// usable refuses what is no JSON. Of everything "nothing has changed" is no answer
// (L3).
func usable(resp *client.Response) error {
	if resp.Status == http.StatusNotModified {
		return badAnswer(errNotModified)
	}
	return resp.JSON()
}

const errNotModified = problem("it says 304 Not Modified to a question without a condition")

// problem is what is wrong with an answer.
type problem string

func (p problem) Error() string { return string(p) }
