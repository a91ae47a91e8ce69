package engine_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/processor"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.Around(m)) }

// onBoth runs a test with each database.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		path := t.TempDir() + "/warren.db"
		db, err := sqlite.Open(t.Context(), path, sqlite.Options{Clock: crm.SystemClock{}})
		if err != nil {
			t.Fatal(err)
		}
		test(t, newWorld(t, db))
	})
	t.Run("postgres", func(t *testing.T) {
		db, err := postgres.Open(t.Context(), pgtest.URL(t), postgres.Options{})
		if err != nil {
			t.Fatal(err)
		}
		test(t, newWorld(t, db))
	})
}

// world is a database, a source that does as it is told, and an engine
// between them.
type world struct {
	t      *testing.T
	db     warehouse.Driver
	source *script
	engine *engine.Engine
	events *listener
	stream crm.Stream
	at     string // the address of the source
	owner  ledger.Owner
	wrap   func(engine.Session) engine.Session // nil leaves the session as it is

	connector crm.Connector // nil is the source
	maxScan   func(ctx context.Context, mode crm.Mode, begun bool) (int64, error)
	deletes   crm.DeletePolicy // soft and without a limit, unless a test says otherwise
}

func newWorld(t *testing.T, db warehouse.Driver) *world {
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	events := &listener{}
	return &world{
		deletes: crm.DeletePolicy{How: crm.DeletesSoft, Limit: 1},
		t:       t, db: db, source: &script{}, events: events, owner: ledger.ThisProcess(),
		engine: &engine.Engine{Clock: crm.SystemClock{}, Observe: events.hear},
		stream: crm.Stream{
			Name: "things", Table: "thing", PrimaryKey: []string{"id"}, Cursor: "changed", Incremental: true,
			Fields: []crm.Field{
				{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger},
				{Column: "changed", Paths: []string{"changed"}, Type: crm.TypeTimestamp},
				{Column: "name", Paths: []string{"name"}, Type: crm.TypeText},
				{Column: "size", Paths: []string{"size"}, Type: crm.TypeInteger},
			},
		},
	}
}

// run runs one job and fails the test on an error.
func (w *world) run(ask engine.Ask) crm.Run {
	w.t.Helper()
	run, err := w.try(w.t.Context(), ask)
	if err != nil {
		w.t.Fatalf("the run failed: %v", err)
	}
	return run
}

func (w *world) try(ctx context.Context, ask engine.Ask) (crm.Run, error) {
	if ask.BatchSize == 0 {
		ask.BatchSize = 3
	}
	connector := w.connector
	if connector == nil {
		connector = w.source
	}
	tools := warehouse.Tools{Clock: w.engine.Clock, Observe: w.events.hear, Owner: w.owner}
	return w.engine.Run(ctx, engine.Job{
		ID: crm.StreamID{Source: "test", Stream: w.stream.Name}, SourceType: "test", Endpoint: w.at, Stream: w.stream, Connector: connector, Ask: ask, Deletes: w.deletes,
		Processor: processor.Options{}, MaxScan: w.maxScan,
		Open: func(ctx context.Context, c warehouse.Claim) (engine.Session, error) {
			if ask.DryRun {
				s, err := warehouse.Peek(ctx, w.db, c, tools)
				if err == nil && w.wrap != nil {
					return w.wrap(s), nil
				}
				return s, err
			}
			s, err := warehouse.Open(ctx, w.db, c, tools)
			if err == nil && w.wrap != nil {
				return w.wrap(s), nil
			}
			return s, err
		},
	})
}

// rows returns the table as id to "changed name size".
func (w *world) rows() map[int64]string {
	w.t.Helper()
	return w.query(`SELECT id, COALESCE(name, 'NULL') || ' ' || COALESCE(CAST(size AS text), 'NULL') FROM thing`)
}

func (w *world) query(sql string) map[int64]string {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), sql)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	got := map[int64]string{}
	for rows.Next() {
		var id int64
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			w.t.Fatal(err)
		}
		got[id] = text
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return got
}

func (w *world) state() ledger.State {
	w.t.Helper()
	state, err := ledger.Load(w.t.Context(), w.db, ledger.Claim{ID: crm.StreamID{Source: "test", Stream: "things"}})
	if err != nil {
		w.t.Fatal(err)
	}
	return state
}

func (w *world) history() []crm.Run {
	w.t.Helper()
	runs, err := ledger.History(w.t.Context(), w.db, ledger.Filter{})
	if err != nil {
		w.t.Fatal(err)
	}
	return runs
}

func (w *world) quarantine() []ledger.Entry {
	w.t.Helper()
	entries, err := ledger.ListQuarantine(w.t.Context(), w.db, ledger.Filter{})
	if err != nil {
		w.t.Fatal(err)
	}
	return entries
}

// listener keeps the events.
type listener struct {
	mu     sync.Mutex
	events []crm.Event
}

func (l *listener) hear(e crm.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

// heard returns the events of one kind.
func heard[E crm.Event](w *world) []E {
	w.events.mu.Lock()
	defer w.events.mu.Unlock()
	var found []E
	for _, e := range w.events.events {
		if e, ok := e.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

// script is a source that yields the pages it was given. before runs ahead of
// each page; an error it returns ends the walk.
type script struct {
	pages    [][]string
	at       time.Time // the source's clock
	before   func(page int) error
	requests []crm.Request
	unsure   string // what each page says of gaps
	bill     crm.Bill
}

func (*script) Check(context.Context, crm.Stream) error { return nil }

func (s *script) Read(_ context.Context, _ crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	s.requests = append(s.requests, req)
	return func(yield func(crm.Page, error) bool) {
		first, _ := strconv.Atoi(req.Resume)
		for n := first; n < len(s.pages); n++ {
			if s.before != nil {
				if err := s.before(n); err != nil {
					yield(crm.Page{}, err)
					return
				}
			}
			page := crm.Page{Checkpoint: strconv.Itoa(n + 1), SourceTime: s.at, Last: n == len(s.pages)-1, Requests: 1, Unsure: s.unsure, Bill: s.bill}
			for _, record := range s.pages[n] {
				page.Records = append(page.Records, []byte(record))
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}

// record is one record, changed so many minutes after noon.
func record(id, minute int, name string) string {
	return fmt.Sprintf(`{"id":%d,"changed":%q,"name":%q,"size":%d}`, id, noon(minute).Format(time.RFC3339), name, id*10)
}

func noon(minute int) time.Time {
	return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(minute) * time.Minute)
}

// page is n records from id first, changed at the given minute.
func page(first, n, minute int) []string {
	var records []string
	for id := first; id < first+n; id++ {
		records = append(records, record(id, minute, "n"+strconv.Itoa(id)))
	}
	return records
}

var errSource = &crm.Error{Code: crm.CodeSourceDown, Origin: crm.OriginSource, Message: "the source is down", Fix: "wait"}

func codeIs(err error, code crm.Code) bool {
	var e *crm.Error
	return errors.As(err, &e) && e.Code == code
}
