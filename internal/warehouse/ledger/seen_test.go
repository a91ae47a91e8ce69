package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// shown returns what of the leads was shown since a run began.
func shown(t *testing.T, db testDB, since int64) (parts []string) {
	t.Helper()
	for part, err := range ledger.Seen(t.Context(), db, leads, since) {
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(part))
	}
	return parts
}

func wantShown(t *testing.T, db testDB, since int64, want ...string) {
	t.Helper()
	if got := shown(t, db, since); !slices.Equal(got, want) {
		t.Errorf("since run %d were shown %q, want %q", since, got, want)
	}
}

// showing is a batch whose records are remembered.
func showing(run, batch int64, seen string) ledger.Durable {
	d := durable(run, batch)
	d.Seen = []byte(seen)
	return d
}

// What a batch has shown is durable with the batch, and only with it.
func TestL4_WhatWasSeenGoesWithItsBatch(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		walk := held.Run.ID
		mustCommit(t, db, showing(walk, 1, "\x00first\xff"))
		mustCommit(t, db, durable(walk, 2)) // nobody will ask for these
		rollback := errors.New("rollback")
		err := db.InTx(t.Context(), func(tx ledger.Conn) error {
			if err := ledger.Commit(t.Context(), tx, showing(walk, 3, "undone")); err != nil {
				return err
			}
			return rollback
		})
		if !errors.Is(err, rollback) {
			t.Fatal(err)
		}
		wantShown(t, db, walk, "\x00first\xff")
		mustCommit(t, db, showing(walk, 3, "second"))
		// The commit whose answer was lost is not made twice.
		wantCode(t, commit(t, db, showing(walk, 3, "second")), crm.CodeInternal)
		for n := int64(4); n <= 11; n++ {
			mustCommit(t, db, showing(walk, n, string(rune('a'+n-4))))
		}
		wantShown(t, db, walk, "\x00first\xff", "second", "a", "b", "c", "d", "e", "f", "g", "h")
		wantShown(t, db, walk+1)
		for part, err := range ledger.Seen(t.Context(), db, leads, walk) { // and left in the middle
			if string(part) != "\x00first\xff" || err != nil {
				t.Errorf("%q, %v", part, err)
			}
			break
		}
	})
}

// asked is a database that keeps the last question, and asks for its plan.
type asked struct {
	testDB
	query string
	args  []any
}

func (a *asked) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	a.query, a.args = query, args
	return a.testDB.Query(ctx, query, args...)
}

// What was shown is read as it lies: to sort it, SQLite would take memory for all of it.
func TestL11WhatWasShownIsNotSorted(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		if db.Dialect() != ledger.SQLite {
			return
		}
		a := &asked{testDB: db}
		for part, err := range ledger.Seen(t.Context(), a, leads, 1) {
			t.Errorf("%q was shown, %v", part, err)
		}
		rows, err := db.Query(t.Context(), "EXPLAIN QUERY PLAN "+a.query, a.args...)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		steps := 0
		for ; rows.Next(); steps++ {
			var id, parent, unused int64
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(step, "SEARCH warren_seen USING INDEX") {
				t.Errorf("a step of the plan: %s", step)
			}
		}
		if steps == 0 || rows.Err() != nil {
			t.Errorf("a plan of %d steps, %v", steps, rows.Err())
		}
	})
}

