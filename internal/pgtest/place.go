package pgtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	// dirPrefix begins the name of every server's directory; the number of the
	// process that made it follows.
	dirPrefix = "warren-pg-"

	// maxDir is the longest directory whose socket the kernel can name: it has
	// 104 bytes for it on macOS and 108 on Linux, the last of them a zero, and
	// /.s.PGSQL.29999 comes behind.
	maxDir = 103 - len("/.s.PGSQL.29999")

	// Below the ports that systems give to outgoing connections. A client that
	// calls a stopped server there can be given the very port that it calls,
	// and would then be talking to itself.
	firstPort, lastPort = 20000, 29999
)

// makeDir makes a directory that the account owns and nobody else can enter.
// It goes where the system keeps temporary files, or to /tmp if that place's
// name is too long for a socket in it or closed to the account.
func makeDir(runAs account) (string, error) {
	var failed error
	for _, parent := range []string{os.TempDir(), "/tmp"} {
		dir, err := os.MkdirTemp(parent, dirPrefix+strconv.Itoa(os.Getpid())+"-")
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		err = usable(dir, runAs)
		if err == nil {
			return dir, nil
		}
		failed = errors.Join(failed, err, os.Remove(dir))
	}
	return "", fmt.Errorf("pgtest: no place for a server: %w", failed)
}

func usable(dir string, runAs account) error {
	if len(dir) > maxDir {
		return fmt.Errorf("%s has a name of more than %d bytes", dir, maxDir)
	}
	if err := runAs.own(dir); err != nil {
		return err
	}
	return runAs.reaches(dir)
}

// sweep removes the directories of test processes that were killed before they
// could do it. What it may not remove stays.
func sweep() {
	for _, parent := range []string{os.TempDir(), "/tmp"} {
		dirs, err := filepath.Glob(filepath.Join(parent, dirPrefix+"*"))
		if err != nil {
			continue
		}
		for _, dir := range dirs {
			if abandoned(filepath.Base(dir)) {
				_ = os.RemoveAll(dir)
			}
		}
	}
}

// abandoned reports whether the process that made the directory of that name is
// gone.
func abandoned(name string) bool {
	number, _, _ := strings.Cut(strings.TrimPrefix(name, dirPrefix), "-")
	pid, err := strconv.Atoi(number)
	return err == nil && pid > 0 && processGone(pid)
}

// freePort returns a port of 127.0.0.1 that nobody listens on.
func freePort() (int, error) {
	const tries = 100
	var failed error
	for range tries {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return port, listener.Close()
		}
		failed = err
	}
	return 0, fmt.Errorf("pgtest: no free port: %w", failed)
}
