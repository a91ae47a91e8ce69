package salespro

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// maxControl is the greatest body that the controls take, in bytes.
const maxControl = 64 << 20

func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/sandbox/") }

// changed is what changes of the share answer.
type changed struct {
	Rows []int `json:"rows"`
}

func rowsOf(rows []int, err error) (any, error) { return changed{append([]int{}, rows...)}, err }

type number struct {
	N int `json:"n"`
}

// planting is one row with given values: {"fields": {...}} adds one, {"row": 1,
// "fields": {...}} edits one.
type planting struct {
	Row    *int   `json:"row"`
	Fields Fields `json:"fields"`
}

type nothing struct{}

// controlRoutes is the share's model over HTTP, for people and for tests in
// another process. No key is asked for, and no trap applies.
func (s *Server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /sandbox/{table}/change", control(func(name string, p Pick) (any, error) { return rowsOf(s.Change(name, p)) }))
	mux.Handle("POST /sandbox/{table}/insert", control(func(name string, n number) (any, error) { return rowsOf(s.Insert(name, n.N)) }))
	mux.Handle("POST /sandbox/{table}/delete", control(func(name string, p Pick) (any, error) { return rowsOf(s.Delete(name, p)) }))
	mux.Handle("POST /sandbox/{table}/rebuild", control(func(name string, _ nothing) (any, error) { return rowsOf(nil, s.Rebuild(name)) }))
	mux.Handle("POST /sandbox/{table}/put", control(s.plant))
	mux.Handle("POST /sandbox/traps", control(s.trap))
	mux.HandleFunc("GET /sandbox/state", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, http.StatusOK, s.State()) })
	mux.HandleFunc("GET /sandbox/queries", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, http.StatusOK, s.Athena.Queries()) })
	mux.HandleFunc("GET /sandbox/users.csv", export(s.WriteUsers))
	mux.HandleFunc("GET /sandbox/offices.csv", export(s.WriteOffices))
	mux.HandleFunc("GET /sandbox/{file}", s.truth)
	return mux
}

func (s *Server) plant(name string, p planting) (any, error) {
	if p.Row == nil {
		row, err := s.Put(name, p.Fields)
		return rowsOf([]int{row}, err)
	}
	return rowsOf([]int{*p.Row}, s.Edit(name, *p.Row, p.Fields))
}

func (s *Server) trap(_ string, list struct {
	Traps string `json:"traps"`
}) (any, error) {
	t, err := ParseTraps(list.Traps)
	if err != nil {
		return nil, err
	}
	s.SetTraps(t)
	return s.State(), nil
}

// export sends a CSV file.
func export(write func(io.Writer) error) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		_ = write(w) // fails only when the client has gone
	}
}

// truth sends a table as it is, one row a line: {table}.ndjson.
func (s *Server) truth(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutSuffix(r.PathValue("file"), ".ndjson")
	columns := s.Columns(name)
	if !ok || columns == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	all := table.Type{Kind: table.RowKind}
	for _, c := range columns {
		t, err := table.ParseType(c.Type)
		if err != nil {
			sendError(w, err)
			return
		}
		all.Names, all.Parts = append(all.Names, c.Name), append(all.Parts, t)
	}
	var line []byte
	for _, row := range s.Rows(name) {
		line = append(table.Nested(row...).AppendJSON(line[:0], all), '\n')
		if _, err := w.Write(line); err != nil || r.Context().Err() != nil {
			return
		}
	}
}

// control answers a call with a JSON body by what do makes of it and of the table
// in its address.
func control[In any](do func(table string, in In) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in In
		body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControl))
		body.DisallowUnknownFields()
		body.UseNumber()
		if err := body.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
			sendError(w, &crm.Error{
				Code: crm.CodeUsage, Origin: crm.OriginConfig, Err: err,
				Message: "The body is not what this address takes", Fix: "Send a JSON object with the fields it knows.",
			})
			return
		}
		out, err := do(r.PathValue("table"), in)
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
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
