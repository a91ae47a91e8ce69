package salesrabbit

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// walk reads the pages of one pass so that no record slips through between
// two of them.
type walk struct {
	c        *connector
	stream   crm.Stream
	pass     pass
	number   int // of the pass
	lastPass bool

	place place
	order order
	tie   *tie            // the group that the walk is in; nil for none
	read  map[second]bool // the groups that were read to the end
	last  []unit          // the units of the last page that tie with each other
	by    string          // the time that they share
	short bool            // the last page was not full, and brought nothing new
	most  int             // largest page to ask for
	asked int             // what page 1 was asked for when fewer came, and nobody told why; 0 when the maximum is known
	fixed int             // the page size of a source that has its own will; 0 when it obeys
	head  mark            // of the first unit of the last page; 0 when it was empty

	sure       int // what was settled after the last page that brought something new: a source that repeats a page moves the place only
	newest     int // position behind that page
	returns    int // how often the walk went back since then
	restarts   int // how often it went back to the beginning and knew nothing there
	tieReturns int // how often it went back within groups that tie
	stuck      int // pages in a row that brought nothing new
	same       int // how many of the last of these began like the one before
	pages      int // pages read
	done       bool

	sent     time.Time // the source's clock when the last page was asked for; zero when it does not tell
	requests int
	notice   string
	unsure   string // why records may have been passed over; "" when none can
}

const (
	// maxReturns is how often in a row a walk goes back although that shows
	// nothing new: each time, the list may have shrunk once more.
	maxReturns = 10
	// maxRestarts is how often a walk reads everything once more because it came
	// back to the beginning without finding a place that it knows.
	maxRestarts = 10
	// patience is how many pages in a row may begin alike and bring nothing new
	// before a source is held to send the same page for ever; longPatience, how
	// many may bring nothing new at all.
	patience, longPatience = 3, 50
	// maxPages is where a walk is held to be without end.
	maxPages = 1_000_000
)

func newWalk(c *connector, stream crm.Stream, p pass, number int, at token) *walk {
	order := sortedBy(stream, c.dialect)
	if len(order.members) == 0 {
		at = token{} // it comes whole
	}
	w := &walk{
		c: c, stream: stream, pass: p, number: number,
		place: placeOf(at), order: order, read: map[second]bool{}, most: c.pageSize, sure: at.Read, newest: at.Read,
	}
	if at.Most > 0 {
		w.most = min(w.most, at.Most)
	}
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
		if w.asked > 0 && page == 1 && size == w.asked {
			size = w.learn(len(e.units))
		} else if w.adapt(e, page, size) {
			continue
		}
		start := (page - 1) * size
		head := 0
		if w.pages == 0 { // long after what is settled was read
			head = w.order.head(e.units)
		}
		fresh, follows := w.place.fresh(e.units, head, w.tie)
		if !follows && start > 0 && w.fixed == 0 && !w.over(e) && !w.passes(e.units) && !w.tie.within(e.units) {
			// What was settled last does not stand at the head of this page: it
			// changed, or records before it have gone, and what moved up into
			// their room was never read. Go back to what is known.
			if !w.goBack() {
				return crm.Page{}, w.endless()
			}
			continue
		}
		if start == 0 && w.place.read > 0 && len(fresh) > 0 && len(fresh) == len(e.units) {
			if w.restarts++; w.restarts > maxRestarts {
				return crm.Page{}, w.endless()
			}
		}
		if err := w.advance(e, page, size, len(fresh)); err != nil {
			return crm.Page{}, err
		}
		return w.page(e, answer, fresh), nil
	}
}

// window returns the page to ask for. Units that tie with each other and fill
// a page begin a tie.
func (w *walk) window() (page, size int) {
	if w.fixed > 0 {
		return max(0, w.place.read-w.place.back)/w.fixed + 1, w.fixed
	}
	if w.asked > 0 && w.newest > w.most {
		// The list has more than page 1 had. It has grown, or that is the
		// source's maximum: page 1 tells.
		w.place.restart()
		return 1, w.asked
	}
	most := w.most
	if w.tie != nil { // a database may derive the order of what ties from the page that is asked for
		most = max(most-w.tie.round, most/2, min(most, leastTied))
	}
	page, size, beyond := w.place.window(most)
	if !beyond || w.short {
		if w.tie == nil && len(w.last) > 0 {
			if t := tieOf(w.place, w.by, w.idMember(), w.last); !w.read[t.second] {
				w.tie = t
			}
		}
		w.place.firm()
		w.last = nil
		page, size, _ = w.place.window(most)
	}
	return page, size
}

// idMember is the member by which the units of the stream are told apart.
func (w *walk) idMember() string {
	if w.stream.Name == "leadStatusHistories" {
		return leadIDMember
	}
	return "id"
}

// goBack makes the next page begin where the walk has been before: within a tie
// in front of it, and farther back if that is of no use. It is false when the
// walk has gone back too often.
func (w *walk) goBack() bool {
	t := w.tie
	if w.place.back == 0 {
		w.returns++
	}
	if t == nil {
		w.place.goBack()
		return w.returns <= maxReturns
	}
	t.moved = true
	t.returns++
	w.tieReturns++
	t.lost = t.returns > maxTieReturns || w.tieReturns > maxAllReturns
	if w.place.back == 0 && w.place.read > t.before.read {
		w.place, w.last = w.place.returnTo(t.before), nil
	} else {
		w.place.goBack()
	}
	return t.returns <= 2*maxTieReturns && w.tieReturns <= 2*maxAllReturns
}

// passes reports whether a page begins within a group of which all was read, or
// of which nobody can know whether it was: whatever comes before the group in the
// order was read, too, and so the page follows.
func (w *walk) passes(units []unit) bool {
	if len(units) == 0 {
		return false
	}
	for _, member := range w.order.members {
		at := second{member, units[0].time(member)}
		if w.read[at] || w.tie != nil && w.tie.lost && w.tie.second == at {
			return true
		}
	}
	return false
}

// over reports whether the list ends where the walk stands although nobody
// tells: nothing lies there, and going back has shown nothing new.
func (w *walk) over(e envelope) bool {
	return !e.hasMeta && len(e.units) == 0 && w.place.back == 0 && w.returns > 0 && w.place.end == w.newest
}
