package warehousetest

import (
	"slices"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// compare asks what the table holds otherwise than the rows.
func (f *fixture) compare(table warehouse.Table, rows ...crm.Row) [][]crm.FieldDifference {
	f.Helper()
	differences := make([][]crm.FieldDifference, len(rows))
	for i := range differences { // what stood there before must be gone
		differences[i] = []crm.FieldDifference{{Column: "stale"}}
	}
	f.must(table.Compare(f.ctx, rows, differences))
	return differences
}

// wantSame checks that the table holds the rows as they would be written.
func (f *fixture) wantSame(table warehouse.Table, rows ...crm.Row) {
	f.Helper()
	for i, d := range f.compare(table, rows...) {
		if d != nil {
			f.Errorf("row %d (%s) differs: %+v", i, rows[i].ID, d)
		}
	}
}

// wantDiffers checks that the table holds one row otherwise in exactly the
// given columns, and what it says the warehouse has there.
func (f *fixture) wantDiffers(table warehouse.Table, row crm.Row, want ...crm.FieldDifference) {
	f.Helper()
	got := f.compare(table, row)[0]
	if !slices.Equal(got, want) {
		f.Errorf("row %s differs in %+v, want %+v", row.ID, got, want)
	}
}

// full returns a lead with a value in each column.
func full(id int64) crm.Row {
	row := makeRow(leads(), crm.IntegerValue(id), crm.TextValue([]byte("Zoë")), crm.DecimalValue([]byte("12.50")), crm.BooleanValue(true),
		crm.TimestampValue(instant(0)), crm.DateValue(20000), crm.JSONValue([]byte(`{"b":[1.50,null],"a":"é"}`)), crm.IntegerValue(7))
	row.Raw = []byte(`{"name":"Zoë","amount":12.50,"id":1}`)
	return row
}

// compareAfterWrite: what was written is never said to differ, whatever the
// value, inserted or updated, with a mark or without.
func compareAfterWrite(f *fixture) {
	stream := leads()
	stream.Cursor = ""
	values := eachValue()
	for _, odd := range []string{
		`{"n":1e2,"m":1.50,"o":-0.0,"p":0e9}`, `{"n":1e400,"m":1E-400}`, `[1E+2,0.1e1,10e-1]`, `{"a":1,"a":2}`, ` { "b" : [ ] } `,
		`{"deep":{"deep":[{"deep":1.0}]}}`, `"\u00e9\ud83e\udd8a\/"`, `{"\u0061":1}`, `-0`, `{"":""}`,
		`{"n":` + strings.Repeat("9", 1500) + `}`, `{"n":0.` + strings.Repeat("3", 1500) + `}`,
	} {
		values["tags"] = append(values["tags"], crm.JSONValue([]byte(odd)))
	}
	rows := rowsOf(stream, values)
	for i := range rows {
		if tags := rows[i].Values[6]; tags.Valid {
			rows[i].Raw = []byte(`{"tags":` + string(tags.Bytes) + `}`)
		}
	}
	table := f.open(stream)
	for i := range rows {
		table.Fit(&rows[i])
	}
	f.write(table, rows...)
	f.wantSame(table, rows...)

	for i := range len(rows) - 1 {
		values := slices.Clone(rows[i+1].Values)
		values[0] = rows[i].Values[0]
		raw := rows[i+1].Raw
		rows[i] = makeRow(stream, values...)
		rows[i].Raw, rows[i].Hash = raw, crm.Hash{byte(i), byte(i >> 8), 1}
	}
	f.write(table, rows...)
	f.wantSame(table, rows...)

	f.remove(table, 1, false, rows...)
	f.wantSame(table, rows...)
}

// compareLostColumn: what a table has no column for is not as it would be stored.
func compareLostColumn(f *fixture) {
	row := full(1)
	f.write(f.open(leads()), row)
	for _, column := range []string{"visits", "data"} {
		f.exec("ALTER TABLE " + quote(leads().Table) + " DROP COLUMN " + column)
		table, err := f.db.Table(f.ctx, leads(), false)
		f.must(err)
		got := f.compare(table, row)[0]
		if n := len(got); n == 0 || got[n-1].Column != column || got[n-1].Source == (crm.Shown{}) || got[n-1].Warehouse != (crm.Shown{}) {
			f.Errorf("without %s: differs in %+v", column, got)
		}
		if gap := table.Lacks(); !slices.Contains(gap.Columns, column) {
			f.Errorf("without %s the table lacks %+v", column, gap)
		}
	}
	if gap := f.open(leads()).Lacks(); gap.Any() {
		f.Errorf("a table that is whole lacks %+v", gap)
	}
}

// compareEachColumn: a column that somebody changes by hand is the one that
// differs, and no other.
func compareEachColumn(f *fixture) {
	row := full(1)
	table := f.open(leads())
	for _, c := range []struct{ column, set, source, warehouse string }{
		{"name", "'Zoe'", "Zoë", "Zoe"},
		{"name", "'Zoë '", "Zoë", "Zoë "},
		{"name", "' Zoë'", "Zoë", " Zoë"},
		{"name", "'ZOË'", "Zoë", "ZOË"},
		{"name", "'Zoe\u0308'", "Zoë", "Zoe\u0308"},
		{"name", "''", "Zoë", ""},
		{"amount", "12.51", "12.5", "12.51"},
		{"amount", "12.5000000001", "12.5", "12.5000000001"},
		{"active", "false", "true", "false"},
		{"modified_at", "'2026-03-14T15:09:26.535898Z'", "2026-03-14T15:09:26.535897Z", "2026-03-14T15:09:26.535898Z"},
		{"born_on", "'2024-10-05'", "2024-10-04", "2024-10-05"},
		{"tags", `'{"b":[1.50],"a":"é"}'`, `{"b":[1.50,null],"a":"é"}`, `{"b":[1.50],"a":"é"}`},
		{"visits", "8", "7", "8"},
		{"data", `'{"name":"Zoe"}'`, `{"name":"Zoë","amount":12.50,"id":1}`, `{"name":"Zoe"}`},
	} {
		repaired := row
		repaired.Repair = true
		f.write(table, repaired)
		f.wantSame(table, row)
		f.exec("UPDATE " + quote(leads().Table) + " SET " + c.column + " = " + c.set)
		got := f.compare(table, row)[0]
		if len(got) != 1 || got[0].Column != c.column {
			f.Errorf("%s = %s: differs in %+v", c.column, c.set, got)
			continue
		}
		stream := leads()
		kind := kindOf(stream, c.column)
		if source, has := form(kind, held(got[0].Source)), form(kind, held(got[0].Warehouse)); source != form(kind, c.source) || has != form(kind, c.warehouse) {
			f.Errorf("%s = %s: the source says %q, the warehouse %q", c.column, c.set, source, has)
		}
	}
	f.write(table, full(2))
	f.exec("UPDATE " + quote(leads().Table) + " SET name = 'x', visits = 0 WHERE id = 2")
	if got := f.compare(table, full(2))[0]; len(got) != 2 || got[0].Column != "name" || got[1].Column != "visits" {
		f.Errorf("two columns were changed, and these differ: %+v", got)
	}
	for _, kept := range []string{"warren_hash", "warren_deleted_at", "warren_deleted_run"} {
		f.exec("UPDATE " + quote(leads().Table) + " SET " + kept + " = NULL")
	}
	f.wantSame(table, func() crm.Row { f.write(table, full(3)); return full(3) }())
}

// form writes a shown value in one form for all databases.
func form(k columnKind, shown string) string {
	switch k {
	case kind(crm.TypeDecimal):
		return plainDecimal(shown)
	case kind(crm.TypeJSON):
		return plainJSON(shown)
	case kind(crm.TypeBoolean):
		return strings.NewReplacer("1", "true", "0", "false").Replace(shown)
	case kind(crm.TypeTimestamp):
		at, err := time.Parse(time.RFC3339Nano, shown)
		if err != nil {
			return shown
		}
		return at.UTC().Format(time.RFC3339Nano)
	default:
		return shown
	}
}

// compareNull: NULL differs from every value, both ways, an empty text from
// NULL, and NULL from NULL never.
func compareNull(f *fixture) {
	table := f.open(leads())
	row, none := full(1), makeRow(leads(), crm.IntegerValue(2))
	f.write(table, row, none)
	f.wantSame(table, row, none)
	for i, column := range leads().Fields {
		if i == 0 {
			continue
		}
		f.exec("UPDATE " + quote(leads().Table) + " SET " + quote(column.Column) + " = NULL WHERE id = 1")
		got := f.compare(table, row)[0]
		if len(got) != i || got[i-1].Column != column.Column || got[i-1].Warehouse.Valid || !got[i-1].Source.Valid {
			f.Errorf("%s is NULL: %+v", column.Column, got)
		}
	}
	f.exec("UPDATE " + quote(leads().Table) + " SET name = 'NULL' WHERE id = 2")
	f.wantDiffers(table, none, crm.FieldDifference{Column: "name", Warehouse: crm.ShownText("NULL")})
	f.exec("UPDATE " + quote(leads().Table) + " SET name = '', amount = 0, active = false, visits = 0 WHERE id = 2")
	got := f.compare(table, none)[0]
	var columns []string
	for _, d := range got {
		columns = append(columns, d.Column)
		if d.Source.Valid || !d.Warehouse.Valid {
			f.Errorf("%+v", d)
		}
	}
	if !slices.Equal(columns, []string{"name", "amount", "active", "visits"}) {
		f.Errorf("these differ: %q", columns)
	}
	none.Raw = nil
	none.Values[1], none.Values[2] = crm.TextValue(nil), crm.DecimalValue([]byte("0"))
	none.Values[3], none.Values[7] = crm.BooleanValue(false), crm.IntegerValue(0)
	if got := f.compare(table, none)[0]; len(got) != 1 || got[0].Column != "data" {
		f.Errorf("a record without its bytes: %+v", got)
	}
}

// compareForms: two ways to write one value are no difference: decimals with
// zeros at the end, JSON with its members in another order, with other blanks
// and with numbers written otherwise.
func compareForms(f *fixture) {
	row := full(1)
	table := f.open(leads())
	f.write(table, row)
	f.exec("UPDATE " + quote(leads().Table) + ` SET amount = '012.5000', tags = '{"a": "\u00e9", "b": [15e-1, null]}',
		data = '{ "id":1.0, "amount":125e-1, "name":"Zoë" }'`)
	f.wantSame(table, row)

	row.Values[2] = crm.DecimalValue([]byte("12.500"))
	row.Values[6] = crm.JSONValue([]byte(`{"a":"é","b":[1.5,null]}`))
	f.wantSame(table, row)
	row.Values[6] = crm.JSONValue([]byte(`{"a":"é","b":[null,1.5]}`))
	if got := f.compare(table, row)[0]; len(got) != 1 || got[0].Column != "tags" {
		f.Errorf("the order of an array is said to differ in %+v", got)
	}
}

// compareStandIns: what stands in for NULL in a column that takes none is what
// Write would store, and anything else is not.
func compareStandIns(f *fixture) {
	stream := leads()
	for column, standIn := range map[string]string{"name": "none", "amount": "0.50", "active": "false", "modified_at": "1970-01-01T00:00:00Z", "born_on": "1970-01-01", "tags": "{}", "visits": "-1"} {
		i := stream.FieldIndex(column)
		stream.Fields[i].NotNull, stream.Fields[i].Default = true, standIn
	}
	stream.Cursor = ""
	table := f.open(stream)
	row := makeRow(stream, crm.IntegerValue(1))
	table.Fit(&row)
	f.write(table, row)
	f.wantSame(table, row)
	f.wantSame(table, makeRow(stream, crm.IntegerValue(1)))
	f.exec("UPDATE " + quote(stream.Table) + " SET name = '', amount = 0, active = true, visits = 0")
	var columns []string
	for _, d := range f.compare(table, row)[0] {
		columns = append(columns, d.Column)
	}
	if !slices.Equal(columns, []string{"name", "amount", "active", "visits"}) {
		f.Errorf("these differ: %q", columns)
	}
}

// compareForeignTable: the columns of a table that somebody else made are
// compared by what they can hold.
func compareForeignTable(f *fixture) {
	f.exec("CREATE TABLE " + quote(leads().Table) + ` (
		id bigint NOT NULL PRIMARY KEY,
		name varchar(50),
		amount numeric(12,2),
		active boolean NOT NULL,
		modified_at timestamp NOT NULL,
		born_on date,
		tags text,
		visits varchar(20),
		data json NOT NULL,
		synced_at timestamp NOT NULL,
		seen_at timestamp NOT NULL,
		rank integer NOT NULL)`)
	table := f.open(leads())
	none, some := makeRow(leads(), crm.IntegerValue(1)), full(2)
	padded, huge := full(3), full(4)
	padded.Values[1] = crm.TextValue([]byte(" 🦊 李  "))
	padded.Values[6] = crm.JSONValue([]byte(`{"b":1.50}`))
	huge.Values[1] = crm.TextValue([]byte(strings.Repeat("🦊", 51)))
	huge.Values[2] = crm.DecimalValue([]byte("12345678901.5"))
	rows := []crm.Row{none, some, padded, huge}
	for i := range rows {
		table.Fit(&rows[i])
	}
	f.wantCounts(f.write(table, rows...), int64(len(rows)), 0, 0)
	f.wantSame(table, rows...)
	for _, c := range []struct{ column, set string }{
		{"name", "'Zoe'"}, {"amount", "12.51"}, {"active", "false"}, {"modified_at", "'2026-03-14 15:09:26.535898'"},
		{"born_on", "'2024-10-05'"}, {"tags", "'[]'"}, {"visits", "'07'"}, {"data", "'{}'"},
	} {
		f.exec("UPDATE " + quote(leads().Table) + " SET " + c.column + " = " + c.set + " WHERE id = 2")
		if got := f.compare(table, rows[1])[0]; len(got) != 1 || got[0].Column != c.column {
			f.Errorf("%s = %s: differs in %+v", c.column, c.set, got)
		}
		repaired := rows[1]
		repaired.Repair = true
		f.wantCounts(f.write(table, repaired), 0, 1, 0)
	}
	f.exec("UPDATE "+quote(leads().Table)+" SET synced_at = $1, seen_at = $1, rank = 5", instant(0))
	f.wantSame(table, rows...)
}

// compareAbsent: nothing is said of a row that is not there, and of each other
// row in its place.
func compareAbsent(f *fixture) {
	absent, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	f.wantSame(absent, full(1))
	table := f.open(leads())
	f.wantSame(table)
	f.write(table, full(3), full(1))
	f.exec("UPDATE " + quote(leads().Table) + " SET visits = 8 WHERE id = 3")
	got := f.compare(table, full(2), full(3), full(1), full(3), full(1<<62))
	for i, want := range []int{0, 1, 0, 1, 0} {
		if len(got[i]) != want || want == 0 && got[i] != nil {
			f.Errorf("row %d differs in %+v", i, got[i])
		}
	}
}

// compareKeysAlone: a table that has nothing but its keys lacks all that a record has.
func compareKeysAlone(f *fixture) {
	f.exec("CREATE TABLE " + quote(leads().Table) + " (id bigint NOT NULL PRIMARY KEY)")
	f.exec("INSERT INTO " + quote(leads().Table) + " (id) VALUES (1)")
	table, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	f.wantSame(table, full(2))
	want := []string{"name", "amount", "active", "modified_at", "born_on", "tags", "visits", "data"}
	got := f.compare(table, full(1))[0]
	same := func(d crm.FieldDifference, column string) bool {
		return d.Column == column && d.Source.Valid && !d.Warehouse.Valid
	}
	if !slices.EqualFunc(got, want, same) {
		f.Errorf("differs in %+v; want %v", got, want)
	}
}

// held writes what is shown of a column as Text writes a value.
func held(s crm.Shown) string {
	if !s.Valid {
		return NULL
	}
	return s.Text
}
