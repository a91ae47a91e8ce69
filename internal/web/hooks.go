package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// maxBody is the greatest call that is taken, in bytes.
const maxBody = 4 << 20

// Teller takes what a source tells of changes. When it returns nil, that is durable.
type Teller interface {
	Tell(ctx context.Context, account string, call crm.Call) (records int, err error)
}

// HooksPath is where the calls of an account go.
func HooksPath(account string) string { return "/hooks/" + account }

// Hooks answers the calls by which sources tell of changes, at HooksPath of their
// account. public is the address by which the world reaches it, as far as that is not
// the one of the call: behind a proxy a source signs another address than is seen here.
func Hooks(t Teller, public string, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/{account}", func(w http.ResponseWriter, r *http.Request) {
		account := r.PathValue("account")
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "the body cannot be read, or is too large", http.StatusRequestEntityTooLarge)
			return
		}
		n, err := t.Tell(r.Context(), account, crm.Call{Method: r.Method, URL: called(r, public), Header: r.Header, Body: body})
		if err != nil {
			status := statusOf(err)
			log.Warn("a call to "+HooksPath(account)+" was refused: "+err.Error(), "status", status, "code", crm.CodeOf(err))
			http.Error(w, http.StatusText(status), status)
			return
		}
		log.Debug("told of " + strconv.Itoa(n) + " records of " + account)
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	return mux
}

// called is the address as the source called it.
func called(r *http.Request, public string) string {
	if public != "" {
		return strings.TrimSuffix(public, "/") + r.URL.RequestURI()
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + r.URL.RequestURI()
}

// statusOf says in a status whether it helps to call again: it does where the fault
// is on this side.
func statusOf(err error) int {
	switch crm.CodeOf(err) {
	case crm.CodeAuth:
		return http.StatusUnauthorized
	case crm.CodeNotFound:
		return http.StatusNotFound
	case crm.CodeBadAnswer:
		return http.StatusBadRequest
	default:
		return http.StatusServiceUnavailable
	}
}
