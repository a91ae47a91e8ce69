package salesrabbit

import (
	"cmp"
	"slices"
	"sort"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// sortKey is what a list is ordered by.
type sortKey uint8

const (
	byID sortKey = iota // also the order of creation
	byModified
	byStatusModified
)

// query asks for one page of leads.
type query struct {
	sort        sortKey
	descending  bool
	since       int64 // least dateModified, seconds since 1970; 0: any
	statusSince int64 // least statusModified; 0: any
	status      int   // place of the status; -1: any
	offset      int
	limit       int
	count       bool // whether the answer's total must be exact
}

// answer is one page of leads.
type answer struct {
	entries []entry
	total   int  // leads that match, on all pages; if not asked for, at least 1 when any does
	more    bool // whether further pages follow
}

func (q *query) wants(l *lead) bool {
	return l.listed() && int64(l.modified) >= q.since && int64(l.statusModified) >= q.statusSince &&
		(q.status < 0 || int(l.status) == q.status)
}

// list answers q with the leads as lists show them now.
func (a *Account) list(q query) answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clearShadows()
	if len(a.shadows) > 0 || a.traps.ShuffleTies {
		return a.listSorted(q)
	}
	rows, ordered := a.candidates(&q)
	count := len(rows)
	if !ordered {
		count = len(a.leads)
	}
	at := func(i int) int {
		if q.descending {
			i = count - 1 - i
		}
		if ordered {
			return int(rows[i])
		}
		return i
	}
	if q.since == 0 && q.statusSince == 0 && q.status < 0 && (ordered || a.gone == 0) {
		return a.slice(q, count, at)
	}
	var page answer
	for i := range count {
		row := at(i)
		if !q.wants(&a.leads[row]) {
			continue
		}
		if page.total >= q.offset && page.total < q.offset+q.limit {
			page.entries = append(page.entries, a.entry(row))
		}
		page.total++
		if page.more = page.total > q.offset+q.limit; page.more && !q.count {
			break
		}
	}
	return page
}

// candidates returns the rows among which the answer lies, in ascending order,
// or false when they are all leads by id. A condition that the choice of rows
// meets already is taken out of q.
func (a *Account) candidates(q *query) ([]uint32, bool) {
	var rows []uint32
	var since *int64
	var at func(*lead) uint32
	switch q.sort {
	case byModified:
		at, since = modifiedAt, &q.since
		a.modified.ready(a.leads, at)
		rows = a.modified.order()
	case byStatusModified:
		at, since = statusModifiedAt, &q.statusSince
		a.restatus.ready(a.leads, at)
		rows = a.restatus.order()
	default:
		return nil, false
	}
	first := sort.Search(len(rows), func(i int) bool { return int64(at(&a.leads[rows[i]])) >= *since })
	*since = 0
	return rows[first:], true
}

func modifiedAt(l *lead) uint32 { return l.modified }

func statusModifiedAt(l *lead) uint32 { return l.statusModified }

// slice cuts the page out of count rows that all belong to the answer.
func (a *Account) slice(q query, count int, at func(int) int) answer {
	page := answer{total: count, more: count > q.offset+q.limit}
	page.entries = make([]entry, 0, max(min(q.limit, count-q.offset), 0))
	for i := q.offset; i < min(q.offset+q.limit, count); i++ {
		page.entries = append(page.entries, a.entry(at(i)))
	}
	return page
}

// listSorted answers q by putting all that matches in order, while some changes
// are not to be seen yet, or where leads of the same second have no order.
func (a *Account) listSorted(q query) answer {
	var found []entry
	for row := range a.leads {
		l := a.indexed(row)
		if q.wants(&l) {
			e := a.entry(row)
			e.lead = l
			found = append(found, e)
		}
	}
	if a.traps.ShuffleTies {
		a.shuffle(found, &q)
	}
	slices.SortStableFunc(found, func(x, y entry) int {
		switch {
		case q.sort == byModified:
			return cmp.Compare(x.lead.modified, y.lead.modified)
		case q.sort == byStatusModified:
			return cmp.Compare(x.lead.statusModified, y.lead.statusModified)
		case a.traps.ShuffleTies:
			return cmp.Compare(x.lead.created, y.lead.created)
		default:
			return cmp.Compare(x.row, y.row)
		}
	})
	if q.descending {
		slices.Reverse(found)
	}
	page := answer{total: len(found), more: len(found) > q.offset+q.limit}
	page.entries = found[min(q.offset, len(found)):min(q.offset+q.limit, len(found))]
	return page
}

// shuffle puts leads into an order that is the call's own: it follows from the
// page that is asked for and from how often a list was asked for before.
func (a *Account) shuffle(found []entry, q *query) {
	a.asked++
	r := people.NewRand(a.cfg.Seed, drawTies, a.asked, uint64(q.offset), uint64(q.limit))
	for i := range found {
		j := i + r.Below(len(found)-i)
		found[i], found[j] = found[j], found[i]
	}
}
