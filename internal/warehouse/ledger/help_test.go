package ledger_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

var leads = crm.StreamID{Source: "salesrabbit", Stream: "leads"}

// far is a process that nothing is known of here.
func far(process string) ledger.Owner { return ledger.Owner{Host: "far", Process: process} }

// claim asks for the leads, as an incremental run, for 15 seconds.
func claim(owner ledger.Owner) ledger.Claim {
	return ledger.Claim{
		ID: leads, SourceType: "salesrabbit", Owner: owner, Endpoint: "/leads", Lease: 15 * time.Second,
		Decide: func(s ledger.State) ledger.Intent {
			return ledger.Intent{Mode: crm.ModeIncremental, Since: s.Watermark, Configuration: map[string]any{"batch_size": 500}}
		},
	}
}

func acquire(t *testing.T, db testDB, owner ledger.Owner) ledger.Held {
	t.Helper()
	held, err := ledger.Acquire(t.Context(), db, claim(owner))
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// durable is a batch of one created record.
func durable(run, batch int64) ledger.Durable {
	return ledger.Durable{
		ID: leads, RunID: run, Batch: batch, Counts: crm.Counts{Fetched: 1, Created: 1}, Requests: batch, Now: noon,
		CleanIssues: true, CleanQuarantine: true,
	}
}

func commit(t *testing.T, db testDB, d ledger.Durable) error {
	t.Helper()
	return db.InTx(t.Context(), func(tx ledger.Conn) error { return ledger.Commit(t.Context(), tx, d) })
}

func mustCommit(t *testing.T, db testDB, d ledger.Durable) {
	t.Helper()
	if err := commit(t, db, d); err != nil {
		t.Fatal(err)
	}
}

func succeed(t *testing.T, db testDB, run int64, counts crm.Counts, watermark time.Time) crm.Run {
	t.Helper()
	finished, err := ledger.Finish(t.Context(), db, ledger.Outcome{
		ID: leads, RunID: run, Status: crm.StatusSuccess, Watermark: watermark, Complete: &crm.Basis{}, Counts: counts,
	})
	if err != nil {
		t.Fatal(err)
	}
	return finished
}

func load(t *testing.T, db testDB) ledger.State {
	t.Helper()
	s, err := ledger.Load(t.Context(), db, claim(far("any")))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func history(t *testing.T, db testDB) []crm.Run {
	t.Helper()
	runs, err := ledger.History(t.Context(), db, ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func run(t *testing.T, db testDB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// texts returns the first column of all rows, as text.
func texts(t *testing.T, db testDB, query string) []string {
	t.Helper()
	rows, err := db.Query(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

func wantTexts(t *testing.T, db testDB, want []string, query string) {
	t.Helper()
	if got := texts(t, db, query); !slices.Equal(got, want) {
		t.Errorf("%s\n got %q\nwant %q", query, got, want)
	}
}

// wantCode checks that err is one of ours, with that code, a message and a fix
// that says what to do.
func wantCode(t *testing.T, err error, code crm.Code, inMessage ...string) {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an error with code %s", err, code)
	}
	if e.Code != code || e.Message == "" || e.Fix == "" || e.Origin == "" {
		t.Errorf("got %+v, want code %s with origin, message and fix", e, code)
	}
	for _, part := range inMessage {
		if !strings.Contains(e.Message, part) {
			t.Errorf("the message %q does not tell %q", e.Message, part)
		}
	}
}
