package hubspot

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// mostBatch is how many records one call reads at most; half as many with their
// history.
const mostBatch = 100

// maxBody is the greatest body that a call may have, in bytes.
const maxBody = 3 << 20

type batchRequest struct {
	Inputs []struct {
		ID string `json:"id"`
	} `json:"inputs"`
	Properties []string `json:"properties"`
	History    []string `json:"propertiesWithHistory"`
	IDProperty string   `json:"idProperty"`
}

// decode reads the body of a call, and answers itself when it cannot.
func (s *Server) decode(w http.ResponseWriter, r *http.Request, in any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(in); err != nil {
		s.fail(w, http.StatusBadRequest, "Invalid input JSON: "+err.Error())
		return false
	}
	return true
}

// batchRead answers POST /crm/v3/objects/{type}/batch/read, in no order.
func (s *Server) batchRead(w http.ResponseWriter, r *http.Request, t *table) {
	var in batchRequest
	if !s.decode(w, r, &in) {
		return
	}
	most := mostBatch
	if len(in.History) > 0 {
		most = mostHistory
	}
	if len(in.Inputs) > most {
		s.fail(w, http.StatusBadRequest, "The maximum number of inputs supported in a batch request for object read is "+strconv.Itoa(most)+".")
		return
	}
	ids := make([]string, 0, len(in.Inputs))
	for _, input := range in.Inputs {
		ids = append(ids, input.ID)
	}
	s.mu.RLock()
	v := s.view(t, in.Properties, in.History, nil)
	found, absent := s.read(t, ids, in.IDProperty, r.URL.Query().Get("archived") == "true")
	traps := s.traps
	s.mu.RUnlock()
	s.shuffle(found)
	outcome := batchOutcome{status: "COMPLETE", at: s.now()}
	if traps.Pending {
		outcome.status, found, absent = "PROCESSING", nil, nil
	}
	if len(absent) > 0 {
		outcome.errors = append(outcome.errors, failure{
			Status: "error", Category: "OBJECT_NOT_FOUND", Context: map[string][]string{"ids": absent},
			Message: "Could not get some " + strings.ToUpper(t.singular) + " objects, they may be deleted or not exist. Check that ids are valid.",
		})
	}
	if traps.BatchError && len(found) > 0 {
		last := found[len(found)-1]
		found = found[:len(found)-1]
		outcome.errors = append(outcome.errors, failure{
			Status: "error", Category: "INTERNAL_ERROR", Context: map[string][]string{"ids": {strconv.FormatInt(last.id, 10)}},
			Message: "There was a problem with the request.",
		})
	}
	s.respond(w, outcome.code(), func(dst []byte) []byte {
		dst = outcome.open(dst)
		for i := range found {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.appendShown(dst, &shownRecord{entry: found[i]}, &v, r.URL.Path)
		}
		return outcome.close(dst)
	})
}

// batchOutcome is what stands around the results of a batch.
type batchOutcome struct {
	status string
	at     int64 // ms since 1970
	errors []failure
}

func (b *batchOutcome) code() int {
	if len(b.errors) > 0 {
		return http.StatusMultiStatus
	}
	return http.StatusOK
}

func (b *batchOutcome) open(dst []byte) []byte {
	return append(appendText(append(dst, `{"status":`...), b.status), `,"results":[`...)
}

func (b *batchOutcome) close(dst []byte) []byte {
	dst = appendISO(append(dst, `],"startedAt":"`...), b.at)
	dst = append(appendISO(append(dst, `","completedAt":"`...), b.at), '"')
	if len(b.errors) > 0 {
		dst = strconv.AppendInt(append(dst, `,"numErrors":`...), int64(len(b.errors)), 10)
		list, _ := json.Marshal(b.errors) // texts only
		dst = append(append(dst, `,"errors":`...), list...)
	}
	return append(dst, '}')
}

// read looks up records by what the inputs name, each once; absent are the
// inputs that name none. The account is locked by the caller.
func (a *Account) read(t *table, inputs []string, idProperty string, archived bool) (found []entry, absent []string) {
	finder := a.finder(t, idProperty, archived, inputs)
	seen := map[int]bool{}
	for _, input := range inputs {
		row, ok := finder(input)
		switch {
		case !ok:
			absent = append(absent, input)
		case !seen[row]:
			seen[row] = true
			found = append(found, t.entry(row))
		}
	}
	return found, absent
}

// finder returns how to find the record that an input names: by its id, or by
// the value of a property that is unique. The account is locked by the caller.
func (a *Account) finder(t *table, idProperty string, archived bool, inputs []string) func(string) (int, bool) {
	now := a.now()
	fit := func(row int) bool {
		if archived {
			return t.objects[row].isArchived(now)
		}
		return isActive(&t.objects[row])
	}
	if idProperty == "" || idProperty == "hs_object_id" {
		return func(input string) (int, bool) {
			id, _ := parseID(input)
			row, ok := t.row(id, len(t.objects))
			if ok && a.traps.Survivor {
				row = t.survivor(row)
			}
			return row, ok && fit(row)
		}
	}
	rows := map[string]int{}
	if p, ok := t.property(idProperty); ok && p.unique {
		rows = a.rowsByValue(t, p, inputs, fit)
	}
	return func(input string) (int, bool) {
		row, ok := rows[strings.ToLower(input)]
		return row, ok
	}
}

func (a *Account) rowsByValue(t *table, p *property, inputs []string, fit func(int) bool) map[string]int {
	wanted := make(map[string]bool, len(inputs))
	for _, input := range inputs {
		wanted[strings.ToLower(input)] = true
	}
	rows := make(map[string]int, len(inputs))
	value := a.reader(p)
	for row := range t.objects {
		if !fit(row) {
			continue
		}
		e := t.entry(row)
		if text, ok := value.text(&e); ok {
			if text = strings.ToLower(text); wanted[text] {
				rows[text] = row
			}
		}
	}
	return rows
}

// shuffle puts records into an order that is the call's own.
func (a *Account) shuffle(found []entry) {
	r := people.NewRand(a.cfg.Seed, drawShuffle, a.asked.Add(1))
	for i := range found {
		j := i + r.Below(len(found)-i)
		found[i], found[j] = found[j], found[i]
	}
}
