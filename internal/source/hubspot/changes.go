package hubspot

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

const (
	// mostFound is how many records a page of a search holds at most; some types give
	// half as many.
	mostFound, fewFound = 200, 100
	// deepest is how many records a window may have to be paged: a search reaches
	// 10,000 deep, and what it shows may become more meanwhile.
	deepest = 9_900
)

// changes searches window by window for what has changed. Within one it goes on
// behind the greatest id that it has read: ids do not change, and so nothing that
// changes, comes or goes meanwhile moves another record past the reader, as it would
// with pages that are counted off.
func (w *walk) changes(ctx context.Context) iter.Seq2[portion, error] {
	return func(yield func(portion, error) bool) {
		at, due := w.at, windows{}
		if at.To != at.End {
			due.push(window{at.To, at.End})
		}
		due.push(window{at.From, at.To})
		for last := at.Last; ; last = 0 {
			win, more := due.pop()
			if !more {
				return
			}
			if !w.window(ctx, win, last, &at, &due, yield) {
				return
			}
		}
	}
}

// window pages one window, or parts it. It is false when the walk is over.
func (w *walk) window(ctx context.Context, win window, last uint64, at *token, due *windows, yield func(portion, error) bool) bool {
	spent := portion{}
	for {
		a, err := w.search(ctx, win, last)
		if err != nil {
			yield(portion{}, err)
			return false
		}
		at.begin(&a)
		spent.bytes += a.bytes
		spent.requests += a.requests
		if len(a.results) == 0 && a.total > deepest {
			yield(portion{}, badAnswer(errHidden))
			return false
		}
		next, ordered := follows(a.results, last)
		whole := a.total <= int64(len(a.results)) && a.after == ""
		if !whole && (!ordered || last == 0 && a.total > deepest) && win.divisible() {
			w.divide(win, &a, due)
			// What the question cost is told with what comes of it.
			w.owed.bytes += spent.bytes
			w.owed.requests += spent.requests
			return true
		}
		if !whole && !ordered {
			yield(portion{}, badAnswer(errDisorder))
			return false
		}
		p := portion{records: a.results, notice: w.size.told(), bytes: spent.bytes + w.owed.bytes, requests: spent.requests + w.owed.requests}
		spent, w.owed = portion{}, portion{}
		if len(a.results) == 0 && a.total > 0 {
			p.notice = fmt.Sprintf("HubSpot says that %d more %s have changed, and does not show them; the next full run reads them", a.total, w.object.name)
		}
		last = next
		at.From, at.To, at.Last = win.from, win.to, last
		ended := whole || len(a.results) == 0
		if ended {
			following, more := due.peek()
			at.From, at.To, at.Last = following.from, following.to, 0
			if !more {
				*at = token{Phase: phaseDone, Start: at.Start}
			}
		}
		p.at, p.last = *at, at.Phase == phaseDone
		if !yield(p, nil) {
			return false
		}
		if ended {
			return true
		}
	}
}

const errHidden = problem("a search counts thousands of records and shows none")

const errDisorder = problem("a search came in another order than was asked for, so that nobody knows what is still to come")

// follows returns the greatest id of a page, and whether its records stand in the
// order of their ids, all of them behind the last one.
func follows(records []jsontext.Value, last uint64) (next uint64, ordered bool) {
	ordered, next = true, last
	for _, record := range records {
		id, ok := idOf(record)
		ordered = ordered && ok && id > next
		next = max(next, id)
	}
	return next, ordered
}

// filter is one condition of a search.
type filter struct {
	Property string `json:"propertyName"`
	Operator string `json:"operator"`
	Value    string `json:"value"`
}

// sort has to be an object: as a text it is ignored.
type sort struct {
	Property  string `json:"propertyName"`
	Direction string `json:"direction"`
}

// search asks for the first page behind an id of what has changed in a window.
func (w *walk) search(ctx context.Context, win window, last uint64) (answer, error) {
	filters := []filter{{w.object.modified, "GTE", strconv.FormatInt(win.from, 10)}}
	if win.to != 0 {
		filters = append(filters, filter{w.object.modified, "LT", strconv.FormatInt(win.to, 10)})
	}
	if last > 0 {
		filters = append(filters, filter{propertyID, "GT", strconv.FormatUint(last, 10)})
	}
	a, err := w.c.post(ctx, client.Question{Path: w.c.paths.search(w.object), Class: classSearch}, map[string]any{
		"filterGroups": []any{map[string]any{"filters": filters}},
		"sorts":        []sort{{propertyID, "ASCENDING"}},
		"properties":   w.names, "limit": w.size.search,
	}, func(a *answer) error {
		if !a.hasTotal {
			return badAnswer(errNoTotal)
		}
		return nil
	})
	if w.size.search > fewFound && smallerWanted(err) {
		w.size.search = w.c.pageOfSearch(fewFound)
		return w.search(ctx, win, last)
	}
	if w.size.halve(&w.size.search, err) {
		return w.search(ctx, win, last)
	}
	return a, err
}

const errNoTotal = problem("a search does not say how many records it has found")

// pageOfSearch returns how many records a search may be asked for, after lowering
// it where most is not 0.
func (c *connector) pageOfSearch(most int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if most > 0 {
		c.searchPage = min(c.searchPage, most)
	}
	return c.searchPage
}

// smallerWanted reports whether a search was refused for the size of its pages.
func smallerWanted(err error) bool {
	said, ok := errors.AsType[*refusal](err)
	return ok && crm.CodeOf(err) == crm.CodeSourceRefused && strings.Contains(strings.ToLower(said.Message), "limit")
}

// divide puts the halves of a window in its place. Where most of the records that
// the page shows share one millisecond, as after a bulk import, it is parted there:
// halving would take two calls for each binary digit of that time.
func (w *walk) divide(win window, a *answer, due *windows) {
	var times []int64
	for _, record := range a.results {
		if t, ok := changedAt(record, w.object); ok && win.holds(t) {
			times = append(times, t)
		}
	}
	slices.Sort(times)
	at := win.middle(w.c.clock.Now().UnixMilli())
	if n := len(times); n > 0 && times[n/4] == times[n/4+n/2] {
		at = times[n/2]
	}
	early, late := win.part(at)
	due.push(late)
	due.push(early)
}

// changedAt returns when a record was changed, in ms since 1970.
func changedAt(record []byte, o object) (int64, bool) {
	value := rawjson.Member(rawjson.Member(record, "properties"), o.modified)
	if value == nil {
		value = rawjson.Member(record, "updatedAt")
	}
	text := textOf(value)
	micros, _, err := literal.Timestamp([]byte(text))
	return micros / 1000, err == nil
}
