package salesrabbit

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
)

// Sample returns one page of n units from somewhere in the stream. Where that
// lies behind the end, since the total was wrong or one unit holds several
// records, it comes nearer to the beginning.
func (c *connector) Sample(ctx context.Context, stream crm.Stream, n int, at float64, total int64) (crm.Page, error) {
	w := newWalk(c, stream, c.passes(stream, crm.Request{})[0], 0, token{})
	n = max(n, 1)
	pages := (max(total, 0) + int64(n) - 1) / int64(n)
	page := 1 + int(at*float64(pages))
	for {
		e, answer, err := w.fetch(ctx, page, n)
		if err != nil {
			return crm.Page{}, c.absent(ctx, stream, named(err))
		}
		if len(e.units) == 0 && page > 1 {
			page /= 2
			continue
		}
		if len(e.units) > n { // the source sent everything, or as much as it wanted
			from := min(int(at*float64(len(e.units))), len(e.units)-n)
			e.units = e.units[from : from+n]
		}
		w.done, w.lastPass = true, true
		return w.page(e, answer, e.units), nil
	}
}
