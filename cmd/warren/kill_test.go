package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// asWarren makes the test binary be warren, so that a test can kill it.
const asWarren = "WARREN_TEST_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asWarren) != "" {
		os.Exit(run())
	}
	pgtest.Main(m)
}

// warren is a command of the real program, in a process of its own.
func warren(t *testing.T, api, database string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"sync", "salesrabbit", "leads", "--batch-size", "100"}, args...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), asWarren+"=1", "SALESRABBIT_API_URL="+api, "SALESRABBIT_API_KEY="+salesrabbit.DefaultToken,
		"SALESRABBIT_RATE=0", "SALESRABBIT_PAGE_SIZE=250", "DATABASE_URL="+database)
	return cmd
}

// killAtBatch starts a sync and kills it with signal when it has told of so
// many batches.
func killAtBatch(t *testing.T, cmd *exec.Cmd, batches int, signal syscall.Signal) {
	t.Helper()
	killed := false
	log := atBatch(t, cmd, batches, func() {
		killed = true
		if err := cmd.Process.Signal(signal); err != nil {
			t.Error(err)
		}
	})
	if err := cmd.Wait(); err == nil || !killed {
		t.Fatalf("the run ended by itself: %v\n%s", err, log)
	}
}

// atBatch starts a sync, calls do when it has told of so many batches, and
// returns its log when it has ended.
func atBatch(t *testing.T, cmd *exec.Cmd, batches int, do func()) string {
	t.Helper()
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	seen := 0
	lines := bufio.NewScanner(io.TeeReader(stderr, &log))
	for lines.Scan() {
		if strings.Contains(lines.Text(), "batch written") {
			if seen++; seen == batches {
				do()
			}
		}
	}
	return log.String()
}

// report is what --output json prints.
type report struct {
	Runs []struct {
		Status string
		crm.Counts
	}
}

func finish(t *testing.T, cmd *exec.Cmd) report {
	t.Helper()
	cmd.Args = append(cmd.Args, "--output", "json")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v\n%s\n%s", err, exit.Stderr, out)
		}
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return r
}

// onBoth runs a test with each database, whose URL and opener it gets.
func onBoth(t *testing.T, test func(t *testing.T, url string, open func() (warehouse.Driver, error))) {
	t.Run("sqlite", func(t *testing.T) {
		path := t.TempDir() + "/warren.db"
		test(t, "sqlite:///"+path, func() (warehouse.Driver, error) {
			return sqlite.Open(t.Context(), path, sqlite.Options{Clock: crm.SystemClock{}})
		})
	})
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		test(t, url, func() (warehouse.Driver, error) { return postgres.Open(t.Context(), url, postgres.Options{}) })
	})
}

// compare fails the test unless the table holds exactly what the source has,
// and returns the sums of the history's counts.
func compare(t *testing.T, open func() (warehouse.Driver, error), server *salesrabbit.Server) (created int64) {
	t.Helper()
	db, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	have := map[int64]string{}
	rows, err := db.Query(t.Context(), `SELECT id, CAST(data AS text), COALESCE(first_name, '') FROM ingestion_salesrabbit_lead`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var data, name string
		if err := rows.Scan(&id, &data, &name); err != nil {
			t.Fatal(err)
		}
		have[id] = canonical(t, []byte(data)) + name
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for id, raw := range server.Leads() {
		var lead struct{ FirstName string }
		if err := json.Unmarshal(raw, &lead); err != nil {
			t.Fatal(err)
		}
		if have[id] != canonical(t, raw)+lead.FirstName {
			t.Fatalf("lead %d is not what the source has:\n%s\n%s", id, have[id], raw)
		}
		delete(have, id)
	}
	if len(have) > 0 {
		t.Fatalf("%d leads too many", len(have))
	}
	sums, err := db.Query(t.Context(), `SELECT status, records_created FROM ingestion_sync_history ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer sums.Close()
	for sums.Next() {
		var status string
		var n int64
		if err := sums.Scan(&status, &n); err != nil {
			t.Fatal(err)
		}
		if status == string(crm.StatusRunning) {
			t.Error("a run stays running")
		}
		created += n
	}
	return created
}

// canonical is JSON with its members in order, as both databases may turn it.
func canonical(t *testing.T, raw []byte) string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestL4KilledInMidRunAndStartedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, open func() (warehouse.Driver, error)) {
		const records = 3000
		api, server := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: records, Seed: 7})
		for _, batches := range []int{1, 2, 5, 9} {
			killAtBatch(t, warren(t, api, url, "--debug"), batches, syscall.SIGKILL)
			server.Change(salesrabbit.Random(50))
		}
		// One run goes on from the last checkpoint; what changed meanwhile is
		// asked for by the run after it.
		finish(t, warren(t, api, url))
		r := finish(t, warren(t, api, url))
		if len(r.Runs) != 1 || r.Runs[0].Status != "success" {
			t.Errorf("%+v", r)
		}
		if created := compare(t, open, server); created != records {
			t.Errorf("the history counts %d leads created in all, want %d: each once", created, records)
		}
	})
}

func TestSIGTERMEndsTheRunInGoodOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, open func() (warehouse.Driver, error)) {
		api, server := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: 3000, Seed: 8})
		cmd := warren(t, api, url, "--debug")
		killAtBatch(t, cmd, 3, syscall.SIGTERM)
		if code := cmd.ProcessState.ExitCode(); code != 130 {
			t.Errorf("exit code %d, want 130", code)
		}
		finish(t, warren(t, api, url))
		if created := compare(t, open, server); created != 3000 {
			t.Errorf("the history counts %d leads created in all", created)
		}
	})
}

func TestTheSecondRunWritesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, url string, _ func() (warehouse.Driver, error)) {
		api, _ := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: 1000, Seed: 9})
		finish(t, warren(t, api, url))
		r := finish(t, warren(t, api, url, "--full"))
		if c := r.Runs[0].Counts; c.Unchanged != 1000 || c.Created+c.Updated != 0 {
			t.Errorf("%+v", c)
		}
		if strconv.Itoa(int(r.Runs[0].Fetched)) != "1000" {
			t.Errorf("%+v", r)
		}
	})
}

// The database goes away in mid-run, as in a restart for an update, and comes
// back: the run waits, asks what became of its last batch, and goes on.
func TestL4TheDatabaseStopsInMidRunAndStartsAgain(t *testing.T) {
	for _, how := range []pgtest.Mode{pgtest.Immediate, pgtest.Kill} {
		t.Run(string(how), func(t *testing.T) {
			database := pgtest.Dedicated(t)
			api, server := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: 3000, Seed: 10})
			url := database.URL("postgres")
			cmd := warren(t, api, url, "--debug")
			restarted := make(chan error, 1)
			log := atBatch(t, cmd, 4, func() {
				err := database.Stop(how)
				if err == nil {
					err = database.Start()
				}
				restarted <- err
			})
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, log)
			}
			if err := <-restarted; err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(log, "the warehouse: attempt 1 failed") {
				t.Errorf("the run did not notice:\n%s", log)
			}
			created := compare(t, func() (warehouse.Driver, error) { return postgres.Open(t.Context(), url, postgres.Options{}) }, server)
			if created != 3000 {
				t.Errorf("the history counts %d leads created, want 3000", created)
			}
		})
	}
}
