package salesrabbit

import "github.com/warren-sync/warren/internal/sandbox/people"

// Deletion is what becomes of a deleted lead.
type Deletion bool

// The ways to delete.
const (
	Soft Deletion = false // lists still show it, with deletedAt
	Gone Deletion = true  // no list shows it any more
)

// Change edits living leads: their content, now and then their status and
// owner. dateModified becomes the clock's second, never less than that of the
// change before. It returns the ids of the leads, in ascending order.
func (a *Account) Change(p Pick) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	rows := a.rows(p, (*lead).alive)
	a.change(rows)
	return ids(rows)
}

func (a *Account) change(rows []int) {
	now := a.tick()
	for _, row := range rows {
		l := a.edit(row)
		l.version++
		r := people.NewRand(a.cfg.Seed, drawChange, uint64(row), uint64(l.version))
		if r.Percent(25) {
			a.setStatus(row, newStatus(&r), now)
		}
		if r.Percent(5) {
			l.owner, l.ownerModified = a.cfg.newOwner(&r), now
		}
		a.setModified(row, now)
	}
}

// Insert adds n new leads and returns their ids.
func (a *Account) Insert(n int) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.insert(n)
}

func (a *Account) insert(n int) []int64 {
	now := a.tick()
	added := make([]int64, 0, max(n, 0))
	for range n {
		row := len(a.leads)
		r := people.NewRand(a.cfg.Seed, drawState, uint64(row))
		a.leads = append(a.leads, lead{gone: true})
		a.shadow(row)
		a.leads[row] = lead{created: now, ownerModified: now, owner: a.cfg.newOwner(&r)}
		a.setStatus(row, newStatus(&r), now)
		a.setModified(row, now)
		a.alive++
		added = append(added, idOf(row))
	}
	return added
}

// Delete deletes living leads and returns their ids.
func (a *Account) Delete(p Pick, how Deletion) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	rows := a.rows(p, (*lead).alive)
	a.remove(rows, how)
	return ids(rows)
}

func (a *Account) remove(rows []int, how Deletion) {
	now := a.tick()
	for _, row := range rows {
		l := a.edit(row)
		a.alive--
		l.deleted = now
		if how == Soft {
			a.setModified(row, now)
			continue
		}
		l.gone = true
		a.gone++
		a.modified.drop(row)
		a.restatus.drop(row)
	}
}

// Restore brings deleted leads back, as modified now, and returns their ids. For
// those that were gone the status counts as modified now, too.
func (a *Account) Restore(p Pick) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	rows := a.rows(p, func(l *lead) bool { return !l.alive() })
	now := a.tick()
	for _, row := range rows {
		l := a.edit(row)
		if l.gone {
			a.gone--
			l.statusModified = now
			a.restatus.move(row)
		}
		l.gone, l.deleted = false, 0
		a.alive++
		a.setModified(row, now)
	}
	return ids(rows)
}

// Reappear lets lists show leads again that were gone, with the times that they
// had: to who asks for changes, nothing has happened. It returns the ids of the
// leads.
func (a *Account) Reappear(p Pick) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	rows := a.rows(p, func(l *lead) bool { return l.gone })
	for _, row := range rows {
		l := a.edit(row)
		l.gone, l.deleted = false, 0
		a.gone--
		a.alive++
		a.modified.put(a.leads, row, modifiedAt)
		a.restatus.put(a.leads, row, statusModifiedAt)
	}
	return ids(rows)
}

// TouchStatus gives living leads another status. Their statusModified becomes
// the clock's second and their history grows; dateModified stays.
func (a *Account) TouchStatus(p Pick) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	rows := a.rows(p, (*lead).alive)
	now := a.tick()
	for _, row := range rows {
		l := a.edit(row)
		a.setStatus(row, uint8((int(l.status)+1+a.chance.Below(len(statuses)-1))%len(statuses)), now)
	}
	return ids(rows)
}

// ChangeUsers edits n users at random and returns their ids.
func (a *Account) ChangeUsers(n int) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.tick()
	var changed []int64
	first := a.chance.Below(len(a.users))
	for i := range min(n, len(a.users)) {
		row := (first + i) % len(a.users)
		a.users[row].version++
		a.users[row].modified = now
		changed = append(changed, userID(row))
	}
	return changed
}

// churn makes n random changes, as other people do while a list is walked: of
// ten, six edit a lead, two insert one and two delete one.
func (a *Account) churn(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for range n {
		switch kind := a.chance.Below(10); {
		case kind < 6:
			a.change(a.rows(Random(1), (*lead).alive))
		case kind < 8:
			a.insert(1)
		default:
			a.remove(a.rows(Random(1), (*lead).alive), Deletion(kind == 9))
		}
	}
}

// tick returns the second of a change that is made now.
func (a *Account) tick() uint32 {
	a.last = max(a.last, uint32(max(a.cfg.Clock.Now().Unix(), 0)))
	return a.last
}

// edit returns the lead for a change; lists that lag go on showing it as it is.
func (a *Account) edit(row int) *lead {
	a.shadow(row)
	return &a.leads[row]
}

func (a *Account) setModified(row int, now uint32) {
	a.leads[row].modified = now
	a.modified.move(row)
}

func (a *Account) setStatus(row int, status uint8, now uint32) {
	l := &a.leads[row]
	l.status, l.statusModified = status, now
	a.histories[row] = append(a.histories[row], event{status: status, at: now, by: l.owner})
	a.restatus.move(row)
}
