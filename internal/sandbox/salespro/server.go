package salespro

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/athena"
	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// Server is a share behind Athena and S3, at one address. It is safe for
// concurrent use.
type Server struct {
	*Share

	// Athena is the services in front of the share: their queries and objects.
	Athena *athena.Server

	control http.Handler
}

// New makes the share that cfg describes. Close has to follow.
func New(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	s := &Server{Share: newShare(cfg)}
	var err error
	s.Athena, err = athena.New(athena.Config{
		Catalog: s.catalog(), Buckets: []string{cfg.Bucket}, Output: cfg.Output, AccessKey: cfg.AccessKey,
		Clock: cfg.Clock, Seed: cfg.Seed, AtOnce: cfg.AtOnce, Traps: cfg.Traps,
	})
	if err != nil {
		return nil, err
	}
	s.control = s.controlRoutes()
	return s, nil
}

// Close ends the queries that run and removes their results.
func (s *Server) Close() error { return s.Athena.Close() }

// ServeHTTP answers a call of Athena, of S3 or, under /sandbox/, of the controls.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isControl(r) {
		s.control.ServeHTTP(w, r)
		return
	}
	s.Athena.ServeHTTP(w, r)
}

// Serve answers calls that come in at ln until ctx ends; then it lets those in
// progress finish and returns nil.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error { return wire.Serve(ctx, ln, s) }

// SetTraps puts other traps in place of the present ones.
func (s *Server) SetTraps(t Traps) { s.Athena.SetTraps(t) }

// Traps returns the traps that are set.
func (s *Server) Traps() Traps { return s.Athena.Traps() }

// Requests returns how many calls were answered, by operation and status, such as
// "Athena.StartQueryExecution 200" and "S3.GetObject 206".
func (s *Server) Requests() map[string]int { return s.Athena.Requests() }

// Output is a place for results that a client may use: below the vendor's bucket,
// as SALESPRO_S3_LOCATION has it.
func (s *Server) Output() string { return "s3://" + s.cfg.Bucket + "/" + s.cfg.Database + "/" }

// Database is where the tables are.
func (s *Server) Database() string { return s.cfg.Database }

// State is the share in numbers.
type State struct {
	Database     string         `json:"database"`
	Output       string         `json:"output"`        // a place for results
	Tables       map[string]int `json:"tables"`        // rows
	LastModified time.Time      `json:"last_modified"` // of the newest change
	Traps        string         `json:"traps"`         // as ParseTraps reads them
	Requests     map[string]int `json:"requests"`      // by operation and status
	Queries      int            `json:"queries"`       // that were started
	Scanned      int64          `json:"scanned"`       // bytes that they read
}

// State counts what there is and what was asked.
func (s *Server) State() State {
	tables := map[string]int{}
	for _, name := range s.names {
		tables[name] = s.Count(name)
	}
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	return State{
		Database: s.cfg.Database, Output: s.Output(), Tables: tables, LastModified: last,
		Traps: s.Traps().String(), Requests: s.Requests(), Queries: len(s.Athena.Queries()), Scanned: s.Athena.Scanned(),
	}
}
