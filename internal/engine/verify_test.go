package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// execAll changes the warehouse behind Warren's back.
func (w *world) execAll(statements ...string) {
	w.t.Helper()
	for _, s := range statements {
		w.exec(s)
	}
}

// spoilt is a world in which one row of each kind is wrong, and one is pending.
func (w *world) spoilt() {
	w.t.Helper()
	w.source.pages = [][]string{page(1, 9, 0)}
	w.run(engine.Ask{Full: true})
	w.execAll(`DELETE FROM thing WHERE id = 1`,
		`UPDATE thing SET name = 'edited by hand', size = NULL WHERE id = 2`,
		`UPDATE thing SET changed = '2026-04-01 00:00:00.000000Z', name = 'as of April' WHERE id = 3`,
		`INSERT INTO thing (id, name, data, synced_at, created_in_sync) VALUES (99, 'nobody knows', '{}', '2026-05-01 00:00:00.000000Z', '2026-05-01 00:00:00.000000Z')`,
		`UPDATE warren_stream SET watermark = '2026-05-01 12:30:00.000000Z'`)
	w.source.pages = [][]string{append(page(1, 8, 0), record(9, 45, "changed since the last run"))}
}

// findings returns what verify told, in words.
func (w *world) findings() string {
	var told []string
	for _, e := range heard[crm.RowDiffers](w) {
		text := e.Finding.RecordID + " " + string(e.Finding.Kind)
		for _, f := range e.Finding.Fields {
			text += " " + f.Column
		}
		if e.Finding.Pending {
			text += " pending"
		}
		told = append(told, text)
	}
	return strings.Join(told, "; ")
}

const allFindings = "1 missing; 2 different name size; 3 stale changed name; 9 stale changed name data pending; 99 extra"

func TestVerifyTellsWhatDiffersAndChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.spoilt()
		rows, runs := w.rows(), len(w.history())
		run := w.run(engine.Ask{Verify: true, DryRun: true, BatchSize: 100})
		if got := w.findings(); got != allFindings {
			t.Errorf("found:\n%s\nwant:\n%s", got, allFindings)
		}
		want := crm.Check{Compared: 9, Right: 5, Pending: 1, Missing: 1, Stale: 1, Different: 1, Extra: 1, Rows: 9, First: "record 1 is missing"}
		if run.Check == nil || *run.Check != want {
			t.Errorf("%+v, want %+v", run.Check, want)
		}
		if score := run.Check.Score(); score != 60 {
			t.Errorf("score %v, want 60: six of ten", score)
		}
		if fmt.Sprint(w.rows()) != fmt.Sprint(rows) || len(w.history()) != runs || w.missing() != "map[]" {
			t.Errorf("it changed something: %v", w.rows())
		}
	})
}

func TestVerifyRepairMends(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.spoilt()
		watermark := w.state().Watermark
		run := w.run(engine.Ask{Verify: true})
		if want := (crm.Counts{Fetched: 9, Created: 1, Updated: 3, Unchanged: 5, Deleted: 1}); run.Counts != want {
			t.Errorf("%+v, want %+v", run.Counts, want)
		}
		if got := w.rows(); got[1] != "n1 10" || got[2] != "n2 20" || got[3] != "n3 30" || got[9] != "changed since the last run 90" {
			t.Errorf("%v", got)
		}
		if want := fmt.Sprintf("map[99:%d]", run.ID); w.missing() != want {
			t.Errorf("marked %s, want %s", w.missing(), want)
		}
		if h := w.history()[0]; h.Mode != crm.ModeVerify || h.Check == nil || h.Check.Wrong() != 4 {
			t.Errorf("the history says %s %+v", h.Mode, h.Check)
		}
		if !w.state().Watermark.Equal(watermark) {
			t.Errorf("the watermark moved to %v", w.state().Watermark)
		}
		if again := w.run(engine.Ask{Verify: true, DryRun: true}); again.Check.Wrong() != 0 || again.Check.Score() != 100 {
			t.Errorf("still wrong: %+v", again.Check)
		}
	})
}

