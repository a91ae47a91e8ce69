package warehousetest

import (
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// restore: a row that is marked as missing comes back as whatever the source
// shows, be it the very version that the table has, an older or a newer one. It
// counts as updated, and bears no mark any more.
func restore(name string, later time.Duration) func(f *fixture) {
	return func(f *fixture) {
		table := f.open(leads())
		before, other := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0))
		f.write(table, before, other)
		f.remove(table, 17, false, before, other)
		after := lead(1, name, instant(later))
		f.wantCounts(f.write(table, after), 0, 1, 0)
		f.wantKnown(table, []crm.Row{after, other}, versionOf(after), missing(other))
		f.wantRows(leads(), []string{"name", "warren_deleted_run"}, []string{name, NULL}, []string{"Bob", "17"})
		at, err := Dump(f.ctx, f.db, leads(), "warren_deleted_at")
		f.must(err)
		if at[0][0] != NULL || at[1][0] == NULL {
			f.Errorf("the times of the marks are %q", at)
		}
		f.wantCounts(f.write(table, after), 0, 0, 1)
	}
}

// restoreOnlyWhatIsMarked: beside a row that comes back, the others keep what
// they defend: equal ones are not written (L10), newer ones not overwritten
// (L9).
func restoreOnlyWhatIsMarked(f *fixture) {
	table := f.open(leads())
	gone, equal, newer := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)), lead(3, "Cid", instant(0))
	f.write(table, gone, equal, newer)
	f.remove(table, 17, false, gone)
	f.exec("UPDATE " + quote(leads().Table) + " SET visits = 99")
	older := lead(3, "Cyd", instant(-time.Hour))
	f.wantCounts(f.write(table, gone, equal, older, lead(4, "Dan", instant(0))), 1, 1, 2)
	f.wantRows(leads(), []string{"name", "visits", "warren_deleted_run"},
		[]string{"Ann", NULL, NULL}, []string{"Bob", "99", NULL}, []string{"Cid", "99", NULL}, []string{"Dan", NULL, NULL})
}

// restoreFollowsTheSource: of a record that comes back and that the source
// itself calls deleted, the table says since when, and no run.
func restoreFollowsTheSource(f *fixture) {
	stream := leads()
	stream.Fields = append(stream.Fields, crm.Field{Column: "deleted_at", Type: crm.TypeTimestamp})
	stream.Deleted = "deleted_at"
	row := func(deleted crm.Value) crm.Row {
		return makeRow(stream, crm.IntegerValue(1), crm.Value{}, crm.Value{}, crm.Value{}, crm.TimestampValue(instant(0)), crm.Value{}, crm.Value{}, crm.Value{}, deleted)
	}
	table := f.open(stream)
	columns := []string{"warren_deleted_at", "warren_deleted_run"}
	f.write(table, row(crm.Value{}))
	f.remove(table, 17, false, row(crm.Value{}))
	said := crm.TimestampValue(instant(-time.Hour))
	f.wantCounts(f.write(table, row(said)), 0, 1, 0)
	f.wantRows(stream, columns, []string{Text(said), NULL})
	f.wantCounts(f.write(table, row(crm.Value{})), 0, 1, 0)
	f.wantRows(stream, columns, []string{NULL, NULL})
}

// repairOverwrites: a repair is written over whatever the table has, counts as
// updated, and is inserted where there is nothing.
func repairOverwrites(f *fixture) {
	table := f.open(leads())
	equal, newer, marked := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(time.Hour)), lead(3, "Cid", instant(0))
	f.write(table, equal, newer, marked)
	f.remove(table, 17, false, marked)
	f.exec("UPDATE " + quote(leads().Table) + " SET visits = 99")
	repairs := []crm.Row{equal, lead(2, "Bobby", instant(0)), marked, lead(4, "Dan", instant(0))}
	for i := range repairs {
		repairs[i].Repair = true
	}
	f.wantCounts(f.write(table, repairs...), 1, 3, 0)
	f.wantKnown(table, repairs, versionOf(repairs[0]), versionOf(repairs[1]), versionOf(repairs[2]), versionOf(repairs[3]))
	f.wantRows(leads(), []string{"name", "visits", "warren_deleted_run"},
		[]string{"Ann", NULL, NULL}, []string{"Bobby", NULL, NULL}, []string{"Cid", NULL, NULL}, []string{"Dan", NULL, NULL})
	f.wantCounts(f.write(table, repairs...), 0, 4, 0)
}

// repairBesideOthers: a repair gives the other rows of its batch no right to
// anything.
func repairBesideOthers(f *fixture) {
	table := f.open(leads())
	a, b, c, d := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)), lead(3, "Cid", instant(0)), lead(4, "Dan", instant(0))
	f.write(table, a, b, c, d)
	f.exec("UPDATE " + quote(leads().Table) + " SET visits = 99")
	repair := d
	repair.Repair = true
	older, newer, added := lead(2, "Bobby", instant(-time.Hour)), lead(3, "Cyd", instant(time.Hour)), lead(5, "Eve", instant(0))
	f.wantCounts(f.write(table, a, older, newer, repair, added), 1, 2, 2)
	f.wantRows(leads(), []string{"name", "visits"},
		[]string{"Ann", "99"}, []string{"Bob", "99"}, []string{"Cyd", NULL}, []string{"Dan", NULL}, []string{"Eve", NULL})
}
