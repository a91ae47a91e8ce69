package engine

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// pages reads the walk into out, so that the next page is on its way while
// the last one is processed.
func (r *run) pages(ctx context.Context, out chan<- crm.Page) error {
	defer close(out)
	first := true
	for page, err := range r.read(ctx, r.request()) {
		if err != nil {
			return err
		}
		if ctx.Err() != nil { // nobody takes pages any more, so it is none of the walk
			r.late = page
			return context.Cause(ctx)
		}
		if !onlyBill(&page) {
			r.observe(crm.PageFetched{
				ID: r.job.ID, Records: len(page.Records) + len(page.Rejects), Bytes: page.Bytes, Total: page.Total, First: first, Last: page.Last,
			})
			first = false
		}
		if page.Notice != "" {
			r.observe(crm.Notice{ID: r.job.ID, Message: page.Notice})
		}
		select {
		case out <- page:
		case <-ctx.Done():
			r.late = page
			return context.Cause(ctx)
		}
	}
	return ctx.Err()
}

// request is what the run asks the connector for.
func (r *run) request() crm.Request {
	req := crm.Request{Since: r.plan.since, Until: r.plan.until, Resume: r.token, MaxScan: r.maxScan}
	if r.plan.resume != nil {
		req.Resume = r.plan.resume.Token
	}
	if r.job.Ask.MaxRecords > 0 {
		req.PageSize = int(min(r.job.Ask.MaxRecords, maxPage))
	}
	return req
}

// maxPage is the largest page that a capped run asks for.
const maxPage = 10_000

// batches makes batches of the pages.
func (r *run) batches(ctx context.Context, in <-chan crm.Page, out chan<- *warehouse.Batch) error {
	defer close(out)
	p := r.preparer
	hand := func(b *warehouse.Batch) error {
		r.session.Begin(ctx, b)
		select {
		case out <- b:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	send := func(b *warehouse.Batch, err error) error {
		if err != nil || b == nil {
			return err
		}
		return hand(b)
	}
	last := func() error {
		if err := send(p.flush(ctx)); err != nil {
			return err
		}
		return send(p.take(ctx, true))
	}
	defer p.rest()
	for {
		page, more, err := r.next(ctx, in, send)
		if err != nil {
			return err
		}
		if !more {
			// The walk is complete, or it failed: then what is at hand is still
			// worth writing, and the run fails.
			return last()
		}
		p.begin(page, r.started)
		for _, raw := range page.Records {
			if r.capped() {
				break
			}
			if !p.add(raw) {
				continue
			}
			if err := send(p.flush(ctx)); err != nil {
				return err
			}
		}
		for _, reject := range page.Rejects {
			if r.capped() {
				break
			}
			p.group.bytes += len(reject.Raw)
			if !p.reject(reject) {
				continue
			}
			if err := send(p.flush(ctx)); err != nil {
				return err
			}
		}
		if r.capped() {
			r.enough()
			return last()
		}
		p.endPage(page)
		if onlyBill(&page) && !p.hasRead() {
			b := p.payment()
			r.owed.Store(b)
			if err := hand(b); err != nil {
				return err
			}
		}
	}
}

// next waits for a page. It reports false when there are no more. What has been looked
// up meanwhile is not kept waiting for a source that is slow.
func (r *run) next(ctx context.Context, in <-chan crm.Page, send func(*warehouse.Batch, error) error) (page crm.Page, more bool, err error) {
	for {
		select {
		case <-r.preparer.known(): // first: a batch that can be written waits for no page
		default:
			select {
			case page, more = <-in:
				return page, more, nil
			case <-r.preparer.known():
			case <-ctx.Done():
				return crm.Page{}, false, context.Cause(ctx)
			}
		}
		if err := send(r.preparer.take(ctx, false)); err != nil {
			return crm.Page{}, false, err
		}
	}
}

func (r *run) capped() bool {
	return r.job.Ask.MaxRecords > 0 && r.preparer.fetched >= r.job.Ask.MaxRecords
}

// writes writes the batches, one transaction each.
func (r *run) writes(ctx context.Context, in <-chan *warehouse.Batch) error {
	for b := range in {
		r.touch(b)
		w, err := r.session.Write(ctx, b)
		if err != nil {
			return err
		}
		r.owed.CompareAndSwap(b, nil)
		r.counts.Add(w.Counts)
		r.staged += w.Staged.Created
		for _, issues := range w.Issues {
			for _, issue := range issues {
				r.observe(crm.IssueFound{ID: r.job.ID, Issue: issue})
			}
		}
		for _, reject := range w.Rejects {
			r.observe(crm.RecordFailed{ID: r.job.ID, Reject: reject})
		}
		r.observe(crm.BatchWritten{ID: r.job.ID, Counts: w.Counts})
	}
	return nil
}

// flow lets the stages overlap: while one batch is written, the next is begun where
// the warehouse can do that, the one after it prepared, and the page after that fetched.
// The channels are short, so that memory does not grow with the stream (L11).
//
// When the source fails, what was fetched before is still prepared and
// written: only the failure of a later stage stops an earlier one at once.
func (r *run) flow(ctx context.Context) error {
	fetchCtx, stopFetch := context.WithCancelCause(ctx)
	defer stopFetch(nil)
	r.enough = func() { stopFetch(errEnough) }

	pages := make(chan crm.Page)
	batches := make(chan *warehouse.Batch, r.session.Ahead())
	fetched := make(chan error, 1)
	go func() { fetched <- r.pages(fetchCtx, pages) }()

	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return r.batches(groupCtx, pages, batches) })
	group.Go(func() error { return r.writes(groupCtx, batches) })
	err := group.Wait()

	stopFetch(errEnough)
	fetchErr := <-fetched
	if err != nil {
		return err
	}
	if fetchErr != nil && errors.Is(context.Cause(fetchCtx), errEnough) && r.capped() {
		return nil
	}
	return fetchErr
}
