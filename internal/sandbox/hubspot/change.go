package hubspot

import "maps"

// life is one change of records: the table that it befalls and its time. The
// account is locked while it lasts.
type life struct {
	*Account

	t   *table
	now int64
}

// live makes a change in the table of that name, if there is one. Its time is
// the clock's, never less than that of the change before.
func (a *Account) live(typ string, do func(*life) []int64) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.byName[typ]
	if t == nil {
		return nil
	}
	return do(a.life(t))
}

func (a *Account) life(t *table) *life {
	a.last = max(a.last, a.now())
	return &life{a, t, a.last}
}

// edit returns the record for a change; search that lags goes on showing it as
// it is.
func (l *life) edit(row int) *object {
	l.shadow(l.t, row, l.now)
	return &l.t.objects[row]
}

// become gives the record another fate.
func (l *life) become(row int, f fate) *object {
	o := l.edit(row)
	l.t.counts[o.fate]--
	l.t.counts[f]++
	o.fate = f
	return o
}

// Change edits active records: about a quarter of the properties of each have
// another value, and its modified time becomes the clock's. All of one call share
// one millisecond. It returns the ids.
func (a *Account) Change(typ string, p Pick) []int64 {
	return a.live(typ, func(l *life) []int64 {
		rows := l.rows(l.t, p, isActive)
		l.change(rows)
		return l.t.ids(rows)
	})
}

func (l *life) change(rows []int) {
	for _, row := range rows {
		o := l.edit(row)
		o.version++
		o.modified = l.now
		l.tellChanges(row, func(p *property) bool {
			return p.name == l.t.modified || (!p.steady && !p.calculated && p.at(o.version) != p.at(o.version-1))
		})
	}
}

// Create adds n new records, all in one millisecond, and returns their ids.
func (a *Account) Create(typ string, n int) []int64 {
	return a.live(typ, func(l *life) []int64 { return l.create(n, false) })
}

// Import adds n new records as a bulk import does, all in one millisecond, and
// returns their ids. hs_was_imported is true of them.
func (a *Account) Import(typ string, n int) []int64 {
	return a.live(typ, func(l *life) []int64 { return l.create(n, true) })
}

func (l *life) create(n int, imported bool) []int64 {
	added := make([]int64, 0, max(n, 0))
	for range n {
		row := l.add(object{origin: uint32(len(l.t.objects)), created: l.now, imported: imported}, nil)
		l.tell(row, "creation", Event{ChangeFlag: "CREATED"})
		added = append(added, l.t.id(row))
	}
	return added
}

// add puts a record behind all others, as modified now.
func (l *life) add(o object, over *overlay) (row int) {
	row = len(l.t.objects)
	l.t.objects = append(l.t.objects, object{fate: gone})
	l.shadow(l.t, row, l.now)
	o.modified = l.now
	l.t.objects[row] = o
	l.t.counts[o.fate]++
	if over != nil {
		l.t.overlays[row] = over
	}
	return row
}

// Archive archives active records, as a user's Delete does, and returns their
// ids. Their modified time stays.
func (a *Account) Archive(typ string, p Pick) []int64 {
	return a.live(typ, func(l *life) []int64 {
		rows := l.rows(l.t, p, isActive)
		l.archive(rows)
		return l.t.ids(rows)
	})
}

func (l *life) archive(rows []int) {
	for _, row := range rows {
		l.become(row, archived).archivedAt = l.now
		l.tell(row, "deletion", Event{ChangeFlag: "DELETED"})
	}
}

// Restore makes archived records active again and returns their ids. Their
// modified time stays what it was before they were archived.
func (a *Account) Restore(typ string, p Pick) []int64 {
	return a.live(typ, func(l *life) []int64 {
		rows := l.rows(l.t, p, func(o *object) bool { return o.isArchived(l.now) })
		for _, row := range rows {
			l.become(row, active).archivedAt = 0
			l.tell(row, "restore", Event{ChangeFlag: "RESTORED"})
		}
		return l.t.ids(rows)
	})
}

// Purge deletes records for good, archived ones too, as the law on privacy asks
// for, and returns their ids. Nothing remains of them.
func (a *Account) Purge(typ string, p Pick) []int64 {
	return a.live(typ, func(l *life) []int64 {
		rows := l.rows(l.t, p, func(o *object) bool { return o.fate == active || o.fate == archived })
		kind := "deletion"
		if l.t.name == "contacts" {
			kind = "privacyDeletion"
		}
		for _, row := range rows {
			l.become(row, gone)
			l.tell(row, kind, Event{ChangeFlag: "DELETED"})
		}
		return l.t.ids(rows)
	})
}

// Recalculate gives the calculated properties of active records other values,
// and returns the ids. Their modified time stays.
func (a *Account) Recalculate(typ string, p Pick) []int64 {
	return a.live(typ, func(l *life) []int64 {
		rows := l.rows(l.t, p, isActive)
		for _, row := range rows {
			l.edit(row).calculated++
			l.tellChanges(row, func(p *property) bool { return p.calculated && !p.steady })
		}
		return l.t.ids(rows)
	})
}

// Set gives an active record these values, null where one is nil, as modified
// now. It is false for a record that is not there.
func (a *Account) Set(typ string, id int64, values map[string]*string) bool {
	done := a.live(typ, func(l *life) []int64 {
		rows := l.rows(l.t, These(id), isActive)
		for _, row := range rows {
			l.edit(row).modified = l.now
			over := overlay{values: map[string]*string{}}
			if before := l.t.overlays[row]; before != nil {
				over.merged = before.merged
				maps.Copy(over.values, before.values)
			}
			maps.Copy(over.values, values)
			l.t.overlays[row] = &over
			l.tellChanges(row, func(p *property) bool {
				_, set := values[p.name]
				return set || p.name == l.t.modified
			})
		}
		return l.t.ids(rows)
	})
	return len(done) > 0
}

// churn makes n random changes in the table, as other people do while a list is
// walked: of ten, six edit a record, two make one and two archive one.
func (a *Account) churn(typ string, n int) {
	if n == 0 {
		return
	}
	a.live(typ, func(l *life) []int64 {
		for range n {
			switch kind := a.chance.Below(10); {
			case kind < 6:
				l.change(l.rows(l.t, Random(1), isActive))
			case kind < 8:
				l.create(1, false)
			default:
				l.archive(l.rows(l.t, Random(1), isActive))
			}
		}
		return nil
	})
}
