package hubspot

import (
	"iter"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// Account is the data of one company and the ways to change it as its people
// would. Types are named as in paths, contacts, or by their id, 0-1. It is safe
// for concurrent use.
type Account struct {
	cfg Config

	mu     sync.RWMutex
	traps  Traps
	tables []*table
	byName map[string]*table // by name, singular and type id
	owners []owner
	links  links
	last   int64       // the time of the newest change, ms since 1970
	chance people.Rand // which records are picked at random
	events []Event     // that no receiver has been told of

	traceEvents bool // whether there is a receiver

	asked atomic.Uint64 // how often a list came in an order of its own
}

// table is the records and the properties of one type.
type table struct {
	kind

	objects    []object
	seeded     int
	overlays   map[int]*overlay
	shadows    map[int][]shadow // by row: what search still shows
	mergedInto map[int]int      // by row: the row that has taken it up
	properties []*property      // in the order of names; replaced, never written to
	counts     [gone + 1]int    // by fate
}

func newAccount(cfg Config) *Account {
	a := &Account{
		cfg: cfg, traps: cfg.Traps, byName: map[string]*table{},
		last: cfg.Start.UnixMilli(), chance: people.NewRand(cfg.Seed, drawPick),
	}
	for _, k := range cfg.kinds() {
		t := &table{
			kind: k, seeded: cfg.count(&k), overlays: map[int]*overlay{}, shadows: map[int][]shadow{}, mergedInto: map[int]int{},
			properties: cfg.properties(&k),
		}
		t.objects = make([]object, t.seeded, t.seeded+t.seeded/16)
		for row := range t.objects {
			t.objects[row] = cfg.seedObject(&t.kind, row, t.seeded)
			t.counts[t.objects[row].fate]++
		}
		a.tables = append(a.tables, t)
		for _, name := range []string{k.name, k.singular, k.typeID} {
			a.byName[name] = t
		}
	}
	for row := range cfg.Owners {
		a.owners = append(a.owners, cfg.seedOwner(row))
	}
	a.links = newLinks(a)
	return a
}

// Traps returns the traps that are set.
func (a *Account) Traps() Traps {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.traps
}

// now is the clock's time in ms since 1970.
func (a *Account) now() int64 { return a.cfg.Clock.Now().UnixMilli() }

// Record returns the JSON of an active record with all its properties. It is
// false for one that never was, is archived, merged or gone.
func (a *Account) Record(typ string, id int64) ([]byte, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	t := a.byName[typ]
	if t == nil {
		return nil, false
	}
	row, ok := t.row(id, len(t.objects))
	if !ok || !isActive(&t.objects[row]) {
		return nil, false
	}
	e := t.entry(row)
	return a.appendRecord(nil, &e, t.live(), a.traps.Dirty), true
}

// Records yields every active record of a type as it is now, in the order of
// ids: its id and its JSON with all properties, which is good until the next.
func (a *Account) Records(typ string) iter.Seq2[int64, []byte] { return a.each(typ, false) }

// Archived yields the archived records that lists still show.
func (a *Account) Archived(typ string) iter.Seq2[int64, []byte] { return a.each(typ, true) }

func (a *Account) each(typ string, archived bool) iter.Seq2[int64, []byte] {
	const chunk = 500
	return func(yield func(int64, []byte) bool) {
		var buf []byte
		for after := int64(0); ; {
			a.mu.RLock()
			t, dirty := a.byName[typ], a.traps.Dirty
			var found []entry
			var properties []*property
			more := false
			if t != nil {
				found, more = t.after(after, chunk, archived, a.now())
				properties = t.live()
			}
			a.mu.RUnlock()
			for i := range found {
				buf = a.appendRecord(buf[:0], &found[i], properties, dirty)
				if !yield(found[i].id, buf) {
					return
				}
				after = found[i].id
			}
			if !more {
				return
			}
		}
	}
}

// Types returns the names of all types of object, those of HubSpot first.
func (a *Account) Types() []string {
	names := make([]string, 0, len(a.tables))
	for _, t := range a.tables {
		names = append(names, t.name)
	}
	return names
}

// after returns up to limit records behind that id, and whether more follow.
func (t *table) after(id int64, limit int, archived bool, now int64) (found []entry, more bool) {
	for row := int(max(id-t.id(0)+1, 0)); row < len(t.objects); row++ {
		o := &t.objects[row]
		shown := isActive(o)
		if archived {
			shown = o.isArchived(now)
		}
		if !shown {
			continue
		}
		if len(found) == limit {
			return found, true
		}
		found = append(found, t.entry(row))
	}
	return found, false
}

func (t *table) entry(row int) entry {
	e := entry{object: t.objects[row], kind: &t.kind, row: row, id: t.id(row)}
	if len(t.overlays) > 0 {
		e.over = t.overlays[row]
	}
	return e
}

// live returns the properties that are not archived.
func (t *table) live() []*property {
	if !slices.ContainsFunc(t.properties, func(p *property) bool { return p.archived != 0 }) {
		return t.properties
	}
	var live []*property
	for _, p := range t.properties {
		if p.archived == 0 {
			live = append(live, p)
		}
	}
	return live
}

// property returns the property of that name, if it is there and not archived.
func (t *table) property(name string) (*property, bool) {
	i, ok := slices.BinarySearchFunc(t.properties, name, func(p *property, name string) int {
		switch {
		case p.name < name:
			return -1
		case p.name > name:
			return 1
		}
		return 0
	})
	if !ok || t.properties[i].archived != 0 {
		return nil, false
	}
	return t.properties[i], true
}

// shown returns the properties that an answer has when these are asked for, in
// the order of names: those that always come, and of the named ones those that
// there are. None named means the default ones.
func (t *table) shown(names []string) []*property {
	if len(names) == 0 {
		names = t.defaults
	}
	list := make([]*property, 0, len(names)+3)
	for _, name := range append([]string{"hs_object_id", t.created, t.modified}, names...) {
		if p, ok := t.property(name); ok {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, byName)
	return slices.Compact(list)
}

func parseID(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0
}
