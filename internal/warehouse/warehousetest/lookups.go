package warehousetest

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// wantKnown compares what a lookup says with versions.
func (f *fixture) wantKnown(table warehouse.Table, rows []crm.Row, want ...crm.Version) {
	f.Helper()
	got := make([]crm.Version, len(rows))
	for i := range got { // what stood there before must be gone
		got[i] = crm.Version{Known: true, Hash: crm.Hash{1}, Cursor: crm.IntegerValue(1), Missing: true}
	}
	f.must(table.Known(f.ctx, rows, got))
	for i := range want {
		w := want[i]
		if got[i].Known != w.Known || got[i].Hash != w.Hash || got[i].Missing != w.Missing || !sameValue(got[i].Cursor, w.Cursor) {
			f.Errorf("row %d (%s): %+v, want %+v", i, rows[i].ID, got[i], w)
		}
	}
}

func sameValue(a, b crm.Value) bool {
	return a.Valid == b.Valid && (!a.Valid || a.Type == b.Type && a.Int == b.Int)
}

// versionOf is what a lookup says of a row that was written.
func versionOf(row crm.Row) crm.Version {
	return crm.Version{Known: true, Hash: row.Hash, Cursor: row.Cursor}
}

// knownOrder: each version belongs to its row, in any order, and twice where a
// row is there twice.
func knownOrder(f *fixture) {
	table := f.open(leads())
	a, b, c := lead(3, "Ann", instant(0)), lead(1, "Bob", instant(time.Hour)), lead(math.MinInt64, "Cid", instant(-time.Hour))
	f.write(table, a, b, c)
	absent, far := lead(2, "Dan", instant(0)), lead(math.MaxInt64, "Eve", instant(0))
	f.wantKnown(table, []crm.Row{b, absent, a, c, b, absent, far},
		versionOf(b), crm.Version{}, versionOf(a), versionOf(c), versionOf(b), crm.Version{}, crm.Version{})
	f.wantKnown(table, nil)
}

// knownClose: keys that lie close together, as those of a page, are looked up like any
// others: in any order, twice, with those between them that the table lacks, marked ones,
// and those of other records on both sides and among them.
func knownClose(f *fixture) {
	const n = 60
	table := f.open(leads())
	var written, asked []crm.Row
	var want []crm.Version
	for id := range int64(n) {
		row := lead(id-n/2, "Ann", instant(time.Duration(id)*time.Second))
		copy(row.Hash[:], row.ID)
		if id%7 != 3 {
			written = append(written, row)
		}
		if id < 2 || id >= n-2 || id%5 == 4 { // rows that nobody asks for
			continue
		}
		version := versionOf(row)
		if id%7 == 3 {
			version = crm.Version{}
		}
		asked, want = append(asked, row), append(want, version)
	}
	f.write(table, written...)
	f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		_, err := table.Delete(f.ctx, tx, asked[:1], 1, false)
		return err
	}))
	want[0].Missing = true
	asked, want = append(asked, asked[2]), append(want, want[2])
	f.wantKnown(table, asked, want...)
	slices.Reverse(asked)
	slices.Reverse(want)
	f.wantKnown(table, asked, want...)

	// And Write finds the same: of those asked for it creates what was lacking and
	// brings back what was marked.
	lacking := int64(0)
	for i := range want[1:] {
		if !want[1:][i].Known {
			lacking++
		}
	}
	f.wantCounts(f.write(table, asked[1:]...), lacking, 1, int64(len(asked[1:]))-lacking-1)
}

// knownVersion: the cursor comes back to the microsecond, as a date where it
// is one, and NULL where there is none.
func knownVersion(f *fixture) {
	table := f.open(leads())
	exact := lead(1, "Ann", time.Date(2026, 3, 14, 15, 9, 26, 535898000, time.UTC))
	early := lead(2, "Bob", time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC))
	late := lead(3, "Cid", time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC))
	none := lead(4, "Dan", time.Time{})
	f.write(table, exact, early, late, none)
	f.wantKnown(table, []crm.Row{exact, early, late, none}, versionOf(exact), versionOf(early), versionOf(late), versionOf(none))

	dated := leads()
	dated.Table, dated.Cursor = "ingestion_test_dated", "born_on"
	row := makeRow(dated, crm.IntegerValue(1), crm.Value{}, crm.Value{}, crm.Value{}, crm.Value{}, crm.DateValue(20526))
	table = f.open(dated)
	f.write(table, row)
	f.wantKnown(table, []crm.Row{row}, versionOf(row))

	counted := leads()
	counted.Table, counted.Cursor = "ingestion_test_counted", "visits"
	row = makeRow(counted, crm.IntegerValue(1), crm.Value{}, crm.Value{}, crm.Value{}, crm.Value{}, crm.Value{}, crm.Value{}, crm.IntegerValue(math.MaxInt64))
	table = f.open(counted)
	f.write(table, row)
	f.wantKnown(table, []crm.Row{row}, versionOf(row))

	timeless := leads()
	timeless.Table, timeless.Cursor = "ingestion_test_timeless", ""
	row = makeRow(timeless, crm.IntegerValue(1), crm.Value{}, crm.Value{}, crm.Value{}, crm.TimestampValue(instant(0)))
	table = f.open(timeless)
	f.write(table, row)
	f.wantKnown(table, []crm.Row{row}, crm.Version{Known: true, Hash: row.Hash})
}

