package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
)

// stopAt lets the walk fail before a page.
func stopAt(n int) func(int) error {
	return func(page int) error {
		if page == n {
			return errSource
		}
		return nil
	}
}

func withColour(w *world) {
	w.stream.Fields = append(w.stream.Fields, crm.Field{Column: "colour", Paths: []string{"colour"}})
}

// A walk that goes on after the mapping has changed would leave the rows from
// before as they were.
func TestAChangedMappingIsNotGoneOnWith(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		coloured := func(first int) []string {
			records := page(first, 3, 1)
			for i := range records {
				records[i] = strings.Replace(records[i], "{", `{"colour":"red",`, 1)
			}
			return records
		}
		w.source.pages = [][]string{coloured(1), coloured(4), coloured(7)}
		w.source.before = stopAt(2)
		if _, err := w.try(t.Context(), engine.Ask{}); err == nil {
			t.Fatal("the run did not fail")
		}
		w.source.before = nil
		withColour(w)
		w.run(engine.Ask{})
		for id, colour := range w.query(`SELECT id, COALESCE(colour, 'NULL') FROM thing`) {
			if colour != "red" {
				t.Errorf("row %d has the colour %s", id, colour)
			}
		}
	})
}

func TestAChangedMappingOrAddressReadsEverything(t *testing.T) {
	for name, change := range map[string]func(*world){
		"mapping": withColour,
		"address": func(w *world) { w.at = "https://elsewhere.example" },
		"table":   func(w *world) { w.exec(`DROP TABLE thing`) },
		"rows":    func(w *world) { w.exec(`DELETE FROM thing`) },
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.source.pages = [][]string{page(1, 9, 1)}
				w.run(engine.Ask{})
				if run := w.run(engine.Ask{}); run.Mode != crm.ModeIncremental {
					t.Fatalf("the second run is %s", run.Mode)
				}
				change(w)
				run := w.run(engine.Ask{})
				if run.Mode != crm.ModeFull || len(w.rows()) != 9 {
					t.Errorf("%s, %d rows", run.Mode, len(w.rows()))
				}
				told := heard[crm.Notice](w)
				if len(told) == 0 || !strings.Contains(told[len(told)-1].Message, "read anew") {
					t.Errorf("nobody is told: %+v", told)
				}
				if run := w.run(engine.Ask{}); run.Mode != crm.ModeIncremental {
					t.Errorf("the run after it is %s", run.Mode)
				}
			})
		})
	}
}

// A range writes its rows as warren.yaml says at that time. When it is changed
// back before the next run, that one has to read everything all the same.
func TestRowsThatARangeWroteOtherwiseAreReadAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 9, 1)}
		w.run(engine.Ask{})
		before := w.stream
		withColour(w)
		w.run(engine.Ask{Since: noon(-60)})
		w.stream = before
		if run := w.run(engine.Ask{}); run.Mode != crm.ModeFull {
			t.Errorf("the run after it is %s", run.Mode)
		}
		told := heard[crm.Notice](w)
		if len(told) == 0 || !strings.Contains(told[len(told)-1].Message, "other fields") {
			t.Errorf("nobody is told: %+v", told)
		}
		if run := w.run(engine.Ask{}); run.Mode != crm.ModeIncremental {
			t.Errorf("the run after that is %s", run.Mode)
		}
	})
}

// Nor is a walk gone on with whose rows another run has written otherwise.
func TestAWalkIsNotGoneOnWithWhenItsRowsWereWrittenOtherwise(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 3, 1), page(4, 3, 1), page(7, 3, 1)}
		w.source.before = stopAt(2)
		if _, err := w.try(t.Context(), engine.Ask{}); err == nil {
			t.Fatal("the run did not fail")
		}
		w.source.before = nil
		before := w.stream
		withColour(w)
		w.run(engine.Ask{Since: noon(-60)})
		w.stream = before
		w.run(engine.Ask{})
		if last := w.source.requests[len(w.source.requests)-1]; last.Resume != "" {
			t.Errorf("the walk is gone on with: %+v", last)
		}
	})
}

