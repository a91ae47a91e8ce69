package salesrabbit

import (
	"errors"
	"fmt"

	"github.com/warren-sync/warren/internal/crm"
)

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
	if given == 0 || given == size || w.fixed > 0 || w.whole() && w.everything(e) {
		return false
	}
	if given < w.most {
		w.most = given // the source has a smaller maximum than was thought
		if e.perPage == 0 && page == 1 {
			w.asked = size
		}
		return page != 1
	}
	if page == 1 && w.whole() {
		return false
	}
	w.fixed = given
	if w.place.firm(); w.pages == 0 {
		w.place, w.sure, w.newest = place{}, 0, 0 // where nothing overlaps, nothing says that an earlier run stood here
	}
	w.notice = fmt.Sprintf("SalesRabbit sends %d records a page whatever is asked for, so its pages cannot overlap: "+
		"a record may be passed over when another is deleted during the run; a later full run finds it", given)
	return page != 1
}

// learn compares what page 1 brings when it is asked for once more with what it
// brought before: no more units than then are the source's maximum. It returns
// how large pages are now.
func (w *walk) learn(given int) (size int) {
	grown := given > w.most
	if w.most = min(max(given, 1), w.asked); !grown || w.most == w.asked {
		w.asked = 0
	}
	return w.most
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
