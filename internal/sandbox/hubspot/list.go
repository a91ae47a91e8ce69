package hubspot

import (
	"net/http"
	"strconv"
	"strings"
)

// The page sizes of lists of records.
const (
	usualPage   = 10
	mostPage    = 100
	mostHistory = 50 // where the history of properties is asked for
)

// view is what of each record an answer shows.
type view struct {
	properties []*property
	history    []*property
	linked     []*table
	dirty      float64
	linkPage   int
}

// view reads what to show from names of properties and types; unknown ones are
// ignored. The account is locked by the caller.
func (a *Account) view(t *table, properties, history, linked []string) view {
	v := view{properties: t.shown(properties), dirty: a.traps.Dirty, linkPage: inlineLinks}
	if a.traps.LinkPage > 0 {
		v.linkPage = a.traps.LinkPage
	}
	for _, name := range history {
		if p, ok := t.property(name); ok {
			v.history = append(v.history, p)
		}
	}
	for _, name := range linked {
		if other := a.byName[name]; other != nil {
			v.linked = append(v.linked, other)
		}
	}
	return v
}

// shownRecord is a record with its associations, a list of rows for each type of
// the view.
type shownRecord struct {
	entry

	linked [][]int
}

// gather looks up the associations that the view shows. The account is locked by
// the caller.
func (a *Account) gather(t *table, v *view, entries []entry) []shownRecord {
	records := make([]shownRecord, len(entries))
	for i, e := range entries {
		records[i].entry = e
		for _, other := range v.linked {
			records[i].linked = append(records[i].linked, a.linked(t, e.row, other))
		}
	}
	return records
}

// appendShown appends a record as the view has it. path is the address that
// further associations are found below.
func (a *Account) appendShown(dst []byte, rec *shownRecord, v *view, path string) []byte {
	dst = a.appendOpenRecord(dst, &rec.entry, v.properties, v.dirty)
	if len(v.history) > 0 {
		dst = append(dst, `,"propertiesWithHistory":{`...)
		for i, p := range v.history {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = a.appendHistory(dst, &rec.entry, p, v.dirty)
		}
		dst = append(dst, '}')
	}
	n := 0
	for i, rows := range rec.linked {
		if len(rows) == 0 {
			continue
		}
		if n++; n == 1 {
			dst = append(dst, `,"associations":{`...)
		} else {
			dst = append(dst, ',')
		}
		dst = a.appendInline(dst, rec, v.linked[i], rows, v.linkPage, path)
	}
	if n > 0 {
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// csv returns the names in a parameter, which may be given several times.
func csv(values []string) []string {
	var names []string
	for _, value := range values {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// list answers GET /crm/v3/objects/{type}, in the order of ids.
func (s *Server) list(w http.ResponseWriter, r *http.Request, t *table) {
	query := r.URL.Query()
	history := csv(query["propertiesWithHistory"])
	most := mostPage
	if len(history) > 0 {
		most = mostHistory
	}
	limit, ok := limitOf(query.Get("limit"), usualPage, most)
	if !ok {
		s.fail(w, http.StatusBadRequest, limitText(most))
		return
	}
	after, ok := parseID(query.Get("after"))
	if !ok && query.Get("after") != "" {
		s.fail(w, http.StatusBadRequest, "after is not a cursor of this list.")
		return
	}
	s.mu.RLock()
	found, more := t.after(after, limit, query.Get("archived") == "true", s.now())
	v := s.view(t, csv(query["properties"]), history, csv(query["associations"]))
	records := s.gather(t, &v, found)
	churn := s.traps.Churn
	s.mu.RUnlock()
	s.churn(t.name, churn)
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		dst = append(dst, `{"results":[`...)
		for i := range records {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.appendShown(dst, &records[i], &v, r.URL.Path)
		}
		if !more {
			return append(dst, `]}`...)
		}
		return appendPaging(append(dst, ']'), records[len(records)-1].id, r.URL.Path)
	})
}

// appendPaging closes an answer with the way to its next page.
func appendPaging(dst []byte, after int64, path string) []byte {
	return append(appendNext(dst, after, path), '}')
}

func appendNext(dst []byte, after int64, path string) []byte {
	dst = strconv.AppendInt(append(dst, `,"paging":{"next":{"after":"`...), after, 10)
	dst = append(append(append(dst, `","link":"https://api.hubapi.com`...), path...), "?after="...)
	return append(strconv.AppendInt(dst, after, 10), `"}}`...)
}

// one answers GET /crm/v3/objects/{type}/{id}.
func (s *Server) one(w http.ResponseWriter, r *http.Request, t *table) {
	query := r.URL.Query()
	s.mu.RLock()
	finder := s.finder(t, query.Get("idProperty"), query.Get("archived") == "true", []string{r.PathValue("id")})
	row, ok := finder(r.PathValue("id"))
	var v view
	var records []shownRecord
	if ok {
		v = s.view(t, csv(query["properties"]), csv(query["propertiesWithHistory"]), csv(query["associations"]))
		records = s.gather(t, &v, []entry{t.entry(row)})
	}
	s.mu.RUnlock()
	if !ok {
		s.fail(w, http.StatusNotFound, "Object not found.  objectId are usually numeric.")
		return
	}
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		return s.appendShown(dst, &records[0], &v, strings.TrimSuffix(r.URL.Path, "/"+r.PathValue("id")))
	})
}