// A run of which it is known already that its source cannot be read is in the history, and
// leaves the walk to be gone on with, whatever its stream looks like: nobody described it.
func TestL4ARunThatCannotAskLeavesTheWalk(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 3, 1), page(4, 3, 1), page(7, 3, 1)}
		w.run(engine.Ask{})
		w.source.before = stopAt(2)
		if _, err := w.try(t.Context(), engine.Ask{Full: true}); err == nil {
			t.Fatal("the run did not fail")
		}
		w.source.before = nil
		stream, connector, before := w.stream, w.connector, w.state()
		withColour(w)
		w.connector = crm.Unasked{Why: errSource}
		run, err := w.try(t.Context(), engine.Ask{})
		if !errors.Is(err, errSource) || run.Status != crm.StatusFailed || w.history()[0].ErrorCode != crm.CodeSourceDown {
			t.Errorf("%v: %+v", err, run)
		}
		if after := w.state(); after.Checkpoint == nil || after.Checkpoint.Token != before.Checkpoint.Token {
			t.Errorf("%+v, before %+v", after.Checkpoint, before.Checkpoint)
		}
		if told := heard[crm.Notice](w); len(told) != 0 {
			t.Errorf("told %+v", told)
		}
		w.stream, w.connector = stream, connector
		if w.run(engine.Ask{}); w.source.requests[len(w.source.requests)-1].Resume == "" || len(w.rows()) != 9 {
			t.Errorf("the walk is not gone on with: %d rows", len(w.rows()))
		}
	})
}

func (w *world) exec(statement string) {
	w.t.Helper()
	if _, err := w.db.Exec(w.t.Context(), statement); err != nil {
		w.t.Fatal(err)
	}
}

// A full run that was interrupted is not forgotten by the next cron line.
func TestAFullRunThatStoppedIsFinishedByTheNextRun(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 3, 1), page(4, 3, 1), page(7, 3, 1)}
		w.run(engine.Ask{})
		w.source.before = stopAt(1)
		if _, err := w.try(t.Context(), engine.Ask{Full: true}); err == nil {
			t.Fatal("the run did not fail")
		}
		w.source.before = nil
		run := w.run(engine.Ask{})
		last := w.source.requests[len(w.source.requests)-1]
		if run.Mode != crm.ModeFull || last.Resume != "1" || !last.Since.IsZero() {
			t.Errorf("%s, %+v", run.Mode, last)
		}
	})
}

// The watermark of a resumed walk stands on the start of the walk.
func TestL1AResumedWalkKeepsItsStart(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.at = noon(60)
		w.source.pages = [][]string{page(1, 4, 10), page(5, 4, 85)}
		w.source.before = stopAt(1)
		if _, err := w.try(t.Context(), engine.Ask{}); err == nil {
			t.Fatal("the run did not fail")
		}
		w.source.before, w.source.at = nil, noon(90)
		w.run(engine.Ask{})
		if got := w.state().Watermark; !got.Equal(noon(60)) {
			t.Errorf("the watermark is %v, want the start of the walk at %v", got, noon(60))
		}
	})
}

func TestL9ADateInTheFutureDoesNotFreezeTheRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.at = noon(60)
		w.source.pages = [][]string{{`{"id":1,"changed":"2099-01-01T00:00:00Z","name":"odd"}`}}
		run := w.run(engine.Ask{})
		if run.Counts.Issues != 1 {
			t.Errorf("nobody is told: %+v", run.Counts)
		}
		w.source.pages = [][]string{{record(1, 50, "true")}}
		w.run(engine.Ask{})
		if got := w.rows()[1]; got != "true 10" {
			t.Errorf("the row is %q", got)
		}
	})
}

// A batch that holds both a reject and a row that the database refuses.
func TestL3RejectsOfAHalvedBatchAreInTheQuarantineWithTheirBytes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{{record(1, 1, "a")}}
		w.run(engine.Ask{})
		w.exec(`CREATE UNIQUE INDEX one_name ON thing (name)`)
		dirty := `{"id":2,"changed":"2026-05-01T12:05:00Z","name":"a","note":"x\u0000y"}`
		w.source.pages = [][]string{{dirty, `{"id":null}`, record(3, 5, "c")}}
		run := w.run(engine.Ask{BatchSize: 10})
		if want := (crm.Counts{Fetched: 3, Created: 1, Failed: 2}); run.Counts != want {
			t.Errorf("%+v, want %+v", run.Counts, want)
		}
		kept := map[string]bool{}
		for _, raw := range w.raw() {
			kept[raw] = true
		}
		if !kept[dirty] || !kept[`{"id":null}`] {
			t.Errorf("the quarantine holds %v", kept)
		}
	})
}

