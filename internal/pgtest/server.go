package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Server is a PostgreSQL of one's own. URL, SocketURL and NewDatabase are safe
// for concurrent use; Start, Stop and Close are not.
type Server struct {
	programs string // directory of initdb and postgres
	dir      string // holds the data, the socket and the log; removed by Close
	account  account
	settings []string
	password string // of the user postgres, over TCP
	port     int

	process *exec.Cmd // nil while the server is stopped
	alive   *os.File  // reads end-of-file once the last process of the server has ended
}

// Mode says how a server is stopped.
type Mode string

// The ways to stop a server.
const (
	Fast      Mode = "fast"      // end connections, write everything out, stop
	Immediate Mode = "immediate" // stop at once; the next start recovers from the log
	Kill      Mode = "kill"      // SIGKILL, as a crash would
)

// Dedicated returns a running server for this test alone, to stop, kill or
// configure at will. It is removed when the test ends. TEST_DATABASE_URL has no
// say here, for nobody's own server may be treated like that.
func Dedicated(t testing.TB, options ...Option) *Server {
	t.Helper()
	s, err := Open(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Open makes a server in a temporary directory and starts it. The error is
// ErrNotInstalled where there is nothing to start. Close removes all of it.
func Open(options ...Option) (*Server, error) {
	runAs, err := serverAccount()
	if err != nil {
		return nil, err
	}
	programs, err := findPrograms(exec.LookPath, places())
	if err != nil {
		return nil, err
	}
	sweep()
	dir, err := makeDir(runAs)
	if err != nil {
		return nil, err
	}
	s := &Server{
		programs: programs,
		dir:      dir,
		account:  runAs,
		settings: configure(options).settings,
		password: rand.Text(),
	}
	if err = s.initialise(); err == nil {
		err = s.startOnFreePort()
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// URL returns the address of a database on this server, over TCP. The user is
// a superuser, and postgres is a database that always exists. Address and
// port stay the same when the server is stopped and started.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword("postgres", s.password),
		Host:     "127.0.0.1:" + strconv.Itoa(s.port),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// SocketURL returns the address of a database on this server over its Unix
// socket, which asks for no password: only this user can reach it.
func (s *Server) SocketURL(database string) string {
	query := url.Values{"host": {s.dir}, "port": {strconv.Itoa(s.port)}, "user": {"postgres"}}
	u := url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

// NewDatabase makes a fresh, empty database and returns its URL. It goes when
// the server goes.
func (s *Server) NewDatabase(ctx context.Context) (string, error) {
	d, err := createDatabase(ctx, s.URL("postgres"))
	return d.url, err
}

// Close stops the server if it runs and removes all that it left.
func (s *Server) Close() error {
	var err error
	if s.process != nil {
		err = s.Stop(Immediate)
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// initialise makes the directory that holds the data: in UTF-8, sorted by
// bytes, so that tests see the same order on every system.
func (s *Server) initialise() error {
	passwordFile := filepath.Join(s.dir, "password")
	if err := errors.Join(os.WriteFile(passwordFile, []byte(s.password), 0o600), s.account.own(passwordFile)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := s.command(ctx, "initdb",
		"--pgdata="+s.data(), "--username=postgres", "--pwfile="+passwordFile,
		"--auth-local=trust", "--auth-host=scram-sha-256",
		"--encoding=UTF8", "--no-locale", "--no-sync")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pgtest: %s: %w\n%s", cmd.Path, err, output)
	}
	return nil
}

// command prepares one of the server's programs to run as its account, with
// nothing of this process's environment: PGPORT and its like would mislead it.
func (s *Server) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.programs, name), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + s.programs + ":/usr/bin:/bin", "HOME=" + s.dir, "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = s.account.attributes()
	return cmd
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }
