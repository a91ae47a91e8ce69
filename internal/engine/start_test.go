package engine_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
)

// paid is a source whose walks begin with something that is paid for.
type paid struct {
	*script

	started []string // the tokens that Start gave
	resumed []string // those that Read was called with
	scan    []int64  // how much it may scan
	blank   bool     // its pages have no checkpoint: a walk is only ever read from the beginning
}

func (p *paid) Start(stream crm.Stream, req crm.Request) string {
	token := fmt.Sprintf("%s %d %d", stream.Name, len(p.started), req.Since.Unix())
	p.started = append(p.started, token)
	return token
}

func (p *paid) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	p.resumed, p.scan = append(p.resumed, req.Resume), append(p.scan, req.MaxScan)
	if strings.HasPrefix(req.Resume, stream.Name) {
		req.Resume = ""
	}
	return func(yield func(crm.Page, error) bool) {
		for page, err := range p.script.Read(ctx, stream, req) {
			if p.blank {
				page.Checkpoint = ""
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

func withPaid(w *world) *paid {
	p := &paid{script: w.source}
	w.connector = p
	return p
}

// What was paid for and not yet read is not paid for twice, be the table empty or
// not.
func TestL4AWalkThatDiedBeforeItsFirstPageIsNotBegunAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := withPaid(w)
		w.source.pages = [][]string{page(1, 4, 0), page(5, 4, 1)}
		for _, ask := range []engine.Ask{{}, {Full: true}} {
			p.started, p.resumed = nil, nil
			w.source.before = failAt(0)
			for range 2 {
				if _, err := w.try(t.Context(), ask); err == nil {
					t.Fatal("the run was to fail")
				}
			}
			w.source.before = nil
			run := w.run(ask)
			if len(p.started) != 1 || strings.Join(p.resumed, ",") != strings.Repeat(p.started[0]+",", 2)+p.started[0] {
				t.Errorf("%+v: started %q, read from %q", ask, p.started, p.resumed)
			}
			if run.Status != crm.StatusSuccess || len(w.rows()) != 8 || w.state().Checkpoint != nil {
				t.Errorf("%+v: %d rows, checkpoint %+v", run, len(w.rows()), w.state().Checkpoint)
			}
		}
	})
}

// Behind the first page the walk goes on from there, and the next one begins anew
// once it is complete.
func TestAWalkOfAPaidSourceGoesOnFromItsLastPage(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := withPaid(w)
		w.source.pages = [][]string{page(1, 3, 0), page(4, 3, 1), page(7, 3, 2)}
		w.source.before = failAt(2)
		if _, err := w.try(t.Context(), engine.Ask{}); err == nil {
			t.Fatal("the run was to fail")
		}
		w.source.before = nil
		w.run(engine.Ask{})
		w.source.pages = [][]string{page(9, 1, 2)}
		w.run(engine.Ask{})
		if len(p.started) != 2 || strings.Join(p.resumed, ",") != p.started[0]+",1,"+p.started[1] || !strings.HasSuffix(p.started[1], fmt.Sprint(noon(2).Unix())) {
			t.Errorf("started %q, read from %q", p.started, p.resumed)
		}
	})
}

// Only what could be gone on with is noted as begun.
func TestARunThatCannotBeGoneOnWithNotesNoStart(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := withPaid(w)
		w.source.pages = [][]string{page(1, 3, 0)}
		w.run(engine.Ask{})
		p.started, p.resumed = nil, nil
		for _, ask := range []engine.Ask{
			{DryRun: true}, {Full: true, MaxRecords: 1}, {Since: noon(0)}, {Verify: true, DryRun: true},
		} {
			w.run(ask)
		}
		if len(p.started) != 0 || strings.Join(p.resumed, "") != "" {
			t.Errorf("started %q, read from %q", p.started, p.resumed)
		}
	})
}

func TestAStartThatIsADayOldIsBegunAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := withPaid(w)
		w.source.pages = [][]string{page(1, 3, 0)}
		w.source.before = failAt(0)
		if _, err := w.try(t.Context(), engine.Ask{}); err == nil {
			t.Fatal("the run was to fail")
		}
		w.source.before = nil
		w.engine.Clock = later{by: 25 * time.Hour}
		w.run(engine.Ask{})
		if len(p.started) != 2 || p.resumed[1] != p.started[1] {
			t.Errorf("started %q, read from %q", p.started, p.resumed)
		}
	})
}

// later is the machine's clock in so much time.
type later struct {
	crm.SystemClock

	by time.Duration
}

func (l later) Now() time.Time { return l.SystemClock.Now().Add(l.by) }

