package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	athena "github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// share is a simulated SalesPro, whose time passes when a test says so.
type share struct {
	*salespro.Server
	url   string
	ahead atomic.Int64
	seen  chan struct{} // closed when somebody has asked how a query stands
}

// Now is the machine's time and what has been added to it.
func (s *share) Now() time.Time { return time.Now().UTC().Add(time.Duration(s.ahead.Load())) }

// Wait does not wait.
func (*share) Wait(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }

func openShare(t *testing.T, cfg salespro.Config) *share {
	t.Helper()
	s := &share{seen: make(chan struct{})}
	cfg.Clock = s
	var err error
	if s.Server, err = salespro.New(cfg); err != nil {
		t.Fatal(err)
	}
	var once atomic.Bool
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r)
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetQueryExecution") && once.CompareAndSwap(false, true) {
			close(s.seen)
		}
	}))
	t.Cleanup(func() {
		web.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.url = web.URL
	return s
}

func (s *share) trap(t *testing.T, list string) {
	t.Helper()
	traps, err := salespro.ParseTraps(list)
	if err != nil {
		t.Fatal(err)
	}
	s.SetTraps(traps)
}

// command is the real program on that share.
func (s *share) command(t *testing.T, db store, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), asWarren+"=1", "DATABASE_URL="+db.url, "SALESPRO_ENDPOINT="+s.url, "SALESPRO_DATABASE="+s.Database(),
		"SALESPRO_S3_LOCATION="+s.Output(), "SALESPRO_ACCESS_KEY_ID="+salespro.DefaultAccessKey, "SALESPRO_SECRETE_ACCESS_KEY="+salespro.DefaultSecretKey)
	return cmd
}

// says runs a command to its end and returns what it printed, and its exit code.
func says(t *testing.T, cmd *exec.Cmd) (out, log string, exit int) {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if _, ended := errors.AsType[*exec.ExitError](cmd.Run()); cmd.ProcessState == nil {
		t.Fatalf("it did not start: %v", ended)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// ids are the values of a column in the share, and in the warehouse.
func (s *share) ids(t *testing.T, db store, name, column string) (want, got []string) {
	t.Helper()
	at := slices.IndexFunc(s.Columns(name), func(c athena.Column) bool { return c.Name == column })
	for _, row := range s.Rows(name) {
		want = append(want, row[at].Str())
	}
	var id string
	db.each(t, func() { got = append(got, id) }, []any{&id}, "SELECT "+column+" FROM ingestion_salespro_"+name)
	slices.Sort(want)
	slices.Sort(got)
	return want, got
}

func (s *share) compare(t *testing.T, db store, name, column string) {
	t.Helper()
	want, got := s.ids(t, db, name, column)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %.1000s", name, diff)
	}
}

// diesWaiting lets a sync live until it waits for its query.
func (s *share) diesWaiting(t *testing.T, db store, signal os.Signal) *child {
	t.Helper()
	s.trap(t, "querytime=1h")
	c := born(s.command(t, db, "sync", "salespro", "payments"))
	signalled := make(chan error, 1)
	go func() {
		<-s.seen
		signalled <- c.signal(signal)
	}()
	if err := errors.Join(c.run(&bell{}), <-signalled); err != nil {
		t.Fatalf("%v\n%s", err, &c.log)
	}
	if n := len(s.Athena.Queries()); n != 1 {
		t.Fatalf("%d queries were started\n%s", n, &c.log)
	}
	return c
}

// A process that is killed while its query runs leaves it running, and the next one
// finds it: the query is paid for once.
func TestL4KilledWhileAQueryRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, db store) {
		s := openShare(t, salespro.Config{Rows: map[string]int{"payments": 3000}, Seed: 1})
		if c := s.diesWaiting(t, db, os.Kill); c.exit() != -1 {
			t.Fatalf("the run ended by itself: %d\n%s", c.exit(), &c.log)
		}
		s.ahead.Store(int64(2 * time.Hour))
		r := finish(t, s.command(t, db, "sync", "salespro", "payments"))
		if queries := s.Athena.Queries(); len(queries) != 1 || r.Runs[0].Created != 3000 {
			t.Errorf("%d queries, %+v", len(queries), r.Runs[0])
		}
		s.compare(t, db, "payments", "payment_id")
		// The run after it asks anew, for what changed.
		s.trap(t, "")
		finish(t, s.command(t, db, "sync", "salespro", "payments"))
		if n := len(s.Athena.Queries()); n != 2 {
			t.Errorf("%d queries", n)
		}
	})
}

