package warehouse_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// faulty is a driver whose transactions lose their connection, as told by
// before and after: the number of transactions that fail before they commit,
// and after.
type faulty struct {
	warehouse.Driver
	mu            sync.Mutex
	armed         bool
	before, after int
	asking        int // transactions that fail next, whatever they do
	refusals      int // transactions that are refused after that
	tables        int // tables that are not found next
}

var (
	errLost    = errors.New("connection lost")
	errRefused = &crm.Error{Code: crm.CodeWarehouseRight, Origin: crm.OriginWarehouse, Message: "the role lacks a right", Fix: "Grant it."}
)

func (f *faulty) InTx(ctx context.Context, do func(tx ledger.Conn) error) error {
	switch {
	case f.takes(&f.before):
		return f.Driver.InTx(ctx, func(tx ledger.Conn) error {
			if err := do(tx); err != nil {
				return err
			}
			return errLost
		})
	case f.takes(&f.after):
		if err := f.Driver.InTx(ctx, do); err != nil {
			return err
		}
		return errLost
	case f.takes(&f.asking):
		return errLost
	case f.takes(&f.refusals):
		return errRefused
	}
	return f.Driver.InTx(ctx, do)
}

// takes reports whether there is one left of n, and takes it.
func (f *faulty) takes(n *int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.armed || *n == 0 {
		return false
	}
	*n--
	return true
}

func (f *faulty) Table(ctx context.Context, stream crm.Stream, create bool) (warehouse.Table, error) {
	if f.takes(&f.tables) {
		return nil, errLost
	}
	return f.Driver.Table(ctx, stream, create)
}

func (f *faulty) Explain(err error) error {
	if errors.Is(err, errLost) {
		return &crm.Error{Code: crm.CodeWarehouseConn, Origin: crm.OriginWarehouse, Message: "the connection is gone", Retryable: true, Err: err}
	}
	return f.Driver.Explain(err)
}

func onBoth(t *testing.T, test func(t *testing.T, db *faulty)) {
	t.Helper()
	open := map[string]func() (warehouse.Driver, error){
		"sqlite": func() (warehouse.Driver, error) {
			return sqlite.Open(t.Context(), t.TempDir()+"/warren.db", sqlite.Options{})
		},
		"postgres": func() (warehouse.Driver, error) { return postgres.Open(t.Context(), pgtest.URL(t), postgres.Options{}) },
	}
	for name, open := range open {
		t.Run(name, func(t *testing.T) {
			db, err := open()
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			test(t, &faulty{Driver: db})
		})
	}
}

// hasty is a clock that does not wait.
type hasty struct{ crm.SystemClock }

func (hasty) Wait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func session(t *testing.T, db warehouse.Driver) *warehouse.Session {
	t.Helper()
	s, err := warehouse.Open(t.Context(), db, claim(), warehouse.Tools{Clock: hasty{}, Observe: func(crm.Event) {}, Owner: ledger.ThisProcess()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func claim() warehouse.Claim {
	return warehouse.Claim{
		ID: crm.StreamID{Source: "test", Stream: "things"}, SourceType: "test", Lease: time.Minute,
		Stream: crm.Stream{Name: "things", Table: "thing", PrimaryKey: []string{"id"}, Fields: []crm.Field{
			{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger}, {Column: "name", Paths: []string{"name"}},
		}},
		Decide: func(warehouse.State) warehouse.Intent { return warehouse.Intent{Mode: crm.ModeFull} },
	}
}

func batch(first, n int) *warehouse.Batch {
	b := &warehouse.Batch{}
	for id := first; id < first+n; id++ {
		text := strconv.Itoa(id)
		key := crm.IntegerValue(int64(id))
		b.Rows = append(b.Rows, crm.Row{
			ID: text, Key: []crm.Value{key}, Hash: crm.Hash{byte(id), 1}, Raw: []byte(`{"id":` + text + `}`),
			Values: []crm.Value{key, crm.TextValue([]byte("n" + text))},
		})
		b.Known = append(b.Known, crm.Version{})
		b.Issues = append(b.Issues, nil)
	}
	return b
}

func finish(t *testing.T, s *warehouse.Session, counts crm.Counts) crm.Run {
	t.Helper()
	run, err := s.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusSuccess, Counts: counts})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// The classic of unknown outcomes: the commit took place, its answer was
// lost. Written again, the same rows would be counted as unchanged.
func TestL2ACommitWhoseAnswerWasLostIsCountedOnce(t *testing.T) {
	for name, c := range map[string]struct{ before, after, asking int }{
		"lost before the commit":                 {before: 1},
		"lost after the commit":                  {after: 1},
		"lost after, and still away when asked":  {after: 1, asking: 3},
		"lost before, and still away when asked": {before: 1, asking: 3},
		"lost before twice and then after":       {before: 2, after: 1},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, db *faulty) {
				s := session(t, db)
				db.armed, db.before, db.after, db.asking = true, c.before, c.after, c.asking
				sum := writeAll(t, s, batch(1, 10), batch(11, 10), batch(21, 10))
				if want := (crm.Counts{Fetched: 30, Created: 30}); sum != want {
					t.Errorf("%+v, want %+v", sum, want)
				}
				if run := finish(t, s, sum); run.Counts != sum {
					t.Errorf("the history says %+v", run.Counts)
				}
			})
		})
	}
}