// What was shown is remembered for as long as there is a walk that may be gone on
// with: whatever runs come between belong to it. Then it is forgotten, and that
// of no other stream.
func TestL4_WhatWasShownIsForgottenWithItsWalk(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		other := claim(far("1"))
		other.ID.Stream = "users"
		beside, err := ledger.Acquire(t.Context(), db, other)
		if err != nil {
			t.Fatal(err)
		}
		d := showing(beside.Run.ID, 1, "beside")
		d.ID = other.ID
		mustCommit(t, db, d)

		end := func(held ledger.Held, status crm.Status, counts crm.Counts, complete *crm.Basis) {
			t.Helper()
			_, err := ledger.Finish(t.Context(), db, ledger.Outcome{ID: leads, RunID: held.Run.ID, Status: status, Counts: counts, Complete: complete})
			if err != nil && crm.CodeOf(err) != crm.CodeCounts {
				t.Fatal(err)
			}
		}
		one := crm.Counts{Fetched: 1, Created: 1}
		first := acquire(t, db, far("1"))
		walk := first.Run.ID
		began := showing(walk, 1, "a")
		began.Checkpoint = &crm.Checkpoint{Token: "1", Mode: crm.ModeFull, Walk: walk}
		mustCommit(t, db, began)
		end(first, crm.StatusFailed, one, nil)
		wantShown(t, db, walk, "a")
		for i, status := range []crm.Status{crm.StatusFailed, crm.StatusCancelled, crm.StatusSuccess, crm.StatusPartial} {
			between := acquire(t, db, far("1"))
			mustCommit(t, db, showing(between.Run.ID, between.State.Batch+1, string(rune('b'+i))))
			end(between, status, one, nil)
		}
		wantShown(t, db, walk, "a", "b", "c", "d", "e")
		died := acquire(t, db, far("1"))
		mustCommit(t, db, showing(died.Run.ID, died.State.Batch+1, "f"))
		db.setNow(noon.Add(time.Hour))
		last := acquire(t, db, far("2"))
		mustCommit(t, db, showing(last.Run.ID, last.State.Batch+1, "g"))
		wantShown(t, db, walk, "a", "b", "c", "d", "e", "f", "g")
		wantShown(t, db, last.Run.ID, "g")
		end(last, crm.StatusPartial, one, &crm.Basis{})
		wantShown(t, db, walk)

		// A run that leaves no walk leaves nothing to remember, however it ends.
		for _, checkpoint := range []*crm.Checkpoint{nil, {Token: "1", Mode: crm.ModeFull}} {
			for _, status := range []crm.Status{crm.StatusFailed, crm.StatusSuccess} {
				alone := acquire(t, db, far("1"))
				d := showing(alone.Run.ID, alone.State.Batch+1, "h")
				d.Checkpoint = checkpoint
				mustCommit(t, db, d)
				end(alone, status, one, nil)
				wantShown(t, db, walk)
			}
		}

		again := acquire(t, db, far("1"))
		began = showing(again.Run.ID, again.State.Batch+1, "i")
		began.Checkpoint = &crm.Checkpoint{Token: "1", Mode: crm.ModeFull, Walk: again.Run.ID}
		mustCommit(t, db, began)
		end(again, crm.StatusSuccess, crm.Counts{Fetched: 9, Created: 9}, nil) // counts that disagree are no place to go on from
		wantShown(t, db, walk)
		wantTexts(t, db, []string{"users 1"}, `SELECT stream || ' ' || CAST(count(*) AS text) FROM warren_seen GROUP BY stream`)
	})
}

// wantRows checks how many rows a stream's table is known to have; -1 is for
// not known.
func wantRows(t *testing.T, db testDB, after string, want int64) {
	t.Helper()
	got := int64(-1)
	if s := load(t, db); s.Rows != nil {
		got = *s.Rows
	}
	if got != want {
		t.Errorf("after %s there are %d rows, want %d", after, got, want)
	}
}

// The number of rows is not known until somebody has counted them; then each
// batch counts on, and never below none.
func TestRowsAreCountedOn(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		steps := []struct {
			counts           crm.Counts
			uncounted, seven int64 // rows, where nobody has counted them, and where there were 7
		}{
			{crm.Counts{Fetched: 10, Created: 7, Updated: 3}, -1, 14},
			{crm.Counts{Deleted: 2}, -1, 12},
			{crm.Counts{Fetched: 4, Unchanged: 4}, -1, 12},
			{crm.Counts{Deleted: 13}, -1, 0}, // somebody had added rows
			{crm.Counts{Fetched: 1, Created: 1}, -1, 1},
		}
		for _, counted := range []bool{false, true} {
			held := acquire(t, db, far("1"))
			var sum crm.Counts
			for i, step := range steps {
				d := durable(held.Run.ID, held.State.Batch+int64(i)+1)
				d.Counts = step.counts
				mustCommit(t, db, d)
				sum.Add(step.counts)
				want := step.uncounted
				if counted {
					want = step.seven
				}
				wantRows(t, db, fmt.Sprintf("%+v", step.counts), want)
			}
			before := load(t, db).Rows
			finished := succeed(t, db, held.Run.ID, sum, noon)
			if finished.Counts != sum || history(t, db)[0].Counts != sum {
				t.Errorf("the history says %+v, want %+v", history(t, db)[0].Counts, sum)
			}
			if !reflect.DeepEqual(load(t, db).Rows, before) {
				t.Errorf("who has not counted left %v rows", load(t, db).Rows)
			}
			for _, rows := range []int64{0, 7} {
				held := acquire(t, db, far("1"))
				if _, err := ledger.Finish(t.Context(), db, ledger.Outcome{ID: leads, RunID: held.Run.ID, Status: crm.StatusSuccess, Rows: &rows}); err != nil {
					t.Fatal(err)
				}
				wantRows(t, db, "a count", rows)
			}
		}
	})
}

