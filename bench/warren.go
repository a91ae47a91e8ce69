package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
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

// sync runs the binary once and checks what it says it did.
func sync(ctx context.Context, binary, address, dir string, s *sandbox, st step) (cost, error) {
	args := []string{"sync", "salesrabbit", "leads", "--output", "json", "--quiet"}
	if st.full {
		args = append(args, "--full")
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = dir
	cmd.Env = environment(
		"DATABASE_URL="+address, "SALESRABBIT_API_URL="+s.api, "SALESRABBIT_API_KEY="+salesrabbit.DefaultToken,
		"SALESRABBIT_RATE=0", // what the source allows is not Warren's speed
	)
	c, output, err := clock(cmd)
	if err != nil {
		return cost{}, err
	}
	var report struct {
		Runs []struct {
			Created, Updated, Failed int
			Status                   string
		} `json:"runs"`
	}
	if err := json.Unmarshal(output, &report); err != nil {
		return cost{}, fmt.Errorf("%w in what warren printed:\n%s", err, output)
	}
	if len(report.Runs) != 1 || report.Runs[0].Created+report.Runs[0].Updated != st.written ||
		report.Runs[0].Failed != 0 || report.Runs[0].Status != "success" {
		return cost{}, fmt.Errorf("warren did not write the %d rows that changed:\n%s", st.written, strings.TrimSpace(string(output)))
	}
	return c, nil
}

// warrenPostgres is Warren into PostgreSQL.
type warrenPostgres struct {
	database

	binary string
	dir    string
}

func (w *warrenPostgres) name() string { return nameWarren }

func (w *warrenPostgres) run(ctx context.Context, s *sandbox, st step) (cost, error) {
	return w.around(ctx, func() (cost, error) { return sync(ctx, w.binary, w.address(), w.dir, s, st) })
}

// warrenSQLite is Warren into SQLite.
type warrenSQLite struct {
	file

	binary string
}

func (w *warrenSQLite) name() string { return nameWarren }

func (w *warrenSQLite) run(ctx context.Context, s *sandbox, st step) (cost, error) {
	return sync(ctx, w.binary, "sqlite:///"+w.path(), w.dir, s, st)
}
