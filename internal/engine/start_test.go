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
		p := withPaid(w)
		w.source.pages = [][]string{page(1, 3, 0), page(4, 3, 1)}
		w.source.bill = crm.Bill{Scanned: 1 << 30, Dollars: 0.25}
		want := crm.Bill{Scanned: 2 << 30, Dollars: 0.5}
		if run := w.run(engine.Ask{MaxScan: 77}); run.Bill != want || p.scan[0] != 77 {
			t.Errorf("%+v, at most %v", run.Bill, p.scan)
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
