package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// tomorrow is the machine's clock in a day.
type tomorrow struct{ crm.SystemClock }

func (c tomorrow) Now() time.Time { return c.SystemClock.Now().AddDate(0, 0, 1) }

// A stream that has used up what it may have scanned in a day, or would with its
// next run, is refused before anything is paid.
func TestARunThatWouldOverspendIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {record(1)}}, bill: crm.Bill{Scanned: 30e6, Dollars: 0.1}}
		a := s.open(t, database, "sources: {acme: {token: t, max_scan_bytes: 100MB, streams: {parts: {max_scan_bytes: 10MB}}}}")
		sel := app.Selection{Account: "acme", Streams: []string{"things"}}
		full := true
		sync := func() error {
			results, err := a.Sync(t.Context(), sel, app.Options{Ask: engine.Ask{Full: full}})
			if err != nil {
				t.Fatal(err)
			}
			return results[0].Err
		}
		for range 3 {
			if err := sync(); err != nil {
				t.Fatal(err)
			}
		}
		for _, full = range []bool{true, false} { // of a stream that is read whole in any case
			err := sync()
			wantCode(t, err, crm.CodeBudget)
			for _, part := range []string{"100.0 MB", "90.0 MB were scanned today", "takes about 30.0 MB"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q lacks %q", err, part)
				}
			}
		}
		full = true
		if len(s.asked) != 3 || s.most[0] != 100e6 || s.most[2] != 40e6 {
			t.Errorf("%d reads, of at most %v", len(s.asked), s.most)
		}
		sel.Streams = []string{"parts"} // it has a bound of its own, and has spent nothing
		if err := sync(); err != nil || s.most[3] != 10e6 {
			t.Errorf("%v, at most %v", err, s.most)
		}
		wantCode(t, sync(), crm.CodeBudget)
		sel.Streams, a.Clock = []string{"things"}, tomorrow{}
		if err := sync(); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

// killedRun leaves what a process leaves that was killed behind its first batch.
func killedRun(t *testing.T, a *app.App, stream string, bill crm.Bill) {
	t.Helper()
	db, err := a.Warehouse(t.Context(), app.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	targets, err := a.Select(app.Selection{Account: "acme", Streams: []string{stream}})
	if err != nil {
		t.Fatal(err)
	}
	dead := ledger.ThisProcess()
	dead.Process = "99999999@1" // a process of this machine that is no more
	s, err := warehouse.Open(t.Context(), db, warehouse.Claim{
		ID: targets[0].ID(), SourceType: "acme", Stream: targets[0].Stream, Lease: time.Hour,
		Decide: func(warehouse.State) warehouse.Intent { return warehouse.Intent{Mode: crm.ModeFull} },
	}, warehouse.Tools{Clock: a.Clock, Observe: a.Observe, Owner: dead})
	if err == nil {
		_, err = s.Write(t.Context(), &warehouse.Batch{Unchanged: 1, Bill: bill})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A run that was killed was paid for like any other, be it closed already or not.
func TestTheBudgetCountsRunsThatWereKilled(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {record(1)}}, bill: crm.Bill{Scanned: 30e6}}
		a := s.open(t, database, "sources: {acme: {token: t, max_scan_bytes: 100MB}}")
		killedRun(t, a, "things", crm.Bill{Scanned: 25e6, Dollars: 0.1})
		for _, left := range []int64{75e6, 45e6} {
			things(t, a, engine.Ask{Full: true})
			if got := s.most[len(s.most)-1]; got != left {
				t.Errorf("a run may have %d bytes scanned, want %d", got, left)
			}
		}
	})
}

func TestARunThatWouldOverspendIsWarnedOf(t *testing.T) {
	s := &script{records: map[string][]string{"things": {record(1)}}, bill: crm.Bill{Scanned: 30e6}}
	a := s.open(t, "here.db", "sources: {acme: {token: t, max_scan_bytes: 20MB, on_max_scan: warn}}")
	var told []string
	a.Observe = func(e crm.Event) {
		if n, is := e.(crm.Notice); is && strings.Contains(n.Message, "scanned a day") {
			told = append(told, n.Fix)
		}
	}
	for range 2 {
		things(t, a, engine.Ask{Full: true})
	}
	if len(told) != 1 || s.most[0] != 20e6 || s.most[1] != 0 {
		t.Errorf("told %q, at most %v", told, s.most)
	}
}
