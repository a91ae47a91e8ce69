package engine

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// onlyBill reports whether a page says nothing but what was paid.
func onlyBill(page *crm.Page) bool {
	return page.Bill != (crm.Bill{}) && len(page.Records)+len(page.Rejects)+len(page.Gone) == 0 && !page.Last
}

// hasRead reports whether the walk has shown anything.
func (p *preparer) hasRead() bool { return p.fetched+p.outside > 0 || len(p.group.gone) > 0 }

// payment is a batch that says what was paid ahead of the first record, and has the
// checkpoint that says so. Both are durable at once, so that each payment is on one
// bill, whatever becomes of the run from there on (L4).
func (p *preparer) payment() *warehouse.Batch {
	b := &warehouse.Batch{Requests: p.requests, Bill: p.bill}
	if p.plan.checkpoints && p.token != p.saved {
		b.Checkpoint = p.checkpoint(p.place, p.hasRead())
		p.saved = p.token
	}
	p.billed = p.bill
	return b
}

// settle makes durable what was paid when the run was already about to end: whoever
// stops a run has the source tell what that cost, and then nobody takes pages any more.
// Where it cannot be written, the bill is with the end of the run nevertheless. Such a
// page is one of the walk only when nothing was read before; of any other only the
// bill counts, and its records are read again.
func (r *run) settle(ctx context.Context) {
	p, page := r.preparer, r.late
	switch {
	case page.Bill == (crm.Bill{}):
	case onlyBill(&page) && !p.hasRead():
		p.begin(page, r.started)
		p.endPage(page)
		r.owed.Store(p.payment())
	default:
		p.requests += int64(page.Requests)
		p.bill.Add(page.Bill)
	}
	if b := r.owed.Load(); b != nil && b.Checkpoint != nil {
		r.touch(b)
		_, _ = r.session.Write(ctx, b)
	}
}
