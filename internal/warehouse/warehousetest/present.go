package warehousetest

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// statusHistories is a stream whose records have no id of their own: a lead may
// go back to a status.
func statusHistories() crm.Stream {
	return crm.Stream{
		Name: "leadStatusHistories", Table: "ingestion_test_lead_status_history",
		Fields: []crm.Field{
			{Column: "lead_id", Type: crm.TypeInteger},
			{Column: "status_id", Type: crm.TypeText},
			{Column: "status_updated", Type: crm.TypeTimestamp},
			{Column: "name", Type: crm.TypeText},
		},
		PrimaryKey: []string{"lead_id", "status_id", "status_updated"},
		Cursor:     "status_updated",
	}
}

func statusHistory(lead int64, status string, at time.Time) crm.Row {
	return makeRow(statusHistories(), crm.IntegerValue(lead), crm.TextValue([]byte(status)), crm.TimestampValue(at))
}

// customers is a stream with a key of text.
func customers() crm.Stream {
	return crm.Stream{
		Name: "customers", Table: "ingestion_test_customer",
		Fields:     []crm.Field{{Column: "object_id", Type: crm.TypeText}, {Column: "name", Type: crm.TypeText}},
		PrimaryKey: []string{"object_id"},
	}
}

func customer(id string) crm.Row { return makeRow(customers(), crm.TextValue([]byte(id))) }

// present returns the rows that a table says are present, in the order of
// their IDs, as copies.
func (f *fixture) present(table warehouse.Table) []crm.Row {
	f.Helper()
	var rows []crm.Row
	f.must(table.Present(f.ctx, func(row crm.Row) error {
		copied := crm.Row{ID: row.ID}
		for _, v := range row.Key {
			v.Bytes = slices.Clone(v.Bytes)
			copied.Key = append(copied.Key, v)
		}
		rows = append(rows, copied)
		return nil
	}))
	slices.SortFunc(rows, func(a, b crm.Row) int { return slices.Compare([]byte(a.ID), []byte(b.ID)) })
	return rows
}

// wantPresent compares the IDs that a table says are present with those of
// rows, and each ID with its key.
func (f *fixture) wantPresent(table warehouse.Table, rows ...crm.Row) {
	f.Helper()
	var got, want []string
	for _, row := range f.present(table) {
		got = append(got, row.ID)
		if text := crm.KeyText(row.Key); text != row.ID {
			f.Errorf("row %q has the key %q", row.ID, text)
		}
	}
	for i := range rows {
		want = append(want, rows[i].ID)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		f.Errorf("present are %q, want %q", got, want)
	}
}