// What a query costs is in the history of the run that was killed behind its first
// batch, and not in that of the run that goes on with its result.
func TestL4TheQueryOfAKilledRunIsBilledOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db store) {
		s := openShare(t, salespro.Config{Rows: map[string]int{"payments": 9000}, Seed: 1})
		c := atBatch(t, s.command(t, db, "sync", "salespro", "payments", "--batch-size", "100"), 30, send(os.Kill))
		if c.exit() != -1 {
			t.Fatalf("the run ended by itself: %d\n%s", c.exit(), &c.log)
		}
		finish(t, s.command(t, db, "sync", "salespro", "payments"))
		s.compare(t, db, "payments", "payment_id")
		warehouse, err := db.open()
		if err != nil {
			t.Fatal(err)
		}
		runs, err := ledger.History(t.Context(), warehouse, ledger.Filter{})
		if err := errors.Join(err, warehouse.Close()); err != nil || len(runs) != 2 {
			t.Fatalf("%v, %d runs", err, len(runs))
		}
		if n := len(s.Athena.Queries()); n != 1 || runs[1].Bill.Scanned != s.Athena.Scanned() || runs[1].Bill.Dollars == 0 || runs[0].Bill != (crm.Bill{}) {
			t.Errorf("%d queries scanned %d bytes; the killed run %+v, the next %+v", n, s.Athena.Scanned(), runs[1].Bill, runs[0].Bill)
		}
	})
}

// Ctrl-C stops the query, and the next run starts another.
func TestASignalStopsTheQuery(t *testing.T) {
	onBoth(t, func(t *testing.T, db store) {
		s := openShare(t, salespro.Config{Rows: map[string]int{"payments": 300}, Seed: 1})
		c := s.diesWaiting(t, db, os.Interrupt)
		if c.exit() != 130 {
			t.Errorf("exit code %d\n%s", c.exit(), &c.log)
		}
		if r, err := c.report(); err != nil || len(r.Runs) != 1 || r.Runs[0].Status != string(crm.StatusCancelled) {
			t.Errorf("%v: %s", err, &c.out)
		}
		if q := s.Athena.Queries()[0]; q.State != "CANCELLED" {
			t.Errorf("the query is %s", q.State)
		}
		s.trap(t, "")
		finish(t, s.command(t, db, "sync", "salespro", "payments"))
		if n := len(s.Athena.Queries()); n != 2 {
			t.Errorf("%d queries", n)
		}
		s.compare(t, db, "payments", "payment_id")
	})
}

// Cron lines of the old system work: one stream that fails stops no other, the last
// line sums up, and the exit code tells.
func TestTheOldSystemsCommandForAllOfSalesPro(t *testing.T) {
	onBoth(t, func(t *testing.T, db store) {
		s := openShare(t, salespro.Config{Records: 40, Seed: 1})
		s.trap(t, "deniedglue=2")
		out, log, exit := says(t, s.command(t, db, "db_salespro_all", "--parallel"))
		lines := strings.Split(strings.TrimSpace(out), "\n")
		last := lines[len(lines)-1]
		if exit != 1 || !strings.HasPrefix(last, "SalesPro sync failed: ") || strings.HasPrefix(last, "SalesPro sync failed: 0 created") {
			t.Errorf("exit code %d, %q\n%s", exit, last, log)
		}
		failures := 0
		for _, q := range s.Athena.Queries() {
			if q.State == "FAILED" {
				failures++
			}
		}
		if n := len(s.Athena.Queries()); n != 9 || failures != 1 {
			t.Errorf("%d queries, %d failed", n, failures)
		}
		out, log, exit = says(t, s.command(t, db, "db_salespro_all"))
		lines = strings.Split(strings.TrimSpace(out), "\n")
		if last := lines[len(lines)-1]; exit != 0 || !strings.HasPrefix(last, "SalesPro sync completed: ") {
			t.Errorf("exit code %d, %q\n%s", exit, last, log)
		}
		for name, key := range map[string]string{"estimate": "estimate_id", "payments": "payment_id", "credit_applications": "leap_credit_app_id"} {
			s.compare(t, db, name, key)
		}
	})
}

