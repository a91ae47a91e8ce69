package salesrabbit

import (
	"net/http"
	"strconv"
)

// specLimit is the page size of the specification's dialect when none is asked.
const specLimit = 500

// specQuery reads what the specification's dialect takes: page, limit,
// modified_since, sort and order.
func (s *Server) specQuery(r *http.Request, t *Traps) (query, paging) {
	values := r.URL.Query()
	p := paging{page: pageOf(r), size: number(values.Get("limit"), 1, s.maxPage, min(specLimit, s.maxPage))}
	if t.IgnorePerPage {
		p.size = s.maxPage
	}
	if t.RepeatPages {
		p.page = 1
	}
	q := query{
		status: -1, offset: (p.page - 1) * p.size, limit: p.size,
		since:      parseSince(values.Get("modified_since"), t.Exclusive),
		descending: values.Get("order") == "desc",
		count:      true,
	}
	switch {
	case t.IgnoreSort:
		q.sort, q.descending = byModified, false
	case values.Get("sort") == "date_modified":
		q.sort = byModified
	case values.Get("sort") == "" && t.Shifting:
		q.sort, q.descending = byModified, true
	}
	return q, p
}

// specLeads answers GET /api/leads: records with nested address and coordinates.
// Nothing found is an empty list here, never a 304.
func (s *Server) specLeads(w http.ResponseWriter, r *http.Request) {
	t := s.Traps()
	q, p := s.specQuery(r, &t)
	found := s.list(q)
	s.churn(t.Churn)
	s.respond(w, func(dst []byte) []byte {
		dst = append(dst, `{"data":[`...)
		for i, e := range found.entries {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.appendLead(dst, e, true)
		}
		dst = append(dst, ']')
		if t.NoMeta {
			return append(dst, '}')
		}
		dst = strconv.AppendInt(append(dst, `,"meta":{"total":`...), int64(found.total), 10)
		dst = strconv.AppendInt(append(dst, `,"page":`...), int64(p.page), 10)
		dst = strconv.AppendInt(append(dst, `,"limit":`...), int64(p.size), 10)
		return append(dst, `}}`...)
	})
}

// specCount answers GET /api/leads/count with the number of leads that match.
func (s *Server) specCount(w http.ResponseWriter, r *http.Request) {
	t := s.Traps()
	q, _ := s.specQuery(r, &t)
	q.limit, q.offset = 0, 0
	total := s.list(q).total
	s.respond(w, func(dst []byte) []byte {
		return append(strconv.AppendInt(append(dst, `{"count":`...), int64(total), 10), '}')
	})
}
