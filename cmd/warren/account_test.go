package main

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// account is a CRM whose every call is told to a bell, behind a wire.
type account struct {
	*salesrabbit.Server
	wire wire
	url  string
}

func openAccount(t *testing.T, b *bell, cfg salesrabbit.Config) account {
	t.Helper()
	server := salesrabbit.New(cfg)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.ring(asked)
		server.ServeHTTP(&halver{w, b}, r)
	}))
	t.Cleanup(web.Close)
	w := lay(t, "CRM", strings.TrimPrefix(web.URL, "http://"))
	return account{Server: server, wire: w, url: "http://" + w.Listen}
}

// halver is an answer that stops for a moment in its middle.
type halver struct {
	http.ResponseWriter
	bell *bell
}

func (h *halver) Write(body []byte) (int, error) {
	half := len(body) / 2
	n, err := h.ResponseWriter.Write(body[:half])
	if err == nil {
		err = http.NewResponseController(h.ResponseWriter).Flush()
	}
	if err != nil {
		return n, err
	}
	h.bell.ring(answering)
	m, err := h.ResponseWriter.Write(body[half:])
	return n + m, err
}

// Unwrap lets the account reach the connection.
func (h *halver) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// stir lets the people of the account work: whatever can become of a lead
// becomes of some.
func (a account) stir(dice *rand.Rand) {
	a.Insert(20 + dice.IntN(100))
	a.Change(salesrabbit.Random(50 + dice.IntN(300)))
	a.TouchStatus(salesrabbit.Random(dice.IntN(20)))
	a.Delete(salesrabbit.Random(dice.IntN(15)), salesrabbit.Soft)
	a.Delete(salesrabbit.Random(dice.IntN(8)), salesrabbit.Gone)
	a.Restore(salesrabbit.Random(dice.IntN(8)))
}
