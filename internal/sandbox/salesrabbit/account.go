package salesrabbit

import (
	"iter"
	"slices"
	"sync"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// Account is the data of one organisation and the ways to change it as its
// people would. It is safe for concurrent use.
type Account struct {
	cfg Config

	mu        sync.RWMutex
	traps     Traps
	leads     []lead
	planted   map[int]*planted // by row: leads with raw values
	histories map[int][]event  // by row: changes of status since the start
	shadows   map[int][]shadow // by row: what lists still show under the lag trap
	users     []user
	names     []string // of users, by row
	modified  timeline
	restatus  timeline
	alive     int
	gone      int
	asked     uint64      // how often a list was asked for whose leads of the same second have no order
	last      uint32      // the time of the newest change
	chance    people.Rand // which leads are picked at random
}

func newAccount(cfg Config) *Account {
	a := &Account{
		cfg:       cfg,
		traps:     cfg.Traps,
		leads:     make([]lead, cfg.Records, cfg.Records+cfg.Records/16),
		planted:   map[int]*planted{},
		histories: map[int][]event{},
		shadows:   map[int][]shadow{},
		last:      uint32(cfg.Start.Unix()),
		chance:    people.NewRand(cfg.Seed, drawPick),
	}
	for row := range a.leads {
		a.leads[row] = cfg.seedLead(row)
		if a.leads[row].alive() {
			a.alive++
		}
	}
	a.users = make([]user, cfg.Users)
	a.names = make([]string, cfg.Users)
	for row := range a.users {
		a.users[row] = cfg.seedUser(row)
		a.names[row] = cfg.userName(row).full()
	}
	return a
}

// Traps returns the traps that are set.
func (a *Account) Traps() Traps {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.traps
}

// Lead returns the JSON of a lead as GET /leads/{id} has it. It is false for
// one that never was, is deleted or gone. The id is the one that lists show.
func (a *Account) Lead(id int64) ([]byte, bool) { return a.lead(id, false) }

func (a *Account) lead(id int64, nested bool) ([]byte, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	row, ok := a.rowShownAs(id)
	if !ok || !a.leads[row].alive() {
		return nil, false
	}
	return a.appendLead(nil, a.entry(row), nested), true
}

// Leads yields every lead that lists show, those deleted softly included, as it
// is now and in the order of their creation: its id in the model's methods and
// its JSON, which is good until the next one.
func (a *Account) Leads() iter.Seq2[int64, []byte] {
	const chunk = 500
	return func(yield func(int64, []byte) bool) {
		var buf []byte
		for from := 0; ; from += chunk {
			entries, end := a.chunk(from, from+chunk)
			for _, e := range entries {
				buf = a.appendLead(buf[:0], e, false)
				if !yield(idOf(e.row), buf) {
					return
				}
			}
			if end {
				return
			}
		}
	}
}

func (a *Account) chunk(from, to int) (entries []entry, end bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for row := from; row < min(to, len(a.leads)); row++ {
		if a.leads[row].listed() {
			entries = append(entries, a.entry(row))
		}
	}
	return entries, to >= len(a.leads)
}

// entry is one lead as it is to be shown: a copy, good without the lock.
type entry struct {
	row     int
	lead    lead
	planted *planted
	dirty   float64
}

func (a *Account) entry(row int) entry {
	e := entry{row: row, lead: a.leads[row], dirty: a.traps.Dirty}
	if len(a.planted) > 0 {
		e.planted = a.planted[row]
	}
	return e
}

func idOf(row int) int64 { return firstID + int64(row) }

// row returns the place of the lead that the model knows by that id.
func (a *Account) row(id int64) (int, bool) {
	if id < firstID || id >= firstID+int64(len(a.leads)) {
		return 0, false
	}
	return int(id - firstID), true
}

// rowShownAs returns the place of the lead that lists show with that id.
func (a *Account) rowShownAs(id int64) (int, bool) {
	if row, ok := a.row(id); ok && (a.planted[row] == nil || !a.planted[row].hidesID()) {
		return row, true
	}
	rows := make([]int, 0, len(a.planted))
	for row, p := range a.planted {
		if p.shows(id) {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return 0, false
	}
	return slices.Min(rows), true
}