// A newer version in the warehouse than the source shows is either a source
// that lags, and then newer than the watermark, or wrong.
func TestL9VerifyTakesAnOlderVersionOnlyWhenItIsSettled(t *testing.T) {
	for name, c := range map[string]struct {
		changed string
		want    string
	}{
		"of a source that lags":    {"2026-05-01 12:40:00.000000Z", "newer 10"},
		"written by somebody else": {"2026-05-01 12:20:00.000000Z", "n1 10"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(2)
				w.execAll(`UPDATE thing SET name = 'newer', warren_hash = NULL, changed = '`+c.changed+`' WHERE id = 1`,
					`UPDATE warren_stream SET watermark = '2026-05-01 12:30:00.000000Z'`)
				w.run(engine.Ask{Verify: true})
				if got := w.rows()[1]; got != c.want {
					t.Errorf("%s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestVerifyRestoresARowThatIsWronglyMarked(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(3)
		w.execAll(`UPDATE thing SET warren_deleted_at = synced_at, warren_deleted_run = 1 WHERE id = 2`,
			`UPDATE warren_stream SET watermark = '2026-05-01 12:30:00.000000Z'`)
		run := w.run(engine.Ask{Verify: true})
		if run.Check.Stale != 1 || w.missing() != "map[]" {
			t.Errorf("%+v, marked %s", run.Check, w.missing())
		}
	})
}

func TestVerifyKnowsWhatIsInTheQuarantine(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.execAll(map[ledger.Dialect]string{
			ledger.PostgreSQL: `CREATE TABLE thing (id bigint PRIMARY KEY, name text CHECK (name <> 'n2'))`,
			ledger.SQLite:     `CREATE TABLE thing (id integer PRIMARY KEY, name text CHECK (name <> 'n2'))`,
		}[w.db.Dialect()])
		w.loaded(3)
		run := w.run(engine.Ask{Verify: true, DryRun: true})
		if want := (crm.Check{Compared: 3, Right: 2, Held: 1, Rows: 2}); *run.Check != want || run.Counts.Failed != 1 {
			t.Errorf("%+v, want %+v", run.Check, want)
		}
		// Repaired, it is tried once more, and is in the quarantine again.
		if run := w.run(engine.Ask{Verify: true}); run.Check.Held != 1 || run.Counts.Failed != 1 || run.Counts.Unchanged != 2 {
			t.Errorf("%+v %+v", run.Check, run.Counts)
		}
		w.execAll(map[ledger.Dialect]string{
			ledger.PostgreSQL: `ALTER TABLE thing DROP CONSTRAINT thing_name_check`, ledger.SQLite: `UPDATE warren_issue SET id = id`,
		}[w.db.Dialect()])
		if w.db.Dialect() == ledger.PostgreSQL {
			if run := w.run(engine.Ask{Verify: true}); run.Counts.Created != 1 {
				t.Errorf("%+v", run.Counts)
			}
		}
	})
}

func TestVerifyOfASample(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(9)
		w.execAll(`UPDATE thing SET size = 7 WHERE id = 5`, `DELETE FROM thing WHERE id = 9`)
		w.connector = &sampled{script: w.source, sample: page(4, 3, 0)}
		run := w.run(engine.Ask{Verify: true, DryRun: true, Sample: 6})
		if got := w.findings(); got != "5 different size; 5 different size" {
			t.Errorf("found %s", got)
		}
		if run.Check.Compared != 6 || run.Check.Extra != 0 || w.missing() != "map[]" {
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
				run := w.run(engine.Ask{Sample: 20})
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
		run := w.run(engine.Ask{Sample: 20})
		if run.Status != crm.StatusSuccess || run.Check == nil || run.Check.Failed == "" || w.state().Watermark.IsZero() {
			t.Errorf("%s %+v", run.Status, run.Check)
		}
		w.connector = &sampled{script: w.source, sample: page(1, 2, 0)}
		w.wrap = func(s engine.Session) engine.Session { return &comparesNothing{s} }
		if run := w.run(engine.Ask{Sample: 20}); run.Status != crm.StatusSuccess || !strings.Contains(run.Check.Failed, errStrange.Error()) {
			t.Errorf("%s %+v", run.Status, run.Check)
		}
		if _, err := w.try(t.Context(), engine.Ask{Verify: true}); !errors.Is(err, errStrange) {
			t.Errorf("verify: %v", err)
		}
	})
}

type comparesNothing struct{ engine.Session }

func (*comparesNothing) Compare(context.Context, []crm.Row) ([][]crm.FieldDifference, error) {
	return nil, errStrange
}

func TestVerifyOfAStreamThatWasNeverSynced(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 3, 0)}
		for _, dry := range []bool{true, false} {
			if _, err := w.try(t.Context(), engine.Ask{Verify: true, DryRun: dry}); !codeIs(err, crm.CodeUsage) {
				t.Errorf("dry %v: %v", dry, err)
			}
		}
		// An empty stream that was synced is right.
		w.source.pages = [][]string{{}}
		w.run(engine.Ask{})
		if run := w.run(engine.Ask{Verify: true, DryRun: true}); run.Check != nil && run.Check.Wrong() != 0 {
			t.Errorf("%+v", run.Check)
		}
	})
}
