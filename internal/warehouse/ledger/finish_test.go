package ledger_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestL1_WatermarkMovesOnlyForwardAndOnlyAtTheEnd(t *testing.T) {
	steps := []struct {
		name      string
		status    crm.Status
		watermark time.Time
		want      time.Time // the stream's after the run
		moved     bool
	}{
		{"the first failed", crm.StatusFailed, noon, time.Time{}, false},
		{"the first well done", crm.StatusSuccess, noon.Add(time.Microsecond), noon.Add(time.Microsecond), true},
		{"failed", crm.StatusFailed, noon.Add(time.Hour), noon.Add(time.Microsecond), false},
		{"cancelled", crm.StatusCancelled, noon.Add(time.Hour), noon.Add(time.Microsecond), false},
		{"backwards", crm.StatusSuccess, noon, noon.Add(time.Microsecond), false},
		{"capped, so without one", crm.StatusSuccess, time.Time{}, noon.Add(time.Microsecond), false},
		{"with failed records", crm.StatusPartial, noon.Add(time.Minute), noon.Add(time.Minute), true},
		{"finer than the column", crm.StatusSuccess, noon.Add(time.Minute + 1999), noon.Add(time.Minute + 1000), true},
	}
	onMigrated(t, func(t *testing.T, db testDB) {
		for _, step := range steps {
			held := acquire(t, db, far("1"))
			finished, err := ledger.Finish(t.Context(), db, ledger.Outcome{
				ID: leads, RunID: held.Run.ID, Status: step.status, Watermark: step.watermark,
			})
			if err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			if s := load(t, db); !s.Watermark.Equal(step.want) {
				t.Errorf("%s: the watermark is %s, want %s", step.name, s.Watermark, step.want)
			}
			stored := history(t, db)[0]
			if finished.Watermark.IsZero() == step.moved || !stored.Watermark.Equal(finished.Watermark) {
				t.Errorf("%s: the run returned tells %s, the history %s", step.name, finished.Watermark, stored.Watermark)
			}
		}
	})
}

func TestL2_CountsThatDisagreeFailTheRun(t *testing.T) {
	one := crm.Counts{Fetched: 1, Created: 1}
	cases := map[string]struct{ committed, counted crm.Counts }{
		"another number":    {one, crm.Counts{Fetched: 2, Created: 2}},
		"another kind":      {one, crm.Counts{Fetched: 1, Updated: 1}},
		"none was counted":  {one, crm.Counts{}},
		"do not add up":     {crm.Counts{Fetched: 2, Created: 1}, crm.Counts{Fetched: 2, Created: 1}},
		"issues, not a few": {one, crm.Counts{Fetched: 1, Created: 1, Issues: 1}},
	}
	onMigrated(t, func(t *testing.T, db testDB) {
		for name, c := range cases {
			held := acquire(t, db, far("1"))
			d := durable(held.Run.ID, 1)
			d.Counts, d.Checkpoint = c.committed, &crm.Checkpoint{Token: "x"}
			mustCommit(t, db, d)
			outcome := ledger.Outcome{ID: leads, RunID: held.Run.ID, Status: crm.StatusSuccess, Watermark: noon, Counts: c.counted}
			for _, call := range []string{"first", "repeated"} {
				_, err := ledger.Finish(t.Context(), db, outcome)
				wantCode(t, err, crm.CodeCounts, "salesrabbit leads")
				if s := load(t, db); !s.Watermark.IsZero() || s.Checkpoint != nil {
					t.Errorf("%s, %s: state %+v", name, call, s)
				}
			}
			stored := history(t, db)[0]
			if stored.Status != crm.StatusFailed || stored.ErrorCode != crm.CodeCounts || stored.ErrorMessage == "" || stored.Counts != c.committed {
				t.Errorf("%s: the history tells %+v", name, stored)
			}
		}
	})
}

