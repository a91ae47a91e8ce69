package hubspot

import (
	"net/http"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

const firstOwnerID = 80_000_001

func ownerID(row int) int64 { return firstOwnerID + int64(row) }

// owner is the state of one owner. Times are ms since 1970.
type owner struct {
	created, updated int64
	archived         bool
}

func (c *Config) seedOwner(row int) owner {
	r := people.NewRand(c.Seed, drawOwner, uint64(row))
	start := c.Start.UnixMilli()
	created := start - history.Milliseconds() - int64(r.Below(int((365 * 24 * time.Hour).Milliseconds())))
	return owner{created: created, updated: created + int64(r.Below(int(start-created))), archived: row%8 == 7}
}

// isQueue reports whether the owner is a queue of a help desk and no person.
func isQueue(row int) bool { return row%12 == 10 }

// DeactivateOwner archives an owner, as when its user leaves. It is false when
// there is none.
func (a *Account) DeactivateOwner(id int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	row := id - firstOwnerID
	if row < 0 || row >= int64(len(a.owners)) || a.owners[row].archived {
		return false
	}
	a.last = max(a.last, a.now())
	a.owners[row].archived, a.owners[row].updated = true, a.last
	return true
}

// Owner returns the JSON of an owner, deactivated or not. It is false when there
// is none.
func (a *Account) Owner(id int64) ([]byte, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	row := id - firstOwnerID
	if row < 0 || row >= int64(len(a.owners)) {
		return nil, false
	}
	return a.appendOwner(nil, int(row)), true
}

func (a *Account) appendOwner(dst []byte, row int) []byte {
	o := a.owners[row]
	r := people.NewRand(a.cfg.Seed, drawOwner, uint64(row), 1)
	place := people.NewPlace(&r)
	name := people.NewName(&r, place.Country)
	dst = strconv.AppendInt(append(dst, `{"id":"`...), ownerID(row), 10)
	if isQueue(row) {
		dst = append(dst, `","type":"QUEUE","firstName":"Help desk","lastName":""`...)
	} else {
		dst = a.appendOwnerMail(append(dst, `","type":"PERSON","email":"`...), row)
		dst = append(append(append(dst, `","firstName":"`...), name.First...), `","lastName":"`...)
		dst = append(append(dst, name.Last...), `"`...)
		if !o.archived {
			dst = strconv.AppendInt(append(dst, `,"userId":`...), int64(40_001+row), 10)
		}
		dst = strconv.AppendInt(append(dst, `,"userIdIncludingInactive":`...), int64(40_001+row), 10)
		if r.Percent(60) {
			dst = append(dst, `,"teams":[{"id":"301","name":"Mid-Atlantic","primary":true}]`...)
		}
	}
	dst = appendISO(append(dst, `,"createdAt":"`...), o.created)
	dst = appendISO(append(dst, `","updatedAt":"`...), o.updated)
	dst = strconv.AppendBool(append(dst, `","archived":`...), o.archived)
	return append(dst, '}')
}

func (a *Account) appendOwnerMail(dst []byte, row int) []byte {
	return append(strconv.AppendInt(append(dst, "rep."...), int64(row), 10), "@example.com"...)
}

// The page sizes of the list of owners.
const (
	usualOwners = 100
	mostOwners  = 500
)

// listOwners answers GET /crm/v3/owners. Those that were deactivated come with
// archived=true only.
func (s *Server) listOwners(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	limit, ok := limitOf(query.Get("limit"), usualOwners, mostOwners)
	if !ok {
		s.fail(w, http.StatusBadRequest, limitText(mostOwners))
		return
	}
	after, _ := parseID(query.Get("after"))
	mail, gone := query.Get("email"), query.Get("archived") == "true"
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		s.mu.RLock()
		defer s.mu.RUnlock()
		dst = append(dst, `{"results":[`...)
		n := 0
		for row := range s.owners {
			if s.owners[row].archived != gone || ownerID(row) <= after || (mail != "" && string(s.appendOwnerMail(nil, row)) != mail) {
				continue
			}
			if n == limit {
				return appendPaging(append(dst, ']'), after, r.URL.Path)
			}
			if n++; n > 1 {
				dst = append(dst, ',')
			}
			dst = s.appendOwner(dst, row)
			after = ownerID(row)
		}
		return append(dst, `]}`...)
	})
}

// oneOwner answers GET /crm/v3/owners/{id}.
func (s *Server) oneOwner(w http.ResponseWriter, r *http.Request) {
	id, _ := parseID(r.PathValue("id"))
	body, ok := s.Owner(id)
	if !ok {
		s.fail(w, http.StatusNotFound, "There is no owner with that id.")
		return
	}
	send(w, http.StatusOK, body)
}