// What the source charges is in the run and in the history, also of a run that
// failed.
func TestTheBillIsInTheHistory(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		withPaid(w)
		w.source.pages = [][]string{page(1, 3, 0), page(4, 3, 1)}
		w.source.bill = crm.Bill{Scanned: 1 << 30, Dollars: 0.25}
		want := crm.Bill{Scanned: 2 << 30, Dollars: 0.5}
		if run := w.run(engine.Ask{}); run.Bill != want {
			t.Errorf("%+v", run.Bill)
		}
		if run := w.run(engine.Ask{Full: true, DryRun: true}); run.Bill != want {
			t.Errorf("dry: %+v", run.Bill)
		}
		w.source.before = failAt(1)
		_, _ = w.try(t.Context(), engine.Ask{Full: true})
		runs := w.history()
		if runs[0].Status != crm.StatusFailed || runs[0].Bill != w.source.bill || runs[1].Bill != want {
			t.Errorf("%+v and %+v in the history", runs[0].Bill, runs[1].Bill)
		}
	})
}

// killed is a session of a process that dies when it is to write one batch more, or
// to end its run.
type killed struct {
	engine.Session

	after int // batches with records that it writes
}

var errKilled = &crm.Error{Code: crm.CodeInternal, Origin: crm.OriginWarren, Message: "the process is no more"}

func (k *killed) Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error) {
	if b.Fetched() > 0 {
		if k.after--; k.after < 0 {
			return warehouse.Written{}, errKilled
		}
	}
	return k.Session.Write(ctx, b)
}

func (*killed) Finish(context.Context, warehouse.Outcome) (crm.Run, error) {
	return crm.Run{}, errKilled
}

// dies lets a run write so many batches at most and be killed.
func (w *world) dies(ask engine.Ask, after int) {
	w.t.Helper()
	alive := w.owner
	w.owner.Process = "99999999@1" // a process of this machine that is no more
	w.wrap = func(s engine.Session) engine.Session { return &killed{Session: s, after: after} }
	if _, err := w.try(w.t.Context(), ask); err == nil {
		w.t.Fatal("the run was to be killed")
	}
	w.owner, w.wrap = alive, nil
}

// The bill of a run that was killed is in the history as far as its batches came, and
// the run that goes on has the rest: the budget of the day knows both.
func TestL4TheBillOfAKilledRunIsKeptWithItsBatches(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		withPaid(w)
		w.source.pages = [][]string{page(1, 3, 0), page(4, 3, 1), page(7, 3, 2)}
		w.source.bill = crm.Bill{Scanned: 1 << 30, Dollars: 0.25}
		w.dies(engine.Ask{}, 2)
		run := w.run(engine.Ask{})
		dead := w.history()[1]
		pages := crm.Bill{Scanned: 2 << 30, Dollars: 0.5}
		if dead.Bill != pages || dead.ErrorCode != crm.CodeProcessDied {
			t.Errorf("the killed run: %s, %+v", dead.ErrorCode, dead.Bill)
		}
		// The second page was written before its checkpoint, and is read once more.
		if run.Bill != pages || w.history()[0].Bill != pages || len(w.rows()) != 9 {
			t.Errorf("the run after it: %+v, %d rows", run.Bill, len(w.rows()))
		}
		w.dies(engine.Ask{Full: true}, 0) // it has written nothing, and so its bill is the next run's
		w.run(engine.Ask{Full: true})
		if runs := w.history(); runs[1].Bill != (crm.Bill{}) || runs[0].Bill.Scanned != 3<<30 {
			t.Errorf("%+v and %+v", runs[1].Bill, runs[0].Bill)
		}
	})
}

// A swap, and the deletes after a walk, leave the bill as it is.
func TestTheBillOutlivesWhatComesAfterTheWalk(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 3, 0), page(4, 3, 1)}
		w.source.bill = crm.Bill{Scanned: 1 << 30, Dollars: 0.25}
		w.run(engine.Ask{})
		w.source.pages = [][]string{page(1, 3, 0), page(4, 2, 1)}
		w.dies(engine.Ask{Full: true}, 10)
		w.run(engine.Ask{})
		if dead := w.history()[1]; dead.Bill.Scanned != 2<<30 || dead.Counts.Deleted != 1 {
			t.Errorf("%+v, %+v", dead.Bill, dead.Counts)
		}
	})
}

// What was paid for and gave nothing is on the bill of the run that failed, and its
// checkpoint says so to the next.
func TestWhatWasPaidForNothingIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		p := withPaid(w)
		w.source.pages = [][]string{{}, page(1, 3, 0)}
		w.source.bill = crm.Bill{Scanned: 1 << 30, Dollars: 0.25}
		w.source.before = failAt(1)
		if run, err := w.try(t.Context(), engine.Ask{}); err == nil || run.Bill != w.source.bill {
			t.Fatalf("%v, %+v", err, run.Bill)
		}
		kept := w.state().Checkpoint
		if kept == nil || kept.Token != "1" || !kept.Fresh {
			t.Fatalf("%+v", kept)
		}
		w.source.before = nil
		if run := w.run(engine.Ask{}); run.Bill != w.source.bill || p.resumed[1] != "1" || len(p.started) != 1 {
			t.Errorf("%+v, read from %q, started %q", run.Bill, p.resumed, p.started)
		}
	})
}