// The names of one table's command, in the singular and in the plural, with the flags
// that they had.
func TestTheOldSystemsCommandsForOneTable(t *testing.T) {
	db := openSQLite(t, "")
	s := openShare(t, salespro.Config{Records: 30, Seed: 1})
	for _, c := range []struct {
		args []string
		exit int
		says string // in the last line of standard output
	}{
		{[]string{"db_salespro_customer", "--full", "--debug"}, 0, "SalesPro sync completed: 2"},
		{[]string{"db_salespro_customers", "--no-progress", "--batch-size", "500"}, 0, "SalesPro sync completed: 0 created"},
		{[]string{"db_salespro_estimates", "--dry-run"}, 0, ""},
		{[]string{"db_salespro_estimate", "--max-records", "5"}, 0, "SalesPro sync completed: 5 created"},
		{[]string{"db_salespro_creditapplications"}, 0, "SalesPro sync completed: "},
		{[]string{"db_salespro_leadresult"}, 0, "SalesPro sync completed: "},
		{[]string{"db_salespro_payments", "--since", "2020-01-01"}, 0, "SalesPro sync completed: "},
		{[]string{"db_salespro_useractivities"}, 0, "SalesPro sync completed: "},
		{[]string{"db_salespro_measuresheets"}, 0, "SalesPro sync completed: "},
		{[]string{"db_salespro_estimatepricebreakdown"}, 0, "SalesPro sync completed: "},
		{[]string{"db_salespro_geographichotspot"}, 0, "SalesPro sync completed: "},
		{[]string{"db_salespro_customer", "--batch-size", "0x"}, 2, ""},
		{[]string{"db_salespro_customer", "more"}, 2, ""},
	} {
		out, log, exit := says(t, s.command(t, db, c.args...))
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if exit != c.exit || !strings.HasPrefix(lines[len(lines)-1], c.says) {
			t.Errorf("%q: exit code %d, %q\n%s", c.args, exit, lines[len(lines)-1], log)
		}
	}
}

// The exit code tells what kept a run from its end, and no secret is told (L8).
func TestExitCodesOfSalesPro(t *testing.T) {
	db := openSQLite(t, "")
	s := openShare(t, salespro.Config{Records: 5, Seed: 1})
	for name, c := range map[string]struct {
		env  string
		exit int
		says string
	}{
		"a key that is wrong":        {"SALESPRO_ACCESS_KEY_ID=AKIDWRONGWRONGWRONG1", 1, "source_auth"},
		"a database that is not":     {"SALESPRO_DATABASE=elsewhere", 1, "source_not_found"},
		"a database that is not set": {"SALESPRO_DATABASE=", 2, "SALESPRO_DATABASE"},
		"a way that is none":         {"SALESPRO_RESULTS=carrier-pigeon", 2, "SALESPRO_RESULTS"},
		"no place to unload into":    {"SALESPRO_RESULTS=unload", 2, "SALESPRO_UNLOAD_LOCATION"},
	} {
		cmd := s.command(t, db, "sync", "salespro", "payments", "--output", "json", "--debug")
		cmd.Env = append(cmd.Env, c.env)
		out, log, exit := says(t, cmd)
		if exit != c.exit || !strings.Contains(out+log, c.says) {
			t.Errorf("%s: exit code %d\n%s\n%s", name, exit, out, log)
		}
		if strings.Contains(out+log, salespro.DefaultSecretKey) {
			t.Errorf("%s: the secret is told", name)
		}
	}
}
