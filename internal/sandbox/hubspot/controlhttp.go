package hubspot

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// controlOf answers a call for one type of object, which the address names.
func controlOf[In any](s *Server, do func(string, In) (any, error)) http.Handler {
	return control(func(r *http.Request, in In) (any, error) {
		t := s.byName[r.PathValue("type")]
		if t == nil {
			return nil, notThere("There is no such type of record.", "Use one of "+strings.Join(s.Types(), ", ")+".")
		}
		return do(t.name, in)
	})
}

// control answers a call with a JSON body by what do makes of it.
func control[In any](do func(*http.Request, In) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		body.DisallowUnknownFields()
		if err := body.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
			sendError(w, &crm.Error{
				Code: crm.CodeUsage, Origin: crm.OriginConfig, Err: err,
				Message: "The body is not what this address takes", Fix: "Send a JSON object with the fields it knows.",
			})
			return
		}
		out, err := do(r, in)
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
