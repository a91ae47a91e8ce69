package hubspot

import (
	"iter"
	"slices"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// rule says how records of two types are associated at the start: each child has
// one parent or none, the children of a parent lie side by side.
type rule struct {
	parent, child string
	percent       int // of the children that have a parent
	up, down      int // type ids of the association without a label: child to parent, parent to child
	primaryUp     int // of the one labelled Primary; 0: there is none
	primaryDown   int
}

var rules = [...]rule{
	{"companies", "contacts", 80, 279, 280, 1, 2},
	{"contacts", "deals", 95, 3, 4, 0, 0},
	{"companies", "deals", 70, 341, 342, 5, 6},
	{"contacts", "tickets", 90, 16, 15, 0, 0},
	{"deals", "line_items", 95, 20, 19, 0, 0},
	{"deals", "quotes", 90, 64, 63, 0, 0},
	{"contacts", "appointments", 95, 906, 907, 0, 0},
	{"contacts", "calls", 90, 194, 193, 0, 0},
	{"contacts", "emails", 90, 198, 197, 0, 0},
	{"contacts", "meetings", 90, 200, 199, 0, 0},
	{"contacts", "notes", 90, 202, 201, 0, 0},
	{"contacts", "tasks", 90, 204, 203, 0, 0},
	{"divisions", "contacts", 85, 35, 36, 0, 0},
	{"divisions", "genius_users", 100, 41, 42, 0, 0},
}

// links is who is associated with whom: what follows from the rules, and what
// was added and removed since. Each change is kept in both directions.
type links struct {
	added   map[endpoint][]int
	removed map[link]bool
	rules   map[[2]*table]direction
}

// endpoint is one record and the type that its associations lead to.
type endpoint struct {
	from, to *table
	row      int
}

// link is one association in one direction.
type link struct {
	endpoint

	other int
}

// direction is a rule as it is seen from one side.
type direction struct {
	rule

	rising bool // from child to parent
}

func newLinks(a *Account) links {
	l := links{added: map[endpoint][]int{}, removed: map[link]bool{}, rules: map[[2]*table]direction{}}
	for _, r := range rules {
		parent, child := a.byName[r.parent], a.byName[r.child]
		if parent == nil || child == nil {
			continue
		}
		l.rules[[2]*table{child, parent}] = direction{r, true}
		l.rules[[2]*table{parent, child}] = direction{r, false}
	}
	return l
}

// linked returns the rows of the active records of type to that the record is
// associated with, in ascending order. A record has the associations of those
// that were merged into it.
func (a *Account) linked(from *table, row int, to *table) []int {
	var found []int
	for _, source := range from.sources(row) {
		for _, other := range a.direct(endpoint{from, to, source}) {
			other = to.survivor(other)
			if isActive(&to.objects[other]) && !a.links.removed[link{endpoint{from, to, row}, other}] {
				found = append(found, other)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// sources returns the row and those merged into it.
func (t *table) sources(row int) []int {
	rows := []int{row}
	if over := t.overlays[row]; over != nil {
		for _, id := range over.merged {
			if source, ok := t.row(id, len(t.objects)); ok {
				rows = append(rows, source)
			}
		}
	}
	return rows
}

// direct returns what the record was associated with on its own.
func (a *Account) direct(p endpoint) []int {
	var all []int
	if p.row < p.from.seeded && p.to.seeded > 0 {
		all = a.ruled(p)
	}
	all = append(all, a.links.added[p]...)
	return slices.DeleteFunc(all, func(other int) bool { return a.links.removed[link{p, other}] })
}

// ruled returns what follows from the rules.
func (a *Account) ruled(p endpoint) []int {
	d, ok := a.links.rules[[2]*table{p.from, p.to}]
	switch {
	case !ok:
		return nil
	case d.rising:
		if !a.hasParent(p.from, p.to, p.row, d.percent) {
			return nil
		}
		return []int{parentOf(p.row, p.from, p.to)}
	}
	var rows []int
	for child := p.row * p.to.seeded / p.from.seeded; child < p.to.seeded; child++ {
		switch parent := parentOf(child, p.to, p.from); {
		case parent > p.row:
			return rows
		case parent == p.row && a.hasParent(p.to, p.from, child, d.percent):
			rows = append(rows, child)
		}
	}
	return rows
}

func parentOf(child int, children, parents *table) int {
	return child * parents.seeded / children.seeded
}

func (a *Account) hasParent(child, parent *table, row, percent int) bool {
	r := people.NewRand(a.cfg.Seed, drawLink, uint64(child.number), uint64(parent.number), uint64(row))
	return r.Percent(percent)
}

// Associate associates two active records, in both directions. Their modified
// times stay. It is false when one of them is not there.
func (a *Account) Associate(from string, fromID int64, to string, toID int64) bool {
	return a.link(from, fromID, to, toID, func(p endpoint, other int) {
		delete(a.links.removed, link{p, other})
		if !slices.Contains(a.links.added[p], other) {
			a.links.added[p] = append(a.links.added[p], other)
		}
	}, false)
}

// Dissociate removes the association of two records, in both directions. Their
// modified times stay. It is false when one of them is not there.
func (a *Account) Dissociate(from string, fromID int64, to string, toID int64) bool {
	return a.link(from, fromID, to, toID, func(p endpoint, other int) {
		a.links.added[p] = slices.DeleteFunc(a.links.added[p], func(row int) bool { return row == other })
		a.links.removed[link{p, other}] = true
	}, true)
}

func (a *Account) link(from string, fromID int64, to string, toID int64, do func(endpoint, int), removed bool) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, t := a.byName[from], a.byName[to]
	if f == nil || t == nil {
		return false
	}
	row, ok := f.row(fromID, len(f.objects))
	other, there := t.row(toID, len(t.objects))
	if !ok || !there || !isActive(&f.objects[row]) || !isActive(&t.objects[other]) {
		return false
	}
	do(endpoint{f, t, row}, other)
	do(endpoint{t, f, other}, row)
	a.life(f).tellAssociation(row, t, other, removed)
	return true
}

// Associations yields every active record of a type that is associated with some
// of another type: its id and theirs, in ascending order.
func (a *Account) Associations(from, to string) iter.Seq2[int64, []int64] {
	return func(yield func(int64, []int64) bool) {
		for id := range a.Records(from) {
			a.mu.RLock()
			var others []int64
			if f, t := a.byName[from], a.byName[to]; t != nil {
				row, _ := f.row(id, len(f.objects))
				others = t.ids(a.linked(f, row, t))
			}
			a.mu.RUnlock()
			if len(others) > 0 && !yield(id, others) {
				return
			}
		}
	}
}
