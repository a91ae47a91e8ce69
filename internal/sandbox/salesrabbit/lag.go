package salesrabbit

import "time"

// shadow is a lead as it was before a change that lists do not show yet.
type shadow struct {
	until  time.Time
	before lead // gone, if there was none
}

// shadow keeps the lead in that row as it is for the lists, if they lag.
func (a *Account) shadow(row int) {
	if a.traps.Lag <= 0 {
		return
	}
	a.shadows[row] = append(a.shadows[row], shadow{until: a.cfg.Clock.Now().Add(a.traps.Lag), before: a.leads[row]})
}

// clearShadows forgets what lists have caught up with.
func (a *Account) clearShadows() {
	if len(a.shadows) == 0 {
		return
	}
	now := a.cfg.Clock.Now()
	for row, list := range a.shadows {
		for len(list) > 0 && !list[0].until.After(now) {
			list = list[1:]
		}
		if len(list) == 0 {
			delete(a.shadows, row)
		} else {
			a.shadows[row] = list
		}
	}
}

// indexed returns the lead as lists show it.
func (a *Account) indexed(row int) lead {
	if list := a.shadows[row]; len(list) > 0 {
		return list[0].before
	}
	return a.leads[row]
}
