package hubspot

import (
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// shadow is a record as it was before a change that search does not show yet.
type shadow struct {
	until  int64 // ms since 1970
	before object
	over   *overlay
}

// shadow keeps the record in that row as it is for search, if search lags. Each
// change has a delay of its own, so that changes become visible out of order.
func (a *Account) shadow(t *table, row int, now int64) {
	if a.traps.Lag <= 0 {
		return
	}
	list := t.shadows[row]
	if n := visible(list, now); n > 0 {
		list = append([]shadow(nil), list[n:]...)
	}
	o := t.objects[row]
	r := people.NewRand(a.cfg.Seed, drawLag, uint64(t.number), uint64(row), uint64(now), uint64(o.version))
	delay := time.Duration(r.Share()*float64(a.traps.Lag)).Milliseconds() + 1
	t.shadows[row] = append(list, shadow{until: now + delay, before: o, over: t.overlays[row]})
}

// visible returns how many changes of the list search shows: it shows a change
// as soon as it shows a later one of the same record.
func visible(list []shadow, now int64) int {
	for n := len(list); n > 0; n-- {
		if list[n-1].until <= now {
			return n
		}
	}
	return 0
}

// indexed returns the record as search shows it.
func (t *table) indexed(row int, now int64) entry {
	e := t.entry(row)
	if len(t.shadows) == 0 {
		return e
	}
	list := t.shadows[row]
	if n := visible(list, now); n < len(list) {
		e.object, e.over = list[n].before, list[n].over
	}
	return e
}

// clearShadows forgets what search has caught up with.
func (t *table) clearShadows(now int64) {
	for row, list := range t.shadows {
		if visible(list, now) == len(list) {
			delete(t.shadows, row)
		}
	}
}
