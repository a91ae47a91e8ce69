package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Start starts a stopped server on the data and the port that it had, and
// returns once it takes connections.
func (s *Server) Start() error {
	if s.process != nil {
		return errRunning
	}
	log, err := os.OpenFile(s.logFile(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	// Every process of the server inherits the pipe's other end as its
	// standard output, which it never writes to. When the last one has ended
	// the pipe reads end-of-file: that tells of the end without a goroutine,
	// so that tests which look for leaked ones find none of ours.
	alive, held, err := os.Pipe()
	if err != nil {
		return err
	}
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.port), "-k", s.dir, "-c", "listen_addresses=127.0.0.1"}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	cmd := s.command(context.Background(), "postgres", args...)
	cmd.Stdout, cmd.Stderr = held, log
	err = cmd.Start()
	_ = held.Close()
	if err != nil {
		_ = alive.Close()
		return fmt.Errorf("pgtest: start %s: %w", cmd.Path, err)
	}
	s.process, s.alive = cmd, alive
	if err := s.awaitReady(); err != nil {
		return errors.Join(err, s.Stop(Kill))
	}
	return nil
}

// Stop stops the server and returns when the last of its processes has ended.
// What it takes to start again stays.
func (s *Server) Stop(mode Mode) error {
	if s.process == nil {
		return errStopped
	}
	signals := map[Mode]syscall.Signal{Fast: syscall.SIGINT, Immediate: syscall.SIGQUIT, Kill: syscall.SIGKILL}
	signal, known := signals[mode]
	if !known {
		return fmt.Errorf("pgtest: a server is stopped %s, %s or %s, not %q", Fast, Immediate, Kill, mode)
	}
	// One that has ended already needs no signal.
	if err := s.process.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("pgtest: stop the server: %w", err)
	}
	ended, err := s.endsWithin(patience)
	if err == nil && !ended {
		err = fmt.Errorf("pgtest: the server did not stop within %s and was killed\n%s", patience, s.log())
		_ = s.process.Process.Kill()
	}
	var status *exec.ExitError
	if waitErr := s.process.Wait(); waitErr != nil && !errors.As(waitErr, &status) {
		err = errors.Join(err, waitErr)
	}
	err = errors.Join(err, s.alive.Close())
	s.process, s.alive = nil, nil
	return err
}

// startOnFreePort starts a new server. Somebody else may take a port between
// the moment that it is found free and the server's start, so it tries again.
func (s *Server) startOnFreePort() error {
	const tries = 3
	var err error
	for range tries {
		if s.port, err = freePort(); err != nil {
			return err
		}
		if err = s.Start(); err == nil || !bytes.Contains(s.log(), []byte("could not bind")) {
			return err
		}
	}
	return err
}

// awaitReady returns when the server takes connections, or with the end of its
// log when it ended instead.
func (s *Server) awaitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for ctx.Err() == nil {
		conn, err := pgx.Connect(ctx, s.SocketURL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		const pause = 10 * time.Millisecond
		if ended, err := s.endsWithin(pause); err != nil {
			return err
		} else if ended {
			return fmt.Errorf("pgtest: the server ended while it started\n%s", s.log())
		}
	}
	return fmt.Errorf("pgtest: the server took no connection within %s\n%s", patience, s.log())
}

// endsWithin waits for the server's end, for d at most, and reports whether it
// came.
func (s *Server) endsWithin(d time.Duration) (bool, error) {
	if err := s.alive.SetReadDeadline(time.Now().Add(d)); err != nil {
		return false, err
	}
	_, err := s.alive.Read(make([]byte, 1))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return false, nil
	}
	return true, nil
}

// log returns the end of what the server wrote since it was started.
func (s *Server) log() []byte {
	text, err := os.ReadFile(s.logFile())
	if err != nil {
		return []byte(err.Error())
	}
	const enough = 4 << 10
	return text[max(0, len(text)-enough):]
}

func (s *Server) logFile() string { return filepath.Join(s.dir, "log") }
