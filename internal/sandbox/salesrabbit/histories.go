package salesrabbit

import (
	"slices"
	"strconv"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// event is one change of a lead's status.
type event struct {
	status uint8
	at     uint32 // seconds since 1970
	by     uint16 // the row of the user, or nobody
}

// events returns the lead's changes of status, oldest first: those before the
// start follow from the seed, the others were kept.
func (a *Account) events(row int) []event {
	if row >= a.cfg.Records {
		return a.histories[row]
	}
	l := a.cfg.seedLead(row)
	r := people.NewRand(a.cfg.Seed, drawHistory, uint64(row))
	past := []event{{status: newStatus(&r), at: l.created, by: l.owner}}
	for range r.Below(4) {
		status := newStatus(&r)
		if r.Percent(30) {
			status = past[0].status // back to an earlier one: ids of events repeat
		}
		past = append(past, event{status: status, at: between(&r, int64(l.created), int64(l.statusModified)), by: l.owner})
	}
	past = append(past, event{status: l.status, at: l.statusModified, by: l.owner})
	slices.SortStableFunc(past, func(x, y event) int { return int(int64(x.at) - int64(y.at)) })
	slices.Reverse(past) // a second holds one status, the last
	past = slices.CompactFunc(past, func(later, earlier event) bool { return later.at == earlier.at })
	slices.Reverse(past)
	return append(past, a.histories[row]...)
}

// appendHistory appends the lead's events as an array.
func (a *Account) appendHistory(dst []byte, l *lead, events []event) []byte {
	for i, e := range events {
		dst = append(dst, "[,"[min(i, 1)])
		s := statuses[e.status]
		dst = strconv.AppendInt(append(dst, `{"id":`...), firstStatusID+int64(e.status), 10)
		dst = append(append(dst, `,"name":"`...), s.name...)
		dst = append(append(dst, `","abbreviation":"`...), s.abbreviation...)
		dst = append(dst, `","active":true,"changedByUserId":"`...)
		if e.by != nobody {
			dst = strconv.AppendInt(dst, userID(int(e.by)), 10)
		}
		dst = appendTime(append(dst, `","statusUpdated":`...), e.at)
		dst = appendTime(append(dst, `,"leadCreated":`...), l.created)
		dst = append(appendTime(append(dst, `,"leadModified":`...), l.modified), '}')
	}
	return append(dst, ']')
}
