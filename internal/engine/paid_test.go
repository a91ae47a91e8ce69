package engine_test

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
)

// query is a source whose walk is a query that is paid for once: it says so in a page of
// its own, ahead of the records or, where it is stopped, when nobody waits any more.
type query struct {
	runs  func() // while the query runs; nil for nothing
	hands func() // ahead of the second page with records; nil for nothing
	read  []string
}

var price = crm.Bill{Scanned: 1 << 30, Dollars: 0.25}

func (*query) Check(context.Context, crm.Stream) error { return nil }

func (*query) Start(crm.Stream, crm.Request) string { return "named" }

func (q *query) Read(ctx context.Context, _ crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	q.read = append(q.read, req.Resume)
	return func(yield func(crm.Page, error) bool) {
		if q.runs != nil {
			q.runs()
		}
		if req.Resume != "paid" && !yield(crm.Page{Bill: price, Checkpoint: "paid", Requests: 1}, nil) {
			return
		}
		if ctx.Err() != nil {
			yield(crm.Page{}, ctx.Err())
			return
		}
		first := crm.Page{Records: [][]byte{[]byte(record(1, 0, "a"))}, Checkpoint: "paid", SourceTime: noon(5), Requests: 1}
		if !yield(first, nil) {
			return
		}
		if q.hands != nil {
			q.hands()
		}
		yield(crm.Page{Records: [][]byte{[]byte(record(2, 1, "b"))}, Checkpoint: "paid", SourceTime: noon(5), Last: true, Requests: 1}, nil)
	}
}

// interrupt lets a run be interrupted when the source calls what it is given.
func (w *world) interrupt(ask engine.Ask, when *func()) crm.Run {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	*when = cancel
	run, err := w.try(ctx, ask)
	*when = nil
	if !codeIs(err, crm.CodeCancelled) || run.Status != crm.StatusCancelled {
		w.t.Fatalf("%v, %+v", err, run)
	}
	return run
}

// What is paid for and not read yet is not to be paid for once more, and so no bound
// refuses the run that reads it.
func TestARunThatReadsWhatIsPaidForWasBegunByAnother(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		q := &query{}
		w.connector = q
		var begun []bool
		w.maxScan = func(_ context.Context, _ crm.Mode, b bool) (int64, error) {
			begun = append(begun, b)
			return 0, nil
		}
		w.interrupt(engine.Ask{}, &q.runs)
		w.interrupt(engine.Ask{}, &q.runs) // it reads on, and has not paid
		w.run(engine.Ask{})
		if !slices.Equal(begun, []bool{false, true, true}) {
			t.Errorf("begun by another: %v", begun)
		}
	})
}

// vain is a query that fails each time, and is paid for.
type vain struct{ *query }

func (v vain) Read(_ context.Context, _ crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	v.read = append(v.read, req.Resume)
	return func(yield func(crm.Page, error) bool) {
		if yield(crm.Page{Bill: price, Vain: true, Checkpoint: "due", Requests: 1}, nil) {
			yield(crm.Page{}, errSource)
		}
	}
}

// A query that led to nothing is made anew, and paid for anew: whoever goes on from there
// is held against the bound like any other.
func TestWhatWasPaidInVainIsPaidForAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		v := vain{&query{}}
		w.connector = v
		var begun []bool
		w.maxScan = func(_ context.Context, _ crm.Mode, b bool) (int64, error) {
			begun = append(begun, b)
			return 0, nil
		}
		for range 3 {
			if _, err := w.try(t.Context(), engine.Ask{}); !codeIs(err, crm.CodeSourceDown) || w.history()[0].Bill != price {
				t.Fatalf("%v: %+v", err, w.history()[0].Bill)
			}
		}
		if slices.Contains(begun, true) || !slices.Equal(v.read, []string{"named", "due", "due"}) {
			t.Errorf("paid for already: %v, read from %q", begun, v.read)
		}
		w.connector = v.query
		w.interrupt(engine.Ask{}, &v.runs) // this one pays for what can be read
		if w.run(engine.Ask{}); !begun[len(begun)-1] {
			t.Errorf("paid for already: %v", begun)
		}
	})
}

// What a run has paid for when it is interrupted is in its history, and the run that
// reads the rest does not pay once more (L4), be it interrupted in the query or behind
// it, and be the table filled at once or at the end.
func TestL4TheBillOfAnInterruptedRunIsKeptOnce(t *testing.T) {
	for name, c := range map[string]struct {
		when     func(*query) *func()
		snapshot bool
	}{
		"in the query":                  {func(q *query) *func() { return &q.runs }, false},
		"in the result":                 {func(q *query) *func() { return &q.hands }, false},
		"in the query of a snapshot":    {func(q *query) *func() { return &q.runs }, true},
		"in the result of a snapshot's": {func(q *query) *func() { return &q.hands }, true},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				q := &query{}
				w.connector, w.stream.Snapshot = q, c.snapshot
				if c.snapshot {
					w.run(engine.Ask{}) // there are rows to be replaced
				}
				q.read = nil
				run := w.interrupt(engine.Ask{Full: true}, c.when(q))
				if kept := w.history()[0]; run.Bill != price || kept.Bill != price || kept.Status != crm.StatusCancelled {
					t.Errorf("%+v, in the history %s, %+v", run.Bill, kept.Status, kept.Bill)
				}
				if at := w.state().Checkpoint; at == nil || at.Token != "paid" || !at.Untouched {
					t.Errorf("checkpoint %+v", at)
				}
				if next := w.run(engine.Ask{Full: true}); next.Bill != (crm.Bill{}) || len(w.rows()) != 2 {
					t.Errorf("the run after it: %+v, %d rows", next.Bill, len(w.rows()))
				}
				if len(q.read) != 2 || q.read[0] != "named" || q.read[1] != "paid" {
					t.Errorf("read from %q", q.read)
				}
			})
		})
	}
}

