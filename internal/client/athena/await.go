package athena

import (
	"context"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

const (
	firstPoll = 200 * time.Millisecond
	maxPoll   = 5 * time.Second
	// stopTime bounds what is still done for a caller who has left.
	stopTime = 15 * time.Second
)

// Await returns when a query has ended well. It stops the query when ctx ends,
// when it takes longer than Config.Timeout from now, and when it has scanned
// more than maxScan bytes, of which 0 is no bound; a query that ended well
// before it could be stopped is a good one, for it is paid.
//
// Beside an error it returns what is known of the query: what it scanned is to
// be paid for as well.
func (c *Client) Await(ctx context.Context, id string, maxScan int64) (Execution, error) {
	until := c.clock.Now().Add(c.timeout)
	x := Execution{ID: id}
	for wait, looks := firstPoll, 1; ; wait, looks = min(wait*3/2, maxPoll), looks+1 {
		got, err := c.execution(ctx, id)
		switch {
		case ctx.Err() != nil:
			return c.halt(ctx, x, c.interrupted(ctx, id))
		case err != nil:
			return x, err
		}
		x, x.Looks = got, looks
		left := until.Sub(c.clock.Now())
		switch {
		case x.State == Succeeded:
			return x, nil
		case x.State == Failed || x.State == Cancelled:
			return x, c.failed(x)
		case maxScan > 0 && x.Scanned > maxScan:
			return c.halt(ctx, x, c.overBudget(x, maxScan))
		case left <= 0:
			return c.halt(ctx, x, c.tooSlow(x))
		}
		if c.clock.Wait(ctx, min(wait, left)) != nil {
			return c.halt(ctx, x, c.interrupted(ctx, id))
		}
	}
}

// halt stops a query for the reason given, whether or not the caller is still
// there, and looks once more at what it cost.
func (c *Client) halt(ctx context.Context, x Execution, why *crm.Error) (Execution, error) {
	left := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := c.Stop(ctx, x.ID); err != nil {
		e := *why
		e.Message += "; the query could not be stopped and goes on at AWS: " + err.Error()
		e.Fix = "Stop the query " + x.ID + " in the Athena console, or let it end. " + e.Fix
		return x, &e
	}
	if last, err := c.execution(ctx, x.ID); err == nil {
		last.Looks = x.Looks + 1
		x = last
	}
	if x.State == Succeeded && !left {
		return x, nil
	}
	return x, why
}

func (c *Client) interrupted(ctx context.Context, id string) *crm.Error {
	return &crm.Error{
		Code:    crm.CodeCancelled,
		Origin:  crm.OriginWarren,
		Message: "the wait for the query " + id + " was interrupted, and the query was stopped",
		Fix:     "Run it again; it starts the query anew.",
		Err:     context.Cause(ctx),
	}
}

func (c *Client) tooSlow(x Execution) *crm.Error {
	return &crm.Error{
		Code:    crm.CodeTimeout,
		Origin:  crm.OriginSource,
		Message: fmt.Sprintf("the query %s was not done within %s and was stopped (%s)", x.ID, words.Span(c.timeout), x.State),
		Fix:     "Read a shorter time at once, or allow a longer timeout; what was scanned until then is paid for.",
	}
}

func (c *Client) overBudget(x Execution, maxScan int64) *crm.Error {
	return &crm.Error{
		Code:    crm.CodeBudget,
		Origin:  crm.OriginConfig,
		Message: fmt.Sprintf("the query %s had scanned %s, more than the %s that it may, and was stopped", x.ID, crm.Bytes(x.Scanned), crm.Bytes(maxScan)),
		Fix:     "Allow it to scan more, or have it read less: fewer columns, a shorter time, partitions.",
	}
}
