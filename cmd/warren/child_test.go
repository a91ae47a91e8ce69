package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// command is a sync by the real program, in a process of its own, which has to
// end within two minutes.
func command(t *testing.T, dir, api, database string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], append([]string{"sync", "salesrabbit", "leads", "--batch-size", "100"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asWarren+"=1", "SALESRABBIT_API_URL="+api, "SALESRABBIT_API_KEY="+salesrabbit.DefaultToken,
		"SALESRABBIT_RATE=0", "SALESRABBIT_PAGE_SIZE=250", "DATABASE_URL="+database)
	return cmd
}

// report is what --output json prints.
type report struct {
	Error *failure // why there are no runs
	Runs  []struct {
		Status string
		Error  *failure
		crm.Counts
	}
}

type failure struct {
	Code         crm.Code
	Message, Fix string
}

// failure is why the sync failed; nil when it did not.
func (r report) failure() *failure {
	if r.Error != nil || len(r.Runs) == 0 {
		return r.Error
	}
	return r.Runs[0].Error
}

// child is a sync under way.
type child struct {
	cmd      *exec.Cmd
	log, out bytes.Buffer
	started  chan struct{}
}

// born makes a child of a command.
func born(cmd *exec.Cmd) *child {
	cmd.Args = append(cmd.Args, "--debug", "--output", "json")
	return &child{cmd: cmd, started: make(chan struct{})}
}

// run lets the child live until it ends, and tells the bell what it says.
func (c *child) run(b *bell) error {
	c.cmd.Stdout = &c.out
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := c.cmd.Start(); err != nil {
		return err
	}
	close(c.started)
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		line := lines.Text()
		fmt.Fprintln(&c.log, line)
		switch {
		case strings.Contains(line, ": page of "):
			b.ring(fetched)
		case strings.Contains(line, ": batch written"):
			b.ring(told)
		case strings.Contains(line, ": attempt 1 failed"):
			b.ring(retried)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	// How it ended is asked of ProcessState: most ends here are violent.
	_ = c.cmd.Wait()
	return nil
}

// signal sends one to the child.
func (c *child) signal(s os.Signal) error {
	<-c.started
	return c.cmd.Process.Signal(s)
}

// exit is the exit code, -1 of a child that was killed.
func (c *child) exit() int { return c.cmd.ProcessState.ExitCode() }

// report is what the child printed.
func (c *child) report() (report, error) {
	var r report
	if err := json.Unmarshal(c.out.Bytes(), &r); err != nil {
		return r, fmt.Errorf("%w in %q", err, c.out.String())
	}
	return r, nil
}
