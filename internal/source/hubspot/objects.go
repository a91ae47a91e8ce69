package hubspot

import (
	"context"
	"iter"
	"slices"

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
	if p.bare {
		absent, err := w.fill(ctx, &page, idsOf(p.records), p.archived)
		if err == nil && p.archived { // one that was restored meanwhile is in the other list, behind the walk
			_, err = w.fill(ctx, &page, absent, false)
		}
		if err != nil {
			return crm.Page{}, err
		}
	}
	page.Gone = gone(page.Records)
	return page, nil
}

// fill adds to a page the records that a list has named, with all their properties. It
// returns those that did not come.
func (w *walk) fill(ctx context.Context, page *crm.Page, ids []uint64, archived bool) (absent []uint64, err error) {
	for len(ids) > 0 {
		chunk := ids[:min(len(ids), w.size.read)]
		a, err := w.c.read(ctx, w.object, chunk, archived, w.names)
		if w.size.halve(&w.size.read, err) {
			page.Notice = w.size.told()
			continue
		}
		if err != nil {
			return nil, err
		}
		ids = ids[len(chunk):]
		came := idsOf(a.results)
		for _, id := range chunk {
			if !slices.Contains(came, id) {
				absent = append(absent, id)
			}
		}
		for _, record := range a.results {
			page.Records = append(page.Records, record)
		}
		page.Bytes += a.bytes
		page.Requests += a.requests
	}
	return absent, nil
}
