package ledger_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// django returns a database with the tables of one of the old system's
// versions, not yet migrated.
func django(t *testing.T, version string) testDB {
	t.Helper()
	db, closeDB, err := openAddress(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeDB)
	ddl, err := os.ReadFile(filepath.Join("testdata", version+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, db, string(ddl))
	return db
}

// wholeRun syncs the leads: one record is created, one fails.
func wholeRun(t *testing.T, db testDB, watermark time.Time) ledger.Held {
	t.Helper()
	held := acquire(t, db, far("1"))
	d := durable(held.Run.ID, 1)
	d.Counts = crm.Counts{Fetched: 2, Created: 1, Failed: 1}
	mustCommit(t, db, d)
	db.setNow(noon.Add(90 * time.Second))
	if _, err := ledger.Finish(t.Context(), db, ledger.Outcome{
		ID: leads, RunID: held.Run.ID, Status: crm.StatusPartial, Watermark: watermark, Counts: d.Counts,
	}); err != nil {
		t.Fatal(err)
	}
	return held
}

func TestAdoptionOfDjango32(t *testing.T) {
	db := django(t, "django32")
	start := noon.Add(-time.Hour)
	run(t, db, `INSERT INTO ingestion_sync_history (crm_source, sync_type, start_time, end_time, status, records_processed, records_created,
		records_updated, records_failed, configuration, performance_metrics, created_at)
		VALUES ('salesrabbit', 'leads', $1, $2, 'success', 5, 5, 0, 0, '{"full": true}', '{}', $1)`, start, start.Add(time.Minute))

	// A dry run before the first migration starts where the first run will (L6).
	before := texts(t, db, relations(db))
	if s := load(t, db); !s.Watermark.Equal(start) {
		t.Errorf("a dry run starts from %s, want the old run's start %s", s.Watermark, start)
	}
	wantTexts(t, db, before, relations(db))

	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	held := wholeRun(t, db, noon)
	if !held.State.Watermark.Equal(start) || !held.Run.Since.Equal(start) {
		t.Errorf("the first run starts from %+v, want %s", held.State, start)
	}
	wantTexts(t, db, []string{
		"salesrabbit leads success 5 5 0 0 ",
		"salesrabbit leads partial 2 1 0 1 {\"batch_size\": 500}",
	}, `SELECT concat_ws(' ', crm_source, sync_type, status, records_processed, records_created, records_updated, records_failed,
		CASE WHEN source IS NULL THEN '' ELSE configuration::text END) FROM ingestion_sync_history ORDER BY id`)
	wantTexts(t, db, []string{
		"leads_sync /leads completed 2 1 0 1 2026-03-01 12:00:00+00 t 2026-03-01 12:00:00+00 2026-03-01 12:01:30+00 00:01:30",
	}, `SELECT concat_ws(' ', sync_type, api_endpoint, status, records_processed, records_created, records_updated, records_failed,
		last_sync_timestamp, incremental_sync, created_at, completed_at, sync_duration) FROM ingestion_salesrabbit_sync_history`)
	wantTexts(t, db, []string{"varchar(50)", "integer"}, `SELECT replace(format_type(atttypid, atttypmod), 'character varying', 'varchar')
		FROM pg_attribute WHERE attrelid = 'ingestion_sync_history'::regclass AND attname IN ('crm_source', 'records_failed') ORDER BY 1 DESC`)
}

func TestAdoptionFillsWhatMustBeFilled(t *testing.T) {
	db := django(t, "django42")
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	held := acquire(t, db, far("1"))
	if _, err := ledger.Finish(t.Context(), db, ledger.Outcome{
		ID: leads, RunID: held.Run.ID, Status: crm.StatusCancelled, Err: &crm.Error{Code: crm.CodeCancelled, Message: "stopped"},
	}); err != nil {
		t.Fatal(err)
	}
	wholeRun(t, db, noon)
	wantTexts(t, db, []string{
		"2026-03-01 12:00:00+00 0 00000000-0000-0000-0000-000000000000 {}", "2026-03-01 12:00:00+00 0 00000000-0000-0000-0000-000000000000 {}",
	}, `SELECT concat_ws(' ', "Updated At", attempts, batch_uuid, tags) FROM ingestion_sync_history`)
	// While nothing is known last_sync_timestamp is the beginning of time, so
	// that nobody goes on from it.
	wantTexts(t, db, []string{
		"cancelled stopped 1970-01-01 00:00:00+00 0 0", "completed  2026-03-01 12:00:00+00 90 0",
	}, `SELECT concat_ws(' ', status, error_message, last_sync_timestamp, sync_duration, retries) FROM ingestion_salesrabbit_sync_history ORDER BY id`)
}

func TestAdoptionOfTheLatestVersion(t *testing.T) {
	db := django(t, "latest")
	start := noon.Add(-time.Hour)
	run(t, db, `INSERT INTO orchestration.sync_history (crm_source, sync_type, start_time, end_time, status, records_processed,
		records_created, records_updated, records_failed, configuration, performance_metrics)
		VALUES ('salesrabbit', 'leads', $1, $2, 'success', 5, 5, 0, 0, '{}', '{}')`, start, start.Add(time.Minute))
	if s := load(t, db); !s.Watermark.Equal(start) {
		t.Errorf("a dry run starts from %s, want %s", s.Watermark, start)
	}
	for range 2 {
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	held := wholeRun(t, db, noon)
	if !held.State.Watermark.Equal(start) {
		t.Errorf("the first run starts from %s, want %s", held.State.Watermark, start)
	}
	wantTexts(t, db, []string{"success", "partial"}, `SELECT status FROM orchestration.sync_history ORDER BY id`)
	wantTexts(t, db, []string{"completed", "completed"}, `SELECT status FROM ingestion_salesrabbit_sync_history ORDER BY id`)
	if all := history(t, db); len(all) != 2 || all[0].Counts.Failed != 1 {
		t.Errorf("history %+v", all)
	}
}

func TestAdoptionOfADeadRun(t *testing.T) {
	db := django(t, "django32")
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	acquire(t, db, far("1"))
	db.setNow(noon.Add(time.Minute))
	acquire(t, db, far("2"))
	wantTexts(t, db, []string{"failed"}, `SELECT status FROM ingestion_salesrabbit_sync_history`)
}

// Where the old system left no table, its shape is a view.
func TestOldHistoryIsAView(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		wholeRun(t, db, noon)
		other := claim(far("1"))
		other.ID, other.SourceType = crm.StreamID{Source: "hubspot", Stream: "contacts"}, "hubspot"
		if _, err := ledger.Acquire(t.Context(), db, other); err != nil {
			t.Fatal(err)
		}
		west := claim(far("1"))
		west.ID.Source = "west"
		if _, err := ledger.Acquire(t.Context(), db, west); err != nil {
			t.Fatal(err)
		}
		wantTexts(t, db, []string{"leads_sync /leads completed 2 1 0 1", "leads_sync /leads running 0 0 0 0"}, `SELECT sync_type || ' ' || api_endpoint || ' ' || status || ' ' ||
			records_processed || ' ' || records_created || ' ' || records_updated || ' ' || records_failed
			FROM ingestion_salesrabbit_sync_history ORDER BY id`)
		rows, err := db.Query(t.Context(), `SELECT last_sync_timestamp, created_at, completed_at FROM ingestion_salesrabbit_sync_history ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var last, created, completed time.Time
		if !rows.Next() {
			t.Fatal(rows.Err())
		}
		if err := rows.Scan(&last, &created, &completed); err != nil {
			t.Fatal(err)
		}
		if !last.Equal(noon) || !created.Equal(noon) || !completed.Equal(noon.Add(90*time.Second)) {
			t.Errorf("times %s, %s, %s", last, created, completed)
		}
		duration := `SELECT CAST(sync_duration AS text) FROM ingestion_salesrabbit_sync_history WHERE status = 'completed'`
		if db.Dialect() == ledger.SQLite {
			wantTexts(t, db, []string{"90.0"}, duration)
		} else {
			wantTexts(t, db, []string{"00:01:30"}, duration)
		}
	})
}
