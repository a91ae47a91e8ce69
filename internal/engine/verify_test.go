package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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
		if left := w.query(`SELECT part, 'x' FROM warren_seen`); len(left) != 0 {
			t.Errorf("what it was shown is still kept: %v", left)
		}
		if rows := w.state().Rows; rows == nil || *rows != 9 {
			t.Errorf("known are %v rows", rows)
		}
		if !w.state().Watermark.Equal(watermark) {
			t.Errorf("the watermark moved to %v", w.state().Watermark)
		}
		if again := w.run(engine.Ask{Verify: true, DryRun: true}); again.Check.Wrong() != 0 || again.Check.Score() != 100 {
			t.Errorf("still wrong: %+v", again.Check)
		}
	})
}

// What a sync brings while verify reads is no row that the source lacks; what was
// there before is, however young.
func TestVerifyBesideASync(t *testing.T) {
	for name, beside := range map[string]bool{"a sync writes meanwhile": true, "nobody writes": false} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(3)
				young := *w.source
				young.pages = [][]string{{record(4, 45, "young")}}
				sync := func(int) error {
					other := *w
					other.source = &young
					other.run(engine.Ask{})
					return nil
				}
				if beside {
					w.source.before = sync
				} else if err := sync(0); err != nil {
					t.Fatal(err)
				}
				w.execAll(`UPDATE warren_stream SET watermark = '2026-05-01 12:30:00.000000Z'`)
				run := w.run(engine.Ask{Verify: true, DryRun: true})
				want, extra := "4 extra pending", int64(0)
				if !beside {
					want, extra = "4 extra", 1
				}
				if w.findings() != want || run.Check.Extra != extra || run.Check.Wrong() != extra {
					t.Errorf("found %q; %+v", w.findings(), run.Check)
				}
			})
		})
	}
}

// noonClock stands shortly after one on the day of the records.
type noonClock struct{ crm.SystemClock }

func (noonClock) Now() time.Time { return noon(65) }

// A newer version in the warehouse than the source shows is either a source
// that lags, and then newer than the watermark and not long ago, or wrong.
func TestL9VerifyTakesAnOlderVersionOnlyWhenItIsSettled(t *testing.T) {
	for name, c := range map[string]struct {
		minute  int    // of the record's change
		changed string // what the row says of that
		want    string
	}{
		"of a source that lags":          {0, "2026-05-01 12:40:00.000000Z", "newer 10"},
		"of a backup":                    {0, "2026-05-01 12:31:00.000000Z", "n1 10"},
		"written by somebody else":       {0, "2026-05-01 12:20:00.000000Z", "n1 10"},
		"of the future":                  {0, "2087-05-01 12:00:00.000000Z", "n1 10"},
		"of the future, and changed now": {45, "2087-05-01 12:00:00.000000Z", "n1 10"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.loaded(2)
				w.execAll(`UPDATE thing SET name = 'newer', warren_hash = NULL, changed = '`+c.changed+`' WHERE id = 1`,
					`UPDATE warren_stream SET watermark = '2026-05-01 12:30:00.000000Z'`)
				w.source.pages = [][]string{page(1, 2, c.minute)}
				w.engine.Clock = noonClock{}
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

// A mark without a run is somebody's: the source shows the record.
func TestVerifyTakesAwayAMarkThatNoRunMade(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(3)
		w.execAll(`UPDATE thing SET warren_deleted_at = synced_at WHERE id = 2`)
		if run := w.run(engine.Ask{Verify: true, DryRun: true}); w.findings() != "2 different warren_deleted_at" || run.Check.Different != 1 {
			t.Errorf("found %s; %+v", w.findings(), run.Check)
		}
		if run := w.run(engine.Ask{Verify: true}); run.Counts.Updated != 1 {
			t.Errorf("%+v", run.Counts)
		}
		if deleted := w.query(`SELECT id, 'x' FROM thing WHERE warren_deleted_at IS NOT NULL`); len(deleted) != 0 {
			t.Errorf("deleted are %v", deleted)
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
