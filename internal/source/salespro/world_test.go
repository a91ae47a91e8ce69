package salespro_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/processor"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/validator"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// world is a share, a warehouse and the engine between them.
type world struct {
	*account
	db     warehouse.Driver
	engine engine.Engine
	alter  func(*crm.Stream) // what warren.yaml makes of a stream; nil for nothing
	onPage func()            // runs while a page is on its way; nil for nothing
}

// onBoth runs a test with each database.
func onBoth(t *testing.T, cfg sandbox.Config, test func(w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), t.TempDir()+"/warren.db", sqlite.Options{Clock: crm.SystemClock{}})
		if err != nil {
			t.Fatal(err)
		}
		test(newWorld(t, db, cfg))
	})
	t.Run("postgres", func(t *testing.T) { onPostgres(t, cfg, test) })
}

func onPostgres(t *testing.T, cfg sandbox.Config, test func(w *world)) {
	t.Helper()
	db, err := postgres.Open(t.Context(), pgtest.URL(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	test(newWorld(t, db, cfg))
}

func newWorld(t *testing.T, db warehouse.Driver, cfg sandbox.Config) *world {
	t.Helper()
	w := &world{account: open(t, cfg, nil), db: db}
	// The engine beats by the clock, so it has one that waits.
	w.engine = engine.Engine{Clock: standing{crm.SystemClock{}, w.clock}, Observe: w.hear}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// standing is a clock that waits as the machine's does, and shows the time of another.
type standing struct {
	crm.SystemClock
	shown *clock
}

// Now returns the time of the other.
func (s standing) Now() time.Time { return s.shown.Now() }

// try runs one stream.
func (w *world) try(name string, ask engine.Ask) (crm.Run, error) {
	w.t.Helper()
	return w.tryIn(w.t.Context(), name, ask)
}

func (w *world) tryIn(ctx context.Context, name string, ask engine.Ask) (crm.Run, error) {
	w.t.Helper()
	s := stream(w.t, name)
	if w.alter != nil {
		w.alter(&s)
	}
	if ask.BatchSize == 0 {
		ask.BatchSize = 200
	}
	ask.Overlap = max(ask.Overlap, s.Lag)
	tools := warehouse.Tools{Clock: w.engine.Clock, Observe: w.hear, Owner: ledger.ThisProcess()}
	return w.engine.Run(ctx, engine.Job{
		ID: crm.StreamID{Source: "salespro", Stream: s.Name}, SourceType: "salespro", Endpoint: "sandbox", Stream: s,
		Connector: w, Ask: ask, Deletes: crm.DeletePolicy{How: crm.DeletesSoft, Limit: 1}, Processor: rules(),
		Open: func(ctx context.Context, c warehouse.Claim) (engine.Session, error) {
			return warehouse.Open(ctx, w.db, c, tools)
		},
	})
}

// rules are those that a warehouse is kept by.
func rules() processor.Options {
	registry := validator.NewRegistry()
	return processor.Options{Normalize: validator.NewNormalizer, Check: func(rule crm.Rule) (func([]byte) error, error) {
		v, err := registry.New(rule)
		if err != nil {
			return nil, err
		}
		return v.Check, nil
	}}
}

// Check asks the share.
func (w *world) Check(ctx context.Context, s crm.Stream) error { return w.connector.Check(ctx, s) }

// Start names the query of a walk.
func (w *world) Start(s crm.Stream, req crm.Request) string {
	return w.connector.(crm.Starter).Start(s, req)
}

// Read reads the share.
func (w *world) Read(ctx context.Context, s crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		for page, err := range w.connector.Read(ctx, s, req) {
			if w.onPage != nil {
				w.onPage()
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// run is try without an error.
func (w *world) run(name string, ask engine.Ask) crm.Run {
	w.t.Helper()
	run, err := w.try(name, ask)
	if err != nil {
		w.t.Fatalf("%s: %v", name, err)
	}
	return run
}

func (w *world) exec(statements ...string) {
	w.t.Helper()
	for _, s := range statements {
		if _, err := w.db.Exec(w.t.Context(), s); err != nil {
			w.t.Fatalf("%s: %v", s, err)
		}
	}
}

// rows returns what a query of one column yields, in its order.
func (w *world) rows(query string) []string {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), query)
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text *string
		if err := rows.Scan(&text); err != nil {
			w.t.Fatal(err)
		}
		if text == nil {
			all = append(all, "NULL")
			continue
		}
		all = append(all, *text)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return all
}

func (w *world) row(query string) string { w.t.Helper(); return strings.Join(w.rows(query), "|") }

func (w *world) count(table string) string {
	w.t.Helper()
	return w.row("SELECT CAST(count(*) AS text) FROM " + table)
}

// put adds a row to the share.
func (w *world) put(table string, fields sandbox.Fields) int {
	w.t.Helper()
	row, err := w.share.Put(table, fields)
	if err != nil {
		w.t.Fatal(err)
	}
	return row
}

func counted(c crm.Counts) string {
	return fmt.Sprintf("%d fetched: %d created, %d updated, %d unchanged, %d duplicates, %d deleted, %d failed",
		c.Fetched, c.Created, c.Updated, c.Unchanged, c.Duplicates, c.Deleted, c.Failed)
}
