package salesrabbit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// maxControl is the greatest body that the controls take, in bytes.
const maxControl = 64 << 20

func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/sandbox/") }

// controlRoutes is the model over HTTP, for people and for tests in another
// process. No token is asked for, and no trap applies.
func (s *Server) controlRoutes() http.Handler {
	type number struct {
		N int `json:"n"`
	}
	type deletion struct {
		Pick

		Soft bool `json:"soft"`
	}
	mux := http.NewServeMux()
	mux.Handle("POST /sandbox/leads/change", control(func(p Pick) (any, error) { return changed(s.Change(p)) }))
	mux.Handle("POST /sandbox/leads/insert", control(func(n number) (any, error) { return changed(s.Insert(n.N)) }))
	mux.Handle("POST /sandbox/leads/delete", control(func(d deletion) (any, error) { return changed(s.Delete(d.Pick, Deletion(!d.Soft))) }))
	mux.Handle("POST /sandbox/leads/restore", control(func(p Pick) (any, error) { return changed(s.Restore(p)) }))
	mux.Handle("POST /sandbox/leads/reappear", control(func(p Pick) (any, error) { return changed(s.Reappear(p)) }))
	mux.Handle("POST /sandbox/leads/status", control(func(p Pick) (any, error) { return changed(s.TouchStatus(p)) }))
	mux.Handle("POST /sandbox/leads/put", control(s.put))
	mux.Handle("POST /sandbox/users/change", control(func(n number) (any, error) { return changed(s.ChangeUsers(n.N)) }))
	mux.Handle("POST /sandbox/traps", control(s.setTraps))
	mux.HandleFunc("GET /sandbox/state", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, http.StatusOK, s.State()) })
	mux.HandleFunc("GET /sandbox/leads.ndjson", s.truth)
	return mux
}

// changedIDs is what changes of the model answer.
type changedIDs struct {
	IDs []int64 `json:"ids"`
}

func changed(ids []int64) (any, error) { return changedIDs{append([]int64{}, ids...)}, nil }

// planting is one lead with raw values: {"fields": {...}} adds one, {"id": 1,
// "fields": {...}} edits one, {"record": ...} adds one that is nothing else.
type planting struct {
	ID     int64           `json:"id"`
	Fields Fields          `json:"fields"`
	Record json.RawMessage `json:"record"`
}

func (s *Server) put(p planting) (any, error) {
	switch {
	case len(p.Record) > 0:
		var line bytes.Buffer
		_ = json.Compact(&line, p.Record) // it has been parsed once
		return changed([]int64{s.PutWhole(line.Bytes())})
	case p.ID == 0:
		return changed([]int64{s.Put(p.Fields)})
	case s.Edit(p.ID, p.Fields):
		return changed([]int64{p.ID})
	}
	return nil, &crm.Error{
		Code: crm.CodeNotFound, Origin: crm.OriginConfig,
		Message: "There is no such lead to edit.", Fix: "Take an id from GET /sandbox/leads.ndjson.",
	}
}

func (s *Server) setTraps(list struct {
	Traps string `json:"traps"`
}) (any, error) {
	t, err := ParseTraps(list.Traps)
	if err != nil {
		return nil, err
	}
	s.SetTraps(t)
	return s.State(), nil
}

func (s *Server) truth(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	for _, record := range s.Leads() {
		if _, err := w.Write(append(record, '\n')); err != nil || r.Context().Err() != nil {
			return
		}
	}
}

// control answers a call with a JSON body by what do makes of it.
func control[In any](do func(In) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControl))
		body.DisallowUnknownFields()
		if err := body.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
			sendError(w, &crm.Error{
				Code: crm.CodeUsage, Origin: crm.OriginConfig, Err: err,
				Message: "The body is not what this address takes", Fix: "Send a JSON object with the fields it knows.",
			})
			return
		}
		out, err := do(in)
		if err != nil {
			sendError(w, err)
			return
		}
		sendJSON(w, http.StatusOK, out)
	})
}

func sendError(w http.ResponseWriter, err error) {
	answer := struct {
		Code    crm.Code `json:"code"`
		Message string   `json:"message"`
		Fix     string   `json:"fix"`
	}{Code: crm.CodeOf(err), Message: err.Error()}
	var e *crm.Error
	if errors.As(err, &e) {
		answer.Fix = e.Fix
	}
	status := http.StatusBadRequest
	if answer.Code == crm.CodeNotFound {
		status = http.StatusNotFound
	}
	sendJSON(w, status, answer)
}

func sendJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"code":"internal"}`)
	}
	send(w, status, body)
}
