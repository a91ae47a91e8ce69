package salesrabbit_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// serve gives a sandbox one more address.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return web.URL
}

// answering is a server that has one answer to everything.
func answering(t *testing.T, body string) string {
	t.Helper()
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
}
