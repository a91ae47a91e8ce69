package warehouse_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/seen"
)

// shown is a batch whose records are remembered.
func shown(first, n int) *warehouse.Batch {
	b := batch(first, n)
	for i := range b.Rows {
		b.Seen = seen.Append(b.Seen, b.Rows[i].ID)
	}
	return b
}

// sweeper is what a session and a dry run have in common here.
type sweeper interface {
	Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error)
	Absent(ctx context.Context, walk int64, begin func(), absent func(crm.Row) error) (warehouse.Counted, error)
	Delete(ctx context.Context, rows []crm.Row, hard bool) (warehouse.Written, error)
	Compare(ctx context.Context, rows []crm.Row) ([][]crm.FieldDifference, error)
	Held(ctx context.Context, ids []string) (map[string]bool, error)
	Finish(ctx context.Context, o warehouse.Outcome) (crm.Run, error)
}

func mustWrite(t *testing.T, s sweeper, b *warehouse.Batch) crm.Counts {
	t.Helper()
	w, err := s.Write(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return w.Counts
}

func wantAbsent(t *testing.T, s sweeper, walk int64, counted warehouse.Counted, want ...string) []crm.Row {
	t.Helper()
	ids := []string{"from an earlier attempt"}
	var rows []crm.Row
	begin := func() { ids, rows = nil, nil }
	got, err := s.Absent(t.Context(), walk, begin, func(row crm.Row) error {
		ids = append(ids, row.ID)
		rows = append(rows, crm.Row{ID: row.ID, Key: slices.Clone(row.Key)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	if !slices.Equal(ids, want) || got != counted {
		t.Errorf("absent are %q of %+v, want %q of %+v", ids, got, want, counted)
	}
	return rows
}

func peek(t *testing.T, db warehouse.Driver) *warehouse.DryRun {
	t.Helper()
	s, err := warehouse.Peek(t.Context(), db, claim(), warehouse.Tools{Clock: hasty{}, Observe: func(crm.Event) {}, Owner: ledger.ThisProcess()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The rows that a walk did not show are found, whichever run of the walk did
// show the others, and marked once.
func TestL4_AWalkIsRememberedAcrossRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		first := session(t, db)
		finish(t, first, mustWrite(t, first, batch(1, 6)))

		began := session(t, db)
		part := shown(1, 2)
		part.Checkpoint = &crm.Checkpoint{Token: "2", Mode: crm.ModeFull, Walk: began.RunID()}
		counts := mustWrite(t, began, part)
		if _, err := began.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusFailed, Counts: counts}); err != nil {
			t.Fatal(err)
		}

		went := session(t, db)
		sum := mustWrite(t, went, shown(4, 1))
		sum.Add(mustWrite(t, went, shown(7, 1)))
		rows := wantAbsent(t, went, began.RunID(), warehouse.Counted{Rows: 7, Shown: 4}, "3", "5", "6")
		wantAbsent(t, went, went.RunID(), warehouse.Counted{Rows: 7, Shown: 2}, "1", "2", "3", "5", "6")

		w, err := went.Delete(t.Context(), rows, false)
		if err != nil || w.Counts != (crm.Counts{Deleted: 3}) {
			t.Errorf("%+v, %v", w.Counts, err)
		}
		sum.Add(w.Counts)
		wantAbsent(t, went, began.RunID(), warehouse.Counted{Rows: 4, Shown: 4})
		run, err := went.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusSuccess, Counts: sum, Complete: &crm.Basis{}})
		if err != nil || run.Counts != sum || run.Counts.Deleted != 3 {
			t.Errorf("the history says %+v, %v", run.Counts, err)
		}
		again := session(t, db)
		wantAbsent(t, again, began.RunID(), warehouse.Counted{Rows: 4}, "1", "2", "4", "7")
	})
}

// The classic of unknown outcomes, once more: rows that are marked already
// would be counted as none.
func TestL2_ADeleteWhoseAnswerWasLostIsCountedOnce(t *testing.T) {
	for name, c := range map[string]struct{ before, after, asking int }{
		"lost before the commit":                {before: 1},
		"lost after the commit":                 {after: 1},
		"lost after, and still away when asked": {after: 1, asking: 3},
		"lost before twice and then after":      {before: 2, after: 1},
	} {
		for _, hard := range []bool{false, true} {
			t.Run(name+", hard "+strconv.FormatBool(hard), func(t *testing.T) {
				onBoth(t, func(t *testing.T, db *faulty) {
					s := session(t, db)
					sum := mustWrite(t, s, shown(1, 5))
					db.armed, db.before, db.after, db.asking = true, c.before, c.after, c.asking
					w, err := s.Delete(t.Context(), batch(2, 3).Rows, hard)
					if err != nil || w.Counts != (crm.Counts{Deleted: 3}) {
						t.Fatalf("%+v, %v", w.Counts, err)
					}
					sum.Add(w.Counts)
					db.armed = false
					wantAbsent(t, s, s.RunID(), warehouse.Counted{Rows: 2, Shown: 5})
					if run := finish(t, s, sum); run.Counts != sum {
						t.Errorf("the history says %+v, want %+v", run.Counts, sum)
					}
				})
			})
		}
	}
}

// Rows that are deleted for good take their issues along; a mark leaves them.
func TestHardDeletesTakeTheIssuesAlong(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		s := session(t, db)
		b := batch(1, 3)
		for i := range b.Issues {
			b.Issues[i] = []crm.Issue{{RecordID: b.Rows[i].ID, Rule: "email"}}
		}
		sum := mustWrite(t, s, b)
		for i, hard := range []bool{false, true} {
			w, err := s.Delete(t.Context(), b.Rows[i:i+1], hard)
			if err != nil {
				t.Fatal(err)
			}
			sum.Add(w.Counts)
		}
		finish(t, s, sum)
		issues, err := ledger.Issues(t.Context(), db, ledger.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, i := range issues {
			ids = append(ids, i.RecordID)
		}
		if slices.Sort(ids); !slices.Equal(ids, []string{"1", "3"}) {
			t.Errorf("issues of %q are left", ids)
		}
	})
}

