package athena

import (
	"context"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/warren-sync/warren/internal/sandbox/athena/store"
	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// privateBucket holds what the workgroup keeps itself; S3 does not show it.
const privateBucket = "managed"

// Server is Athena and S3 at one address. It is safe for concurrent use.
type Server struct {
	cfg        Config
	objects    *store.Store
	private    *store.Store
	s3         http.Handler // behind the traps
	athenaWire *wire.Injector
	s3Wire     *wire.Injector

	life    context.Context // ends with Close; queries run in it
	end     context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	traps   Traps
	strikes strikes
	queries map[string]*query // by id
	order   []*query          // as they were started
	tokens  map[string]*query // by ClientRequestToken
	counted int               // queries since the traps were set
	reads   map[string]int    // of each object, since the traps were set
}

// strikes counts for each of the traps that strike some calls.
type strikes struct{ throttle, internal, s3Slowdown, cut *wire.Strikes }

// New starts the services that cfg describes. Close has to follow.
func New(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	objects, err := store.New(cfg.Clock, cfg.Buckets...)
	if err != nil {
		return nil, err
	}
	private, err := store.New(cfg.Clock, privateBucket)
	if err != nil {
		_ = objects.Close()
		return nil, err
	}
	s := &Server{cfg: cfg, objects: objects, private: private, s3: objects.Handler(), queries: map[string]*query{}, tokens: map[string]*query{}}
	s.life, s.end = context.WithCancel(context.Background())
	s.athenaWire = wire.NewInjector(wire.API{
		Handler: http.HandlerFunc(s.serveAthena), Route: athenaRoute, Page: athenaPage, Fail: failAthenaWire,
	}, cfg.Clock, cfg.Seed)
	s.s3Wire = wire.NewInjector(wire.API{
		Handler: http.HandlerFunc(s.serveS3), Route: s3Route, Page: func(*http.Request) int { return 1 }, Fail: failS3Wire,
	}, cfg.Clock, cfg.Seed)
	s.SetTraps(cfg.Traps)
	return s, nil
}

// Close ends the queries that run and removes all objects. Calls after it fail.
func (s *Server) Close() error {
	s.end()
	s.running.Wait()
	err := s.objects.Close()
	if other := s.private.Close(); err == nil {
		err = other
	}
	return err
}

// ServeHTTP answers a call of Athena or S3.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.Header.Get(targetHeader) != "" {
		s.athenaWire.ServeHTTP(w, withCall(w, r))
		return
	}
	s.s3Wire.ServeHTTP(w, r)
}

// Serve answers calls that come in at ln until ctx ends; then it lets those in
// progress finish and returns nil.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error { return wire.Serve(ctx, ln, s) }

// Traps returns the traps that are set.
func (s *Server) Traps() Traps {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.traps
}

// SetTraps puts other traps in place of the present ones. Queries that run keep
// those that they were started under.
func (s *Server) SetTraps(t Traps) {
	seed := s.cfg.Seed
	s.mu.Lock()
	s.traps, s.counted, s.reads = t, 0, map[string]int{}
	s.strikes = strikes{
		throttle: wire.NewStrikes(seed, 11), internal: wire.NewStrikes(seed, 12),
		s3Slowdown: wire.NewStrikes(seed, 13), cut: wire.NewStrikes(seed, 14),
	}
	s.mu.Unlock()
	s.athenaWire.Switch(t.Faults)
	s.s3Wire.Switch(t.Faults)
}

// Requests returns how many calls were answered, by operation and status, such
// as "Athena.StartQueryExecution 200" and "S3.GetObject 206".
func (s *Server) Requests() map[string]int {
	counts := s.athenaWire.Requests()
	maps.Copy(counts, s.s3Wire.Requests())
	return counts
}

// Query is one query as it was asked and has become.
type Query struct {
	ID      string `json:"id"`
	Text    string `json:"text"`
	Token   string `json:"token"` // ClientRequestToken
	State   string `json:"state"`
	Reason  string `json:"reason,omitempty"` // of a failure
	Scanned int64  `json:"scanned"`          // bytes
	Rows    int64  `json:"rows"`             // of the result
	Output  string `json:"output,omitempty"`
}

// Queries returns the queries in the order in which they were started.
func (s *Server) Queries() []Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Clock.Now()
	out := make([]Query, 0, len(s.order))
	for _, q := range s.order {
		info := Query{
			ID: q.id, Text: q.request.QueryString, Token: q.request.ClientRequestToken, State: string(q.state(now)),
			Scanned: q.scanned.Load(), Rows: q.rows, Output: q.output(),
		}
		if q.failure != nil {
			info.Reason = q.failure.reason
		}
		out = append(out, info)
	}
	return out
}

// Scanned returns the bytes that all queries have read.
func (s *Server) Scanned() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sum int64
	for _, q := range s.order {
		sum += q.scanned.Load()
	}
	return sum
}

// Objects returns the addresses of all objects in S3, in order.
func (s *Server) Objects() []string {
	var out []string
	for _, bucket := range s.cfg.Buckets {
		for _, key := range s.objects.Keys(bucket, "") {
			out = append(out, "s3://"+bucket+"/"+key)
		}
	}
	slices.Sort(out)
	return out
}
