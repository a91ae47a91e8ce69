package salesrabbit

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm"
)

// maxAttempts is how often a page is asked for whose answer cannot be read.
const maxAttempts = 3

// fetch asks for one page, and notes the source's clock when it did: what
// changes after that may not be in the answer.
func (w *walk) fetch(ctx context.Context, page, size int) (envelope, *client.Response, error) {
	query := w.pass.query
	query.Set(w.c.dialect.page, strconv.Itoa(page))
	query.Set(w.c.dialect.size, strconv.Itoa(size))
	for attempt := 1; ; attempt++ {
		began := w.c.clock.Now()
		answer, err := w.c.client.Get(ctx, w.c.dialect.path(w.stream), query, w.pass.header)
		if err != nil {
			return envelope{}, nil, err
		}
		w.requests++
		if w.sent = answer.Date(); !w.sent.IsZero() {
			// Records have whole seconds, rounded down: what changes in the
			// second of the call may not be in the answer.
			w.sent = w.sent.Add(-w.c.clock.Now().Sub(began)).Truncate(time.Second)
		}
		if answer.Status == 304 && w.pass.changes {
			return envelope{hasMeta: true}, answer, nil
		}
		var e envelope
		if answer.Status == 304 {
			// Of all records "nothing has changed" is no answer (L3).
			err = badAnswer(errors.New("it says 304 Not Modified to a question without a condition"))
		} else if err = answer.JSON(); err == nil {
			if e, err = parseEnvelope(answer.Body); err == nil {
				return e, answer, nil
			}
		}
		if !crm.Retryable(err) || attempt >= maxAttempts {
			return envelope{}, nil, err
		}
		if err := w.c.clock.Wait(ctx, time.Duration(attempt)*time.Second); err != nil {
			return envelope{}, nil, err
		}
	}
}
