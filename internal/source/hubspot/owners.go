package hubspot

import (
	"context"
	"iter"
	"net/url"
	"strconv"

	"github.com/warren-sync/warren/internal/client/circle"
	"github.com/warren-sync/warren/internal/crm"
)

// mostOwners is how many owners a page holds at most.
const mostOwners = 500

// readOwners yields all owners: those that are active, and those that were
// deactivated, which come only when they are asked for.
func (c *connector) readOwners(ctx context.Context) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		var began token
		for _, archived := range []bool{false, true} {
			way := circle.Watch{}
			for after, more := "", true; more; {
				query := url.Values{"limit": {strconv.Itoa(mostOwners)}, "archived": {strconv.FormatBool(archived)}}
				if after != "" {
					query.Set("after", after)
				}
				a, err := c.get(ctx, c.paths.owners, query)
				if err == nil && a.after != "" && way.Closes(a.after) {
					err = badAnswer(errCircle)
				}
				if err != nil {
					yield(crm.Page{}, err)
					return
				}
				began.begin(&a)
				after, more = a.after, a.after != ""
				page := crm.Page{SourceTime: began.start(), Last: archived && !more, Bytes: a.bytes, Requests: a.requests}
				for _, owner := range a.results {
					page.Records = append(page.Records, owner)
				}
				if !yield(page, nil) {
					return
				}
			}
		}
	}
}
