package pgtest

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"
)

// patience bounds each thing that is asked of a server; only a broken one
// needs so long.
const patience = 2 * time.Minute

// shared is the server of this test process. A package-level variable holds it
// because the testing package has no way to hand a value from TestMain to the
// tests, and because a server for each test would cost more than the tests do.
// Nothing but Around and URL touches it.
var shared sharedServer

type sharedServer struct {
	mu     sync.Mutex
	open   bool // while the tests run
	server *Server
	err    error // of the one attempt to start the server
}

// Runner runs the tests of a package, and returns the exit code. A *testing.M is
// one.
type Runner interface{ Run() int }

// Main runs the tests of a package that uses URL, stops the server that they
// shared, and ends the process. Call it from TestMain.
func Main(m *testing.M) { os.Exit(Around(m).Run()) }

// Around returns a Runner that runs m and then stops the server that its tests
// shared, for a TestMain with more to do:
//
//	goleak.VerifyTestMain(pgtest.Around(m))
func Around(m Runner) Runner { return around{m, &shared} }

type around struct {
	tests  Runner
	shared *sharedServer
}

// Run implements Runner. A server that does not stop fails the run.
func (a around) Run() int {
	a.shared.begin()
	code := a.tests.Run()
	if err := a.shared.end(); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		code = max(code, 1)
	}
	return code
}

// URL returns the connection URL of a fresh, empty database that belongs to
// this test alone. The database is dropped when the test ends, whatever is
// still connected to it.
//
// It is a TCP address, for psql and other programs understand it as well. The
// user is a superuser unless TEST_DATABASE_URL says otherwise. URL fails the
// test where no PostgreSQL is installed.
func URL(t testing.TB) string {
	t.Helper()
	admin := os.Getenv("TEST_DATABASE_URL")
	if admin == "" {
		server, err := shared.get()
		if err != nil {
			t.Fatal(err)
		}
		admin = server.URL("postgres")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	database, err := createDatabase(ctx, admin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// Not the test's own context: that has ended by now.
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := dropDatabase(ctx, admin, database.name); err != nil {
			t.Error(err)
		}
	})
	return database.url
}

func (s *sharedServer) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = true
}

// get returns the server, and starts it if it is the first to ask. What went
// wrong once goes wrong for all, without another wait.
func (s *sharedServer) get() (*Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open {
		return nil, errNoMain
	}
	if s.server == nil && s.err == nil {
		s.server, s.err = Open()
		if s.err != nil {
			s.err = adviseURL(s.err)
		}
	}
	return s.server, s.err
}

func (s *sharedServer) end() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = false
	if s.server == nil {
		return nil
	}
	server := s.server
	s.server = nil
	return server.Close()
}
