package salesrabbit

import (
	"net/http"
	"strconv"
)

// paging is the page that a call asks for and gets.
type paging struct {
	page, size int
	repeat     bool // every call gets the first page and hears of more
}

func (s *Server) paging(r *http.Request, t *Traps) paging {
	p := paging{page: pageOf(r), size: number(r.URL.Query().Get("perPage"), 1, s.maxPage, s.maxPage)}
	if t.IgnorePerPage {
		p.size = s.maxPage
	}
	if t.RepeatPages {
		p.page, p.repeat = 1, true
	}
	return p
}

// appendMeta closes the data and appends meta, unless it is to be missing.
func (p paging) appendMeta(dst []byte, more bool, t *Traps) []byte {
	if t.NoMeta {
		return append(dst, '}')
	}
	dst = strconv.AppendInt(append(dst, `,"meta":{"resultsPerPage":`...), int64(p.size), 10)
	dst = strconv.AppendBool(append(dst, `,"morePages":`...), more || p.repeat)
	dst = strconv.AppendInt(append(dst, `,"currentPage":`...), int64(p.page), 10)
	return append(dst, `}}`...)
}

// liveQuery reads what GET /leads and GET /leadStatusHistories take. filtered
// says whether a header asked for changes only: then nothing found means 304.
func liveQuery(r *http.Request, p paging, t *Traps) (q query, filtered bool) {
	q = query{status: -1, offset: (p.page - 1) * p.size, limit: p.size}
	values := r.URL.Query()
	q.descending = values.Get("order") == "desc"
	switch sortBy := values.Get("sortBy"); {
	case t.IgnoreSort:
		q.sort, q.descending = byModified, false
	case sortBy == "dateModified":
		q.sort = byModified
	case sortBy == "statusModified":
		q.sort = byStatusModified
	case sortBy == "" && t.Shifting:
		q.sort, q.descending = byModified, true
	}
	if name := values.Get("status"); name != "" {
		if q.status = statusNamed(name); q.status < 0 {
			q.status = len(statuses) // no lead has it
		}
	}
	q.since = parseSince(r.Header.Get("If-Modified-Since"), t.Exclusive)
	q.statusSince = parseSince(r.Header.Get("If-Status-Modified-Since"), t.Exclusive)
	return q, q.since > 0 || q.statusSince > 0
}

func (s *Server) listLeads(w http.ResponseWriter, r *http.Request) {
	t := s.Traps()
	p := s.paging(r, &t)
	q, filtered := liveQuery(r, p, &t)
	found := s.list(q)
	s.churn(t.Churn)
	if filtered && found.total == 0 {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.respond(w, func(dst []byte) []byte {
		dst = append(dst, `{"data":[`...)
		for i, e := range found.entries {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.appendLead(dst, e, false)
		}
		return p.appendMeta(append(dst, ']'), found.more, &t)
	})
}

func (s *Server) oneLead(nested bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if err != nil {
			fail(w, http.StatusBadRequest, "The id must be a number.")
			return
		}
		record, ok := s.lead(id, nested)
		if !ok {
			fail(w, http.StatusNotFound, "There is no such lead.")
			return
		}
		s.respond(w, func(dst []byte) []byte { return append(append(append(dst, `{"data":`...), record...), '}') })
	}
}

// listUsers ignores paging, as the real one does.
func (s *Server) listUsers(w http.ResponseWriter, r *http.Request) {
	t := s.Traps()
	p := paging{page: pageOf(r), size: s.maxPage}
	role := r.URL.Query().Get("role")
	users := s.allUsers()
	s.respond(w, func(dst []byte) []byte {
		dst = append(dst, `{"data":[`...)
		first := true
		for row, u := range users {
			if role != "" && s.cfg.role(row) != role {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = s.appendUser(dst, row, u)
		}
		return p.appendMeta(append(dst, ']'), t.UsersRepeat, &t)
	})
}

func (a *Account) allUsers() []user {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return append([]user(nil), a.users...)
}

func (s *Server) listStatuses(w http.ResponseWriter, _ *http.Request) {
	if s.Traps().NoStatuses {
		fail(w, http.StatusNotFound, "There is no such address.")
		return
	}
	s.respond(w, appendStatuses)
}

// listHistories pages by leads: those that match, each with its whole history,
// events before the time in the header included.
func (s *Server) listHistories(w http.ResponseWriter, r *http.Request) {
	t := s.Traps()
	if t.NoHistories {
		fail(w, http.StatusNotFound, "There is no such address.")
		return
	}
	p := s.paging(r, &t)
	q, filtered := liveQuery(r, p, &t)
	found := s.list(q)
	histories := s.eventsOf(found.entries)
	s.churn(t.Churn)
	if filtered && found.total == 0 {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.respond(w, func(dst []byte) []byte {
		dst = append(dst, `{"data":`...)
		if len(found.entries) == 0 {
			return p.appendMeta(append(dst, `[]`...), found.more, &t)
		}
		for i, e := range found.entries {
			dst = append(dst, "{,"[min(i, 1)], '"')
			dst = append(strconv.AppendInt(dst, idOf(e.row), 10), `":`...)
			dst = s.appendHistory(dst, &e.lead, histories[i])
		}
		return p.appendMeta(append(dst, '}'), found.more, &t)
	})
}

func (a *Account) eventsOf(entries []entry) [][]event {
	a.mu.RLock()
	defer a.mu.RUnlock()
	histories := make([][]event, 0, len(entries))
	for _, e := range entries {
		histories = append(histories, a.events(e.row))
	}
	return histories
}
