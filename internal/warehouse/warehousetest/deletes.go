package warehousetest

import (
	"errors"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// remove deletes rows, by their keys alone, in a transaction of their own.
func (f *fixture) remove(table warehouse.Table, run int64, hard bool, rows ...crm.Row) int64 {
	f.Helper()
	bare := make([]crm.Row, len(rows))
	for i := range rows {
		bare[i].Key = rows[i].Key
	}
	var n int64
	f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		var err error
		n, err = table.Delete(f.ctx, tx, bare, run, hard)
		return err
	}))
	return n
}

// missing is what a lookup says of a row that is marked.
func missing(row crm.Row) crm.Version {
	v := versionOf(row)
	v.Missing = true
	return v
}

// deleteSoft: a row is marked with the time and the run, and counts as written
// then; what is marked already, or is not there, stays as it is. The count is
// the database's (L2).
func deleteSoft(f *fixture) {
	table := f.open(leads())
	ann, bob, cid := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)), lead(3, "Cid", instant(0))
	f.write(table, ann, bob, cid)
	f.exec("UPDATE "+quote(leads().Table)+" SET synced_at = $1, created_in_sync = $1", instant(0))
	before, err := f.db.Now(f.ctx)
	f.must(err)

	if n := f.remove(table, 17, false, bob, lead(9, "", time.Time{}), ann); n != 2 {
		f.Errorf("%d rows were marked, want 2", n)
	}
	f.wantKnown(table, []crm.Row{ann, bob, cid}, missing(ann), missing(bob), versionOf(cid))
	f.wantRows(leads(), []string{"id", "name", "warren_deleted_run"},
		[]string{"1", "Ann", "17"}, []string{"2", "Bob", "17"}, []string{"3", "Cid", NULL})
	marked, err := Dump(f.ctx, f.db, leads(), "warren_deleted_at", "synced_at", "created_in_sync")
	f.must(err)
	for i, cells := range marked[:2] {
		at, err := time.Parse(time.RFC3339Nano, cells[0])
		if err != nil || at.Before(before.Truncate(time.Microsecond)) || cells[1] != cells[0] {
			f.Errorf("row %d is marked at %s, written at %s, and the test began at %s", i, cells[0], cells[1], before)
		}
		if cells[2] != Text(crm.TimestampValue(instant(0))) {
			f.Errorf("row %d came into being at %s", i, cells[2])
		}
	}
	if cells := marked[2]; cells[0] != NULL || cells[1] != cells[2] {
		f.Errorf("the row that stays has %q", cells)
	}

	if n := f.remove(table, 18, false, ann, bob, cid, cid); n != 1 {
		f.Errorf("%d rows were marked, want the third", n)
	}
	f.wantRows(leads(), []string{"warren_deleted_run"}, []string{"17"}, []string{"17"}, []string{"18"})
	after, err := Dump(f.ctx, f.db, leads(), "warren_deleted_at", "synced_at")
	f.must(err)
	for i := range after[:2] {
		if after[i][0] != marked[i][0] || after[i][1] != marked[i][1] {
			f.Errorf("row %d was marked again: %q after %q", i, after[i], marked[i])
		}
	}
	if n := f.remove(table, 18, false); n != 0 {
		f.Errorf("%d rows of none were marked", n)
	}
}

// deleteHard: the rows are gone, and no other; what is marked stays, as
// evidence.
func deleteHard(f *fixture) {
	table := f.open(leads())
	ann, bob, cid := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)), lead(3, "Cid", instant(0))
	f.write(table, ann, bob, cid)
	f.remove(table, 17, false, cid)
	if n := f.remove(table, 18, true, bob, lead(9, "", time.Time{}), bob, cid); n != 1 {
		f.Errorf("%d rows were deleted, want 1", n)
	}
	f.wantKnown(table, []crm.Row{ann, bob, cid}, versionOf(ann), crm.Version{}, missing(cid))
	f.wantRows(leads(), []string{"id", "warren_deleted_run"}, []string{"1", NULL}, []string{"3", "17"})
	f.wantCounts(f.write(table, bob), 1, 0, 0)
}

// deleteCompositeKey: all parts of a key name the row.
func deleteCompositeKey(f *fixture) {
	for _, hard := range []bool{false, true} {
		stream := statusHistories()
		stream.Table += strconv.FormatBool(hard)
		table := f.open(stream)
		a, b := statusHistory(1, "a", instant(0)), statusHistory(1, "a", instant(time.Microsecond))
		c, d := statusHistory(1, "b", instant(0)), statusHistory(2, "a", instant(0))
		f.write(table, a, b, c, d)
		if n := f.remove(table, 1, hard, a, statusHistory(2, "b", instant(0))); n != 1 {
			f.Errorf("%d rows were deleted, want 1", n)
		}
		f.wantPresent(table, b, c, d)
	}
}

