package pgtest

import (
	"errors"
	"fmt"
)

// ErrNotInstalled says that no PostgreSQL server is on this machine, and how
// to get one.
var ErrNotInstalled = errors.New("PostgreSQL is not installed: apt-get install postgresql (Debian/Ubuntu), brew install postgresql (macOS)")

var (
	errNoMain  = errors.New("pgtest.URL needs a server that somebody stops: add func TestMain(m *testing.M) { pgtest.Main(m) } to this package's tests")
	errNoUnix  = errors.New("pgtest starts PostgreSQL on Linux, macOS and other Unix systems only")
	errBadURL  = errors.New("TEST_DATABASE_URL is no URL such as postgres://user:password@localhost:5432/postgres")
	errRunning = errors.New("pgtest: the server is running already")
	errStopped = errors.New("pgtest: the server is not running")
)

// adviseURL adds the way out that is open to tests which share a server.
func adviseURL(err error) error {
	if errors.Is(err, ErrNotInstalled) || errors.Is(err, errNoUnix) {
		return fmt.Errorf("%w, or set TEST_DATABASE_URL", err)
	}
	return err
}
