package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/warehouse"
)

const leadTable = "ingestion_salesrabbit_lead"

// opener opens the warehouse as it is, whatever died of it.
type opener func() (warehouse.Driver, error)

// compare fails the test unless the table holds exactly what the source has,
// the history tells of each lead that it was created once, and no run is left
// open. Leads that have gone from the source may be there still; marked, when
// swept says that a full run is complete. It returns how many leads were
// created in all, and how many are gone.
func compare(t *testing.T, open opener, server *salesrabbit.Server, swept bool) (created int64, gone int) {
	t.Helper()
	db, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	have := table(t, db)
	created = history(t, db)
	if int(created) != len(have) {
		t.Errorf("the history counts %d leads created in all, the table holds %d", created, len(have))
	}
	for id, raw := range server.Leads() {
		want := row{record: canonical(t, raw)}
		var lead struct {
			FirstName string
			DeletedAt *string
		}
		if err := json.Unmarshal(raw, &lead); err != nil {
			t.Fatal(err)
		}
		want.name, want.deleted = lead.FirstName, lead.DeletedAt != nil
		if have[id] != want {
			t.Fatalf("lead %d is not what the source has:\n%+v\n%+v", id, have[id], want)
		}
		delete(have, id)
	}
	if most := server.State().Gone; len(have) > most {
		t.Fatalf("the table holds %d leads that the source does not have, and only %d have gone from there", len(have), most)
	}
	for id, r := range have {
		if swept && (!r.deleted || !r.swept) {
			t.Errorf("lead %d has gone from the source and is not marked: %+v", id, r)
		}
	}
	if n := number(t, db, `SELECT count(*) FROM warren_quarantine`); n != 0 {
		t.Errorf("%d leads are in the quarantine", n)
	}
	return created, len(have)
}

// row is what is looked at of one lead.
type row struct {
	record  string // as the source sent it
	name    string // a field that was taken out of it
	deleted bool   // it is marked as deleted
	swept   bool   // by a full run that did not find it
}

// table reads the leads by id.
func table(t *testing.T, db warehouse.Driver) map[int64]row {
	t.Helper()
	have := map[int64]row{}
	rows, err := db.Query(t.Context(), `
SELECT id, CAST(data AS text), COALESCE(first_name, ''), warren_deleted_at IS NOT NULL, warren_deleted_run IS NOT NULL
FROM `+leadTable)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var data string
		var r row
		if err := rows.Scan(&id, &data, &r.name, &r.deleted, &r.swept); err != nil {
			t.Fatal(err)
		}
		if _, twice := have[id]; twice {
			t.Errorf("lead %d is there twice", id)
		}
		r.record = canonical(t, []byte(data))
		have[id] = r
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return have
}

// history returns the leads created in all runs, after a look at each run.
func history(t *testing.T, db warehouse.Driver) (created int64) {
	t.Helper()
	runs, err := db.Query(t.Context(), `
SELECT id, status, records_fetched, records_created, records_updated, records_unchanged, records_failed, records_duplicate
FROM ingestion_sync_history ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer runs.Close()
	for runs.Next() {
		var id int64
		var status string
		var c crm.Counts
		if err := runs.Scan(&id, &status, &c.Fetched, &c.Created, &c.Updated, &c.Unchanged, &c.Failed, &c.Duplicates); err != nil {
			t.Fatal(err)
		}
		if status == string(crm.StatusRunning) {
			t.Errorf("run %d stays running", id)
		}
		if !c.Balanced() {
			t.Errorf("run %d does not add up (L2): %+v", id, c)
		}
		created += c.Created
	}
	if err := runs.Err(); err != nil {
		t.Fatal(err)
	}
	return created
}

// number returns the answer to a query for one number.
func number(t *testing.T, db warehouse.Driver, query string) (n int64) {
	t.Helper()
	rows, err := db.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

// canonical is JSON with its members in order, as both databases may turn it.
func canonical(t *testing.T, raw []byte) string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
