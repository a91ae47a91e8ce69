package salesrabbit

import (
	"fmt"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// advance notes what was read and whether more is to come.
func (w *walk) advance(e envelope, page, size, fresh int) error {
	start, tied := (page-1)*size, 0
	if w.fixed == 0 {
		tied, w.by = w.order.tied(e.units)
	}
	if w.tie != nil && !slices.Contains(w.order.members, w.tie.second.member) {
		w.tie, w.returns = nil, 0 // the list is sorted otherwise, and so it is no group
	}
	w.last, w.short = e.units[len(e.units)-tied:], fresh == 0 && len(e.units) < size
	known := w.place.settle(e.units, start, tied, max(2*max(w.most, w.fixed, len(e.units)), tokenRecent))
	if w.pages++; w.pages >= maxPages {
		return w.endless()
	}
	head := mark(0)
	if len(e.units) > 0 {
		head = e.units[0].mark
	}
	switch {
	case fresh > 0:
		w.same, w.stuck, w.returns, w.sure, w.newest = 0, 0, 0, w.place.read, w.place.end
	case !known && head == w.head:
		w.same, w.stuck = w.same+1, w.stuck+1
	case !known && w.tie == nil: // so many records came in before the reader that this page holds none but known ones
		w.same, w.stuck = 0, w.stuck+1
	}
	w.done = w.ends(e, size, fresh, known)
	w.leaveTie(e.units, start)
	w.head = head
	if !w.done && (w.same >= patience || w.stuck >= longPatience) {
		return w.endless()
	}
	if w.done && len(e.units) == 0 && w.returns > 0 {
		w.unsure = "SalesRabbit's list came to an end in a way that nobody explains"
	}
	if w.fixed > 0 && w.place.read > len(e.units) { // beyond the first page, be it one that an earlier run read
		w.unsure = "SalesRabbit's pages cannot overlap, and a record may have been passed over"
	}
	return nil
}

// leaveTie goes on behind a group of units that tie with each other once all
// of it was read, and to its beginning when it was not.
func (w *walk) leaveTie(units []unit, start int) {
	t := w.tie
	if t == nil || !t.add(units, start) && !w.done {
		return
	}
	settled, unsure := t.settled()
	if settled {
		w.tie, w.read[t.second], w.returns = nil, true, 0
		if unsure != "" {
			w.unsure = unsure
		}
		if t.lost {
			w.notice = unsure + "; a later full run may find what was passed over"
		}
		return
	}
	w.place, w.last, w.done = w.place.returnTo(t.before), nil, false
	w.returns, w.same, w.stuck = 0, 0, 0
}

// ends reports whether the list ends with a page. known says that nothing new
// was to be expected there.
func (w *walk) ends(e envelope, size, fresh int, known bool) bool {
	switch {
	case !e.hasMeta:
		// Nobody tells whether more is to come: a page that brings nothing new
		// and is not full is the end, and so is a list that comes again.
		return fresh == 0 && (len(e.units) < size || w.whole() && !known && w.everything(e))
	case !e.more:
		return true
	default:
		return fresh == 0 && !known && w.whole() && w.everything(e)
	}
}

// whole reports whether the stream is known to ignore the page number on some
// accounts and to send everything at once.
func (w *walk) whole() bool { return w.stream.Name != "leads" }

// everything reports whether all of such a stream came at once, or came again.
func (w *walk) everything(e envelope) bool {
	return e.hasMeta && len(e.units) > e.perPage || len(e.units) > 0 && e.units[0].mark == w.head
}

func (w *walk) endless() error {
	return &crm.Error{
		Code: crm.CodeBadAnswer, Origin: crm.OriginSource,
		Message: fmt.Sprintf("SalesRabbit sends the same page of %s again and again and says that there is more", w.stream.Name),
		Fix:     "check that SALESRABBIT_API_URL is SalesRabbit's own address and not a cache; if it is, ask SalesRabbit's support",
	}
}