func (w *world) raw() map[int64]string {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), `SELECT id, raw FROM warren_quarantine`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	got := map[int64]string{}
	for rows.Next() {
		var id int64
		var raw []byte
		if err := rows.Scan(&id, &raw); err != nil {
			w.t.Fatal(err)
		}
		got[id] = string(raw)
	}
	return got
}

// Within one run a record fails and then comes in a good version, or has an
// issue and then none: what was noted of it goes.
func TestWhatWasNotedOfARecordGoesWithItsNextVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.stream.Fields[3].Strict = true
		w.stream.Fields = append(w.stream.Fields, crm.Field{Column: "age", Paths: []string{"age"}, Type: crm.TypeInteger})
		w.source.pages = [][]string{
			{`{"id":1,"changed":"2026-05-01T12:00:00Z","size":"July"}`, `{"id":2,"changed":"2026-05-01T12:00:00Z","age":"old"}`},
			{record(1, 5, "mended"), record(2, 5, "mended")},
		}
		w.run(engine.Ask{BatchSize: 2})
		for _, e := range w.quarantine() {
			if e.Status != "replaced" {
				t.Errorf("%+v", e)
			}
		}
		if got := w.query(`SELECT run_id, record_id FROM warren_issue`); len(got) != 0 {
			t.Errorf("issues that are no more: %v", got)
		}
	})
}

// The counts of the engine and of the database are held against each other.
func TestL2ARunWhoseCountsDisagreeFails(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 3, 1), page(4, 3, 1)}
		w.source.before = func(n int) error {
			if n == 1 {
				w.exec(`UPDATE ingestion_sync_history SET records_created = records_created + 7`)
			}
			return nil
		}
		if _, err := w.try(t.Context(), engine.Ask{}); !codeIs(err, crm.CodeCounts) {
			t.Errorf("got %v", err)
		}
	})
}

// Large records end a batch before it has its number (L11).
func TestL11ABatchIsBoundedInBytesToo(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		var records []string
		for id := 1; id <= 9; id++ {
			records = append(records, record(id, 1, strings.Repeat("x", 1<<20)))
		}
		w.source.pages = [][]string{records}
		w.run(engine.Ask{BatchSize: 1000})
		for _, b := range heard[crm.BatchWritten](w) {
			if b.Counts.Fetched > 2 {
				t.Errorf("%d MiB went in one batch", b.Counts.Fetched)
			}
		}
		if len(w.rows()) != 9 {
			t.Errorf("%d rows", len(w.rows()))
		}
	})
}

// forgetful loses a record between the writing and the counting. The ledger
// does not see a dry run, so only the engine's own test of L2 can notice.
type forgetful struct{ engine.Session }

func (f forgetful) Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error) {
	w, err := f.Session.Write(ctx, b)
	w.Counts.Fetched--
	w.Counts.Created--
	return w, err
}

func TestL2TheEngineNoticesARecordThatIsNotAccountedFor(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 3, 1)}
		w.wrap = func(s engine.Session) engine.Session { return forgetful{s} }
		if _, err := w.try(t.Context(), engine.Ask{DryRun: true}); !codeIs(err, crm.CodeCounts) {
			t.Errorf("got %v", err)
		}
	})
}