func TestFinishTellsTheHistory(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		d := durable(held.Run.ID, 1)
		d.Counts = crm.Counts{Fetched: 40, Created: 10, Updated: 9, Unchanged: 11, Failed: 2, Duplicates: 8, Issues: 7}
		mustCommit(t, db, d)
		d.Batch = 2
		mustCommit(t, db, d)
		db.setNow(noon.Add(4 * time.Second))
		counts := d.Counts
		counts.Add(d.Counts)
		finished, err := ledger.Finish(t.Context(), db, ledger.Outcome{
			ID: leads, RunID: held.Run.ID, Status: crm.StatusPartial, Watermark: noon, Counts: counts, Requests: 9,
			Metrics: map[string]any{ledger.MetricOutside: 5, "peak_memory": 3},
		})
		if err != nil {
			t.Fatal(err)
		}
		want := crm.Run{
			ID: held.Run.ID, StreamID: leads, Endpoint: "/leads", Mode: crm.ModeIncremental, Status: crm.StatusPartial,
			Start: noon, End: noon.Add(4 * time.Second), Counts: counts, Requests: 9, Outside: 5, Watermark: noon,
			Configuration: map[string]any{"batch_size": 500.},
		}
		if stored := history(t, db)[0]; !reflect.DeepEqual(stored, want) || !reflect.DeepEqual(finished, want) {
			t.Errorf("stored\n%+v\nreturned\n%+v\nwant\n%+v", stored, finished, want)
		}
		// The old system's readers.
		wantTexts(t, db, []string{"salesrabbit leads 64 20 18 4"}, `SELECT crm_source || ' ' || sync_type || ' ' || records_processed || ' ' ||
			records_created || ' ' || records_updated || ' ' || records_failed FROM ingestion_sync_history`)
		for key, value := range map[string]string{
			"duration_seconds": "4", "records_per_second": "16", "success_rate": "93.75", ledger.MetricOutside: "5", "peak_memory": "3",
		} {
			wantTexts(t, db, []string{value}, `SELECT CAST(performance_metrics ->> '`+key+`' AS text) FROM ingestion_sync_history`)
		}
	})
}

func TestFinishFailedRun(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		d := durable(held.Run.ID, 1)
		d.Checkpoint = &crm.Checkpoint{Token: "here"}
		mustCommit(t, db, d)
		finished, err := ledger.Finish(t.Context(), db, ledger.Outcome{
			ID: leads, RunID: held.Run.ID, Status: crm.StatusFailed, Counts: crm.Counts{Fetched: 99},
			Err: &crm.Error{Code: crm.CodeSourceDown, Message: "page 7 failed", Fix: "wait\x00", Err: errors.New(strings.Repeat("x", 5000))},
		})
		if err != nil {
			t.Fatal(err)
		}
		stored := history(t, db)[0]
		if stored.Status != crm.StatusFailed || stored.ErrorCode != crm.CodeSourceDown || stored.Fix != `wait\u0000` ||
			!strings.HasPrefix(stored.ErrorMessage, "page 7 failed: xxx") || len(stored.ErrorMessage) != 4096 {
			t.Errorf("the history tells %+v", stored)
		}
		if stored.Counts != d.Counts || finished.Counts != d.Counts {
			t.Errorf("counts %+v and %+v, want what is durable", stored.Counts, finished.Counts)
		}
		if s := load(t, db); s.Checkpoint == nil || s.Checkpoint.Token != "here" {
			t.Errorf("the checkpoint is gone: %+v", s)
		}
		if next := acquire(t, db, far("2")); len(next.Dead) != 0 {
			t.Errorf("a run that had ended was closed again: %+v", next.Dead)
		}
	})
}

func TestStreamIsDisabledAndEnabled(t *testing.T) {
	reason, none := "the account has no leadStatuses\x00", ""
	onMigrated(t, func(t *testing.T, db testDB) {
		for _, step := range []struct {
			set  *string
			want string
		}{{&reason, `the account has no leadStatuses\u0000`}, {nil, `the account has no leadStatuses\u0000`}, {&none, ""}} {
			held := acquire(t, db, far("1"))
			if _, err := ledger.Finish(t.Context(), db, ledger.Outcome{ID: leads, RunID: held.Run.ID, Status: crm.StatusFailed, DisabledReason: step.set}); err != nil {
				t.Fatal(err)
			}
			if s := load(t, db); s.DisabledReason != step.want {
				t.Errorf("reason %q, want %q", s.DisabledReason, step.want)
			}
		}
	})
}

func TestFinishOfAnUnknownRun(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		_, err := ledger.Finish(t.Context(), db, ledger.Outcome{ID: leads, RunID: 42, Status: crm.StatusSuccess})
		wantCode(t, err, crm.CodeLeaseLost, "run 42")
	})
}

func TestValuesThatAreNoJSON(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		_, err := ledger.Finish(t.Context(), db, ledger.Outcome{
			ID: leads, RunID: held.Run.ID, Status: crm.StatusSuccess, Metrics: map[string]any{"f": func() {}},
		})
		wantCode(t, err, crm.CodeInternal)
		c := claim(far("1"))
		c.ID.Stream = "users"
		c.Decide = func(ledger.State) ledger.Intent {
			return ledger.Intent{Configuration: map[string]any{"f": func() {}}}
		}
		_, err = ledger.Acquire(t.Context(), db, c)
		wantCode(t, err, crm.CodeInternal)
	})
}
