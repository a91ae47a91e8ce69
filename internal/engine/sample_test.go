package engine_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// sampled is a source that shows samples.
type sampled struct {
	*script
	sample []string
	err    error
}

func (s *sampled) Sample(context.Context, crm.Stream, int, float64, int64) (crm.Page, error) {
	p := crm.Page{Requests: 1, SourceTime: s.at}
	for _, record := range s.sample {
		p.Records = append(p.Records, []byte(record))
	}
	return p, s.err
}

func (s *sampled) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	return s.script.Read(ctx, stream, req)
}

// listed is a source that shows samples of a list, page by page.
type listed struct {
	*script

	records []string
	totals  []int64 // how many rows it was told of, call by call
}

func (l *listed) Sample(_ context.Context, _ crm.Stream, n int, at float64, total int64) (crm.Page, error) {
	l.totals = append(l.totals, total)
	pages := max(1, (int(total)+n-1)/n)
	first := min(len(l.records), n*int(at*float64(pages)))
	p := crm.Page{Requests: 1}
	for _, record := range l.records[first:min(len(l.records), first+n)] {
		p.Records = append(p.Records, []byte(record))
	}
	return p, nil
}

func TestVerifyOfASample(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(9)
		w.execAll(`UPDATE thing SET size = 7 WHERE id = 5`, `DELETE FROM thing WHERE id = 9`)
		w.connector = &sampled{script: w.source, sample: page(4, 3, 0)}
		run := w.run(engine.Ask{Verify: true, DryRun: true, Sample: 6})
		if got := w.findings(); got != "5 different size" {
			t.Errorf("found %s", got)
		}
		if run.Check.Compared != 3 || run.Check.Asked != 6 || run.Check.Extra != 0 || w.missing() != "map[]" {
			t.Errorf("%+v, marked %s", run.Check, w.missing())
		}
	})
}

func TestASampleOfASourceThatShowsNone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(2)
		if _, err := w.try(t.Context(), engine.Ask{Verify: true, DryRun: true, Sample: 6}); !codeIs(err, crm.CodeUsage) {
			t.Errorf("got %v", err)
		}
	})
}

// A sample has as many different records as were asked for; where the source has
// fewer, the result tells it.
func TestASampleHasDifferentRecords(t *testing.T) {
	const rows = 110
	for name, c := range map[string]struct {
		asked    int
		compared int64
	}{
		"of a few":          {7, 7},
		"of some":           {60, 60},
		"of all there are":  {rows, rows},
		"of more than that": {500, rows},
		"of far more":       {1_000_000_000, rows},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(rows)
				source := &listed{script: w.source, records: page(1, rows, 0)}
				w.connector = source
				run := w.run(engine.Ask{Verify: true, DryRun: true, Sample: c.asked, BatchSize: 30})
				if want := (crm.Check{Asked: int64(c.asked), Compared: c.compared, Right: c.compared}); run.Check == nil || *run.Check != want {
					t.Errorf("%+v, want %+v", run.Check, want)
				}
				if run.Counts.Fetched != c.compared || run.Counts.Duplicates != 0 {
					t.Errorf("%+v", run.Counts)
				}
				if most := 2 * ((min(c.asked, rows) + 24) / 25); len(source.totals) > most {
					t.Errorf("the source was asked %d times, %d should do", len(source.totals), most)
				}
			})
		})
	}
}

// counting counts how often the rows of the table were counted.
type counting struct {
	engine.Session
	times *int
}

func (c counting) Count(ctx context.Context) (int64, error) {
	*c.times++
	return c.Session.Count(ctx)
}

// Samples come from all of the stream, since it is known how many rows there
// are: they are counted once, also in a table that was there before, and from
// then on each run counts on.
func TestTheRowsOfTheTableAreCountedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(40)
		source, times := &listed{script: w.source, records: page(1, 40, 0)}, 0
		w.connector = source
		w.wrap = func(s engine.Session) engine.Session { return counting{s, &times} }
		verify, sync := engine.Ask{Verify: true, DryRun: true, Sample: 3}, engine.Ask{Look: 3}
		for _, step := range []struct {
			ask   engine.Ask
			page  []string
			total int64
			times int
		}{
			{verify, nil, 40, 1}, // it writes nothing (L6), not even what it has counted
			{verify, nil, 40, 2},
			{sync, page(41, 2, 1), 42, 3},
			{sync, page(43, 3, 2), 45, 3},
			{verify, nil, 45, 3},
			{engine.Ask{Full: true, Look: 3}, page(1, 44, 0), 44, 3}, // and marks one
			{sync, page(50, 1, 3), 45, 3},
		} {
			w.source.pages, source.totals = [][]string{step.page}, nil
			run := w.run(step.ask)
			if len(source.totals) == 0 || source.totals[0] != step.total || times != step.times {
				t.Errorf("%s: told of %v rows, want %d; counted %d times, want %d", run.Mode, source.totals, step.total, times, step.times)
			}
		}
		if rows := w.state().Rows; rows == nil || *rows != 45 {
			t.Errorf("known are %v rows", rows)
		}
	})
}

type countsNothing struct{ engine.Session }

func (countsNothing) Count(context.Context) (int64, error) { return 0, errStrange }

func TestRowsThatCannotBeCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(3)
		w.connector = &sampled{script: w.source, sample: page(1, 3, 0)}
		w.wrap = func(s engine.Session) engine.Session { return countsNothing{s} }
		if _, err := w.try(t.Context(), engine.Ask{Verify: true, DryRun: true, Sample: 2}); !errors.Is(err, errStrange) {
			t.Errorf("verify: %v", err)
		}
		if run := w.run(engine.Ask{Look: 2}); run.Status != crm.StatusSuccess || !strings.Contains(run.Check.Failed, errStrange.Error()) || run.Check.Calls != 0 {
			t.Errorf("%s %+v", run.Status, run.Check)
		}
	})
}
