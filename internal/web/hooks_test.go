package web_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/web"
)

// ear hears calls, and answers as it is told.
type ear struct {
	calls []crm.Call
	from  []string
	err   error
}

func (e *ear) Tell(_ context.Context, account string, call crm.Call) (int, error) {
	e.calls, e.from = append(e.calls, call), append(e.from, account)
	return 1, e.err
}

func post(t *testing.T, url, body string) int {
	t.Helper()
	answer, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer.StatusCode
}

// A proxy is told apart from the world: the address that the source signed is the
// public one.
func TestACallComesAsTheSourceMadeIt(t *testing.T) {
	for public, want := range map[string]string{"": "", "https://warren.example.com/": "https://warren.example.com/hooks/east?a=%20b"} {
		e := &ear{}
		server := httptest.NewServer(web.Hooks(e, public, slog.New(slog.DiscardHandler)))
		if status := post(t, server.URL+web.HooksPath("east")+"?a=%20b", `[{"x":1}]`); status != http.StatusNoContent {
			t.Errorf("status %d", status)
		}
		if want == "" {
			want = server.URL + "/hooks/east?a=%20b"
		}
		server.Close()
		if c := e.calls[0]; c.URL != want || c.Method != http.MethodPost || string(c.Body) != `[{"x":1}]` || c.Header.Get("Content-Type") != "application/json" || e.from[0] != "east" {
			t.Errorf("%q: %+v from %q", public, c, e.from)
		}
	}
}

// Whether it helps to call again shows in the status; why, a stranger is not told.
func TestWhatARefusedCallIsTold(t *testing.T) {
	e := &ear{}
	server := httptest.NewServer(web.Hooks(e, "", slog.New(slog.DiscardHandler)))
	defer server.Close()
	for code, want := range map[crm.Code]int{
		crm.CodeAuth: 401, crm.CodeNotFound: 404, crm.CodeBadAnswer: 400, crm.CodeWarehouseConn: 503, crm.CodeInternal: 503,
	} {
		e.err = &crm.Error{Code: code, Message: "a secret"}
		answer, err := http.Post(server.URL+"/hooks/east", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != want || strings.Contains(string(body), "secret") {
			t.Errorf("%s: %d %s", code, answer.StatusCode, body)
		}
	}
	e.err, e.calls = nil, nil
	if status := post(t, server.URL+"/hooks/east", strings.Repeat("x", 5<<20)); status != http.StatusRequestEntityTooLarge || len(e.calls) != 0 {
		t.Errorf("a call that is too large: %d, %d heard", status, len(e.calls))
	}
	for path, want := range map[string]int{"/hooks/east": 405, "/healthz": 200, "/": 404} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("GET %s: %d", path, answer.StatusCode)
		}
	}
}

// The end lets a call finish that is under way.
func TestServeFinishesWhatIsUnderWay(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- web.Serve(ctx, ln, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			stop()
			w.WriteHeader(http.StatusTeapot)
		}))
	}()
	if status := post(t, "http://"+ln.Addr().String(), ""); status != http.StatusTeapot {
		t.Errorf("status %d", status)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	_ = ln.Close()
	if err := web.Serve(t.Context(), ln, nil); crm.CodeOf(err) != crm.CodeInternal {
		t.Errorf("at an address that is gone: %v", err)
	}
}
