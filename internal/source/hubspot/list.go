package hubspot

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/client/circle"
)

// mostListed is how many records a page of a list holds at most.
const mostListed = 100

// maxNames bounds the names of properties in an address, in bytes: longer ones have
// been refused. What does not fit is read in batches.
const maxNames = 5 << 10

func fits(names []string) bool { return len(url.QueryEscape(strings.Join(names, ","))) <= maxNames }

func listQuery(size int, after string, archived bool, names []string) url.Values {
	query := url.Values{"limit": {strconv.Itoa(size)}, "properties": {strings.Join(names, ",")}}
	if after != "" {
		query.Set("after", after)
	}
	if archived {
		query.Set("archived", "true")
	}
	return query
}

// lists walks the list of active records, and then that of archived ones: a record
// that is archived meanwhile is in either the one or the other.
func (w *walk) lists(ctx context.Context) iter.Seq2[portion, error] {
	return func(yield func(portion, error) bool) {
		way := circle.From(w.at.After)
		for at := w.at; at.Phase != phaseDone; {
			p := portion{archived: at.Phase == phaseArchived}
			p.bare = p.archived || !w.inLists
			names := w.names
			if p.bare {
				names = []string{propertyID}
			}
			a, err := w.c.get(ctx, w.c.paths.list(w.object), listQuery(w.size.list, at.After, p.archived, names))
			if w.size.halve(&w.size.list, err) {
				continue
			}
			if err == nil && a.after != "" && way.Closes(a.after) {
				err = badAnswer(errCircle)
			}
			if err != nil {
				yield(portion{}, err)
				return
			}
			at.begin(&a)
			at.After = a.after
			switch {
			case a.after != "":
			case p.archived || w.only:
				at.Phase = phaseDone
			default:
				at.Phase, way = phaseArchived, circle.Watch{} // the lists may have pages of the same names
			}
			p.records, p.at, p.last = a.results, at, at.Phase == phaseDone
			p.bytes, p.requests, p.notice = a.bytes, a.requests, w.size.told()
			if !yield(p, nil) {
				return
			}
		}
	}
}

const errCircle = problem("the next page of a list is one that was read before")
