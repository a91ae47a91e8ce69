package hubspot

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// Server is an account behind its HTTP API. It is safe for concurrent use.
type Server struct {
	*Account

	api      *http.ServeMux
	control  http.Handler
	injector *wire.Injector
	edge     atomic.Pointer[edge]
	gate     gate
	tokens   tokens
	sender   sender
	failures atomic.Uint64 // that were answered
	buffers  sync.Pool     // of *[]byte, for answers
}

// New makes the account that cfg describes.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	s := &Server{Account: newAccount(cfg), tokens: newTokens(&cfg), sender: newSender()}
	s.buffers.New = func() any { return new([]byte) }
	s.edge.Store(newEdge(cfg.Seed))
	s.api = s.routes()
	s.control = s.controlRoutes()
	s.injector = wire.NewInjector(wire.API{
		Handler: http.HandlerFunc(s.serveAPI),
		Route:   s.route,
		Page:    s.page,
		Fail:    s.failWire,
	}, cfg.Clock, cfg.Seed)
	s.injector.Switch(cfg.Traps.Faults)
	return s
}

// ServeHTTP answers a call of the API or, under /sandbox/, of the controls.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/sandbox/") {
		s.control.ServeHTTP(w, r)
		return
	}
	s.injector.ServeHTTP(w, r)
}

// Serve answers calls that come in at ln, and tells the receiver of webhooks of
// changes, until ctx ends; then it lets calls in progress finish and returns nil.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	telling, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { s.Deliver(telling) })
	err := wire.Serve(ctx, ln, s)
	stop()
	done.Wait()
	return err
}

// SetTraps puts other traps in place of the present ones. Limits of calls count
// from now.
func (s *Server) SetTraps(t Traps) {
	s.mu.Lock()
	s.traps = t
	now := s.now()
	for _, table := range s.tables {
		table.clearShadows(now)
	}
	s.mu.Unlock()
	s.gate.reset()
	s.edge.Store(newEdge(s.cfg.Seed))
	s.injector.Switch(t.Faults)
}

// Requests returns how many calls of the API were answered, by route and status,
// such as "POST /crm/v3/objects/contacts/search 200".
func (s *Server) Requests() map[string]int { return s.injector.Requests() }

// route names a call by its pattern, with the name of the type in its place.
func (s *Server) route(r *http.Request) string {
	_, pattern := s.api.Handler(r)
	if pattern == "/" || pattern == "" {
		return r.Method + " " + r.URL.Path
	}
	asked := strings.Split(r.URL.Path, "/")
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		switch part {
		case "{type}", "{from}", "{to}":
			if t := s.byName[asked[i]]; t != nil {
				parts[i] = t.name
			}
		}
	}
	return strings.Join(parts, "/")
}

// page is the page of a list that a call asks for, as its after tells; other
// calls ask for the first.
func (s *Server) page(r *http.Request) int {
	query := r.URL.Query()
	after, ok := parseID(query.Get("after"))
	limit, fits := limitOf(query.Get("limit"), usualPage, mostPage)
	if !ok || !fits {
		return 1
	}
	for _, part := range strings.Split(r.URL.Path, "/") {
		if t := s.byName[part]; t != nil && after >= t.id(0) {
			return int(after-t.id(0)+1)/limit + 1
		}
	}
	return 1
}

// limitOf reads the size of a page; usual is taken when none is asked for.
func limitOf(text string, usual, most int) (int, bool) {
	if text == "" {
		return usual, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= most
}

func limitText(most int) string {
	return "limit must be a number from 1 to " + strconv.Itoa(most) + "."
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// respond sends what write appends, out of a buffer that is used again.
func (s *Server) respond(w http.ResponseWriter, status int, write func([]byte) []byte) {
	buf, _ := s.buffers.Get().(*[]byte)
	*buf = write((*buf)[:0])
	send(w, status, *buf)
	s.buffers.Put(buf)
}