// knownRowOfOthers: a row that Warren did not write is known, with a zero
// hash, and its cursor counts.
func knownRowOfOthers(f *fixture) {
	table := f.open(leads())
	ours := lead(1, "Ann", instant(0))
	f.write(table, ours)
	f.exec("UPDATE " + quote(leads().Table) + " SET warren_hash = NULL")
	f.wantKnown(table, []crm.Row{ours}, crm.Version{Known: true, Cursor: ours.Cursor})

	f.wantCounts(f.write(table, ours), 0, 1, 0)
	f.wantKnown(table, []crm.Row{ours}, versionOf(ours))
}

// knownManyRows: a lookup of more rows than a statement takes arguments.
func knownManyRows(f *fixture) {
	const n = 70_000
	table := f.open(leads())
	rows := make([]crm.Row, n)
	for i := range rows {
		rows[i] = lead(int64(i), "lead "+strconv.Itoa(i), instant(0))
	}
	var odd []crm.Row
	for i := 1; i < 2000; i += 2 {
		odd = append(odd, rows[i])
	}
	odd = append(odd, rows[n-1])
	f.write(table, odd...)
	versions := f.known(table, rows...)
	for i, v := range versions {
		want := i%2 == 1 && i < 2000 || i == n-1
		if v.Known != want || v.Known && v.Hash != rows[i].Hash {
			f.Fatalf("row %d: %+v", i, v)
		}
	}
}

// knownWhileWriting: a lookup does not wait for an open transaction, and sees
// what was there before it.
func knownWhileWriting(f *fixture) {
	table := f.open(leads())
	before, after := lead(1, "Ann", instant(0)), lead(1, "Anna", instant(time.Hour))
	added := lead(2, "Bob", instant(0))
	f.write(table, before)
	f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		if _, err := table.Write(f.ctx, tx, []crm.Row{after, added}); err != nil {
			return err
		}
		f.wantKnown(table, []crm.Row{after, added}, versionOf(before), crm.Version{})
		return nil
	}))
	f.wantKnown(table, []crm.Row{after, added}, versionOf(after), versionOf(added))
}

// compositeKey: a record is named by all parts of its key, of different types.
func compositeKey(f *fixture) {
	stream := crm.Stream{
		Name:  "associations",
		Table: "ingestion_test_association",
		Fields: []crm.Field{
			{Column: "contact_id", Type: crm.TypeText},
			{Column: "division_id", Type: crm.TypeInteger},
			{Column: "since", Type: crm.TypeDate},
			{Column: "label", Type: crm.TypeText},
		},
		PrimaryKey: []string{"division_id", "contact_id", "since"},
	}
	row := func(contact string, division int64, since int64, label string) crm.Row {
		return makeRow(stream, crm.TextValue([]byte(contact)), crm.IntegerValue(division), crm.DateValue(since), crm.TextValue([]byte(label)))
	}
	table := f.open(stream)
	a, b, c := row("x", 1, 5, "first"), row("x", 2, 5, "second"), row("y", 1, 5, "third")
	other := row("x", 1, 6, "fourth")
	f.wantCounts(f.write(table, a, b, c), 3, 0, 0)
	f.wantKnown(table, []crm.Row{c, other, a, b}, versionOf(c), crm.Version{}, versionOf(a), versionOf(b))
	f.wantCounts(f.write(table, row("x", 1, 5, "changed"), b, other), 1, 1, 1)
	f.wantRows(stream, []string{"division_id", "contact_id", "since", "label"},
		[]string{"1", "x", "1970-01-06", "changed"}, []string{"1", "x", "1970-01-07", "fourth"},
		[]string{"1", "y", "1970-01-06", "third"}, []string{"2", "x", "1970-01-06", "second"})
}

// textKey: keys of text are compared byte by byte, whatever stands in them.
func textKey(f *fixture) {
	stream := crm.Stream{
		Name:       "customers",
		Table:      "ingestion_test_customer",
		Fields:     []crm.Field{{Column: "object_id", Type: crm.TypeText}, {Column: "name", Type: crm.TypeText}},
		PrimaryKey: []string{"object_id"},
	}
	keys := []string{"abc", "ABC", "001", "1", "1.0", "", " ", "it's", `"q"`, `\`, "a\nb\tc\x01", "🦊", "{x,y}", "é", "e\u0301", "</script>"}
	var rows []crm.Row
	var want []crm.Version
	for _, k := range keys {
		r := makeRow(stream, crm.TextValue([]byte(k)), crm.TextValue([]byte("name of "+k)))
		rows = append(rows, r)
		want = append(want, versionOf(r))
	}
	table := f.open(stream)
	n := int64(len(rows))
	f.wantCounts(f.write(table, rows...), n, 0, 0)
	f.wantKnown(table, rows, want...)
	f.wantCounts(f.write(table, rows...), 0, 0, n)
	f.wantKnown(table, []crm.Row{makeRow(stream, crm.TextValue([]byte("aBc")))}, crm.Version{})
}
