package salesrabbit

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"

	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// Server is an account behind its HTTP API. It is safe for concurrent use.
type Server struct {
	*Account

	token    string
	maxPage  int
	api      *http.ServeMux
	control  http.Handler
	injector *wire.Injector
	buffers  sync.Pool // of *[]byte, for answers
}

// New makes the account that cfg describes.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	s := &Server{Account: newAccount(cfg), token: cfg.Token, maxPage: cfg.MaxPerPage}
	s.buffers.New = func() any { return new([]byte) }
	s.api = s.routes()
	s.control = s.controlRoutes()
	s.injector = wire.NewInjector(wire.API{
		Handler: http.HandlerFunc(s.serveAPI),
		Route:   s.route,
		Page:    pageOf,
		Fail:    fail,
	}, cfg.Clock, cfg.Seed)
	s.injector.Switch(cfg.Traps.Faults)
	return s
}

// ServeHTTP answers a call of the API or, under /sandbox/, of the controls.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isControl(r) {
		s.control.ServeHTTP(w, r)
		return
	}
	s.injector.ServeHTTP(w, r)
}

// Serve answers calls that come in at ln until ctx ends; then it lets those in
// progress finish and returns nil.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error { return wire.Serve(ctx, ln, s) }

// SetTraps puts other traps in place of the present ones.
func (s *Server) SetTraps(t Traps) {
	s.mu.Lock()
	s.traps = t
	s.mu.Unlock()
	s.injector.Switch(t.Faults)
}

// Requests returns how many calls of the API were answered, by route and status,
// such as "GET /leads 200".
func (s *Server) Requests() map[string]int { return s.injector.Requests() }

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /leads", s.listLeads)
	mux.HandleFunc("GET /leads/{id}", s.oneLead(false))
	mux.HandleFunc("GET /users", s.listUsers)
	mux.HandleFunc("GET /leadStatuses", s.listStatuses)
	mux.HandleFunc("GET /leadStatusHistories", s.listHistories)
	mux.HandleFunc("GET /api/leads", s.specLeads)
	mux.HandleFunc("GET /api/leads/count", s.specCount)
	mux.HandleFunc("GET /api/leads/{id}", s.oneLead(true))
	mux.HandleFunc("GET /api/users", s.listUsers)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusNotFound, "There is no such address.")
	})
	return mux
}

func (s *Server) route(r *http.Request) string {
	_, pattern := s.api.Handler(r)
	if pattern == "/" {
		return r.Method + " " + r.URL.Path
	}
	return pattern
}

// serveAPI asks for the token before anything else.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+s.token {
		fail(w, http.StatusUnauthorized, "The token is missing or not valid.")
		return
	}
	s.api.ServeHTTP(w, r)
}

// pageOf returns the page that the call asks for, 1 when it names none.
func pageOf(r *http.Request) int { return number(r.URL.Query().Get("page"), 1, maxPages, 1) }

// maxPages keeps products of pages and sizes within an int.
const maxPages = 1 << 30

// number reads text as a number from least to most; anything else is other.
func number(text string, least, most, other int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return other
	}
	return n
}

// fail answers with an error in the form of the API.
func fail(w http.ResponseWriter, status int, text string) {
	body := strconv.AppendQuote([]byte(`{"errors":{"id":[`), text)
	send(w, status, append(body, `]}}`...))
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// respond sends what write appends, out of a buffer that is used again.
func (s *Server) respond(w http.ResponseWriter, write func([]byte) []byte) {
	buf, _ := s.buffers.Get().(*[]byte)
	*buf = write((*buf)[:0])
	send(w, http.StatusOK, *buf)
	s.buffers.Put(buf)
}