// stopped is a session whose first batch is interrupted while it is written.
type stopped struct {
	engine.Session

	stop func()
}

func (s *stopped) Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error) {
	if b.Bill == (crm.Bill{}) || s.stop == nil {
		return s.Session.Write(ctx, b)
	}
	s.stop()
	s.stop = nil
	return warehouse.Written{}, context.Cause(ctx)
}

// An interruption that comes while the bill itself is written costs no bill.
func TestL4TheBillThatIsBeingWrittenIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		q := &query{}
		w.connector = q
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.wrap = func(s engine.Session) engine.Session { return &stopped{Session: s, stop: cancel} }
		if _, err := w.try(ctx, engine.Ask{}); !codeIs(err, crm.CodeCancelled) {
			t.Fatal(err)
		}
		w.wrap = nil
		if kept := w.history()[0]; kept.Bill != price || w.state().Checkpoint.Token != "paid" {
			t.Errorf("%+v, checkpoint %+v", kept.Bill, w.state().Checkpoint)
		}
		if next := w.run(engine.Ask{}); next.Bill != (crm.Bill{}) || len(w.rows()) != 2 {
			t.Errorf("the run after it: %+v, %d rows", next.Bill, len(w.rows()))
		}
	})
}

// pages is a source of which two pages come behind the bill, and no more.
type pages struct{ *query }

func (pages) Read(ctx context.Context, _ crm.Stream, _ crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		if yield(crm.Page{Bill: price, Checkpoint: "paid", Requests: 1}, nil) &&
			yield(crm.Page{Records: [][]byte{[]byte(record(1, 0, "a"))}, Checkpoint: "behind the first", Requests: 1}, nil) &&
			yield(crm.Page{Records: [][]byte{[]byte(record(2, 0, "b"))}, Checkpoint: "behind the second", Requests: 1}, nil) {
			<-ctx.Done()
			yield(crm.Page{}, ctx.Err())
		}
	}
}

// interrupting is a session that interrupts the run when a checkpoint is durable.
type interrupting struct {
	engine.Session

	at   string
	stop func()
}

func (s *interrupting) Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error) {
	w, err := s.Session.Write(ctx, b)
	if err == nil && b.Checkpoint != nil && b.Checkpoint.Token == s.at {
		s.stop()
	}
	return w, err
}

// A bill that is durable is not written once more when the run is interrupted: that would
// put the checkpoint back to where nothing was read.
func TestTheBillThatIsWrittenPutsNoCheckpointBack(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.connector = pages{&query{}}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.wrap = func(s engine.Session) engine.Session { return &interrupting{s, "behind the first", cancel} }
		if _, err := w.try(ctx, engine.Ask{BatchSize: 1}); !codeIs(err, crm.CodeCancelled) {
			t.Fatal(err)
		}
		if at := w.state().Checkpoint; at == nil || at.Token != "behind the first" || w.history()[0].Bill != price {
			t.Errorf("checkpoint %+v", at)
		}
	})
}

// A page of records that comes too late is paid for, and read again.
func TestL4AnAnswerThatComesTooLateIsOnTheBill(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages, w.source.bill = [][]string{page(1, 3, 0), page(4, 3, 1)}, price
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.source.before = func(n int) error {
			if n == 1 {
				cancel()
			}
			return nil
		}
		run, err := w.try(ctx, engine.Ask{})
		if !codeIs(err, crm.CodeCancelled) || run.Bill.Scanned != 2*price.Scanned || w.history()[0].Bill != run.Bill {
			t.Errorf("%v, %+v, in the history %+v", err, run.Bill, w.history()[0].Bill)
		}
		w.source.before = nil
		if w.run(engine.Ask{}); len(w.rows()) != 6 {
			t.Errorf("%d rows", len(w.rows()))
		}
	})
}

// A dry run that is interrupted tells what it has paid, and writes nothing (L6).
func TestL6TheBillOfAnInterruptedDryRun(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		q := &query{}
		w.connector = q
		if run := w.interrupt(engine.Ask{DryRun: true}, &q.runs); run.Bill != price || len(w.history()) != 0 {
			t.Errorf("%+v, %d runs in the history", run.Bill, len(w.history()))
		}
	})
}
