package salesrabbit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm"
)

// walk reads the pages of one pass so that no record slips through between
// two of them. It remembers the last pages only (L11).
type walk struct {
	c        *connector
	stream   crm.Stream
	pass     pass
	number   int // of the pass
	lastPass bool
	most     int    // largest page to ask for
	fixed    int    // the page size of a source that has its own will; 0 when it obeys
	read     int    // position behind the last unit read
	sure     int    // the same, after the last page that brought something new: a source that repeats a page moves read only
	recent   []mark // of the last units read, in order
	back     int    // how far before read the next page begins, after a gap was found
	again    int    // the position up to which pages are read once more, after a gap was found
	first    mark   // of the first unit of all; 0 when the walk did not begin there
	returns  int    // how often it went back since a page brought something new
	stuck    int    // pages in a row that brought nothing new
	pages    int    // pages read
	done     bool
	ended    bool      // it is held to be done because an empty page came again
	restarts int       // how often it went back to the beginning and knew nothing there
	asked    time.Time // the source's clock when the last page was asked for; zero when it does not tell
	requests int
	notice   string
}

const (
	// stepBack is how far the walk first goes back when a page does not follow
	// on the one before; it doubles until the place is found.
	stepBack = 100
	// maxReturns is how often in a row a walk goes back although that shows
	// nothing new: each time, the list may have shrunk once more.
	maxReturns = 10
	// maxRestarts is how often a walk reads everything once more because it came
	// back to the beginning without finding a place that it knows.
	maxRestarts = 3
	// patience is how many pages in a row may bring nothing new before a source
	// is held to send the same page for ever.
	patience = 3
	// maxPages is where a walk is held to be without end.
	maxPages = 1_000_000
)

func newWalk(c *connector, stream crm.Stream, p pass, number int, at token) *walk {
	w := &walk{c: c, stream: stream, pass: p, number: number, most: c.pageSize, read: at.Read, sure: at.Read, recent: at.Recent}
	if at.Most > 0 {
		w.most = min(w.most, at.Most)
	}
	// The run before may have read on without finding anything new.
	w.again = at.Read + len(at.Recent)
	return w
}

// next returns the next page with something to say.
func (w *walk) next(ctx context.Context) (crm.Page, error) {
	for {
		page, size := w.window()
		e, answer, err := w.fetch(ctx, page, size)
		if err != nil {
			if w.shrink(err) {
				continue
			}
			return crm.Page{}, named(err)
		}
		if w.adapt(e, page, size) {
			continue
		}
		start := (page - 1) * size
		fresh, follows := w.fresh(e.units)
		if !follows && start > 0 && w.fixed == 0 && !w.over(e) {
			// What was read last does not stand at the head of this page: it
			// changed, or records before it have gone, and what moved up into
			// their room was never read. Go back to what is known.
			if w.back == 0 {
				w.returns++
			}
			if w.returns > maxReturns {
				return crm.Page{}, w.endless()
			}
			w.back = max(stepBack, 2*w.back)
			w.again = max(w.again, w.read)
			continue
		}
		if start == 0 && w.read > 0 && len(fresh) > 0 && len(fresh) == len(e.units) {
			if w.restarts++; w.restarts > maxRestarts {
				return crm.Page{}, w.endless()
			}
		}
		returned := w.back > 0
		w.back = 0
		if err := w.advance(e, start, size, len(fresh), returned); err != nil {
			return crm.Page{}, err
		}
		return w.page(e, answer, fresh), nil
	}
}

// over reports whether the list ends where the walk stands although nobody
// tells: nothing lies there, and going back has shown nothing new.
func (w *walk) over(e envelope) bool {
	return !e.hasMeta && len(e.units) == 0 && w.back == 0 && w.returns > 0 && w.read == w.sure
}

func (w *walk) window() (page, size int) {
	if w.fixed > 0 {
		return max(0, w.read-w.back)/w.fixed + 1, w.fixed
	}
	return window(w.read-w.back, w.most)
}

// shrink asks for smaller pages where that may help.
func (w *walk) shrink(err error) bool {
	code := crm.CodeOf(err)
	if (code != crm.CodeTimeout && code != crm.CodeTooLarge) || w.fixed > 0 || w.most <= 1 {
		return false
	}
	w.most /= 2
	w.notice = fmt.Sprintf("a page took too long or was too large; pages of %d records are asked for from here on", w.most)
	return true
}

// adapt compares what was asked with what came. It reports whether the page
// has to be asked for anew.
func (w *walk) adapt(e envelope, page, size int) (again bool) {
	given := e.perPage
	if given == 0 && (len(e.units) > size || page == 1 && !e.hasMeta && len(e.units) > 0) {
		// More than was asked for, or perhaps a smaller maximum that nobody tells.
		given = len(e.units)
	}
	if given == 0 || given == size || w.fixed > 0 || w.whole() && w.everything(e, page) {
		return false
	}
	if given < w.most {
		w.most = given // the source has a smaller maximum than was thought
		return page != 1
	}
	if page == 1 && w.whole() {
		return false
	}
	w.fixed = given
	w.notice = fmt.Sprintf("SalesRabbit sends %d records a page whatever is asked for, so its pages cannot overlap: "+
		"a record may be passed over when another is deleted during the run; a later full run finds it", given)
	return page != 1
}

