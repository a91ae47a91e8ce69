package warehousetest

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// valuesComeBack: every value of every type is read back as it was written
// (L5), inserted or updated.
func valuesComeBack(f *fixture) {
	stream := leads()
	stream.Cursor = ""
	table := f.open(stream)
	rows := rowsOf(stream, eachValue())
	want := make([][]string, len(rows))
	for i := range rows {
		want[i] = Texts(rows[i])
		if issues := table.Fit(&rows[i]); len(issues) > 0 {
			f.Errorf("row %d does not fit: %v", i, issues)
		}
	}
	f.wantCounts(f.write(table, rows...), int64(len(rows)), 0, 0)
	f.wantRows(stream, nil, want...)

	// The same values again, each row with those of the next: updates store
	// values as inserts do.
	last := len(rows) - 1
	for i := range last {
		next := slices.Clone(rows[i+1].Values)
		next[0] = crm.IntegerValue(int64(i))
		rows[i] = makeRow(stream, next...)
		want[i] = Texts(rows[i])
	}
	f.wantCounts(f.write(table, rows...), 0, int64(last), 1)
	f.wantRows(stream, nil, want...)
}

// eachValue returns the values that a column of leads may be hard put to keep,
// by the column's name.
func eachValue() map[string][]crm.Value {
	text := func(s string) crm.Value { return crm.TextValue([]byte(s)) }
	decimal := func(s string) crm.Value { return crm.DecimalValue([]byte(s)) }
	jsonOf := func(s string) crm.Value { return crm.JSONValue([]byte(s)) }
	at := func(year int, month time.Month, day, hour, minute, second, nano int) crm.Value {
		return crm.TimestampValue(time.Date(year, month, day, hour, minute, second, nano, time.UTC))
	}
	day := func(year int, month time.Month, d int) crm.Value {
		return crm.DateValue(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
	return map[string][]crm.Value{
		"name": {
			text(""), text(" "), text("Zoë 🦊 李"), text("00123"), text("1e5"), text("1.10"), text("-0"), text("true"), text("NULL"),
			text("it's \"quoted\" \\ back"), text("line\r\nbreak\ttab"), text("2026-03-14"), text("\u2028\ufeff\u200b"), text("e\u0301"),
		},
		"amount": {
			decimal("0"), decimal("-0.0001"), decimal("12.50"), decimal("0.1"), decimal("123456789012345"), decimal("1234567.89"),
			decimal("9223372036854775807"), decimal("-9223372036854775808"), decimal("9223372036854775808"), decimal("9007199254740993"),
			decimal("0.1234567890123456"), decimal("100000000000000000000000"), decimal("1234567890123456789012345678901234567890"),
			decimal("-0.1234567890123456789012345678901234567890"), decimal("12345678901234567890.123456789"), decimal("1.000000000000000000000000000001"),
		},
		"active": {crm.BooleanValue(true), crm.BooleanValue(false)},
		"modified_at": {
			at(1970, 1, 1, 0, 0, 0, 0), at(1969, 12, 31, 23, 59, 59, 999999000), at(2026, 3, 14, 15, 9, 26, 535897000),
			at(1, 1, 1, 0, 0, 0, 0), at(1, 1, 1, 0, 0, 0, 1000), at(9999, 12, 31, 23, 59, 59, 999999000), at(2024, 2, 29, 0, 0, 0, 100000000),
		},
		"born_on": {day(1970, 1, 1), crm.DateValue(-1), day(2024, 2, 29), crm.DateValue(-719162), day(9999, 12, 31), day(1899, 12, 31)},
		"tags": {
			jsonOf(`null`), jsonOf(`[]`), jsonOf(`{}`), jsonOf(`"text"`), jsonOf(`17`), jsonOf(`1.10`), jsonOf(`{"b":[1,2,{"c":null}],"a":"\u00e9🦊"}`),
			jsonOf(`{"id":12345678901234567890123}`), jsonOf(`"00123"`), jsonOf(`true`),
		},
		"visits": {
			crm.IntegerValue(0), crm.IntegerValue(-1), crm.IntegerValue(math.MaxInt64), crm.IntegerValue(math.MinInt64), crm.IntegerValue(1<<53 + 1),
		},
	}
}

// rowsOf returns one row for each value, which is all that it holds besides its
// key; the keys count from 0.
func rowsOf(stream crm.Stream, values map[string][]crm.Value) []crm.Row {
	var rows []crm.Row
	for i, field := range stream.Fields {
		for _, v := range values[field.Column] {
			row := make([]crm.Value, len(stream.Fields))
			row[0], row[i] = crm.IntegerValue(int64(len(rows))), v
			rows = append(rows, makeRow(stream, row...))
		}
	}
	return rows
}

// emptyIsNotNull: a text of no characters stays one.
func emptyIsNotNull(f *fixture) {
	f.write(f.open(leads()),
		makeRow(leads(), crm.IntegerValue(1), crm.TextValue([]byte{})),
		makeRow(leads(), crm.IntegerValue(2), crm.TextValue(nil)),
		makeRow(leads(), crm.IntegerValue(3), crm.Value{}))
	f.wantRows(leads(), []string{"name"}, []string{""}, []string{""}, []string{NULL})
}

// longText: five megabytes go in and come out.
func longText(f *fixture) {
	long := strings.Repeat("0123456789🦊", 5<<20/14)
	row := makeRow(leads(), crm.IntegerValue(1), crm.TextValue([]byte(long)))
	row.Raw = []byte(`{"id":1}`)
	f.write(f.open(leads()), row)
	got, err := Dump(f.ctx, f.db, leads(), "name")
	f.must(err)
	if len(got) != 1 || got[0][0] != long {
		f.Error("the text is not the same")
	}
}

// rawRecord: the record as sent is in data, and follows an update.
func rawRecord(f *fixture) {
	row := lead(1, "Ann", instant(0))
	row.Raw = []byte(`{"id":1,"unmapped":{"deep":[1,2.50,"x"]},"big":12345678901234567890}`)
	f.write(f.open(leads()), row)
	f.wantRows(leads(), []string{"data"}, []string{`{"big":12345678901234567890,"id":1,"unmapped":{"deep":[1,2.50,"x"]}}`})

	row = lead(1, "Anna", instant(time.Hour))
	row.Raw = []byte(`{"id":1,"unmapped":null}`)
	f.write(f.open(leads()), row)
	f.wantRows(leads(), []string{"data"}, []string{`{"id":1,"unmapped":null}`})
}
