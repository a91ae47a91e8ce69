package salesrabbit

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm"
)

// connector reads one SalesRabbit organisation.
type connector struct {
	client     *client.Client
	clock      crm.Clock
	dialect    dialect
	pageSize   int
	statusPass bool
}

func open(s crm.Settings, d crm.Deps) (crm.Connector, error) {
	c, err := client.New(client.Config{
		Source: s.Account, BaseURL: s.Text(optURL), Auth: client.Bearer(s.Text(optToken)),
		TokenHint: "SALESRABBIT_API_KEY", URLHint: "SALESRABBIT_API_URL",
		Rate: s.Number(optRate), Retries: s.Integer(optRetries), Timeout: s.Duration(optTimeout),
		MaxResponse: s.Size(optMaxResponse),
		Breaker:     client.Breaker{Failures: 10, Recovery: 30 * time.Second, Successes: 1},
		Clock:       d.Clock, Random: d.Random, Transport: d.Transport, Observe: d.Observe, PrepareError: ownWords,
	})
	if err != nil {
		return nil, err
	}
	conn := &connector{
		client: c, clock: d.Clock, dialect: live(), pageSize: max(s.Integer(optPageSize), 1), statusPass: s.Boolean(optStatusPass),
	}
	if s.Text(optStyle) == styleSpec {
		conn.dialect = spec()
	}
	return conn, nil
}

// Check asks for at most one record.
func (c *connector) Check(ctx context.Context, stream crm.Stream) error {
	query := url.Values{}
	query.Set(c.dialect.page, "1")
	query.Set(c.dialect.size, "1")
	resp, err := c.client.Get(ctx, c.dialect.path(stream), query, nil)
	if err != nil {
		return c.absent(ctx, stream, err)
	}
	if resp.Status == 304 {
		return nil
	}
	if err := resp.JSON(); err != nil {
		return err
	}
	_, err = parseEnvelope(resp.Body)
	return err
}

// Read yields the pages of a stream.
func (c *connector) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		passes := c.passes(stream, req)
		at := parseToken(req.Resume)
		if at.Pass >= len(passes) {
			at = token{} // of other settings: a walk of no page would look like one that found nothing (L3)
		}
		for n := at.Pass; n < len(passes); n++ {
			w := newWalk(c, stream, passes[n], n, at)
			w.lastPass = n == len(passes)-1
			if req.PageSize > 0 {
				w.most = min(w.most, req.PageSize)
			}
			for !w.done {
				page, err := w.next(ctx)
				if err != nil {
					yield(crm.Page{}, c.absent(ctx, stream, err))
					return
				}
				if !yield(page, nil) {
					return
				}
			}
			at = token{}
		}
	}
}

// absent turns a 404 of a stream that not every account offers into the error
// that says so, once the leads have shown that the address is right.
func (c *connector) absent(ctx context.Context, stream crm.Stream, err error) error {
	var e *crm.Error
	if !stream.Optional || !errors.As(err, &e) || e.Code != crm.CodeNotFound {
		return err
	}
	if wrong := c.Check(ctx, leads()); wrong != nil {
		return wrong
	}
	return &crm.Error{
		Code: crm.CodeStreamAbsent, Origin: crm.OriginSource, Err: err,
		Message: "this SalesRabbit account does not offer " + stream.Name,
		Fix:     "Have SalesRabbit offer it to the account and run it again, or set enabled: false under the stream in warren.yaml",
	}
}

// ownWords finds SalesRabbit's own words in an error: {"errors": {"id": ["…"]}}.
func ownWords(_ int, body []byte) string {
	var answer struct {
		Errors  map[string][]string `json:"errors"`
		Message string              `json:"message"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	text := answer.Message
	for field, messages := range answer.Errors {
		for _, m := range messages {
			if text != "" {
				text += "; "
			}
			if field != "id" { // the name under which remarks about nothing in particular come
				m = field + ": " + m
			}
			text += m
		}
	}
	return text
}
