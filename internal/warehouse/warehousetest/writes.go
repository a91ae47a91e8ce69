package warehousetest

import (
	"slices"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// counts: what is created, updated and left alone is counted as that (L2), in
// one write and in the next of the same transaction.
func counts(f *fixture) {
	table := f.open(leads())
	ann, bob, cid := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)), lead(3, "Cid", instant(0))
	f.wantCounts(f.write(table, ann, bob), 2, 0, 0)

	bobby := lead(2, "Bobby", instant(time.Minute))
	f.wantCounts(f.write(table, cid, ann, bobby), 1, 1, 1)
	f.wantRows(leads(), []string{"id", "name"}, []string{"1", "Ann"}, []string{"2", "Bobby"}, []string{"3", "Cid"})

	f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		dan, daniel := lead(4, "Dan", instant(0)), lead(4, "Daniel", instant(time.Minute))
		for _, step := range []struct {
			row                         crm.Row
			created, updated, unchanged int64
		}{{dan, 1, 0, 0}, {dan, 0, 0, 1}, {daniel, 0, 1, 0}, {dan, 0, 0, 1}} {
			got, err := table.Write(f.ctx, tx, []crm.Row{step.row})
			if err != nil {
				return err
			}
			f.wantCounts(got, step.created, step.updated, step.unchanged)
		}
		return nil
	}))
	f.wantRows(leads(), []string{"name"}, []string{"Ann"}, []string{"Bobby"}, []string{"Cid"}, []string{"Daniel"})
}

// rowBetweenLookupAndWrite: what another writer did since the lookup decides,
// not what the lookup said.
func rowBetweenLookupAndWrite(f *fixture) {
	table := f.open(leads())
	same, older, newer := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)), lead(3, "Cid", instant(0))
	gone := lead(4, "Dan", instant(0))
	f.write(table, gone)
	f.wantKnown(table, []crm.Row{same, older, newer, gone}, crm.Version{}, crm.Version{}, crm.Version{}, versionOf(gone))

	f.write(table, same, lead(2, "Bobby", instant(-time.Hour)), lead(3, "Cyd", instant(time.Hour)))
	f.exec("DELETE FROM " + quote(leads().Table) + " WHERE id = 4")

	f.wantCounts(f.write(table, same, older, newer, gone), 1, 1, 2)
	f.wantRows(leads(), []string{"name"}, []string{"Ann"}, []string{"Bob"}, []string{"Cyd"}, []string{"Dan"})
}

// unchangedIsTold: the table says which rows it left as they were, since it has them
// in the same or a newer version, and in the next write which those are (L9).
func unchangedIsTold(f *fixture) {
	table := f.open(leads())
	want := func(rows []crm.Row, positions ...int) {
		f.Helper()
		f.write(table, rows...)
		got := slices.Sorted(slices.Values(table.Unchanged()))
		if !slices.Equal(got, positions) {
			f.Errorf("unchanged are %v, want %v", got, positions)
		}
	}
	want([]crm.Row{lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)), lead(3, "Cid", instant(0))})
	newer, repaired := lead(3, "Cyd", instant(time.Hour)), lead(2, "Bobby", instant(-time.Hour))
	repaired.Repair = true
	want([]crm.Row{lead(1, "Ann", instant(0)), lead(4, "Dan", instant(0)), newer, lead(2, "Bobby", instant(-time.Hour))}, 0, 3)
	want([]crm.Row{lead(3, "Cid", instant(0)), repaired}, 0)
	want([]crm.Row{lead(5, "Eve", instant(0))})
}

