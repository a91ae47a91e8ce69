package app_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func dry() engine.Ask { return engine.Ask{DryRun: true} }

const strict = "sources: {acme: {token: t, strict: true}}"

func entries(t *testing.T, a *app.App, status string) []ledger.Entry {
	t.Helper()
	var list []ledger.Entry
	if _, err := a.Look(t.Context(), func(db warehouse.Driver) error {
		var err error
		list, err = ledger.ListQuarantine(t.Context(), db, ledger.Filter{Status: status})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestReplayWritesWhatCanBeWrittenNow(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{
			"things": {`{"id":1,"email":"x"}`, `{"id":2,"email":"a@example.com"}`, `{"id":null}`},
			"parts":  {`{"id":3,"email":"y"}`},
		}}
		if _, err := s.open(t, database, strict).Sync(t.Context(), app.Selection{}, app.Options{}); err != nil {
			t.Fatal(err)
		}
		a := s.open(t, database, withToken)
		s.asked = nil
		if open := entries(t, a, ledger.EntryOpen); len(open) != 3 {
			t.Fatalf("%+v", open)
		}
		results, err := a.Replay(t.Context(), ledger.Filter{Source: "acme", Stream: "things"}, nil, app.Options{})
		if err != nil || len(results) != 1 || results[0].Run.Counts.Created != 1 || results[0].Run.Counts.Failed != 1 || results[0].Run.Mode != crm.ModeReplay {
			t.Fatalf("%+v, %v", results, err)
		}
		if s.asked != nil {
			t.Errorf("the CRM was asked for %v", s.asked)
		}
		if n := number(t, a, "SELECT count(*) FROM acme_things"); n != 2 {
			t.Errorf("%d things", n)
		}
		open := entries(t, a, ledger.EntryOpen)
		if len(open) != 2 {
			t.Fatalf("%+v", open)
		}
		for _, e := range open {
			if e.StreamID.Stream == "parts" {
				results, err = a.Replay(t.Context(), ledger.Filter{}, []int64{e.ID}, app.Options{})
			}
		}
		if err != nil || len(results) != 1 || results[0].Run.Counts.Created != 1 {
			t.Fatalf("%+v, %v", results, err)
		}
		if open := entries(t, a, ledger.EntryOpen); len(open) != 1 || open[0].RecordID != "" || open[0].Attempts != 2 {
			t.Errorf("%+v", open)
		}
	})
}

// A record that the warehouse has in a newer version by now is not written,
// and its entry is closed all the same.
func TestReplayOfWhatIsThereAlready(t *testing.T) {
	s := &script{records: map[string][]string{"things": {`{"id":1,"email":"x"}`}}}
	a := s.open(t, "here.db", strict)
	if _, err := a.Sync(t.Context(), app.Selection{}, app.Options{}); err != nil {
		t.Fatal(err)
	}
	a.Config = s.open(t, a.Config.Database.Path, withToken).Config
	for range 2 {
		if _, err := a.Sync(t.Context(), app.Selection{}, app.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Change(t.Context(), func(db warehouse.Driver) error {
		_, err := db.Exec(t.Context(), "UPDATE warren_quarantine SET status = 'open', closed_at = NULL")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	results, err := a.Replay(t.Context(), ledger.Filter{}, nil, app.Options{})
	if err != nil || results[0].Run.Counts.Unchanged != 1 {
		t.Fatalf("%+v, %v", results, err)
	}
	if left := entries(t, a, ledger.EntryReplayed); len(left) != 1 || left[0].Status != ledger.EntryReplayed {
		t.Errorf("%+v", left)
	}
}

func TestReplayMistakes(t *testing.T) {
	s := &script{records: map[string][]string{"things": {`{"id":1,"email":"x"}`}}}
	a := s.open(t, "here.db", strict)
	if _, err := a.Sync(t.Context(), app.Selection{}, app.Options{}); err != nil {
		t.Fatal(err)
	}
	_, err := a.Replay(t.Context(), ledger.Filter{}, []int64{99}, app.Options{})
	wantCode(t, err, crm.CodeUsage)
	if err := a.Change(t.Context(), func(db warehouse.Driver) error {
		_, err := ledger.Discard(t.Context(), db, 1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	_, err = a.Replay(t.Context(), ledger.Filter{}, []int64{1}, app.Options{})
	wantCode(t, err, crm.CodeUsage)
	if results, err := a.Replay(t.Context(), ledger.Filter{}, nil, app.Options{}); err != nil || len(results) != 0 {
		t.Errorf("%+v, %v", results, err)
	}
}
