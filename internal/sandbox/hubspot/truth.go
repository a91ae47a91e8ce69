package hubspot

import (
	"encoding/json"
	"iter"
	"net/http"
	"strings"
)

// truth answers GET /sandbox/{type}.ndjson with all active records, or with
// ?archived=true all archived ones that lists show.
func (s *Server) truth(w http.ResponseWriter, r *http.Request) {
	typ, ok := strings.CutSuffix(r.PathValue("file"), ".ndjson")
	if !ok || s.byName[typ] == nil {
		sendError(w, notThere("There is no such type of record.", "Use one of "+strings.Join(s.Types(), ", ")+"."))
		return
	}
	records := s.Records(typ)
	if r.URL.Query().Get("archived") == "true" {
		records = s.Archived(typ)
	}
	sendLines(w, r, func(yield func([]byte) bool) {
		for _, record := range records {
			if !yield(record) {
				return
			}
		}
	})
}

// linkTruth answers GET /sandbox/associations/{from}/{to}.ndjson with one line for
// each record that is associated with any.
func (s *Server) linkTruth(w http.ResponseWriter, r *http.Request) {
	from := r.PathValue("from")
	to, ok := strings.CutSuffix(r.PathValue("file"), ".ndjson")
	if !ok || s.byName[from] == nil || s.byName[to] == nil {
		sendError(w, notThere("There is no such type of record.", "Use one of "+strings.Join(s.Types(), ", ")+"."))
		return
	}
	sendLines(w, r, func(yield func([]byte) bool) {
		for id, others := range s.Associations(from, to) {
			line, _ := json.Marshal(struct {
				From int64   `json:"from"`
				To   []int64 `json:"to"`
			}{id, others}) // numbers only
			if !yield(line) {
				return
			}
		}
	})
}

func sendLines(w http.ResponseWriter, r *http.Request, lines iter.Seq[[]byte]) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	for line := range lines {
		if _, err := w.Write(append(line, '\n')); err != nil || r.Context().Err() != nil {
			return
		}
	}
}