// What a look at the source after the run found is in the history as it was
// given, with words that any database takes, and of old runs there is none.
func TestTheCheckOfARunIsInTheHistory(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		whole := crm.Check{Asked: 25, Compared: 20, Right: 12, Pending: 1, Held: 2, Missing: 1, Stale: 1, Different: 3, Extra: 4, Rows: 1 << 40, Calls: 2, First: `record "7" is missing`}
		for _, c := range []struct{ given, want *crm.Check }{
			{&whole, &whole},
			{&crm.Check{First: "record a\x00b is missing", Failed: "away\xffé"}, &crm.Check{First: `record a\u0000b is missing`, Failed: `away\xffé`}},
			{&crm.Check{}, &crm.Check{}},
			{nil, nil},
		} {
			check := c.given
			held := acquire(t, db, far("1"))
			o := ledger.Outcome{ID: leads, RunID: held.Run.ID, Status: crm.StatusSuccess, Metrics: map[string]any{}}
			if check != nil {
				o.Metrics[ledger.MetricCheck] = check
			}
			finished, err := ledger.Finish(t.Context(), db, o)
			if err != nil {
				t.Fatal(err)
			}
			found, _, err := ledger.FindRun(t.Context(), db, held.Run.ID)
			if err != nil {
				t.Fatal(err)
			}
			for name, run := range map[string]crm.Run{"Finish": finished, "History": history(t, db)[0], "FindRun": found} {
				if !reflect.DeepEqual(run.Check, c.want) {
					t.Errorf("%s tells of %+v, want %+v", name, run.Check, c.want)
				}
			}
		}
	})
}

// Ids are found in the quarantine as they were given, also those that the
// ledger keeps in another form; closed entries and other streams do not count.
func TestInQuarantine(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		long := strings.Repeat("long/", 300)
		odd := []string{"7", "it's", `a"b\c`, "🦊/é", "a\x00b", "bad\xffbytes", long + "1", long + "2", "{}", " "}
		held := acquire(t, db, far("1"))
		d := durable(held.Run.ID, 1)
		d.Counts = crm.Counts{Fetched: int64(len(odd)) + 2, Failed: int64(len(odd)) + 2}
		for _, id := range append(odd, "mended", "") {
			d.Rejects = append(d.Rejects, crm.Reject{ID: id, Raw: []byte(`{}` + id)})
		}
		mustCommit(t, db, d)
		mended := durable(held.Run.ID, 2)
		mended.Written = []ledger.Version{{ID: "mended"}}
		mustCommit(t, db, mended)

		asked := append(slices.Clone(odd), "mended", "8", long+"3", long, "a\x00c")
		got, err := ledger.InQuarantine(t.Context(), db, leads, asked)
		if err != nil {
			t.Fatal(err)
		}
		want := make(map[string]bool)
		for _, id := range odd {
			want[id] = true
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("in quarantine are %v, want %v", got, want)
		}
		for _, id := range []crm.StreamID{{Source: "west", Stream: "leads"}, {Source: "salesrabbit", Stream: "users"}} {
			if got, err := ledger.InQuarantine(t.Context(), db, id, asked); err != nil || len(got) != 0 {
				t.Errorf("of %s are %v, %v", id, got, err)
			}
		}
		if got, err := ledger.InQuarantine(t.Context(), db, leads, nil); err != nil || got == nil || len(got) != 0 {
			t.Errorf("of none are %v, %v", got, err)
		}
	})
	on(t, func(t *testing.T, db testDB, _ string) {
		if got, err := ledger.InQuarantine(t.Context(), db, leads, []string{"7"}); err != nil || len(got) != 0 {
			t.Errorf("without tables there are %v, %v", got, err)
		}
	})
}