// What fails while rows are compared comes back, and nothing is made of it
// (L3).
func TestL3_AbsentOfABrokenWalk(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		s := session(t, db)
		mustWrite(t, s, shown(1, 3))
		if _, err := db.Exec(t.Context(), `DELETE FROM thing WHERE id < 3`); err != nil {
			t.Fatal(err)
		}
		mustWrite(t, s, batch(7, 1))
		refused := &crm.Error{Code: crm.CodeDeletesRefused, Message: "no"}
		if _, err := s.Absent(t.Context(), s.RunID(), func() {}, func(crm.Row) error { return refused }); !errors.Is(err, refused) {
			t.Errorf("the caller's error became %v", err)
		}
		if _, err := db.Exec(t.Context(), `DROP TABLE warren_seen`); err != nil {
			t.Fatal(err)
		}
		counted, err := s.Absent(t.Context(), s.RunID(), func() {}, func(row crm.Row) error {
			t.Errorf("row %s is absent", row.ID)
			return nil
		})
		if crm.CodeOf(err) != crm.CodeWarehouse || counted != (warehouse.Counted{}) {
			t.Errorf("%+v, %v", counted, err)
		}
	})
}

// lossy is a driver whose tables lose their connection after the first row that
// is present, so many times.
type lossy struct {
	*faulty
	times int
}

func (l *lossy) Table(ctx context.Context, stream crm.Stream, create bool) (warehouse.Table, error) {
	table, err := l.faulty.Table(ctx, stream, create)
	return &lossyTable{Table: table, driver: l}, err
}

type lossyTable struct {
	warehouse.Table
	driver *lossy
}

func (l *lossyTable) Present(ctx context.Context, each func(crm.Row) error) error {
	if l.driver.times == 0 {
		return l.Table.Present(ctx, each)
	}
	l.driver.times--
	return l.Table.Present(ctx, func(row crm.Row) error { return errors.Join(each(row), errLost) })
}

// A connection that is lost while rows are looked for is waited out, and what
// was found before does not count twice.
func TestAbsentOutlastsALostConnection(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		l := &lossy{faulty: db}
		s := session(t, l)
		mustWrite(t, s, shown(3, 2))
		mustWrite(t, s, batch(1, 2))
		l.times = 3
		wantAbsent(t, s, s.RunID(), warehouse.Counted{Rows: 4, Shown: 2}, "1", "2")
		if l.times != 0 {
			t.Errorf("the table was asked %d times too few", l.times)
		}
		l.times = 1_000
		if _, err := s.Absent(t.Context(), s.RunID(), func() {}, func(crm.Row) error { return nil }); crm.CodeOf(err) != crm.CodeWarehouseConn {
			t.Errorf("got %v", err)
		}
	})
}