func TestADatabaseThatStaysAwayFailsTheRunInTheEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		s := session(t, db)
		db.armed, db.before = true, 1_000_000
		_, err := s.Write(t.Context(), batch(1, 3))
		if crm.CodeOf(err) != crm.CodeWarehouseConn {
			t.Errorf("got %v", err)
		}
	})
}

func TestAnInterruptionEndsTheWaiting(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		s := session(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Write(ctx, batch(1, 3)); err == nil {
			t.Error("it wrote although it was told to stop")
		}
	})
}

// A run that was closed stays as it was closed, though the answer was lost and the database
// refuses what comes after.
func TestARunThatWasClosedHasEndedWell(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		s := session(t, db)
		counts := writeAll(t, s, batch(1, 3))
		db.armed, db.after, db.refusals = true, 1, 1
		if run := finish(t, s, counts); run.Status != crm.StatusSuccess || run.Counts != counts {
			t.Errorf("%+v", run)
		}
	})
}

// A run that the database refuses to close as it ended is closed as failed, and says why.
func TestARunThatIsNotToEndWellHasFailed(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		s := session(t, db)
		counts := writeAll(t, s, batch(1, 3))
		db.armed, db.refusals = true, 1
		run, err := s.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusSuccess, Counts: counts})
		if !errors.Is(err, errRefused) || run.Status != crm.StatusFailed || run.ErrorCode != crm.CodeWarehouseRight {
			t.Errorf("%+v, %v", run, err)
		}
	})
}

// A database that stays away at the end of a run is not waited for twice.
func TestTheEndOfARunIsNotWaitedForTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		told := 0
		s, err := warehouse.Open(t.Context(), db, claim(), warehouse.Tools{Clock: hasty{}, Owner: ledger.ThisProcess(), Observe: func(crm.Event) { told++ }})
		if err != nil {
			t.Fatal(err)
		}
		counts := writeAll(t, s, batch(1, 3))
		db.armed, db.before = true, 1_000_000
		_, err = s.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusSuccess, Counts: counts})
		if crm.CodeOf(err) != crm.CodeWarehouseConn || told != 8 {
			t.Errorf("told of %d attempts, %v", told, err)
		}
	})
}

// A table that cannot be looked at for a while is waited for, and that is told.
func TestARunWaitsForItsTable(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		told := 0
		db.armed, db.tables = true, 3
		s, err := warehouse.Open(t.Context(), db, claim(), warehouse.Tools{Clock: hasty{}, Owner: ledger.ThisProcess(), Observe: func(e crm.Event) {
			if retry, is := e.(crm.RetryScheduled); is && retry.Source == "the warehouse" {
				told++
			}
		}})
		if err != nil || told != 3 {
			t.Fatalf("told of %d attempts, %v", told, err)
		}
		finish(t, s, writeAll(t, s, batch(1, 3)))
	})
}

// A table that cannot be used closes the run that was opened for it.
func TestARunWhoseTableCannotBeUsedIsClosedAsFailed(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		if _, err := db.Exec(t.Context(), `CREATE VIEW thing AS SELECT 1 AS id`); err != nil {
			t.Fatal(err)
		}
		_, err := warehouse.Open(t.Context(), db, claim(), warehouse.Tools{Clock: hasty{}, Observe: func(crm.Event) {}, Owner: ledger.ThisProcess()})
		if err == nil {
			t.Fatal("a view was taken for a table")
		}
		runs, err := ledger.History(t.Context(), db, ledger.Filter{})
		if err != nil || len(runs) != 1 || runs[0].Status != crm.StatusFailed || runs[0].ErrorMessage == "" {
			t.Errorf("%v %+v", err, runs)
		}
	})
}