// newestWins: an older version never replaces a newer one; of two with the
// same time, or of which one has none, the one that comes later wins (L9).
func newestWins(f *fixture) {
	none := time.Time{}
	for _, c := range []struct {
		name         string
		first, later time.Time
		replaced     bool
	}{
		{"newer", instant(0), instant(time.Microsecond), true},
		{"equal", instant(0), instant(0), true},
		{"older", instant(0), instant(-time.Microsecond), false},
		{"much older", instant(0), time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), false},
		{"older than the epoch", time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1968, 1, 1, 0, 0, 0, 0, time.UTC), false},
		{"NULL over a time", instant(0), none, true},
		{"a time over NULL", none, instant(0), true},
		{"NULL over NULL", none, none, true},
	} {
		table := f.open(leads())
		f.exec("DELETE FROM " + quote(leads().Table))
		before, after := lead(1, "before", c.first), lead(1, "after", c.later)
		f.wantCounts(f.write(table, before), 1, 0, 0)
		got, want := f.write(table, after), before
		if c.replaced {
			want = after
		}
		if got.Updated == 1 != c.replaced || got.Updated+got.Unchanged != 1 || got.Created != 0 {
			f.Errorf("%s: %+v", c.name, got)
		}
		f.wantRows(leads(), []string{"name", "modified_at"}, []string{Text(want.Values[1]), Text(want.Cursor)})
		f.wantKnown(table, []crm.Row{after}, versionOf(want))
	}
}

// unchangedWritesNothing: a row with the hash that the table has is not
// touched (L10), nor is one that is older (L9).
func unchangedWritesNothing(f *fixture) {
	table := f.open(leads())
	rows := []crm.Row{lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0))}
	f.write(table, rows...)
	f.exec("UPDATE " + quote(leads().Table) + " SET name = 'touched'")
	before, err := Dump(f.ctx, f.db, leads(), "id", "name", "synced_at", "created_in_sync", "warren_hash")
	f.must(err)

	f.wantCounts(f.write(table, rows[0], lead(2, "Bobby", instant(-time.Hour))), 0, 0, 2)
	f.wantRows(leads(), []string{"id", "name", "synced_at", "created_in_sync", "warren_hash"}, before...)
}

// writeNothing: no rows, no work, no error.
func writeNothing(f *fixture) {
	f.wantCounts(f.write(f.open(leads())), 0, 0, 0)
	f.wantRows(leads(), []string{"id"})
}

// writeTenThousand: the largest batch goes through in one write, new, mixed
// and unchanged.
func writeTenThousand(f *fixture) {
	const n = 10_000
	table := f.open(leads())
	rows := make([]crm.Row, n)
	for i := range rows {
		rows[i] = lead(int64(i*7919%n), "lead "+strconv.Itoa(i), instant(0))
	}
	f.wantCounts(f.write(table, rows...), n, 0, 0)
	for i := range rows {
		if i%4 == 0 {
			rows[i] = lead(int64(i*7919%n), "changed "+strconv.Itoa(i), instant(time.Hour))
		}
		if i%10 == 9 {
			rows[i] = lead(n+int64(i), "added "+strconv.Itoa(i), instant(0))
		}
	}
	f.wantCounts(f.write(table, rows...), n/10, n/4, n-n/10-n/4)
	f.wantCounts(f.write(table, rows...), 0, 0, n)
	got, err := Dump(f.ctx, f.db, leads(), "id")
	f.must(err)
	if len(got) != n+n/10 {
		f.Errorf("%d rows, want %d", len(got), n+n/10)
	}
}

// bookkeeping: synced_at follows each write, created_in_sync stays.
func bookkeeping(f *fixture) {
	table := f.open(leads())
	columns := []string{"created_in_sync", "synced_at"}
	f.write(table, lead(1, "Ann", instant(0)))
	first, err := Dump(f.ctx, f.db, leads(), columns...)
	f.must(err)
	f.exec("UPDATE " + quote(leads().Table) + " SET synced_at = created_in_sync")
	for i := range 3 {
		f.write(table, lead(1, "Ann "+strconv.Itoa(i), instant(0)))
	}
	later, err := Dump(f.ctx, f.db, leads(), columns...)
	f.must(err)
	if first[0][0] == NULL || later[0][0] != first[0][0] {
		f.Errorf("created_in_sync went from %s to %s", first[0][0], later[0][0])
	}
	if later[0][1] <= first[0][1] {
		f.Errorf("synced_at went from %s to %s", first[0][1], later[0][1])
	}
}
