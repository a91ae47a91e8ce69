package cli_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// desk is where a user sits: a directory, an environment, a simulated CRM and
// a warehouse, and what the last command printed.
type desk struct {
	t     *testing.T
	crm   *salesrabbit.Server // nil without one
	world cli.World
	env   map[string]string

	out, err output
	code     int
}

// bare is a desk with nothing set up.
func bare(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, env: map[string]string{}}
	d.world = cli.World{
		Stdin: strings.NewReader(""), Stdout: &d.out, Stderr: &d.err, Dir: t.TempDir(),
		Env:   func(name string) (string, bool) { v, ok := d.env[name]; return v, ok },
		Clock: &hasty{}, Transport: http.DefaultTransport, Version: "1.2.3",
	}
	return d
}

// at is a desk with a simulated CRM and a SQLite file that does not exist yet.
func at(t *testing.T, cfg salesrabbit.Config) *desk {
	t.Helper()
	d := bare(t)
	url, server := sandboxtest.SalesRabbit(t, cfg)
	d.crm = server
	d.env["SALESRABBIT_API_URL"] = url
	d.env["SALESRABBIT_API_KEY"] = salesrabbit.DefaultToken
	d.env["SALESRABBIT_RATE"] = "0"
	d.env["SALESRABBIT_RETRIES"] = "2"
	d.env["DATABASE_URL"] = "sqlite:///" + filepath.Join(d.world.Dir, "here.db")
	return d
}

// both runs a test on SQLite and on PostgreSQL.
func both(t *testing.T, cfg salesrabbit.Config, test func(*testing.T, *desk)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, at(t, cfg)) })
	t.Run("postgres", func(t *testing.T) {
		d := at(t, cfg)
		d.env["DATABASE_URL"] = pgtest.URL(t)
		test(t, d)
	})
}

// run runs a command line and keeps what it printed.
func (d *desk) run(args ...string) *desk {
	d.t.Helper()
	return d.runIn(d.t.Context(), args...)
}

func (d *desk) runIn(ctx context.Context, args ...string) *desk {
	d.t.Helper()
	d.out.Reset()
	d.err.Reset()
	d.world.Args = args
	d.world.Environ = nil
	for name, value := range d.env {
		d.world.Environ = append(d.world.Environ, name+"="+value)
	}
	d.code = cli.Run(ctx, d.world)
	return d
}

// exits fails the test unless the command ended with the code.
func (d *desk) exits(code int) *desk {
	d.t.Helper()
	if d.code != code {
		d.t.Fatalf("warren %s: exit code %d, want %d\n--- output\n%s--- errors\n%s",
			strings.Join(d.world.Args, " "), d.code, code, d.out.String(), d.err.String())
	}
	return d
}

// says fails the test unless the output has each of the texts.
func (d *desk) says(texts ...string) *desk {
	d.t.Helper()
	return d.has("output", d.out.String(), texts)
}

// warns fails the test unless standard error has each of the texts.
func (d *desk) warns(texts ...string) *desk {
	d.t.Helper()
	return d.has("errors", d.err.String(), texts)
}

func (d *desk) has(where, all string, texts []string) *desk {
	d.t.Helper()
	for _, text := range texts {
		if !strings.Contains(recent(all), text) {
			d.t.Errorf("warren %s: no %q in the %s:\n%s", strings.Join(d.world.Args, " "), text, where, all)
		}
	}
	return d
}

// silent fails the test if the output has one of the texts.
func (d *desk) silent(texts ...string) *desk {
	d.t.Helper()
	for _, text := range texts {
		if all := d.out.String() + d.err.String(); strings.Contains(all, text) {
			d.t.Errorf("warren %s: %q is in\n%s", strings.Join(d.world.Args, " "), text, all)
		}
	}
	return d
}

// lastLine returns the last line of the output.
func (d *desk) lastLine() string {
	lines := strings.Split(strings.TrimRight(d.out.String(), "\n"), "\n")
	return lines[len(lines)-1]
}

// answer decodes the output, which must be one JSON document.
func answer[T any](d *desk) T {
	d.t.Helper()
	var v T
	dec := json.NewDecoder(strings.NewReader(d.out.String()))
	if err := dec.Decode(&v); err != nil {
		d.t.Fatalf("warren %s: %v in\n%s", strings.Join(d.world.Args, " "), err, d.out.String())
	}
	if dec.More() {
		d.t.Fatalf("warren %s: more than one document in\n%s", strings.Join(d.world.Args, " "), d.out.String())
	}
	return v
}

// db opens the warehouse beside the command line.
func (d *desk) db() warehouse.Driver {
	d.t.Helper()
	var db warehouse.Driver
	var err error
	if address := d.env["DATABASE_URL"]; strings.HasPrefix(address, "postgres") {
		db, err = postgres.Open(d.t.Context(), address, postgres.Options{})
	} else {
		db, err = sqlite.Open(d.t.Context(), strings.TrimPrefix(address, "sqlite:///"), sqlite.Options{Clock: crm.SystemClock{}})
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = db.Close() })
	return db
}

// text returns the one text that a query yields.
func (d *desk) text(query string) string {
	d.t.Helper()
	db := d.db()
	defer func() { _ = db.Close() }()
	rows, err := db.Query(d.t.Context(), query)
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	var text *string
	if !rows.Next() {
		d.t.Fatalf("no row: %s", query)
	}
	if err := rows.Scan(&text); err != nil {
		d.t.Fatal(err)
	}
	if text == nil {
		return "NULL"
	}
	return *text
}

// exec changes the warehouse beside the command line.
func (d *desk) exec(query string) {
	d.t.Helper()
	db := d.db()
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(d.t.Context(), query); err != nil {
		d.t.Fatal(err)
	}
}

// writer makes another role in the desk's database, with all rights on the tables that are
// there, and returns its address. The test drops it.
func (d *desk) writer() (role, address string) {
	d.t.Helper()
	role = "writer_" + strings.ToLower(rand.Text())
	d.exec("CREATE ROLE " + role + " LOGIN PASSWORD 'geheim'")
	d.exec("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role)
	return role, as(d.t, d.env["DATABASE_URL"], role)
}

// file writes a file into the user's directory.
func (d *desk) file(name, text string) {
	d.t.Helper()
	write(d.t, filepath.Join(d.world.Dir, name), text)
}

// status runs warren status as if all runs had begun, and ended, the moment before, however
// long the machine took over them.
func (d *desk) status(args ...string) *desk {
	d.t.Helper()
	const newest = "(SELECT MAX(start_time) FROM ingestion_sync_history)"
	d.exec("UPDATE ingestion_sync_history SET start_time = " + newest + ", end_time = CASE WHEN end_time IS NOT NULL THEN " + newest + " END")
	runs, err := ledger.History(d.t.Context(), d.db(), ledger.Filter{Limit: 1})
	if err != nil || len(runs) == 0 {
		d.t.Fatalf("%d runs, %v", len(runs), err)
	}
	clock := d.world.Clock
	defer func() { d.world.Clock = clock }()
	d.world.Clock = standing{clock, runs[0].Start}
	return d.run(append([]string{"status"}, args...)...)
}

// standing is a clock that stands still.
type standing struct {
	crm.Clock
	now time.Time
}

func (s standing) Now() time.Time { return s.now }
