package hubspot

import (
	"net/http"
	"slices"
	"strconv"
)

// How many associations of one record come at once.
const (
	inlineLinks  = 100
	usualLinks   = 500
	mostLinks    = 500
	mostLinkRead = 1000 // records in one call
)

// typeName is how inline associations are called: contact_to_company.
func typeName(from, to *kind) string { return from.singular + "_to_" + to.singular }

// appendInline appends the associations to one type as lists of records have
// them. Where there is more than one kind of association, each is an item of its
// own.
func (a *Account) appendInline(dst []byte, rec *shownRecord, to *table, rows []int, limit int, path string) []byte {
	from := a.tables[rec.kind.number]
	all := a.labels(from, to)
	dst = append(appendText(dst, to.name), `:{"results":[`...)
	for i, row := range rows[:min(limit, len(rows))] {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(strconv.AppendInt(append(dst, `{"id":"`...), to.id(row), 10), `","type":"`...)
		dst = append(append(dst, typeName(rec.kind, &to.kind)...), `"}`...)
		if len(all) > 1 {
			dst = append(strconv.AppendInt(append(dst, `,{"id":"`...), to.id(row), 10), `","type":"`...)
			dst = append(append(dst, typeName(rec.kind, &to.kind)...), `_unlabeled"}`...)
		}
	}
	dst = append(dst, ']')
	if len(rows) > limit {
		dst = appendNext(dst, to.id(rows[limit-1]), path+"/"+strconv.FormatInt(rec.id, 10)+"/associations/"+to.name)
	}
	return append(dst, '}')
}

// tied is the associations of one record, a page of them.
type tied struct {
	id   int64
	row  int
	rows []int
	more bool
}

// tie looks up a page of associations of the record with that id, if it is
// active. The account is locked by the caller.
func (a *Account) tie(from, to *table, id int64, after string, limit int) (tied, bool) {
	row, ok := from.row(id, len(from.objects))
	if !ok || !isActive(&from.objects[row]) {
		return tied{}, false
	}
	t := tied{id: id, row: row, rows: a.linked(from, row, to)}
	last, _ := parseID(after)
	n, _ := slices.BinarySearchFunc(t.rows, last+1, func(row int, id int64) int { return int(to.id(row) - id) })
	t.rows = t.rows[n:]
	if len(t.rows) > limit {
		t.rows, t.more = t.rows[:limit], true
	}
	return t, true
}

func (a *Account) linkPage(usual int) int {
	if a.traps.LinkPage > 0 {
		return a.traps.LinkPage
	}
	return usual
}

// appendTied appends associated records. Dated versions write ids as strings,
// v4 as numbers.
func (a *Account) appendTied(dst []byte, from, to *table, t *tied, dated bool) []byte {
	all := a.labels(from, to)
	quote := ""
	if dated {
		quote = `"`
	}
	for i, row := range t.rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(append(append(dst, `{"toObjectId":`...), quote...), to.id(row), 10)
		dst = append(append(dst, quote...), `,"associationTypes":[`...)
		low, high := from.id(t.row), to.id(row)
		for n, l := range a.carried(all, int(min(low, high)), int(max(low, high))) {
			if n > 0 {
				dst = append(dst, ',')
			}
			dst = l.append(dst)
		}
		dst = append(dst, `]}`...)
	}
	return dst
}

type linkRequest struct {
	Inputs []struct {
		ID    string `json:"id"`
		After string `json:"after"`
	} `json:"inputs"`
}

// readAssociations answers POST /crm/v4/associations/{from}/{to}/batch/read. A
// record without associations is absent from the results and stands in the
// errors, with 207.
func (s *Server) readAssociations(dated bool) pairHandler {
	return func(w http.ResponseWriter, r *http.Request, from, to *table) {
		var in linkRequest
		if !s.decode(w, r, &in) {
			return
		}
		if len(in.Inputs) > mostLinkRead {
			s.fail(w, http.StatusBadRequest, "The maximum number of inputs supported in a batch request for associations read is 1000.")
			return
		}
		outcome := batchOutcome{status: "COMPLETE", at: s.now()}
		var results []tied
		s.mu.RLock()
		limit := s.linkPage(usualLinks)
		for _, input := range in.Inputs {
			id, _ := parseID(input.ID)
			t, ok := s.tie(from, to, id, input.After, limit)
			if !ok || len(t.rows) == 0 {
				outcome.errors = append(outcome.errors, noAssociations(from, to, input.ID))
				continue
			}
			results = append(results, t)
		}
		s.mu.RUnlock()
		s.respond(w, outcome.code(), func(dst []byte) []byte {
			dst = outcome.open(dst)
			for i := range results {
				if i > 0 {
					dst = append(dst, ',')
				}
				dst = append(strconv.AppendInt(append(dst, `{"from":{"id":"`...), results[i].id, 10), `"},"to":[`...)
				dst = append(s.appendTied(dst, from, to, &results[i], dated), ']')
				if t := &results[i]; t.more {
					dst = appendNext(dst, to.id(t.rows[len(t.rows)-1]), r.URL.Path)
				}
				dst = append(dst, '}')
			}
			return outcome.close(dst)
		})
	}
}

func noAssociations(from, to *table, id string) failure {
	return failure{
		Status: "error", Category: "OBJECT_NOT_FOUND", SubCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
		Message: "No " + to.singular + " is associated with " + from.singular + " " + id + ".",
		Context: map[string][]string{"fromObjectId": {id}, "fromObjectType": {from.singular}, "toObjectType": {to.singular}},
	}
}

// listAssociations answers GET /crm/v4/objects/{from}/{id}/associations/{to}.
func (s *Server) listAssociations(dated bool) pairHandler {
	return func(w http.ResponseWriter, r *http.Request, from, to *table) {
		query := r.URL.Query()
		id, _ := parseID(r.PathValue("id"))
		s.mu.RLock()
		limit, ok := limitOf(query.Get("limit"), s.linkPage(usualLinks), mostLinks)
		t, found := s.tie(from, to, id, query.Get("after"), limit)
		s.mu.RUnlock()
		switch {
		case !ok:
			s.fail(w, http.StatusBadRequest, limitText(mostLinks))
		case !found:
			s.fail(w, http.StatusNotFound, "Object not found.  objectId are usually numeric.")
		default:
			s.respond(w, http.StatusOK, func(dst []byte) []byte {
				dst = append(s.appendTied(append(dst, `{"results":[`...), from, to, &t, dated), ']')
				if !t.more {
					return append(dst, '}')
				}
				return appendPaging(dst, to.id(t.rows[len(t.rows)-1]), r.URL.Path)
			})
		}
	}
}

// listLabels answers GET /crm/v4/associations/{from}/{to}/labels.
func (s *Server) listLabels(w http.ResponseWriter, _ *http.Request, from, to *table) {
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		dst = append(dst, `{"results":[`...)
		for i, l := range s.labels(from, to) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = l.append(dst)
		}
		return append(dst, `]}`...)
	})
}
