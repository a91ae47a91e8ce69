package engine_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// telling is a source whose pages say which records are no more, and up to when
// they show what changed.
type telling struct {
	*script

	gone []string // ids, on the last page
	seen time.Time
}

func (s *telling) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		for page, err := range s.script.Read(ctx, stream, req) {
			page.Seen = s.seen
			if page.Last {
				for _, id := range s.gone {
					page.Gone = append(page.Gone, []byte(`{"id":`+id+`}`))
				}
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

func withTelling(w *world) *telling {
	s := &telling{script: w.source}
	w.connector = s
	return s
}

// What the source says is gone is marked by an incremental run too, once, and comes
// back when the source shows it.
func TestRecordsThatTheSourceSaysAreGone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := withTelling(w)
		w.source.pages = [][]string{page(1, 5, 0)}
		w.run(engine.Ask{})
		w.source.pages, s.gone = [][]string{page(6, 1, 1)}, []string{"2", "4", "99", "null", "6"}
		run := w.run(engine.Ask{})
		if run.Mode != crm.ModeIncremental || run.Counts.Deleted != 2 || run.Counts.Created != 1 || w.missing() != "map[2:2 4:2]" {
			t.Errorf("%+v: %s are missing", run, w.missing())
		}
		if run := w.run(engine.Ask{}); run.Counts.Deleted != 0 || w.missing() != "map[2:2 4:2]" {
			t.Errorf("once more: %+v", run.Counts)
		}
		w.source.pages, s.gone = [][]string{page(4, 1, 2)}, nil
		if w.run(engine.Ask{}); w.missing() != "map[2:2]" {
			t.Errorf("%s are missing", w.missing())
		}
	})
}

func TestRecordsThatAreGoneByTheStreamsPolicy(t *testing.T) {
	for how, want := range map[crm.Deletes]struct{ rows, deleted int64 }{
		crm.DeletesSoft: {5, 1}, crm.DeletesHard: {4, 1}, crm.DeletesOff: {5, 0},
	} {
		t.Run(string(how), func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				s := withTelling(w)
				w.deletes.How = how
				w.source.pages = [][]string{page(1, 5, 0)}
				w.run(engine.Ask{})
				w.source.pages, s.gone = [][]string{nil}, []string{"3"}
				dry := w.run(engine.Ask{DryRun: true})
				run := w.run(engine.Ask{})
				if dry.Counts.Deleted != want.deleted || run.Counts.Deleted != want.deleted || int64(len(w.rows())) != want.rows {
					t.Errorf("dry %+v, then %+v: %d rows", dry.Counts, run.Counts, len(w.rows()))
				}
			})
		})
	}
}

// A full run counts what it misses itself beside what the source told it.
func TestAFullRunWhoseSourceSaysWhatIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := withTelling(w)
		w.source.pages = [][]string{page(1, 6, 0)}
		w.run(engine.Ask{})
		w.source.pages, s.gone = [][]string{page(1, 3, 0)}, []string{"5"}
		run := w.run(engine.Ask{Full: true})
		if run.Counts.Deleted != 3 || w.missing() != "map[4:2 5:2 6:2]" || run.Check == nil || run.Check.Rows != 3 {
			t.Errorf("%+v, check %+v: %s are missing", run.Counts, run.Check, w.missing())
		}
	})
}

// L1: where the records do not say when they changed, the source says up to when it
// has shown what did.
func TestL1TheWatermarkOfAStreamWithoutACursor(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		s := withTelling(w)
		w.stream.Cursor = ""
		w.source.pages, w.source.at, s.seen = [][]string{page(1, 3, 0)}, noon(30), noon(20)
		if run := w.run(engine.Ask{Overlap: time.Minute}); !run.Watermark.Equal(noon(19)) {
			t.Errorf("%v", run.Watermark)
		}
		w.run(engine.Ask{Overlap: time.Minute})
		if since := w.source.requests[1].Since; !since.Equal(noon(19)) {
			t.Errorf("the next run asks from %v", since)
		}
	})
}

// Where some changes are not to be asked for, everything is read anew once in a
// while, and a person is told why.
func TestAStreamIsReadWholeAsOftenAsItMust(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.stream.FullEvery = 24 * time.Hour
		w.source.pages = [][]string{page(1, 3, 0)}
		w.run(engine.Ask{})
		for _, c := range []struct {
			before time.Duration // so long ago the last full run was
			want   crm.Mode
		}{
			{time.Hour, crm.ModeIncremental}, {24*time.Hour - time.Minute, crm.ModeIncremental}, {24 * time.Hour, crm.ModeFull}, {0, crm.ModeIncremental},
		} {
			began := w.engine.Clock.Now().Add(-c.before)
			if _, err := w.db.Exec(t.Context(), `UPDATE ingestion_sync_history SET start_time = $1 WHERE mode = 'full'`, began); err != nil {
				t.Fatal(err)
			}
			if run := w.run(engine.Ask{}); run.Mode != c.want {
				t.Errorf("%s after the last full run: %s", c.before, run.Mode)
			}
		}
		w.exec(`DELETE FROM ingestion_sync_history`) // somebody tidied up
		if run := w.run(engine.Ask{}); run.Mode != crm.ModeFull {
			t.Errorf("without a history: %s", run.Mode)
		}
		if told := heard[crm.Notice](w); len(told) != 2 {
			t.Errorf("told %+v", told)
		}
	})
}

// A field that the account adds gets its column, and nothing is read anew for it.
func TestAFieldThatTheAccountAdds(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 3, 0)}
		w.run(engine.Ask{})
		w.stream.Fields = append(w.stream.Fields, crm.Field{Column: "colour", Paths: []string{"colour"}, Type: crm.TypeText, Discovered: true})
		w.source.pages = [][]string{{`{"id":2,"changed":"2026-05-01T12:05:00Z","name":"n2","size":20,"colour":"red"}`}}
		run := w.run(engine.Ask{})
		if run.Mode != crm.ModeIncremental || run.Counts.Updated != 1 {
			t.Errorf("%+v", run)
		}
		got := w.query(`SELECT id, COALESCE(colour, 'NULL') FROM thing`)
		if got[1] != "NULL" || got[2] != "red" {
			t.Errorf("%v", got)
		}
	})
}

// The result of a query is as old as the query: what was written since it was made,
// by another run, is not in it, and is not gone.
func TestL3ARowThatIsNewerThanTheQueryIsNotGone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		withPaid(w)
		result := [][]string{page(1, 4, 0)}
		for i, ask := range []engine.Ask{{}, {Full: true}} { // over an empty table, and over one with rows
			w.source.pages, w.source.before = result, failAt(0)
			if _, err := w.try(t.Context(), ask); err == nil {
				t.Fatal("the run was to fail")
			}
			w.source.pages, w.source.before = [][]string{page(9+i, 1, 5)}, nil
			w.run(engine.Ask{Since: noon(5)})
			w.source.pages = result
			// The row of the round before was there when the query was made.
			if run := w.run(ask); run.Counts.Deleted != int64(i) || len(w.rows()) != 5+i {
				t.Errorf("round %d: %d rows are gone, of %d", i, run.Counts.Deleted, len(w.rows()))
			}
		}
		if run := w.run(engine.Ask{Full: true}); run.Counts.Deleted != 1 {
			t.Errorf("a query made since finds %d rows to be gone, want 1", run.Counts.Deleted)
		}
	})
}
