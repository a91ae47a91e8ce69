package ledger_test

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// pastRun is a row that the old system wrote; it started so many minutes
// before noon and took one.
type pastRun struct {
	table     string // "" for the common history, "own" for SalesRabbit's
	source    string
	kind      string
	status    string
	minutes   int
	processed int64
	options   string
	running   bool // without an end
}

func (p pastRun) insert(t *testing.T, db testDB) {
	t.Helper()
	start := noon.Add(-time.Duration(p.minutes) * time.Minute)
	var end any = start.Add(time.Minute)
	if p.running {
		end = nil
	}
	if p.table == "own" {
		run(t, db, `INSERT INTO ingestion_salesrabbit_sync_history (sync_type, status, records_processed, query_params, created_at,
			last_sync_timestamp, completed_at) VALUES ($1, $2, $3, $4, $5, $6, $6)`, p.kind, p.status, p.processed, p.options, start, end)
		return
	}
	run(t, db, `INSERT INTO ingestion_sync_history (crm_source, sync_type, status, records_processed, configuration, start_time, end_time, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $6)`, p.source, p.kind, p.status, p.processed, p.options, start, end)
}

func common(kind, status string, minutes int, options string) pastRun {
	return pastRun{source: "salesrabbit", kind: kind, status: status, minutes: minutes, processed: 1, options: options}
}

func own(kind, status string, minutes int, options string) pastRun {
	return pastRun{table: "own", kind: kind, status: status, minutes: minutes, processed: 1, options: options}
}

// L1: the first run starts where the old system's history proves the stream to
// have been complete: at the start of its newest complete run.
func TestL1_PastOfTheOldSystem(t *testing.T) {
	cases := map[string]struct {
		rows    []pastRun
		claim   func(*ledger.Claim)
		minutes int // before noon; 0 for no watermark
	}{
		"nothing":                      {},
		"the newest":                   {rows: []pastRun{common("leads", "success", 30, `{}`), common("leads", "success", 20, `{"full": true}`)}, minutes: 20},
		"with the suffix":              {rows: []pastRun{common("leads_sync", "success", 20, `{}`)}, minutes: 20},
		"in the singular":              {rows: []pastRun{common("Lead", "success", 20, `{}`)}, minutes: 20},
		"another stream":               {rows: []pastRun{common("users", "success", 20, `{}`)}},
		"all of them in one row":       {rows: []pastRun{common("all_entities", "success", 20, `{}`)}},
		"another source":               {rows: []pastRun{{source: "hubspot", kind: "leads", status: "success", minutes: 20, processed: 1, options: "{}"}}},
		"failed":                       {rows: []pastRun{common("leads", "failed", 20, `{}`)}},
		"partial":                      {rows: []pastRun{common("leads", "partial", 20, `{}`)}},
		"a word of the other table":    {rows: []pastRun{common("leads", "completed", 20, `{}`)}},
		"without an end":               {rows: []pastRun{{source: "salesrabbit", kind: "leads", status: "success", minutes: 20, processed: 1, options: "{}", running: true}}},
		"no records":                   {rows: []pastRun{{source: "salesrabbit", kind: "leads", status: "success", minutes: 20, options: "{}"}}},
		"dry":                          {rows: []pastRun{common("leads", "success", 20, `{"dry_run": true}`), common("leads", "success", 30, `{"dry_run": false}`)}, minutes: 30},
		"capped":                       {rows: []pastRun{common("leads", "success", 20, `{"max_records": 10}`), common("leads", "success", 30, `{"max_records": 0}`)}, minutes: 30},
		"from a given day":             {rows: []pastRun{common("leads", "success", 20, `{"start_date": "2026-01-01"}`), common("leads", "success", 30, `{"since": "None"}`)}, minutes: 30},
		"to a given day":               {rows: []pastRun{common("leads", "success", 20, `{"end_date": {"day": 1}}`), common("leads", "success", 30, `{"until": null}`)}, minutes: 30},
		"options in a string":          {rows: []pastRun{common("leads", "success", 20, `"{\"dry_run\": true}"`), common("leads", "success", 30, `"none"`)}, minutes: 30},
		"SalesRabbit's own table":      {rows: []pastRun{own("leads_sync", "completed", 20, `{"modified_since": "2026-01-01"}`)}, minutes: 20},
		"its other words":              {rows: []pastRun{own("leads", "completed", 20, `{}`)}, minutes: 20},
		"its failures":                 {rows: []pastRun{own("leads_sync", "failed", 20, `{}`)}},
		"both, the newer is in common": {rows: []pastRun{own("leads_sync", "completed", 20, `{}`), common("leads", "success", 10, `{}`)}, minutes: 10},
		"both, the newer is its own":   {rows: []pastRun{own("leads_sync", "completed", 10, `{}`), common("leads", "success", 20, `{}`)}, minutes: 10},
		"a name of its own in history": {
			rows:    []pastRun{common("leadstatushistories_sync", "success", 20, `{}`)},
			claim:   func(c *ledger.Claim) { c.ID.Stream, c.HistoryName = "status_histories", "leadStatusHistories" },
			minutes: 20,
		},
		"a second account": {
			rows:  []pastRun{common("leads", "success", 20, `{}`), own("leads_sync", "completed", 20, `{}`)},
			claim: func(c *ledger.Claim) { c.ID.Source = "west" },
		},
		"a source without a table of its own": {
			rows: []pastRun{
				own("leads", "completed", 10, `{}`),
				{source: "hubspot", kind: "leads", status: "success", minutes: 20, processed: 1, options: "{}"},
			},
			claim:   func(c *ledger.Claim) { c.ID.Source, c.SourceType = "hubspot", "hubspot" },
			minutes: 20,
		},
	}
	onMigrated(t, func(t *testing.T, db testDB) {
		ownTable(t, db)
		for name, c := range cases {
			for _, table := range []string{"ingestion_sync_history", "ingestion_salesrabbit_sync_history", "warren_stream"} {
				run(t, db, `DELETE FROM `+table)
			}
			for _, row := range c.rows {
				row.insert(t, db)
			}
			ask := claim(far("1"))
			if c.claim != nil {
				c.claim(&ask)
			}
			var want time.Time
			if c.minutes > 0 {
				want = noon.Add(-time.Duration(c.minutes) * time.Minute)
			}
			dry, err := ledger.Load(t.Context(), db, ask)
			if err != nil {
				t.Fatal(err)
			}
			held, err := ledger.Acquire(t.Context(), db, ask)
			if err != nil {
				t.Fatal(err)
			}
			if !dry.Watermark.Equal(want) || !held.State.Watermark.Equal(want) || !held.Run.Since.Equal(want) {
				t.Errorf("%s: a dry run starts from %s, a run from %s with since %s; want %s", name, dry.Watermark, held.State.Watermark, held.Run.Since, want)
			}
		}
	})
}

