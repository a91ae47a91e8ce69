package athena

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

const (
	targetHeader = "X-Amz-Target"
	targetPrefix = "AmazonAthena."
	// maxBody is the greatest body of a call: the longest query text, escaped.
	maxBody = 2 << 20
)

// call is a call of Athena whose body has been read.
type call struct {
	operation string
	body      []byte
	page      int // of results, 1 when none is asked for
}

type callKey struct{}

// withCall reads the call, so that those in front of the handler can know its
// page.
func withCall(w http.ResponseWriter, r *http.Request) *http.Request {
	c := call{operation: strings.TrimPrefix(r.Header.Get(targetHeader), targetPrefix), page: 1}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil {
		c.body = body
	}
	var ask struct{ NextToken string }
	if c.operation == "GetQueryResults" && json.Unmarshal(body, &ask) == nil {
		if token, ok := parseToken(ask.NextToken); ok {
			c.page = token.Page
		}
	}
	return r.WithContext(context.WithValue(r.Context(), callKey{}, c))
}

func callOf(r *http.Request) call {
	c, _ := r.Context().Value(callKey{}).(call)
	return c
}

func athenaRoute(r *http.Request) string { return "Athena." + callOf(r).operation }

func athenaPage(r *http.Request) int { return callOf(r).page }

// fault is an answer that is an error.
type fault struct {
	status int
	kind   string         // the exception
	text   string         // its message
	more   map[string]any // further members
}

func (f *fault) Error() string { return f.kind + ": " + f.text }

// invalidRequest is the exception for calls that make no sense.
func invalidRequest(text string) *fault {
	return &fault{400, "InvalidRequestException", text, map[string]any{"AthenaErrorCode": "INVALID_INPUT"}}
}

func (s *Server) serveAthena(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	out, err := s.answer(r, c)
	if err != nil {
		sendFault(w, err)
		return
	}
	sendAthena(w, http.StatusOK, out)
}

// answer lets the traps and the signature pass, then does what is asked.
func (s *Server) answer(r *http.Request, c call) (any, *fault) {
	switch key := accessKey(r); key {
	case s.cfg.AccessKey:
	case "":
		return nil, &fault{status: 400, kind: "MissingAuthenticationTokenException", text: "Missing Authentication Token"}
	default:
		return nil, &fault{status: 400, kind: "UnrecognizedClientException", text: "The security token included in the request is invalid."}
	}
	s.mu.Lock()
	traps, strikes := s.traps, s.strikes
	s.mu.Unlock()
	switch {
	case strikes.throttle.Next(traps.Throttle, c.operation, c.page):
		return nil, &fault{status: 400, kind: "ThrottlingException", text: "Rate exceeded"}
	case strikes.internal.Next(traps.Internal, c.operation, c.page):
		return nil, &fault{status: 500, kind: "InternalServerException", text: "Internal server error"}
	}
	switch c.operation {
	case "StartQueryExecution":
		return do(c, s.start)
	case "GetQueryExecution":
		return do(c, s.execution)
	case "BatchGetQueryExecution":
		return do(c, s.executions)
	case "StopQueryExecution":
		return do(c, s.stop)
	case "GetQueryResults":
		return do(c, s.results)
	case "GetWorkGroup":
		return do(c, s.workGroup)
	case "GetTableMetadata":
		return do(c, s.tableMetadata)
	case "ListTableMetadata":
		return do(c, s.listTables)
	}
	return nil, &fault{status: 400, kind: "UnknownOperationException", text: "The sandbox has no operation " + c.operation + "."}
}

// do reads the body of a call and hands it on.
func do[In, Out any](c call, operation func(In) (Out, *fault)) (any, *fault) {
	var in In
	if err := json.Unmarshal(c.body, &in); err != nil {
		return nil, &fault{status: 400, kind: "SerializationException", text: "The body is not what the operation takes"}
	}
	return operation(in)
}

// failAthenaWire answers for faults of the wire.
func failAthenaWire(w http.ResponseWriter, status int, text string) {
	kind := map[int]string{401: "ExpiredTokenException", 429: "ThrottlingException", 503: "ServiceUnavailableException"}[status]
	if kind == "" {
		kind = "InternalServerException"
	}
	sendFault(w, &fault{status: status, kind: kind, text: text})
}

func sendFault(w http.ResponseWriter, f *fault) {
	body := map[string]any{"__type": f.kind, "message": f.text, "Message": f.text}
	for name, value := range f.more {
		body[name] = value
	}
	sendAthena(w, f.status, body)
}

func sendAthena(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) != nil {
		status = http.StatusInternalServerError
		body.Reset()
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
