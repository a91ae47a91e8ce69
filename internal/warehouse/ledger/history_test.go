package ledger_test

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestHistoryFilter(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		var ids []int64
		for n, c := range []struct {
			id     crm.StreamID
			status crm.Status
		}{
			{leads, crm.StatusSuccess},
			{crm.StreamID{Source: "West", Stream: "leads"}, crm.StatusFailed},
			{crm.StreamID{Source: "salesrabbit", Stream: "users"}, crm.StatusSuccess},
			{leads, crm.StatusFailed},
		} {
			db.setNow(noon.Add(time.Duration(n) * time.Minute))
			ask := claim(far("1"))
			ask.ID = c.id
			ask.HistoryName = c.id.Stream + "_old"
			held, err := ledger.Acquire(t.Context(), db, ask)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ledger.Finish(t.Context(), db, ledger.Outcome{ID: c.id, RunID: held.Run.ID, Status: c.status}); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, held.Run.ID)
		}
		run(t, db, `INSERT INTO ingestion_sync_history (crm_source, sync_type, start_time, status, records_processed, configuration, created_at)
			VALUES ('hubspot', 'contacts', $1, 'success', 3, '"{}"', $1)`, noon.Add(-time.Hour))
		old := ids[3] + 1

		for name, c := range map[string]struct {
			filter ledger.Filter
			want   []int64
		}{
			"all, the newest first": {ledger.Filter{}, []int64{ids[3], ids[2], ids[1], ids[0], old}},
			"some":                  {ledger.Filter{Limit: 2}, []int64{ids[3], ids[2]}},
			"a source":              {ledger.Filter{Source: "West"}, []int64{ids[1]}},
			"a stream":              {ledger.Filter{Source: "salesrabbit", Stream: "leads"}, []int64{ids[3], ids[0]}},
			"a status":              {ledger.Filter{Status: "failed"}, []int64{ids[3], ids[1]}},
			"of the old system":     {ledger.Filter{Source: "hubspot", Stream: "contacts"}, []int64{old}},
			"nothing":               {ledger.Filter{Source: "hubspot", Stream: "leads"}, nil},
		} {
			runs, err := ledger.History(t.Context(), db, c.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, r := range runs {
				got = append(got, r.ID)
			}
			if len(got) != len(c.want) {
				t.Errorf("%s: got %d, want %d", name, got, c.want)
				continue
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%s: got %d, want %d", name, got, c.want)
					break
				}
			}
		}
		wantTexts(t, db, []string{"west leads_old"}, `SELECT crm_source || ' ' || sync_type FROM ingestion_sync_history WHERE source = 'West'`)
		runs, err := ledger.History(t.Context(), db, ledger.Filter{Source: "hubspot"})
		if err != nil || runs[0].Counts.Fetched != 3 || runs[0].Configuration != nil {
			t.Errorf("the old system's run is told as %+v, %v", runs[0], err)
		}
	})
}

