package ledger_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// shown returns what a walk of the leads has shown.
func shown(t *testing.T, db testDB, walk int64) (parts []string) {
	t.Helper()
	for part, err := range ledger.Seen(t.Context(), db, leads, walk) {
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(part))
	}
	return parts
}

func wantShown(t *testing.T, db testDB, walk int64, want ...string) {
	t.Helper()
	if got := shown(t, db, walk); !slices.Equal(got, want) {
		t.Errorf("walk %d has shown %q, want %q", walk, got, want)
	}
}

// showing is a batch whose records belong to a walk.
func showing(run, batch, walk int64, seen string) ledger.Durable {
	d := durable(run, batch)
	d.Walk, d.Seen = walk, []byte(seen)
	return d
}

// What a batch has shown is durable with the batch, and only with it.
func TestL4_WhatWasSeenGoesWithItsBatch(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		walk := held.Run.ID
		mustCommit(t, db, showing(walk, 1, walk, "\x00first\xff"))
		mustCommit(t, db, durable(walk, 2)) // nobody will ask for these
		rollback := errors.New("rollback")
		err := db.InTx(t.Context(), func(tx ledger.Conn) error {
			if err := ledger.Commit(t.Context(), tx, showing(walk, 3, walk, "undone")); err != nil {
				return err
			}
			return rollback
		})
		if !errors.Is(err, rollback) {
			t.Fatal(err)
		}
		wantShown(t, db, walk, "\x00first\xff")
		mustCommit(t, db, showing(walk, 3, walk, "second"))
		// The commit whose answer was lost is not made twice.
		wantCode(t, commit(t, db, showing(walk, 3, walk, "second")), crm.CodeInternal)
		for n := int64(4); n <= 11; n++ {
			mustCommit(t, db, showing(walk, n, walk, string(rune('a'+n-4))))
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

// A walk that fails is remembered for the run that goes on with it; a complete
// one is forgotten, and with it the other walks of the stream, but of no other.
func TestL4_AWalkIsForgottenWhenItIsComplete(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		other := claim(far("1"))
		other.ID.Stream = "users"
		beside, err := ledger.Acquire(t.Context(), db, other)
		if err != nil {
			t.Fatal(err)
		}
		d := showing(beside.Run.ID, 1, beside.Run.ID, "beside")
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
		mustCommit(t, db, showing(walk, 1, walk, "a"))
		for _, status := range []crm.Status{crm.StatusFailed, crm.StatusCancelled, crm.StatusSuccess} {
			end(first, status, one, nil)
			wantShown(t, db, walk, "a")
		}
		died := acquire(t, db, far("1"))
		mustCommit(t, db, showing(died.Run.ID, died.State.Batch+1, walk, "b"))
		db.setNow(noon.Add(time.Hour))
		second := acquire(t, db, far("2"))
		mustCommit(t, db, showing(second.Run.ID, second.State.Batch+1, walk, "c"))
		wantShown(t, db, walk, "a", "b", "c")
		end(second, crm.StatusPartial, one, &crm.Basis{})
		wantShown(t, db, walk)

		third := acquire(t, db, far("1"))
		mustCommit(t, db, showing(third.Run.ID, third.State.Batch+1, third.Run.ID, "d"))
		end(third, crm.StatusSuccess, crm.Counts{Fetched: 9, Created: 9}, &crm.Basis{}) // counts that disagree are no place to go on from
		wantShown(t, db, third.Run.ID)
		wantTexts(t, db, []string{"users 1"}, `SELECT stream || ' ' || CAST(count(*) AS text) FROM warren_seen GROUP BY stream`)
	})
}

// The number of rows is counted on by each batch, and set by who has counted.
func TestRowsAreCountedOn(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		steps := []struct {
			counts crm.Counts
			want   int64
		}{
			{crm.Counts{Fetched: 10, Created: 7, Updated: 3}, 7},
			{crm.Counts{Deleted: 2}, 5},
			{crm.Counts{Fetched: 4, Unchanged: 4}, 5},
		}
		var sum crm.Counts
		for i, step := range steps {
			d := durable(held.Run.ID, int64(i)+1)
			d.Counts = step.counts
			mustCommit(t, db, d)
			sum.Add(step.counts)
			if s := load(t, db); s.Rows != step.want {
				t.Errorf("after %+v there are %d rows, want %d", step.counts, s.Rows, step.want)
			}
		}
		finished := succeed(t, db, held.Run.ID, sum, noon)
		if finished.Counts != sum || history(t, db)[0].Counts != sum {
			t.Errorf("the history says %+v, want %+v", history(t, db)[0].Counts, sum)
		}
		if s := load(t, db); s.Rows != 5 {
			t.Errorf("who has not counted left %d rows", s.Rows)
		}
		for _, rows := range []int64{41, 0} {
			held := acquire(t, db, far("1"))
			if _, err := ledger.Finish(t.Context(), db, ledger.Outcome{ID: leads, RunID: held.Run.ID, Status: crm.StatusSuccess, Rows: &rows}); err != nil {
				t.Fatal(err)
			}
			if s := load(t, db); s.Rows != rows {
				t.Errorf("who has counted %d left %d rows", rows, s.Rows)
			}
		}
	})
}

// What a look at the source after the run found is in the history as it was
// given, with words that any database takes, and of old runs there is none.
func TestTheCheckOfARunIsInTheHistory(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		whole := crm.Check{Compared: 20, Right: 12, Pending: 1, Held: 2, Missing: 1, Stale: 1, Different: 3, Extra: 4, Rows: 1 << 40, Calls: 2, First: `record "7" is missing`}
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
