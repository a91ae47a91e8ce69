package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// build makes the binary that people are given, and returns its path.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "bin", "warren")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "github.com/warren-sync/warren/cmd/warren")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, output)
	}
	return binary, nil
}

// nameWarren is how tables call it.
const nameWarren = "warren"

// program is Warren's binary and what it is to sync.
type program struct {
	binary   string
	dir      string // where it is started
	accounts int    // in a file of settings; 0 for one in the environment
}

// sync runs the binary once and checks what it says it did.
func (p program) sync(ctx context.Context, address string, s *sandbox, st step) (cost, error) {
	args := []string{"sync", "--output", "json", "--quiet"}
	if p.accounts == 0 {
		args = append(args, "salesrabbit", "leads")
	} else {
		settings := filepath.Join(p.dir, "accounts.yaml")
		if err := os.WriteFile(settings, accountSettings(p.accounts), 0o600); err != nil {
			return cost{}, err
		}
		args = append(args, "--config", settings)
	}
	if st.full {
		args = append(args, "--full")
	}
	cmd := exec.CommandContext(ctx, p.binary, args...)
	cmd.Dir = p.dir
	cmd.Env = environment(append(accountEnvironment(p.accounts, s.api), "DATABASE_URL="+address)...)
	c, output, err := clock(cmd)
	if err != nil {
		return cost{}, err
	}
	return c, p.check(output, st)
}

// check fails unless the runs that Warren tells of are one for each account, each
// a success, and wrote what the step changed.
func (p program) check(output []byte, st step) error {
	var report struct {
		Runs []struct {
			Source                   string
			Created, Updated, Failed int
			Status                   string
		} `json:"runs"`
	}
	if err := json.Unmarshal(output, &report); err != nil {
		return fmt.Errorf("%w in what warren printed:\n%s", err, output)
	}
	runs := max(1, p.accounts)
	if len(report.Runs) != runs {
		return fmt.Errorf("warren tells of %d runs, not of %d:\n%s", len(report.Runs), runs, strings.TrimSpace(string(output)))
	}
	for _, one := range report.Runs {
		if one.Created+one.Updated != st.written/runs || one.Failed != 0 || one.Status != "success" {
			return fmt.Errorf("warren did not write the %d rows of %s that changed: %+v", st.written/runs, one.Source, one)
		}
	}
	return nil
}

// warrenPostgres is Warren into PostgreSQL.
type warrenPostgres struct {
	database
	program
}

func (w *warrenPostgres) name() string { return nameWarren }

func (w *warrenPostgres) run(ctx context.Context, s *sandbox, st step) (cost, error) {
	return w.around(ctx, func() (cost, error) { return w.sync(ctx, w.address(), s, st) })
}

// warrenSQLite is Warren into SQLite.
type warrenSQLite struct {
	file
	program
}

func (w *warrenSQLite) name() string { return nameWarren }

func (w *warrenSQLite) run(ctx context.Context, s *sandbox, st step) (cost, error) {
	return w.sync(ctx, "sqlite:///"+w.path(), s, st)
}