// whole reports whether the stream is known to ignore the page number on some
// accounts and to send everything at once.
func (w *walk) whole() bool { return w.stream.Name != "leads" }

// paged reports whether the stream is known to come in pages on some accounts.
func (w *walk) paged() bool { return !w.whole() || w.stream.Name == "leadStatusHistories" }

// everything reports whether all of such a stream came at once, or came again.
func (w *walk) everything(e envelope, page int) bool {
	return e.hasMeta && len(e.units) > e.perPage || page > 1 && len(e.units) > 0 && e.units[0].mark == w.first
}

// fresh returns the units that were not read before, and whether the page
// follows on what was.
//
// It does when it begins with a unit that was read and has not changed since:
// what stood before that one was read with it, and what stands behind it is on
// this page. A known unit farther down proves nothing, for it may have moved.
func (w *walk) fresh(units []unit) (fresh []unit, follows bool) {
	if len(w.recent) == 0 {
		return units, w.read == 0
	}
	known := make(map[mark]struct{}, len(w.recent))
	for _, p := range w.recent {
		known[p] = struct{}{}
	}
	fresh = make([]unit, 0, len(units))
	for i, u := range units {
		if _, read := known[u.mark]; !read {
			fresh = append(fresh, u)
		} else if i == 0 {
			follows = true
		}
	}
	return fresh, follows
}

// advance notes what was read and whether more is to come. returned says that
// the walk had gone back to this page.
func (w *walk) advance(e envelope, start, size, fresh int, returned bool) error {
	if start == 0 && len(e.units) > 0 {
		w.first = e.units[0].mark
	}
	before := w.read
	w.read = start + len(e.units)
	// On the way to what is new: that nothing is new here says nothing.
	rereading := w.read <= w.again && (returned || w.read > before)
	for _, u := range e.units {
		w.recent = append(w.recent, u.mark)
	}
	if keep := max(2*max(w.most, w.fixed, len(e.units)), tokenRecent); len(w.recent) > keep {
		w.recent = append([]mark(nil), w.recent[len(w.recent)-keep:]...)
	}
	w.pages++
	w.ended = len(e.units) == 0 && w.returns > 0
	switch {
	case fresh > 0:
		w.stuck, w.returns, w.sure = 0, 0, w.read
	case !rereading:
		w.stuck++
	}
	switch {
	case w.pages >= maxPages:
		return w.endless()
	case !e.hasMeta && w.paged():
		// Nobody tells whether more is to come: a page that brings nothing new
		// and is not full is the end.
		if w.done = fresh == 0 && (len(e.units) < size || w.whole() && !rereading); !w.done && w.stuck >= patience {
			return w.endless()
		}
	case !e.more:
		w.done = true
	case w.whole() && !w.paged():
		w.done = fresh == 0 // everything came with the first page, and comes again
	case w.whole() && fresh == 0 && w.everything(e, start/size+1):
		w.done = true
	case w.stuck >= patience:
		return w.endless()
	}
	return nil
}

func (w *walk) endless() error {
	return &crm.Error{
		Code: crm.CodeBadAnswer, Origin: crm.OriginSource,
		Message: fmt.Sprintf("SalesRabbit sends the same page of %s again and again and says that there is more", w.stream.Name),
		Fix:     "check that SALESRABBIT_API_URL is SalesRabbit's own address and not a cache; if it is, ask SalesRabbit's support",
	}
}

// named names the setting that lets a single record through which is too
// large.
func named(err error) error {
	var e *crm.Error
	if !errors.As(err, &e) || e.Code != crm.CodeTooLarge {
		return err
	}
	told := *e
	told.Fix = "set SALESRABBIT_MAX_RESPONSE to more than the size of the largest record, such as 256MiB"
	return &told
}

// page makes the engine's page of a source's.
func (w *walk) page(e envelope, answer *client.Response, fresh []unit) crm.Page {
	p := crm.Page{
		Checkpoint: token{Pass: w.number, Read: w.sure, Recent: w.recent, Most: w.most}.String(),
		Last:       w.done && w.lastPass, Bytes: int64(len(answer.Body)),
		Repeated: len(e.units) - len(fresh), Requests: w.requests, Notice: w.notice, SourceTime: w.asked,
	}
	if w.ended {
		p.Unsure = "SalesRabbit's list came to an end in a way that nobody explains"
	}
	if w.fixed > 0 && w.read > len(e.units) { // beyond the first page, be it one that an earlier run read
		p.Unsure = "SalesRabbit's pages cannot overlap, and a record may have been passed over"
	}
	w.requests, w.notice = 0, ""
	if w.done && !w.lastPass {
		p.Checkpoint = token{Pass: w.number + 1}.String()
	}
	p.Records = make([][]byte, 0, len(fresh))
	for _, u := range fresh {
		for _, record := range u.records {
			if w.pass.keep != nil && !w.pass.keep(record) {
				p.Repeated++
				continue
			}
			p.Records = append(p.Records, record)
		}
	}
	switch {
	case e.hasTotal:
		p.Total = e.total
	case p.Last && w.number == 0 && w.read == len(e.units):
		p.Total = int64(len(p.Records))
	}
	return p
}
