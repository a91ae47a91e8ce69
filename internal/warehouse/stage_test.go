package warehouse_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// known says of the rows of a batch that the table has them.
func known(b *warehouse.Batch) *warehouse.Batch {
	for i := range b.Known {
		b.Known[i].Known = true
	}
	return b
}

// renamed are other versions of the rows of a batch.
func renamed(b *warehouse.Batch) *warehouse.Batch {
	for i := range b.Rows {
		b.Rows[i].Hash[3] = 7
	}
	return b
}

// fill makes a table of so many rows, each with an issue by that rule unless it is "".
func fill(t *testing.T, db warehouse.Driver, n int, rule string) {
	t.Helper()
	s, b, rows := session(t, db), batch(1, n), int64(n)
	if rule != "" {
		b = wrong(b, rule)
	}
	if _, err := s.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusSuccess, Counts: mustWrite(t, s, b), Rows: &rows}); err != nil {
		t.Fatal(err)
	}
}

// wantHistory compares the counts of the newest run of the claimed stream.
func wantHistory(t *testing.T, db warehouse.Driver, want crm.Counts) {
	t.Helper()
	id := claim().ID
	runs, err := ledger.History(t.Context(), db, ledger.Filter{Source: id.Source, Stream: id.Stream})
	if err != nil || len(runs) == 0 || runs[0].Counts != want {
		t.Errorf("the history says %+v, %v; want %+v", runs, err, want)
	}
}

// What a stage takes counts when it comes into the table, and once, whatever becomes
// of the answers.
func TestL2WhatIsStagedCountsWhenItComesIn(t *testing.T) {
	for name, c := range map[string]struct{ before, after, asking int }{
		"nothing is lost":                       {},
		"lost before the commit":                {before: 1},
		"lost after the commit":                 {after: 1},
		"lost after, and still away when asked": {after: 1, asking: 3},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, db *faulty) {
				fill(t, db, 3, "")
				s := session(t, db)
				s.Stage()
				lose := func() { db.armed, db.before, db.after, db.asking = true, c.before, c.after, c.asking }
				lose()
				b := joined(known(renamed(shown(2, 1))), shown(4, 2))
				b.Checkpoint, b.Unchanged = &crm.Checkpoint{Walk: s.RunID()}, 1
				b.Seen = append(b.Seen, shown(3, 1).Seen...)
				w, err := s.Write(t.Context(), b)
				if err != nil {
					t.Fatal(err)
				}
				if staged := (crm.Counts{Fetched: 3, Created: 2, Updated: 1}); w.Counts != (crm.Counts{Fetched: 1, Unchanged: 1}) || w.Staged != staged {
					t.Errorf("%+v, staged %+v", w.Counts, w.Staged)
				}
				wantHistory(t, db, w.Counts)
				sum := w.Counts
				lose()
				if w, err = s.Swap(t.Context(), s.RunID()); err != nil {
					t.Fatal(err)
				}
				if want := (crm.Counts{Fetched: 3, Created: 2, Updated: 1, Deleted: 1}); w.Counts != want {
					t.Errorf("%+v, want %+v", w.Counts, want)
				}
				sum.Add(w.Counts)
				finish(t, s, sum)
				wantHistory(t, db, sum)
				wantCount(t, db, 4, "SELECT count(*) FROM thing")
				wantCount(t, db, 4, "SELECT row_count FROM warren_stream")
			})
		})
	}
}

// Of a run that fails before its swap, no row is said to have been created, and what
// it found wrong with such rows does not outlive the next swap.
func TestL2ARunThatFailsBeforeItsSwapCreatesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		fill(t, db, 2, "phone")
		failed := session(t, db)
		failed.Stage()
		counts := mustWrite(t, failed, wrong(batch(3, 2), "email"))
		if _, err := failed.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusFailed, Counts: counts}); err != nil {
			t.Fatal(err)
		}
		wantHistory(t, db, crm.Counts{Issues: 2})
		wantCount(t, db, 2, "SELECT row_count FROM warren_stream")

		s := session(t, db)
		s.Stage()
		sum := mustWrite(t, s, wrong(batch(4, 1), "zip"))
		w, err := s.Swap(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		sum.Add(w.Counts)
		finish(t, s, sum)
		wantIssues(t, db, "1 phone", "2 phone", "4 zip")
		wantCount(t, db, 3, "SELECT count(*) FROM thing")
	})
}

// A staged row that a constraint of the table keeps out is in the quarantine, and
// what was wrong with its values is of no row.
func TestL3ARowThatIsKeptOutOfTheSwapLeavesNoIssue(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		if db.Dialect() == ledger.SQLite {
			return // there a stage is refused as a whole
		}
		run(t, db, "CREATE TABLE thing (id bigint PRIMARY KEY, name text UNIQUE)")
		fill(t, db, 1, "phone")
		s := session(t, db)
		s.Stage()
		b := wrong(batch(2, 2), "email")
		b.Rows[0].Values[1] = crm.TextValue([]byte("n1"))
		sum := mustWrite(t, s, b)
		w, err := s.Swap(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if want := (crm.Counts{Fetched: 2, Created: 1, Failed: 1}); w.Counts != want {
			t.Errorf("%+v, want %+v", w.Counts, want)
		}
		sum.Add(w.Counts)
		finish(t, s, sum)
		wantIssues(t, db, "1 phone", "3 email")
		wantCount(t, db, 1, "SELECT count(*) FROM warren_quarantine WHERE record_id = '2' AND status = 'open'")
	})
}
