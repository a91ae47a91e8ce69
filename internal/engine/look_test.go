package engine_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
	"weak"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// At the end of each run a few records are read again, and what they show is in
// the history.
func TestTheLookAtTheEndOfARun(t *testing.T) {
	for name, c := range map[string]struct {
		sample []string
		spoil  string
		want   crm.Check
		notice bool
	}{
		"all is right":       {page(2, 3, 0), "", crm.Check{Compared: 3, Right: 3}, false},
		"edited by hand":     {page(2, 3, 0), "UPDATE thing SET name = 'x' WHERE id = 3", crm.Check{Compared: 3, Right: 2, Different: 1}, true},
		"missing":            {page(2, 3, 0), "DELETE FROM thing WHERE id = 3", crm.Check{Compared: 3, Right: 2, Missing: 1}, true},
		"changed since":      {[]string{record(2, 600, "since")}, "", crm.Check{Compared: 1, Pending: 1}, false},
		"without a key":      {[]string{`{"id":null}`, record(2, 0, "n2")}, "", crm.Check{Compared: 1, Right: 1}, false},
		"nothing to look at": {nil, "", crm.Check{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.source.at = noon(500)
				w.loaded(6)
				if c.spoil != "" {
					w.execAll(c.spoil)
				}
				w.connector = &sampled{script: w.source, sample: c.sample}
				w.source.pages = [][]string{page(6, 1, 60)}
				run := w.run(engine.Ask{Look: 20})
				got := crm.Check{}
				if h := w.history()[0]; h.Check != nil {
					got = *h.Check
				}
				if run.Check != nil && *run.Check != got {
					t.Errorf("the run says %+v, the history %+v", run.Check, got)
				}
				first := got.First
				got.First, got.Calls = "", 0
				if got != c.want || (first != "") != c.notice {
					t.Errorf("%+v, want %+v; first %q", got, c.want, first)
				}
				noticed := false
				for _, n := range heard[crm.Notice](w) {
					noticed = noticed || strings.Contains(n.Fix, "warren verify test things")
				}
				if noticed != c.notice {
					t.Errorf("noticed: %v", noticed)
				}
				if (run.Status == crm.StatusPartial) != c.notice || (run.ErrorCode == crm.CodeInconsistent) != c.notice {
					t.Errorf("the run is %s %s", run.Status, run.ErrorCode)
				}
			})
		})
	}
}

func TestALookThatFailsFailsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.connector = &sampled{script: w.source, err: errSource}
		w.source.pages = [][]string{page(1, 2, 0)}
		run := w.run(engine.Ask{Look: 20})
		if run.Status != crm.StatusSuccess || run.Check == nil || run.Check.Failed == "" || w.state().Watermark.IsZero() {
			t.Errorf("%s %+v", run.Status, run.Check)
		}
		w.connector = &sampled{script: w.source, sample: page(1, 2, 0)}
		w.wrap = func(s engine.Session) engine.Session { return &comparesNothing{s} }
		if run := w.run(engine.Ask{Look: 20}); run.Status != crm.StatusSuccess || *run.Check != (crm.Check{Calls: 1, Failed: errStrange.Error()}) {
			t.Errorf("%s %+v", run.Status, run.Check)
		}
		if _, err := w.try(t.Context(), engine.Ask{Verify: true}); !errors.Is(err, errStrange) {
			t.Errorf("verify: %v", err)
		}
	})
}

// watched is a source whose sample is watched: is it still in memory?
type watched struct {
	*script

	sample weak.Pointer[byte]
}

func (s *watched) Sample(context.Context, crm.Stream, int, float64, int64) (crm.Page, error) {
	raw := []byte(record(1, 0, "n1"))
	s.sample = weak.Make(unsafe.SliceData(raw))
	return crm.Page{Requests: 1, SourceTime: s.at, Records: [][]byte{raw}}, nil
}

// A sync of a thousand streams keeps what became of each until the last one has ended,
// and none of their records (L11).
func TestL11WhatBecameOfARunHoldsNoneOfItsRecords(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		source := &watched{script: w.source}
		w.connector = source
		w.source.pages = [][]string{page(1, 2, 0)}
		run := w.run(engine.Ask{Look: 20})
		runtime.GC()
		if source.sample.Value() != nil {
			t.Error("a record that was compared is still in memory")
		}
		if run.Check == nil || run.Check.Compared != 1 || run.Check.Right != 1 {
			t.Errorf("%+v", run.Check)
		}
	})
}

type comparesNothing struct{ engine.Session }

func (*comparesNothing) Compare(context.Context, []crm.Row) ([][]crm.FieldDifference, error) {
	return nil, errStrange
}

// silent is a source that does not answer when it is asked for a sample.
type silent struct {
	*script

	asked chan struct{}
	do    func() // what happens meanwhile
}

func (s *silent) Sample(ctx context.Context, _ crm.Stream, _ int, _ float64, _ int64) (crm.Page, error) {
	close(s.asked)
	s.do()
	<-ctx.Done()
	return crm.Page{}, ctx.Err()
}

// afterwards is a clock whose long waits are over when the source has been
// asked for a sample.
type afterwards struct {
	crm.SystemClock

	asked  chan struct{}
	longer time.Duration // than this
	waited time.Duration
}

func (c *afterwards) Wait(ctx context.Context, d time.Duration) error {
	if d <= c.longer {
		return c.SystemClock.Wait(ctx, d)
	}
	select {
	case <-c.asked:
		c.waited = d
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A source that does not answer keeps no run from ending that is complete.
func TestTheLookTakesNoLongerThanItIsWorth(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		source := &silent{script: w.source, asked: make(chan struct{}), do: func() {}}
		clock := &afterwards{asked: source.asked, longer: engine.DefaultLease}
		w.connector, w.engine.Clock = source, clock
		w.source.pages = [][]string{page(1, 2, 0)}
		run := w.run(engine.Ask{Look: 20})
		want := crm.Check{Failed: "the source did not show them within 30s"}
		if run.Status != crm.StatusSuccess || run.Check == nil || *run.Check != want || clock.waited != 30*time.Second {
			t.Errorf("%s %+v after %s", run.Status, run.Check, clock.waited)
		}
		if h := w.history()[0]; h.Status != crm.StatusSuccess || h.Check == nil || *h.Check != want || w.state().Watermark.IsZero() {
			t.Errorf("the history says %s %+v", h.Status, h.Check)
		}
	})
}

// Whoever stops Warren while it looks stops a run that is complete.
func TestARunThatIsStoppedWhileItLooksIsComplete(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w.connector = &silent{script: w.source, asked: make(chan struct{}), do: cancel}
		w.source.pages = [][]string{page(1, 2, 0)}
		run, err := w.try(ctx, engine.Ask{Look: 20})
		if err != nil || run.Status != crm.StatusSuccess || run.Check == nil || !strings.Contains(run.Check.Failed, "told to stop") {
			t.Errorf("%v: %s %+v", err, run.Status, run.Check)
		}
		if h := w.history()[0]; h.Status != crm.StatusSuccess || w.state().Watermark.IsZero() || w.state().Checkpoint != nil {
			t.Errorf("the history says %s", h.Status)
		}
	})
}