// A run at a mistyped address that gets no answer has spoilt nothing: the next one goes
// on from the watermark. One that wrote a row there, be it in the middle of its first
// page, has, and so has one that was asked to read everything.
func TestARunThatWroteNothingHasSpoiltNothing(t *testing.T) {
	for name, test := range map[string]struct {
		ask     engine.Ask
		before  func(int) error
		prepare func(w *world)
		pages   [][]string // of the mistyped address; nil for two of new records
		want    crm.Mode
	}{
		"no answer":                    {before: stopAt(0), want: crm.ModeIncremental},
		"no answer, twice":             {before: stopAt(0), prepare: func(w *world) { w.failed(engine.Ask{}) }, want: crm.ModeIncremental},
		"no answer, and asked for all": {before: stopAt(0), ask: engine.Ask{Full: true}, want: crm.ModeFull},
		"no answer to a range":         {before: stopAt(0), ask: engine.Ask{Since: noon(0)}, want: crm.ModeIncremental},
		"a page":                       {before: stopAt(1), want: crm.ModeFull},
		"a range of a page":            {before: stopAt(1), ask: engine.Ask{Since: noon(0)}, want: crm.ModeFull},
		"a part of a page": {want: crm.ModeFull, prepare: func(w *world) {
			w.wrap = func(s engine.Session) engine.Session { return &breaking{Session: s, after: 2} }
		}},
		"a range of a page, after no answer": {ask: engine.Ask{Since: noon(0)}, want: crm.ModeFull, prepare: func(w *world) {
			w.source.before = stopAt(0)
			w.failed(engine.Ask{})
			w.source.before = stopAt(1)
		}, before: stopAt(1)},
		"a part of a page, where an unchanged one was before": {want: crm.ModeFull, pages: [][]string{nil, page(21, 9, 2)}, prepare: func(w *world) {
			w.source.before = stopAt(1)
			w.source.pages = [][]string{page(1, 4, 1), page(5, 4, 1)}
			w.failed(engine.Ask{})
			w.wrap = func(s engine.Session) engine.Session { return &breaking{Session: s, after: 1} }
		}},
		"a row that was marked as deleted": {ask: engine.Ask{}, want: crm.ModeFull, pages: [][]string{page(1, 9, 1)}, prepare: func(w *world) {
			w.wrap = func(s engine.Session) engine.Session { return &breaking{Session: s, after: 9, unfinished: true} }
		}},
		"a row that the source said is gone": {ask: engine.Ask{}, want: crm.ModeFull, pages: [][]string{page(1, 9, 1), page(10, 2, 1)}, prepare: func(w *world) {
			withTelling(w).gone = []string{"3"}
			w.wrap = func(s engine.Session) engine.Session { return &breaking{Session: s, after: 9, unfinished: true} }
		}},
		"a full run was not completed before": {before: stopAt(0), want: crm.ModeFull, prepare: func(w *world) {
			at := w.at
			w.at, w.source.before, w.source.pages = "", stopAt(1), [][]string{page(1, 4, 2), page(5, 4, 2)}
			w.failed(engine.Ask{Full: true})
			w.at = at
		}},
		"a full run was due before": {before: stopAt(0), want: crm.ModeFull, prepare: func(w *world) {
			at := w.at
			w.at, w.source.before = "", stopAt(0)
			w.failed(engine.Ask{Full: true})
			w.at = at
		}},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.source.pages = [][]string{page(1, 9, 1), page(10, 2, 1)}
				w.run(engine.Ask{})
				w.at = "https://mistyped.example"
				w.source.before = test.before
				if test.prepare != nil {
					test.prepare(w)
				}
				w.source.before, w.source.pages = test.before, test.pages
				if test.pages == nil {
					w.source.pages = [][]string{page(21, 9, 2), page(31, 2, 2)}
				}
				w.failed(test.ask)
				w.at, w.source.before, w.wrap = "", nil, nil
				if run := w.run(engine.Ask{}); run.Mode != test.want {
					t.Errorf("the run at the right address is %s, want %s", run.Mode, test.want)
				}
				if run := w.run(engine.Ask{}); run.Mode != crm.ModeIncremental {
					t.Errorf("the run after it is %s", run.Mode)
				}
			})
		})
	}
}

// failed runs one job that has to fail.
func (w *world) failed(ask engine.Ask) {
	w.t.Helper()
	if _, err := w.try(w.t.Context(), ask); err == nil {
		w.t.Fatal("the run did not fail")
	}
}

// breaking is a session whose process dies as it were: after so many batches with
// records nothing is written any more.
type breaking struct {
	engine.Session

	after      int
	unfinished bool // it breaks off at its very end
}

func (b *breaking) Finish(ctx context.Context, o warehouse.Outcome) (crm.Run, error) {
	if !b.unfinished {
		return b.Session.Finish(ctx, o)
	}
	o.Status, o.Err, o.Complete, o.Watermark = crm.StatusFailed, errSource, nil, time.Time{}
	run, err := b.Session.Finish(ctx, o)
	return run, errors.Join(errSource, err)
}

func (b *breaking) Write(ctx context.Context, batch *warehouse.Batch) (warehouse.Written, error) {
	if len(batch.Rows) > 0 {
		if b.after--; b.after < 0 {
			return warehouse.Written{}, errSource
		}
	}
	return b.Session.Write(ctx, batch)
}