// presentKeys: the ID of a row is that of its record, whatever its key is made
// of, and its key finds the row again.
func presentKeys(f *fixture) {
	for _, c := range []struct {
		stream crm.Stream
		rows   []crm.Row
	}{
		{leads(), []crm.Row{lead(1, "Ann", instant(0)), lead(-1<<63, "Bob", instant(0)), lead(1<<63-1, "", instant(0)), lead(0, "", instant(0))}},
		{customers(), []crm.Row{
			customer("abc"), customer("ABC"), customer("001"), customer("1"), customer("1.0"), customer(""), customer(" "),
			customer("it's"), customer(`\`), customer("a\nb"), customer("🦊"), customer("é"), customer("e\u0301"), customer("a/b"),
		}},
		{statusHistories(), []crm.Row{
			statusHistory(1, "a", instant(0)), statusHistory(1, "a", instant(time.Microsecond)), statusHistory(1, "b", instant(0)),
			statusHistory(2, "a", time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)), statusHistory(2, "a", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
		}},
	} {
		table := f.open(c.stream)
		f.wantPresent(table)
		f.write(table, c.rows...)
		f.wantPresent(table, c.rows...)
		n := int64(len(c.rows))
		if deleted := f.remove(table, 1, false, f.present(table)...); deleted != n {
			f.Errorf("%s: the keys of %d rows found %d", c.stream.Name, n, deleted)
		}
		f.wantPresent(table)
	}
}

// presentLeavesOutMarked: what is marked as missing is not present, what the
// source says is deleted is.
func presentLeavesOutMarked(f *fixture) {
	stream := leads()
	stream.Fields = append(stream.Fields, crm.Field{Column: "deleted_at", Type: crm.TypeTimestamp})
	stream.Deleted = "deleted_at"
	ann, bob, cid := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)), lead(3, "Cid", instant(0))
	for _, row := range []*crm.Row{&ann, &bob, &cid} {
		row.Values = append(row.Values, crm.Value{})
	}
	cid.Values[len(cid.Values)-1] = crm.TimestampValue(instant(0))
	table := f.open(stream)
	f.write(table, ann, bob, cid)
	f.wantPresent(table, ann, bob, cid)
	f.remove(table, 1, false, bob)
	f.wantPresent(table, ann, cid)
	f.wantPresent(f.open(stream), ann, cid)
}

// presentLeavesOutKeysOfNoRecord: a row that no record can be meant by is not
// there for the source to miss.
func presentLeavesOutKeysOfNoRecord(f *fixture) {
	f.exec("CREATE TABLE " + quote(leads().Table) + " (id varchar(30) UNIQUE, name varchar(50))")
	for i, id := range []any{"7", "-12", "007", "7.0", " 8", "+9", "-0", "1e2", "x", "", "9223372036854775808", nil} {
		f.exec("INSERT INTO "+quote(leads().Table)+" (id, name) VALUES ($1, $2)", id, "theirs "+strconv.Itoa(i))
	}
	f.wantPresent(f.open(leads()), lead(7, "", time.Time{}), lead(-12, "", time.Time{}))
}

// presentOfForeignTable: a table that somebody else made has no marks as long
// as nobody may change it, and one that does not exist has no rows.
func presentOfForeignTable(f *fixture) {
	table, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	f.wantPresent(table)

	f.exec("CREATE TABLE " + quote(leads().Table) + " (id bigint NOT NULL PRIMARY KEY, name varchar(50))")
	f.exec("INSERT INTO " + quote(leads().Table) + " (id, name) VALUES (1, 'Ann'), (2, 'Bob')")
	table, err = f.db.Table(f.ctx, leads(), false)
	f.must(err)
	f.wantPresent(table, lead(1, "", time.Time{}), lead(2, "", time.Time{}))
	f.wantPresent(f.open(leads()), lead(1, "", time.Time{}), lead(2, "", time.Time{}))
}

// presentStopsOnError: an error of the caller comes back as it went in, and no
// further row is shown.
func presentStopsOnError(f *fixture) {
	table := f.open(leads())
	f.write(table, lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)), lead(3, "Cid", instant(0)))
	shown := 0
	err := table.Present(f.ctx, func(crm.Row) error {
		if shown++; shown == 2 {
			return errDeliberate
		}
		return nil
	})
	if !errors.Is(err, errDeliberate) || shown != 2 {
		f.Errorf("%d rows were shown, then %v", shown, err)
	}
	f.wantPresent(table, lead(1, "", time.Time{}), lead(2, "", time.Time{}), lead(3, "", time.Time{}))
}

// presentThousands: every row is shown once, while the caller works on the
// same table.
func presentThousands(f *fixture) {
	const n = 5_000
	table := f.open(leads())
	rows := make([]crm.Row, n)
	for i := range rows {
		rows[i] = lead(int64(i), "lead", instant(0))
	}
	f.write(table, rows...)
	shown := make(map[string]int, n)
	f.must(table.Present(f.ctx, func(row crm.Row) error {
		if shown[row.ID]++; len(shown) == 2 {
			f.remove(table, 1, false, rows[:10]...)
		}
		return nil
	}))
	for i := range rows {
		if shown[rows[i].ID] != 1 {
			f.Fatalf("row %s was shown %d times", rows[i].ID, shown[rows[i].ID])
		}
	}
	if len(shown) != n {
		f.Errorf("%d rows were shown, want %d", len(shown), n)
	}
	f.wantPresent(table, rows[10:]...)
}
