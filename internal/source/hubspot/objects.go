package hubspot

import (
	"context"
	"iter"

	"github.com/warren-sync/warren/internal/crm"
)

// readObjects yields the records of a type: all of them from lists, those that have
// changed from searches.
func (c *connector) readObjects(ctx context.Context, stream crm.Stream, o object, req crm.Request) iter.Seq2[crm.Page, error] {
	w := c.newWalk(o, req, c.wanted(stream, o))
	return func(yield func(crm.Page, error) bool) {
		for p, err := range w.portions(ctx) {
			page := crm.Page{}
			if err == nil {
				page, err = w.page(ctx, &p)
			}
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

// page makes a page of a portion, with the properties that it lacks.
func (w *walk) page(ctx context.Context, p *portion) (crm.Page, error) {
	page := crm.Page{
		Checkpoint: p.at.String(), SourceTime: p.at.start(), Last: p.last, Notice: p.notice, Bytes: p.bytes, Requests: p.requests,
	}
	for _, record := range p.records {
		if _, named := idOf(record); !p.bare || !named { // what has no id cannot be asked for, and goes into the quarantine
			page.Records = append(page.Records, record)
		}
	}
	if ids := idsOf(p.records); p.bare {
		for len(ids) > 0 {
			chunk := ids[:min(len(ids), w.size.read)]
			a, err := w.c.read(ctx, w.object, chunk, p.archived, w.names)
			if w.size.halve(&w.size.read, err) {
				page.Notice = w.size.told()
				continue
			}
			if err != nil {
				return crm.Page{}, err
			}
			ids = ids[len(chunk):]
			for _, record := range a.results {
				page.Records = append(page.Records, record)
			}
			page.Bytes += a.bytes
			page.Requests += a.requests
		}
	}
	page.Gone = gone(page.Records)
	return page, nil
}
