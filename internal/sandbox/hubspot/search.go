package hubspot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// The bounds of a search.
const (
	mostFound       = 200
	searchCap       = 10_000 // how deep the pages of one search reach
	mostGroups      = 5
	mostFilters     = 10 // in one group
	mostFiltersEver = 25
	mostQuery       = 3000
)

type searchRequest struct {
	FilterGroups []filterGroup     `json:"filterGroups"`
	Filters      []filter          `json:"filters"`
	Sorts        []json.RawMessage `json:"sorts"`
	Query        string            `json:"query"`
	Properties   []string          `json:"properties"`
	Limit        *int              `json:"limit"`
	After        looseText         `json:"after"`
}

// looseText is a text that may be sent as a number.
type looseText string

func (t *looseText) UnmarshalJSON(raw []byte) error {
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	if len(raw) > 0 && raw[0] != '"' {
		*t = looseText(raw)
		return nil
	}
	return json.Unmarshal(raw, (*string)(t))
}

// bounds returns the page that is asked for, or what is wrong with it.
func (in *searchRequest) bounds(most int) (offset, limit int, wrong string) {
	limit = usualPage
	if in.Limit != nil {
		limit = *in.Limit
	}
	if limit < 1 || limit > most {
		return 0, 0, limitText(most)
	}
	if in.After != "" {
		n, err := strconv.Atoi(string(in.After))
		if err != nil || n < 0 {
			return 0, 0, "after must be a number."
		}
		offset = n
	}
	if offset+limit > searchCap {
		return 0, 0, "Search queries can only page through 10,000 results: after + limit must not be over that."
	}
	if len(in.Query) > mostQuery {
		return 0, 0, "query must not be longer than 3000 characters."
	}
	return offset, limit, ""
}

// order is the one sort of a search that is honoured.
type order struct {
	by         *property // nil: by id
	descending bool
	none       bool // in no order, which is another one each time
}

// order reads the first sort, or says what is wrong with the sorts. One that is a text,
// as the published files have it, is ignored without a word, and so is one of a property
// that there is not: what order comes then nobody has promised.
func (in *searchRequest) order(t *table) (by order, wrong string) {
	for i, raw := range in.Sorts {
		if raw[0] == '"' {
			by.none = by.none || i == 0
			continue
		}
		var sort struct {
			PropertyName string `json:"propertyName"`
			Direction    string `json:"direction"`
		}
		switch err := json.Unmarshal(raw, &sort); {
		case raw[0] != '{' || err != nil:
			return order{}, "Invalid input JSON: a sort must be an object of texts."
		case sort.PropertyName == "":
			return order{}, "Invalid input JSON: Cannot build Sort, some of required attributes are not set [propertyName]"
		case sort.Direction != "" && sort.Direction != "ASCENDING" && sort.Direction != "DESCENDING":
			return order{}, "Invalid input JSON: direction must be one of [ASCENDING, DESCENDING]."
		}
		if i == 0 {
			p, ok := t.property(sort.PropertyName)
			by = order{by: p, descending: sort.Direction == "DESCENDING", none: !ok}
		}
	}
	return by, ""
}

// match is a record that a search has found, with what it is ordered by.
type match struct {
	row    int
	number float64
	text   string
}

// search answers POST /crm/v3/objects/{type}/search with the records as the index
// has them.
func (s *Server) search(w http.ResponseWriter, r *http.Request, t *table) {
	var in searchRequest
	if !s.decode(w, r, &in) {
		return
	}
	traps := s.Traps()
	most := mostFound
	if traps.Search100 {
		most = 100
	}
	offset, limit, wrong := in.bounds(most)
	if wrong != "" {
		s.fail(w, http.StatusBadRequest, wrong)
		return
	}
	s.mu.RLock()
	test, err := s.compile(t, &in)
	if err != nil {
		s.mu.RUnlock()
		s.fail(w, err.status, err.text)
		return
	}
	by, wrong := in.order(t)
	if wrong != "" {
		s.mu.RUnlock()
		s.fail(w, http.StatusBadRequest, wrong)
		return
	}
	now := s.now()
	found := s.matches(t, test, by, now)
	page := found[min(offset, len(found)):min(offset+limit, len(found))]
	entries := make([]entry, 0, len(page))
	for _, m := range page {
		entries = append(entries, t.indexed(m.row, now))
	}
	v := s.view(t, in.Properties, nil, nil)
	s.mu.RUnlock()
	s.churn(t.name, traps.Churn)
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		dst = strconv.AppendInt(append(dst, `{"total":`...), int64(len(found)), 10)
		dst = append(dst, `,"results":[`...)
		for i := range entries {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.appendRecord(dst, &entries[i], v.properties, v.dirty)
		}
		if offset+limit >= len(found) {
			return append(dst, `]}`...)
		}
		dst = strconv.AppendInt(append(dst, `],"paging":{"next":{"after":"`...), int64(offset+limit), 10)
		return append(dst, `"}}}`...)
	})
}

// matches returns all records that pass the test, in order. The account is
// locked by the caller.
func (s *Server) matches(t *table, test test, by order, now int64) []match {
	var found []match
	var e entry
	read := s.reader(by.by)
	call := s.asked.Add(1)
	for row := range t.objects {
		e = t.indexed(row, now)
		if !isActive(&e.object) || !test(&e) {
			continue
		}
		m := match{row: row}
		switch {
		case by.none:
			r := people.NewRand(s.cfg.Seed, drawOrder, call, uint64(row))
			m.number = r.Share()
		case by.by == nil:
			m.number = float64(e.id)
		case by.by.numeric():
			m.number, _ = read.number(&e)
			if s.traps.Disorder > 0 && by.by.form.typ == "datetime" {
				r := people.NewRand(s.cfg.Seed, drawOrder, call, uint64(row))
				m.number += (r.Share() - 0.5) * 2 * float64(s.traps.Disorder.Milliseconds()+1)
			}
		default:
			m.text, _ = read.text(&e)
		}
		found = append(found, m)
	}
	slices.SortStableFunc(found, func(x, y match) int {
		c := cmp.Compare(x.number, y.number)
		if c == 0 {
			c = strings.Compare(x.text, y.text)
		}
		if by.descending {
			return -c
		}
		return c
	})
	return found
}
