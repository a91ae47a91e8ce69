package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// pageSize is the greatest page that SalesRabbit gives.
const pageSize = 2000

// serve is a role: the simulated SalesRabbit. Its argument is the number of
// leads. It writes its address as one line and serves until its standard input
// ends, which it does when the program that started it has ended.
func serve(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("serve takes a number of leads")
	}
	records, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	server := salesrabbit.New(salesrabbit.Config{Records: records, Seed: 1})
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(os.Stdout, "http://%s\n", listener.Addr()); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		defer stop()
		_, _ = io.Copy(io.Discard, os.Stdin) // its end is all that matters
	}()
	return server.Serve(ctx, listener)
}

// sandbox is the simulated SalesRabbit as another process.
type sandbox struct {
	url     string
	api     string // where contenders find it: url, or a proxy before it
	process *exec.Cmd
	input   io.Closer // closing it ends the process
}

func startSandbox(ctx context.Context, records int) (*sandbox, error) {
	cmd, err := role(ctx, roleServe, strconv.Itoa(records))
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &sandbox{process: cmd, input: input}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the simulated CRM did not start: %w", err), s.stop())
	}
	s.url = strings.TrimSpace(line)
	s.api = s.url
	return s, nil
}

func (s *sandbox) stop() error { return errors.Join(s.input.Close(), s.process.Wait()) }

// change changes n leads, or all where there are no more, and returns how many
// it changed.
func (s *sandbox) change(ctx context.Context, n int) (changed int, err error) {
	err = s.call(ctx, http.MethodPost, "/sandbox/leads/change", fmt.Appendf(nil, `{"n":%d}`, n), func(answer *json.Decoder) error {
		// {"ids": [1, 2, …]}: counted as they come, for they can be many.
		for {
			token, err := answer.Token()
			switch _, id := token.(float64); {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			case id:
				changed++
			}
		}
	})
	return changed, err
}

// leads returns how many leads the account has.
func (s *sandbox) leads(ctx context.Context) (int, error) {
	state, err := s.state(ctx)
	return state.Leads, err
}

// calls returns how often the API was called so far.
func (s *sandbox) calls(ctx context.Context) (int, error) {
	state, err := s.state(ctx)
	calls := 0
	for _, n := range state.Requests {
		calls += n
	}
	return calls, err
}

func (s *sandbox) state(ctx context.Context) (salesrabbit.State, error) {
	var state salesrabbit.State
	err := s.call(ctx, http.MethodGet, "/sandbox/state", nil, func(answer *json.Decoder) error { return answer.Decode(&state) })
	return state, err
}

func (s *sandbox) call(ctx context.Context, method, path string, body []byte, read func(*json.Decoder) error) error {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, response.Status)
	}
	return read(json.NewDecoder(response.Body))
}