// deleteKeepsTimeOfSource: when the source has said when it deleted a record,
// that time stays, and the run that no longer found it is noted.
func deleteKeepsTimeOfSource(f *fixture) {
	stream := leads()
	stream.Fields = append(stream.Fields, crm.Field{Column: "deleted_at", Type: crm.TypeTimestamp})
	stream.Deleted = "deleted_at"
	said := crm.TimestampValue(instant(-time.Hour))
	row := makeRow(stream, crm.IntegerValue(1), crm.Value{}, crm.Value{}, crm.Value{}, crm.TimestampValue(instant(0)), crm.Value{}, crm.Value{}, crm.Value{}, said)
	table := f.open(stream)
	f.write(table, row)
	columns := []string{"deleted_at", "warren_deleted_at", "warren_deleted_run"}
	f.wantRows(stream, columns, []string{Text(said), Text(said), NULL})
	f.remove(table, 17, false, row)
	f.wantRows(stream, columns, []string{Text(said), Text(said), "17"})
}

// deleteMovesEachNameOfSynced: readers that follow the time of the last write
// hear of a mark, whatever that column was called over the years.
func deleteMovesEachNameOfSynced(f *fixture) {
	instantType := "timestamptz"
	if f.db.Dialect() == ledger.SQLite {
		instantType = "text"
	}
	for _, name := range []string{"synced_at", "updated_at", "sync_updated_at"} {
		stream := leads()
		stream.Table += "_" + name
		f.exec("CREATE TABLE " + quote(stream.Table) + " (id bigint NOT NULL PRIMARY KEY, " + name + " " + instantType + ", sync_created_at " + instantType + ")")
		f.exec("INSERT INTO "+quote(stream.Table)+" VALUES (1, $1, $1), (2, $1, $1)", instant(0))
		table := f.open(stream)
		f.remove(table, 1, false, lead(2, "", time.Time{}))
		stream.Fields = append(stream.Fields, crm.Field{Column: name, Type: crm.TypeTimestamp}, crm.Field{Column: "sync_created_at", Type: crm.TypeTimestamp})
		got, err := Dump(f.ctx, f.db, stream, name, "warren_deleted_at", "sync_created_at")
		f.must(err)
		old := Text(crm.TimestampValue(instant(0)))
		if got[0][0] != old || got[1][0] != got[1][1] || got[1][0] == NULL || got[1][2] != old {
			f.Errorf("%s: %q", name, got)
		}
	}
}

// deleteRollsBack: what was deleted in a transaction that fails is still there
// (L4).
func deleteRollsBack(f *fixture) {
	table := f.open(leads())
	ann := lead(1, "Ann", instant(0))
	f.write(table, ann)
	for _, hard := range []bool{false, true} {
		err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
			n, err := table.Delete(f.ctx, tx, []crm.Row{ann}, 17, hard)
			if err != nil {
				return err
			}
			if n != 1 {
				f.Errorf("%d rows were deleted", n)
			}
			return errDeliberate
		})
		if !errors.Is(err, errDeliberate) {
			f.Errorf("error %v", err)
		}
		f.wantKnown(table, []crm.Row{ann}, versionOf(ann))
	}
}

// deleteNeedsItsOwnTransaction: a table that was opened to look cannot be
// deleted from, be it there or not, and a transaction of anything else is no
// transaction.
func deleteNeedsItsOwnTransaction(f *fixture) {
	row := lead(1, "Ann", instant(0))
	refused := func(table warehouse.Table) {
		f.Helper()
		err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
			_, err := table.Delete(f.ctx, tx, []crm.Row{row}, 1, false)
			return err
		})
		if crm.CodeOf(err) != crm.CodeInternal {
			f.Errorf("error %v", err)
		}
	}
	absent, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	refused(absent)
	f.exec("CREATE TABLE " + quote(leads().Table) + " (id bigint NOT NULL PRIMARY KEY)")
	narrow, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	refused(narrow)
	if _, err := f.open(leads()).Delete(f.ctx, f.db, []crm.Row{row}, 1, false); crm.CodeOf(err) != crm.CodeInternal {
		f.Errorf("without a transaction: %v", err)
	}
}
