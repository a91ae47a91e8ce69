package simulate

import (
	"context"
	"iter"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// paged is a connector that is asked for small pages, where its source has no
// setting for that: a life has few records. Pages that come out of one call come one
// after the other all the same, so that what is done with them has an order.
type paged struct {
	crm.Connector

	size int
	lane *lane
}

// Read asks for pages of the size at the most.
func (p paged) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	if req.PageSize == 0 || req.PageSize > p.size {
		req.PageSize = p.size
	}
	return func(yield func(crm.Page, error) bool) {
		for page, err := range p.Connector.Read(ctx, stream, req) {
			_ = p.lane.sleep(ctx, time.Millisecond) // who is told to stop meanwhile sees that for itself
			if !yield(page, err) {
				return
			}
		}
	}
}

// paying is a connector whose walks begin with a query that is paid for.
type paying struct {
	paged

	starter crm.Starter
}

// Start names the query.
func (p paying) Start(stream crm.Stream, req crm.Request) string { return p.starter.Start(stream, req) }

// inPages asks a connector for small pages.
func inPages(c crm.Connector, size int, l *lane) crm.Connector {
	p := paged{c, size, l}
	if starter, is := c.(crm.Starter); is {
		return paying{p, starter}
	}
	return p
}
