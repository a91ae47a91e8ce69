package warehousetest

import (
	"slices"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// leadsWithDeletion is the stream leads of a source that says since when a lead
// is deleted, and its row number id, deleted then.
func leadsWithDeletion() (stream crm.Stream, row func(id int64, deleted crm.Value) crm.Row) {
	stream = leads()
	stream.Fields = append(slices.Clone(stream.Fields), crm.Field{Column: "deleted_at", Type: crm.TypeTimestamp})
	stream.Deleted = "deleted_at"
	return stream, func(id int64, deleted crm.Value) crm.Row {
		values := slices.Clone(full(id).Values)
		return makeRow(stream, append(values, deleted)...)
	}
}

// wantMark checks that the row differs in nothing but the time of its deletion:
// what the source says of it, and what the table has.
func (f *fixture) wantMark(table warehouse.Table, row crm.Row, source, has crm.Value) {
	f.Helper()
	got := f.compare(table, row)[0]
	if len(got) != 1 || got[0].Column != "warren_deleted_at" {
		f.Errorf("row %s differs in %+v, want warren_deleted_at alone", row.ID, got)
		return
	}
	as := kind(crm.TypeTimestamp)
	if form(as, held(got[0].Source)) != Text(source) || form(as, held(got[0].Warehouse)) != Text(has) {
		f.Errorf("row %s: %+v, want %s and %s", row.ID, got[0], Text(source), Text(has))
	}
}

// compareMark: a row that somebody marks as deleted is not what the source says,
// for it shows the record; a repair takes the mark away.
func compareMark(f *fixture) {
	table := f.open(leads())
	ann, bob := full(1), full(2)
	f.write(table, ann, bob)
	at := instant(-time.Hour)
	f.exec("UPDATE "+quote(leads().Table)+" SET warren_deleted_at = $1 WHERE id = 1", at)
	f.wantMark(table, ann, crm.Value{}, crm.TimestampValue(at))
	f.wantSame(table, bob)
	looking, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	f.wantMark(looking, ann, crm.Value{}, crm.TimestampValue(at))

	ann.Repair = true
	f.wantCounts(f.write(table, ann), 0, 1, 0)
	f.wantSame(table, ann, bob)
	f.wantRows(leads(), []string{"warren_deleted_at"}, []string{NULL}, []string{NULL})
}

// compareMarkOfTheSource: where the source says when it deleted a record, the
// mark has that time, and no other.
func compareMarkOfTheSource(f *fixture) {
	stream, row := leadsWithDeletion()
	said, other := crm.TimestampValue(instant(-time.Hour)), crm.TimestampValue(instant(time.Minute))
	table := f.open(stream)
	gone, alive := row(1, said), row(2, crm.Value{})
	f.write(table, gone, alive)
	f.wantSame(table, gone, alive)

	set := "UPDATE " + quote(stream.Table) + " SET warren_deleted_at = $1 WHERE id = "
	f.exec(set+"1", other.Time())
	f.exec(set+"2", other.Time())
	f.wantMark(table, gone, said, other)
	f.wantMark(table, alive, crm.Value{}, other)
	f.exec("UPDATE " + quote(stream.Table) + " SET warren_deleted_at = NULL")
	f.wantMark(table, gone, said, crm.Value{})
	f.wantSame(table, alive)

	gone.Repair = true
	f.write(table, gone)
	f.wantRows(stream, []string{"deleted_at", "warren_deleted_at"}, []string{Text(said), Text(said)}, []string{NULL, NULL})
}

// compareMissing: the mark of a row that a run missed is that run's, and no
// difference from what the source says of the record; its other columns are
// compared.
func compareMissing(f *fixture) {
	stream, row := leadsWithDeletion()
	said := crm.TimestampValue(instant(-time.Hour))
	table := f.open(stream)
	gone, alive := row(1, said), row(2, crm.Value{})
	f.write(table, gone, alive)
	f.remove(table, 17, false, gone, alive)
	f.wantSame(table, gone, alive)
	f.exec("UPDATE "+quote(stream.Table)+" SET warren_deleted_at = $1, visits = 8", instant(time.Minute))
	for i, d := range f.compare(table, gone, alive) {
		if len(d) != 1 || d[0].Column != "visits" {
			f.Errorf("row %d differs in %+v, want visits alone", i+1, d)
		}
	}
}

// markWithoutItsTime: a row whose mark has lost its time looks alive to whoever
// reads it, and so it counts as present, and is marked or deleted once more.
func markWithoutItsTime(f *fixture) {
	for _, hard := range []bool{false, true} {
		stream := leads()
		stream.Table += strconv.FormatBool(hard)
		table := f.open(stream)
		ann, bob := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0))
		f.write(table, ann, bob)
		f.remove(table, 17, false, ann, bob)
		f.wantPresent(table)
		f.exec("UPDATE " + quote(stream.Table) + " SET warren_deleted_at = NULL WHERE id = 1")
		f.wantPresent(table, ann)
		if n, err := table.Count(f.ctx); n != 1 || err != nil {
			f.Errorf("%d rows are counted, want 1: %v", n, err)
		}
		if n := f.remove(table, 18, hard, ann, bob); n != 1 {
			f.Errorf("hard %v: %d rows are gone, want 1", hard, n)
		}
		f.wantPresent(table)
		want := [][]string{{"1", "18"}, {"2", "17"}}
		if hard {
			want = want[1:]
		}
		f.wantRows(stream, []string{"id", "warren_deleted_run"}, want...)
	}
}