func TestStreams(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		good := acquire(t, db, far("1"))
		d := durable(good.Run.ID, 1)
		d.Counts = crm.Counts{Fetched: 1, Failed: 1}
		d.Rejects = []crm.Reject{{ID: "1", Raw: []byte("{}")}}
		d.Issues = []crm.Issue{{RecordID: "1"}}
		mustCommit(t, db, d)
		if _, err := ledger.Finish(t.Context(), db, ledger.Outcome{
			ID: leads, RunID: good.Run.ID, Status: crm.StatusPartial, Watermark: noon, Counts: d.Counts,
		}); err != nil {
			t.Fatal(err)
		}
		idle := streams(t, db)[0]
		if idle.ID != leads || idle.SourceType != "salesrabbit" || !idle.Watermark.Equal(noon) || idle.LastRun.ID != good.Run.ID ||
			idle.LastSuccess.ID != good.Run.ID || idle.Holder != "" || !idle.LeaseUntil.IsZero() || idle.Dead ||
			idle.OpenQuarantine != 1 || idle.OpenIssues != 1 {
			t.Errorf("idle: %+v", idle)
		}

		db.setNow(noon.Add(time.Hour))
		running := acquire(t, db, ledger.Owner{Host: "web1#x", Process: "7@1"})
		busy := streams(t, db)[0]
		if busy.LastRun.ID != running.Run.ID || busy.LastSuccess.ID != good.Run.ID || busy.Holder != "process 7 on web1" || busy.Dead ||
			!busy.HolderSince.Equal(noon.Add(time.Hour)) || !busy.LeaseUntil.Equal(noon.Add(time.Hour+15*time.Second)) {
			t.Errorf("busy: %+v", busy)
		}
		db.setNow(noon.Add(2 * time.Hour))
		if over := streams(t, db)[0]; !over.Dead || over.Holder != "" {
			t.Errorf("after the lease: %+v", over)
		}
		dead := ledger.ThisProcess()
		dead.Process += "0"
		acquire(t, db, dead)
		if gone := streams(t, db)[0]; !gone.Dead || gone.Holder != "" {
			t.Errorf("after the process: %+v", gone)
		}
	})
}

func streams(t *testing.T, db testDB) []ledger.StreamStatus {
	t.Helper()
	all, err := ledger.Streams(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no stream is known")
	}
	return all
}

func TestStreamsByName(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		for _, stream := range []string{"users", "leads"} {
			c := claim(far("1"))
			c.ID.Stream = stream
			if _, err := ledger.Acquire(t.Context(), db, c); err != nil {
				t.Fatal(err)
			}
		}
		if all := streams(t, db); len(all) != 2 || all[0].ID.Stream != "leads" || all[0].LastSuccess != nil {
			t.Errorf("got %+v", all)
		}
	})
}

// A reader of a warehouse that Warren never wrote to finds nothing, and makes
// nothing (L6).
func TestL6_ReadingAnEmptyWarehouse(t *testing.T) {
	on(t, func(t *testing.T, db testDB, _ string) {
		if s := load(t, db); s.Batch != 0 || !s.Watermark.IsZero() || s.Checkpoint != nil || s.DisabledReason != "" {
			t.Errorf("state %+v", s)
		}
		if all := history(t, db); len(all) != 0 {
			t.Errorf("history %+v", all)
		}
		if all, err := ledger.Streams(t.Context(), db); len(all) != 0 || err != nil {
			t.Errorf("streams %+v, %v", all, err)
		}
		if all := entries(t, db, ledger.Filter{}); len(all) != 0 {
			t.Errorf("quarantine %+v", all)
		}
		if all := issues(t, db, ledger.Filter{}); len(all) != 0 {
			t.Errorf("issues %+v", all)
		}
		_, err := ledger.ShowQuarantine(t.Context(), db, 1)
		wantCode(t, err, crm.CodeUsage)
		wantTexts(t, db, nil, relations(db))
	})
}

// relations lists everything that stands in the database, by name.
func relations(db testDB) string {
	if db.Dialect() == ledger.SQLite {
		return `SELECT name FROM sqlite_master ORDER BY name`
	}
	return `SELECT CAST(relname AS text) FROM pg_class WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema)' ORDER BY 1`
}

// Load tells a dry run what a real run would start from.
func TestL6_LoadEqualsAcquire(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		before := texts(t, db, relations(db))
		load(t, db)
		wantTexts(t, db, before, relations(db))
		wantTexts(t, db, nil, `SELECT stream FROM warren_stream`)
		first := acquire(t, db, far("1"))
		d := durable(first.Run.ID, 3)
		d.Checkpoint = &crm.Checkpoint{Token: "x"}
		mustCommit(t, db, d)
		loaded := load(t, db)
		db.setNow(noon.Add(time.Hour))
		held := acquire(t, db, far("2"))
		if loaded.Batch != held.State.Batch || *loaded.Checkpoint != *held.State.Checkpoint {
			t.Errorf("Load tells %+v, Acquire %+v", loaded, held.State)
		}
	})
}
