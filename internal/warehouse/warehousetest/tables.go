package warehousetest

import (
	"slices"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// createTable: a table is made once, and opening it again keeps its rows.
func createTable(f *fixture) {
	f.exec("CREATE TABLE " + quote("unrelated") + " (id bigint PRIMARY KEY)")
	row := lead(1, "Ann", instant(0))
	table := f.open(leads())
	if shape := table.Shape(); shape != "" {
		f.Errorf("a table of Warren's own has the shape %q", shape)
	}
	f.wantCounts(f.write(table, row), 1, 0, 0)
	f.wantCounts(f.write(f.open(leads()), lead(2, "Bob", instant(0))), 1, 0, 0)
	f.wantRows(leads(), []string{"id", "name"}, []string{"1", "Ann"}, []string{"2", "Bob"})
}

// absentTableStaysAbsent: without create nothing is made, and nothing is known.
func absentTableStaysAbsent(f *fixture) {
	table, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	row := lead(1, "Ann", instant(0))
	versions := []crm.Version{{Known: true, Hash: row.Hash}}
	f.must(table.Known(f.ctx, []crm.Row{row}, versions))
	if versions[0].Known {
		f.Error("a record of a table that does not exist is known")
	}
	if issues := table.Fit(&row); len(issues) > 0 || table.Shape() != "" {
		f.Errorf("a table that does not exist has the shape %q and cannot hold %v", table.Shape(), issues)
	}
	there, err := f.db.Exists(f.ctx, leads().Table)
	f.must(err)
	if there {
		f.Error("the table was made")
	}
}

// missingColumnStaysMissing: without create no column is added, and the table
// can still be asked.
func missingColumnStaysMissing(f *fixture) {
	narrow := leads()
	narrow.Fields = narrow.Fields[:5]
	narrow.Indexes = nil
	row := lead(1, "Ann", instant(0))
	row.Values = row.Values[:5]
	f.write(f.open(narrow), row)

	table, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	versions := f.known(table, row, lead(2, "Bob", instant(0)))
	if !versions[0].Known || versions[0].Hash != row.Hash || versions[1].Known {
		f.Errorf("the lookup said %+v", versions)
	}
	if _, err := Dump(f.ctx, f.db, leads(), "visits"); err == nil {
		f.Error("the missing column was added")
	}
}

// tableWithoutItsKeyIsRead: the key of a snapshot's rows is of Warren's making, and comes
// with the first sync; until then the rows are there, and none is known (L6). A table of
// other streams that lacks its key is refused, as a sync does.
func tableWithoutItsKeyIsRead(f *fixture) {
	stream := leads()
	f.exec("CREATE TABLE " + quote(stream.Table) + " (name text)")
	f.exec("INSERT INTO " + quote(stream.Table) + " VALUES ('old'), ('older')")
	for _, create := range []bool{false, true} {
		_, err := f.db.Table(f.ctx, stream, create)
		f.wantError(err, crm.CodeWarehouse)
	}
	stream.Snapshot = true
	table, err := f.db.Table(f.ctx, stream, false)
	f.must(err)
	if versions := f.known(table, lead(1, "old", instant(0))); versions[0].Known {
		f.Errorf("the lookup said %+v", versions)
	}
	if empty, err := table.Empty(f.ctx); empty || err != nil {
		f.Errorf("it is empty: %t, %v", empty, err)
	}
	if n, err := table.Count(f.ctx); n != 2 || err != nil {
		f.Errorf("it has %d rows, %v", n, err)
	}
	f.wantPresent(table)
	if _, err := Dump(f.ctx, f.db, stream, "id"); err == nil {
		f.Error("the key was added")
	}
}

// missingColumnsAreAdded: columns that the stream gained appear, NULL in the
// rows that were there.
func missingColumnsAreAdded(f *fixture) {
	narrow := leads()
	narrow.Fields = narrow.Fields[:5]
	narrow.Indexes = narrow.Indexes[:1]
	old := lead(1, "Ann", instant(0))
	old.Values = old.Values[:5]
	f.write(f.open(narrow), old)

	wide := leads()
	newer := makeRow(wide, crm.IntegerValue(2), crm.TextValue([]byte("Bob")), crm.Value{}, crm.BooleanValue(true),
		crm.TimestampValue(instant(0)), crm.DateValue(100), crm.JSONValue([]byte(`["a"]`)), crm.IntegerValue(7))
	f.wantCounts(f.write(f.open(wide), newer), 1, 0, 0)
	f.wantRows(wide, []string{"id", "name", "active", "born_on", "tags", "visits"},
		[]string{"1", "Ann", NULL, NULL, NULL, NULL},
		[]string{"2", "Bob", "true", "1970-04-11", `["a"]`, "7"})
}

// columnsOfOthersStay: what the stream does not know, or knows no longer, is
// left as it is by updates too.
func columnsOfOthersStay(f *fixture) {
	f.write(f.open(leads()), makeRow(leads(), crm.IntegerValue(1), crm.TextValue([]byte("Ann")),
		crm.DecimalValue([]byte("1.5")), crm.Value{}, crm.TimestampValue(instant(0))))
	f.exec("ALTER TABLE " + quote(leads().Table) + " ADD COLUMN remark text")
	f.exec("UPDATE " + quote(leads().Table) + " SET remark = 'ours'")

	narrow := leads()
	narrow.Fields = slices.Delete(narrow.Fields, 2, 3) // amount
	row := makeRow(narrow, crm.IntegerValue(1), crm.TextValue([]byte("Anna")), crm.Value{}, crm.TimestampValue(instant(time.Hour)))
	f.wantCounts(f.write(f.open(narrow), row), 0, 1, 0)
	f.wantRows(leads(), []string{"name", "amount", "remark"}, []string{"Anna", "1.5", "ours"})
}

// foreignTableIsAdopted: a table that somebody else made is worked on as it
// is. What it misses is added, what it demands is filled.
func foreignTableIsAdopted(f *fixture) {
	stream := leads()
	f.exec("CREATE TABLE " + quote(stream.Table) + ` (
		id bigint NOT NULL PRIMARY KEY,
		name varchar(50),
		active boolean NOT NULL,
		demanded varchar(20) NOT NULL,
		demanded_count integer NOT NULL,
		visits integer)`)
	f.exec("INSERT INTO " + quote(stream.Table) + " (id, name, active, demanded, demanded_count, visits) VALUES (1, 'Ann', true, 'x', 3, 4)")

	i := stream.FieldIndex("active")
	stream.Fields[i].NotNull, stream.Fields[i].Default = true, "false"
	rows := []crm.Row{
		makeRow(stream, crm.IntegerValue(1), crm.TextValue([]byte("Anna")), crm.Value{}, crm.BooleanValue(false), crm.TimestampValue(instant(0))),
		makeRow(stream, crm.IntegerValue(2), crm.TextValue([]byte("Bob")), crm.Value{}, crm.BooleanValue(true), crm.TimestampValue(instant(0))),
	}
	table := f.open(stream)
	for i := range rows {
		if issues := table.Fit(&rows[i]); len(issues) > 0 {
			f.Errorf("row %d does not fit: %v", i, issues)
		}
	}
	f.wantCounts(f.write(table, rows...), 1, 1, 0)
	f.wantRows(stream, []string{"id", "name", "active", "modified_at", "demanded", "visits"},
		[]string{"1", "Anna", "false", rows[0].Cursor.String(), "x", NULL},
		[]string{"2", "Bob", "true", rows[1].Cursor.String(), "", NULL})

	f.wantKnown(f.open(stream), rows, versionOf(rows[0]), versionOf(rows[1]))
	f.wantCounts(f.write(table, rows...), 0, 0, 2)
}

// tableUnderAnotherName: a table that goes by a later name of the old system
// is the stream's table; no second one is made.
func tableUnderAnotherName(f *fixture) {
	other := leads()
	other.Table = "test_lead"
	row := lead(1, "Ann", instant(0))
	f.write(f.open(other), row)

	stream := leads()
	stream.TableAliases = []string{"test_leads", "test_lead"}
	for _, create := range []bool{false, true} {
		table, err := f.db.Table(f.ctx, stream, create)
		f.must(err)
		if v := f.known(table, row); !v[0].Known {
			f.Errorf("create %t: the record of the other table is not known", create)
		}
	}
	f.wantCounts(f.write(f.open(stream), lead(1, "Anna", instant(time.Hour))), 0, 1, 0)
	f.wantRows(other, []string{"id", "name"}, []string{"1", "Anna"})
	there, err := f.db.Exists(f.ctx, stream.Table)
	f.must(err)
	if there {
		f.Error("a second table was made")
	}
}

// viewIsRefused: a view by the table's name is an error with words, not a
// failure at the first row.
func viewIsRefused(f *fixture) {
	f.exec("CREATE VIEW " + quote(leads().Table) + " AS SELECT 1 AS id")
	_, err := f.db.Table(f.ctx, leads(), true)
	f.wantError(err, crm.CodeWarehouse)
}

// exists: tables and views are seen, other things are not.
func exists(f *fixture) {
	f.open(leads())
	f.exec("CREATE VIEW seen AS SELECT 1 AS id")
	for name, want := range map[string]bool{leads().Table: true, "seen": true, "unseen": false, "": false} {
		got, err := f.db.Exists(f.ctx, name)
		f.must(err)
		if got != want {
			f.Errorf("exists %q: %t", name, got)
		}
	}
	f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		_, err := tx.Exec(f.ctx, "DROP VIEW seen")
		return err
	}))
	got, err := f.db.Exists(f.ctx, "seen")
	f.must(err)
	if got {
		f.Error("a view that was dropped exists")
	}
}

// empty: a table is empty until it has a row, be that marked as missing or not;
// one that does not exist is empty, and one that cannot be read is an error.
func empty(f *fixture) {
	want := func(table warehouse.Table, want bool) {
		f.Helper()
		got, err := table.Empty(f.ctx)
		f.must(err)
		if got != want {
			f.Errorf("the table is empty: %t", got)
		}
	}
	absent, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	want(absent, true)
	table := f.open(leads())
	want(table, true)
	row := lead(1, "Ann", instant(0))
	f.write(table, row)
	want(table, false)
	f.remove(table, 1, false, row)
	want(table, false)
	f.exec("DELETE FROM " + quote(leads().Table))
	want(table, true)
	f.exec("DROP TABLE " + quote(leads().Table))
	if _, err := table.Empty(f.ctx); err == nil {
		f.Error("a table that is gone says whether it is empty")
	}
}
