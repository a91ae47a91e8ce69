package warehouse_test

import (
	"slices"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// dated is a claim of a stream whose records say when they were changed.
func dated() warehouse.Claim {
	c := claim()
	c.Stream.Fields = append(c.Stream.Fields, crm.Field{Column: "changed", Paths: []string{"changed"}, Type: crm.TypeTimestamp})
	c.Stream.Cursor = "changed"
	return c
}

func sessionOf(t *testing.T, db warehouse.Driver, c warehouse.Claim) *warehouse.Session {
	t.Helper()
	s, err := warehouse.Open(t.Context(), db, c, warehouse.Tools{Clock: hasty{}, Observe: func(crm.Event) {}, Owner: ledger.ThisProcess()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// changedAt turns the rows of a batch into their versions of a minute.
func changedAt(b *warehouse.Batch, minute int) *warehouse.Batch {
	at := crm.TimestampValue(time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC))
	for i := range b.Rows {
		row := &b.Rows[i]
		row.Values, row.Cursor, row.Hash[2] = append(row.Values, at), at, byte(minute)
	}
	return b
}

// wrong gives each row of a batch an issue by that rule.
func wrong(b *warehouse.Batch, rule string) *warehouse.Batch {
	for i := range b.Rows {
		b.Issues[i] = []crm.Issue{{RecordID: b.Rows[i].ID, Rule: rule, Effect: crm.EffectKept}}
	}
	return b
}

// joined is one batch with the rows of all.
func joined(batches ...*warehouse.Batch) *warehouse.Batch {
	all := &warehouse.Batch{}
	for _, b := range batches {
		all.Rows, all.Known, all.Issues = append(all.Rows, b.Rows...), append(all.Known, b.Known...), append(all.Issues, b.Issues...)
		all.Seen = append(all.Seen, b.Seen...)
	}
	return all
}

// wantIssues compares the issues of the claimed stream, each as record and rule.
func wantIssues(t *testing.T, db warehouse.Driver, want ...string) {
	t.Helper()
	id := claim().ID
	all, err := ledger.Issues(t.Context(), db, ledger.Filter{Source: id.Source, Stream: id.Stream})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range all {
		got = append(got, i.RecordID+" "+i.Rule)
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the issues are %q, want %q", got, want)
	}
}

// A batch is looked up while the one before is being written. What is wrong with a
// version that the table does not take, since it has a newer one by then, is neither
// recorded nor told, and the issues of the newer one stay.
func TestL9TheIssuesAreThoseOfTheNewestVersion(t *testing.T) {
	for name, refused := range map[string]bool{"all at once": false, "beside a row that is refused": true} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, db *faulty) {
				run(t, db, "CREATE TABLE thing (id bigint PRIMARY KEY, name text CHECK (name <> 'n9'))")
				s := sessionOf(t, db, dated())
				sum := mustWrite(t, s, joined(wrong(changedAt(batch(1, 1), 5), "newer"), wrong(changedAt(batch(2, 1), 5), "two")))
				late := joined(wrong(changedAt(batch(1, 1), 4), "older"), wrong(changedAt(batch(3, 1), 1), "three"))
				want := crm.Counts{Fetched: 2, Created: 1, Unchanged: 1, Issues: 1}
				if refused {
					late = joined(late, wrong(changedAt(batch(9, 1), 1), "nine"))
					want.Fetched, want.Failed = 3, 1
				}
				w, err := s.Write(t.Context(), late)
				if err != nil {
					t.Fatal(err)
				}
				if told := slices.Concat(w.Issues...); w.Counts != want || len(told) != 1 || told[0].Rule != "three" {
					t.Errorf("%+v, want %+v; told was %+v", w.Counts, want, told)
				}
				sum.Add(w.Counts)
				finish(t, s, sum)
				wantIssues(t, db, "1 newer", "2 two", "3 three")
			})
		})
	}
}

// Rows that are deleted take their issues with them, whoever says that they are gone.
func TestL5TheIssuesOfDeletedRowsAreGoneWithThem(t *testing.T) {
	for name, remove := range map[string]func(t *testing.T, s *warehouse.Session){
		"told by the source": func(t *testing.T, s *warehouse.Session) {
			mustWrite(t, s, &warehouse.Batch{Gone: batch(1, 2).Rows, Hard: true})
		},
		"not shown": func(t *testing.T, s *warehouse.Session) {
			if w, err := s.Delete(t.Context(), batch(1, 2).Rows, true); err != nil || w.Counts.Deleted != 2 {
				t.Errorf("%+v, %v", w.Counts, err)
			}
		},
		"not in the table that takes the place": func(t *testing.T, s *warehouse.Session) {
			s.Stage()
			mustWrite(t, s, &warehouse.Batch{Seen: shown(3, 1).Seen, Checkpoint: &crm.Checkpoint{Walk: s.RunID()}})
			if w, err := s.Swap(t.Context(), s.RunID()); err != nil || w.Counts.Deleted != 2 {
				t.Errorf("%+v, %v", w.Counts, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, db *faulty) {
				other := claim()
				other.ID.Stream, other.Stream.Table = "others", "other"
				o := sessionOf(t, db, other)
				mustWrite(t, o, wrong(batch(1, 1), "other"))
				fill(t, db, 3, "phone")
				remove(t, session(t, db))
				wantIssues(t, db, "3 phone")
				wantCount(t, db, 1, "SELECT count(*) FROM warren_issue WHERE stream = 'others'")
			})
		})
	}
}

// The issues of a row that somebody deleted by hand are those of an earlier version, also
// when the record comes back as a new row.
func TestL5TheIssuesOfARowThatCameBackAreOfThePast(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		s := session(t, db)
		bad := batch(1, 2)
		bad.Issues[0] = []crm.Issue{{RecordID: "1", Field: "name", Rule: "type", Effect: crm.EffectNulled}}
		finish(t, s, writeAll(t, s, bad))
		if _, err := db.Exec(t.Context(), "DELETE FROM thing WHERE id = 1"); err != nil {
			t.Fatal(err)
		}
		s = session(t, db)
		finish(t, s, writeAll(t, s, batch(1, 1)))
		if n, err := db.Exec(t.Context(), "DELETE FROM warren_issue"); err != nil || n != 0 {
			t.Errorf("%d issues are left, %v", n, err)
		}
	})
}

// So are they when the row was there in the same run.
func TestL5TheIssuesOfARowThatCameBackInTheRunAreOfThePast(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		s := session(t, db)
		mustWrite(t, s, joined(wrong(batch(1, 1), "type"), batch(2, 1)))
		run(t, db, "DELETE FROM thing")
		mustWrite(t, s, batch(2, 1))
		wantIssues(t, db, "1 type")
		mustWrite(t, s, batch(1, 1))
		wantIssues(t, db)
	})
}
