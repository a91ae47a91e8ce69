package warehouse_test

import (
	"context"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// looker is how both look at the table.
type looker interface {
	Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error
	Fit(row *crm.Row) []crm.Issue
}

// A dry run knows what a session knows, says how the run would stand in the
// history, and is not in it (L6).
func TestL6_ADryRunLooksLikeASession(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		first := session(t, db)
		sum := mustWrite(t, first, batch(1, 2))
		if !first.State().Empty {
			t.Error("the first session does not know that the table is empty")
		}
		if err := first.Beat(t.Context()); err != nil {
			t.Error(err)
		}
		counted := int64(2)
		if _, err := first.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusSuccess, Counts: sum, Rows: &counted}); err != nil {
			t.Fatal(err)
		}

		s, dry := session(t, db), peek(t, db)
		if s.State().Empty || dry.State().Empty || *s.State().Rows != 2 || *dry.State().Rows != 2 {
			t.Errorf("the session has the state %+v, the dry run %+v", s.State(), dry.State())
		}
		if dry.RunID() != 0 || s.RunID() == 0 {
			t.Errorf("the session is run %d, the dry run %d", s.RunID(), dry.RunID())
		}
		rows := batch(2, 2).Rows
		for name, look := range map[string]looker{"session": s, "dry run": dry} {
			versions := make([]crm.Version, 2)
			if err := look.Known(t.Context(), rows, versions); err != nil || !versions[0].Known || versions[0].Hash != rows[0].Hash || versions[1].Known {
				t.Errorf("%s: %+v, %v", name, versions, err)
			}
			if issues := look.Fit(&rows[0]); len(issues) > 0 {
				t.Errorf("%s: %v", name, issues)
			}
		}
		var b warehouse.Batch
		b.Add(&rows[0], crm.Version{Known: true}, []crm.Issue{{RecordID: "2"}})
		b.Add(&rows[1], crm.Version{}, nil)
		counts := mustWrite(t, dry, &b)
		if want := (crm.Counts{Fetched: 2, Created: 1, Updated: 1, Issues: 1}); counts != want {
			t.Errorf("%+v, want %+v", counts, want)
		}
		if err := dry.Beat(t.Context()); err != nil {
			t.Error(err)
		}
		failure := &crm.Error{Code: crm.CodeTimeout, Message: "too slow", Fix: "wait"}
		run, err := dry.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusFailed, Err: failure, Counts: counts, Requests: 3, Outside: 1})
		if err != nil || run.Status != crm.StatusFailed || run.ErrorCode != crm.CodeTimeout || run.ErrorMessage != "too slow" || run.Fix != "wait" ||
			run.Counts != counts || run.Requests != 3 || run.Outside != 1 || run.Mode != crm.ModeFull || run.End.IsZero() {
			t.Errorf("%+v, %v", run, err)
		}
		runs, err := ledger.History(t.Context(), db, ledger.Filter{})
		if err != nil || len(runs) != 2 || runs[0].ID != s.RunID() {
			t.Errorf("the history is %+v, %v", runs, err)
		}
		if _, err := db.Exec(t.Context(), `UPDATE warren_stream SET checkpoint = 'no JSON'`); err != nil {
			t.Fatal(err)
		}
		_, err = warehouse.Peek(t.Context(), db, claim(), warehouse.Tools{Clock: hasty{}, Observe: func(crm.Event) {}})
		if crm.CodeOf(err) != crm.CodeInternal {
			t.Errorf("a dry run on a ledger that cannot be read: %v", err)
		}
	})
}

// How a run ended reaches the history: why it failed, what a look at the source
// found, what lay outside its range.
func TestTheOutcomeReachesTheHistory(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		failure := &crm.Error{Code: crm.CodeStreamAbsent, Message: "not offered", Fix: "leave it out"}
		for _, c := range []struct {
			o        warehouse.Outcome
			disabled string
		}{
			{warehouse.Outcome{Status: crm.StatusFailed, Err: failure}, "not offered"},
			{warehouse.Outcome{Status: crm.StatusCancelled, Err: &crm.Error{Code: crm.CodeCancelled, Message: "stopped", Fix: "go on"}}, "not offered"},
			{warehouse.Outcome{Status: crm.StatusFailed, Err: &crm.Error{Code: crm.CodeForbidden, Message: "no right", Fix: "give it"}}, ""},
			{warehouse.Outcome{Status: crm.StatusFailed, Err: failure}, "not offered"},
			{warehouse.Outcome{Status: crm.StatusPartial, Outside: 4, Check: &crm.Check{Compared: 5, Right: 4, Missing: 1}}, ""},
		} {
			s := session(t, db)
			run, err := s.Finish(t.Context(), c.o)
			if err != nil {
				t.Fatal(err)
			}
			runs, err := ledger.History(t.Context(), db, ledger.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			for name, got := range map[string]crm.Run{"Finish": run, "History": runs[0]} {
				if got.Status != c.o.Status || got.Outside != c.o.Outside || c.o.Err != nil && got.ErrorCode != crm.CodeOf(c.o.Err) ||
					(got.Check == nil) != (c.o.Check == nil) || got.Check != nil && *got.Check != *c.o.Check {
					t.Errorf("%s: %+v of %+v", name, got, c.o)
				}
			}
			streams, err := ledger.Streams(t.Context(), db)
			if err != nil || streams[0].DisabledReason != c.disabled {
				t.Errorf("%+v, %v", streams, err)
			}
		}
	})
}
