package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// The roles in which this program starts itself. They are its first argument.
const (
	roleServe   = "serve"
	roleConvert = "convert"
	roleLoop    = "loop"
	roleOldWay  = "recordbyrecord"
	roleDigest  = "digest"
)

// cost is what a process took, or several one after the other.
type cost struct {
	Wall   time.Duration `json:"wall_ns"`
	CPU    time.Duration `json:"cpu_ns"`        // user and system time of the processes themselves
	Peak   int64         `json:"peak_bytes"`    // greatest resident set of any of them
	Server time.Duration `json:"server_cpu_ns"` // CPU time of the database server; 0 where there is none
	WAL    int64         `json:"wal_bytes"`     // written ahead by the database server
	Calls  int           `json:"api_calls"`
	Spared time.Duration `json:"spared_cpu_ns"` // CPU time of what is done for the contender and is not its cost
}

// then returns the cost of both, one after the other.
func (c cost) then(next cost) cost {
	return cost{
		Wall: c.Wall + next.Wall, CPU: c.CPU + next.CPU, Peak: max(c.Peak, next.Peak),
		Server: c.Server + next.Server, WAL: c.WAL + next.WAL, Calls: c.Calls + next.Calls, Spared: c.Spared + next.Spared,
	}
}

// clock measures one process, from just before it starts until it has ended.
// It returns what the process wrote to standard output. The error holds what
// it wrote to standard error.
func clock(cmd *exec.Cmd) (cost, []byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return cost{}, nil, fmt.Errorf("%s: %w\n%s%s", cmd.Args[0], err, stdout.Bytes(), stderr.Bytes())
	}
	return cost{
		Wall: wall, CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), Peak: peak(cmd.ProcessState),
	}, stdout.Bytes(), nil
}

// role prepares this program in one of its roles.
func role(ctx context.Context, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = environment()
	return cmd, nil
}

// environment is what a measured process sees of this one's environment:
// where programs and temporary files are, and nothing that changes how it
// works. GORACE is read by programs with a race detector only, which the tests
// are in their roles and no measured program is.
func environment(more ...string) []string {
	env := more
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GORACE"} {
		if value, set := os.LookupEnv(name); set {
			env = append(env, name+"="+value)
		}
	}
	return env
}