// Session and DryRun say the same of rows that differ and of records that are
// in the quarantine.
func TestCompareAndHeld(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		s := session(t, db)
		b := batch(1, 3)
		b.Rejects = []crm.Reject{{ID: "9", Raw: []byte(`{}`), Code: crm.CodeBrokenRule, Reason: "no"}}
		sum := mustWrite(t, s, b)
		if _, err := db.Exec(t.Context(), `UPDATE thing SET name = 'x' WHERE id = 2`); err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]sweeper{"session": s, "dry run": peek(t, db)} {
			rows := slices.Concat(batch(1, 3).Rows, batch(8, 1).Rows)
			differences, err := s.Compare(t.Context(), rows)
			if err != nil || len(differences) != 4 {
				t.Fatalf("%s: %d differences, %v", name, len(differences), err)
			}
			for i, d := range differences {
				want := []crm.FieldDifference(nil)
				if i == 1 {
					want = []crm.FieldDifference{{Column: "name", Source: crm.ShownText("n2"), Warehouse: crm.ShownText("x")}}
				}
				if !slices.Equal(d, want) {
					t.Errorf("%s: row %s differs in %+v", name, rows[i].ID, d)
				}
			}
			held, err := s.Held(t.Context(), []string{"1", "9", "10"})
			if err != nil || len(held) != 1 || !held["9"] {
				t.Errorf("%s: held are %v, %v", name, held, err)
			}
			if held, err := s.Held(t.Context(), nil); err != nil || len(held) != 0 {
				t.Errorf("%s: held of none are %v, %v", name, held, err)
			}
		}
		finish(t, s, sum)
		if _, err := db.Exec(t.Context(), `DROP TABLE thing`); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Compare(t.Context(), b.Rows); crm.CodeOf(err) != crm.CodeWarehouse {
			t.Errorf("without a table: %v", err)
		}
	})
}

// A dry run says what is gone and what would be deleted, and leaves the table,
// the ledger and the directory for temporary files as they are (L6).
func TestL6_ADryRunOnlyCountsWhatIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		dir := t.TempDir()
		t.Setenv("TMPDIR", dir)
		s := session(t, db)
		finish(t, s, mustWrite(t, s, batch(1, 5)))
		before := ledgerOf(t, db)

		dry := peek(t, db)
		sum := mustWrite(t, dry, shown(1, 2))
		sum.Add(mustWrite(t, dry, shown(4, 1)))
		if want := (crm.Counts{Fetched: 3, Created: 3}); sum != want {
			t.Errorf("%+v, want %+v", sum, want)
		}
		rows := wantAbsent(t, dry, 0, warehouse.Counted{Rows: 5, Shown: 3}, "3", "5")
		w, err := dry.Delete(t.Context(), rows, true)
		if err != nil || w.Counts != (crm.Counts{Deleted: 2}) {
			t.Errorf("%+v, %v", w.Counts, err)
		}
		wantAbsent(t, dry, 0, warehouse.Counted{Rows: 5, Shown: 3}, "3", "5")
		sum.Add(w.Counts)
		check := &crm.Check{Compared: 1}
		run, err := dry.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusSuccess, Counts: sum, Check: check})
		if err != nil || run.Counts != sum || run.Check != check || run.ID != 0 {
			t.Errorf("%+v, %v", run, err)
		}
		if after := ledgerOf(t, db); after != before {
			t.Errorf("the ledger went from %s to %s", before, after)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 0 {
			t.Errorf("%v stay behind, %v", entries, err)
		}
	})
}

// A dry run holds no lease: it is told when somebody else wrote while it read.
func TestADryRunKnowsThatSomebodyWrote(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		first := session(t, db)
		finish(t, first, mustWrite(t, first, batch(1, 3)))
		dry := peek(t, db)
		mustWrite(t, dry, shown(1, 3))
		wantAbsent(t, dry, 0, warehouse.Counted{Rows: 3, Shown: 3})
		second := session(t, db)
		wantAbsent(t, dry, 0, warehouse.Counted{Rows: 3, Shown: 3}) // who only takes the stream writes nothing
		sum := mustWrite(t, second, batch(4, 1))
		wantAbsent(t, dry, 0, warehouse.Counted{Rows: 4, Shown: 3, Moved: true}, "4")
		finish(t, second, sum)
		if _, err := dry.Finish(t.Context(), warehouse.Outcome{}); err != nil {
			t.Error(err)
		}
	})
}

// A dry run that has no place to remember what it saw fails, and says why.
func TestADryRunWithoutATemporaryFile(t *testing.T) {
	onBoth(t, func(t *testing.T, db *faulty) {
		t.Setenv("TMPDIR", t.TempDir()+"/nowhere")
		_, err := peek(t, db).Write(t.Context(), shown(1, 2))
		var e *crm.Error
		if !errors.As(err, &e) || e.Fix == "" || e.Code != crm.CodeInternal {
			t.Errorf("got %v", err)
		}
	})
}

// ledgerOf sums up what the ledger has.
func ledgerOf(t *testing.T, db warehouse.Driver) string {
	t.Helper()
	rows, err := db.Query(t.Context(), `SELECT CAST((SELECT count(*) FROM ingestion_sync_history) AS text) || ' ' ||
		CAST((SELECT count(*) FROM warren_seen) AS text) || ' ' || CAST((SELECT sum(batch) + COALESCE(sum(row_count), 0) FROM warren_stream) AS text) || ' ' ||
		CAST((SELECT count(*) FROM thing WHERE warren_deleted_run IS NULL) AS text)`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	var text string
	if err := rows.Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}