// ownTable puts SalesRabbit's own history in the place of the view on it.
func ownTable(t *testing.T, db testDB) {
	t.Helper()
	id, instant, options := "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "timestamptz", "jsonb"
	if db.Dialect() == ledger.SQLite {
		id, instant, options = "INTEGER PRIMARY KEY", "TEXT", "TEXT"
	}
	run(t, db, `DROP VIEW ingestion_salesrabbit_sync_history`)
	run(t, db, `CREATE TABLE ingestion_salesrabbit_sync_history (id `+id+`, sync_type varchar(100) NOT NULL, status varchar(50) NOT NULL,
		records_processed integer, query_params `+options+` NOT NULL, created_at `+instant+` NOT NULL,
		last_sync_timestamp `+instant+`, completed_at `+instant+`, worker varchar(10) NOT NULL DEFAULT '', sync_duration integer)`)
}

// L1: a run that proves nothing must not come back as proof by way of the old
// system's table, to which it was appended.
func TestL1_AppendedRunsProveNothing(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		ownTable(t, db)
		held := acquire(t, db, far("1"))
		mustCommit(t, db, durable(held.Run.ID, 1))
		db.setNow(noon.Add(89 * time.Second).Add(600 * time.Millisecond))
		succeed(t, db, held.Run.ID, crm.Counts{Fetched: 1, Created: 1}, time.Time{}) // capped: no watermark
		wantTexts(t, db, []string{"completed 90"}, `SELECT status || ' ' || sync_duration FROM ingestion_salesrabbit_sync_history`)
		if s := load(t, db); !s.Watermark.IsZero() {
			t.Errorf("the watermark is %s", s.Watermark)
		}
		run(t, db, `DELETE FROM warren_stream`)
		if next := acquire(t, db, far("1")); !next.State.Watermark.IsZero() {
			t.Errorf("the run that was appended gave the watermark %s", next.State.Watermark)
		}
	})
}

// A table of the old system's name with another shape is left alone.
func TestPastOfAnotherShape(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		run(t, db, `DROP VIEW ingestion_salesrabbit_sync_history`)
		run(t, db, `CREATE TABLE ingestion_salesrabbit_sync_history (sync_type text)`)
		if held := acquire(t, db, far("1")); !held.State.Watermark.IsZero() {
			t.Errorf("the watermark is %s", held.State.Watermark)
		}
	})
}

// What the old system does after Warren's first run is no past of Warren's.
func TestL1_PastIsTakenOverOnce(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		if _, err := ledger.Finish(t.Context(), db, ledger.Outcome{ID: leads, RunID: held.Run.ID, Status: crm.StatusFailed}); err != nil {
			t.Fatal(err)
		}
		common("leads", "success", 20, `{}`).insert(t, db)
		if s := load(t, db); !s.Watermark.IsZero() {
			t.Errorf("a dry run starts from %s", s.Watermark)
		}
		if next := acquire(t, db, far("1")); !next.State.Watermark.IsZero() {
			t.Errorf("the second run starts from %s", next.State.Watermark)
		}
	})
}
