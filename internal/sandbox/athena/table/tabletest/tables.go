package tabletest

import (
	"time"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// At is the time that the rows of Deals are about.
func At() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// Deals is a table of four rows with all types, NULL beside empty text, in two
// partitions; its times lie within two milliseconds after At.
func Deals() *table.Table {
	at := func(ms int) table.Value { return table.Time(At().Add(time.Duration(ms) * time.Millisecond)) }
	rows := [][]table.Value{
		{table.Text("a1"), table.Text(`say "hi", twice`), table.Decimal("33000.50"), table.Double(12500), table.Bool(true), table.Int(7),
			table.Date(At()), at(1), table.ZonedTime(At(), "+02:00"), table.Nested(table.Text("x"), table.Value{}),
			table.Nested(table.Int(1), table.Text("n")), table.Nested(table.Text("k"), table.Int(2)), table.Text("\x01\xff"), table.Text("2026-02-01")},
		{table.Text("b2"), table.Text("two\nlines"), table.Decimal("-0.10"), table.Double(1e10), table.Bool(false), table.Int(-1),
			table.Date(At().AddDate(0, 0, -1)), at(2), table.Value{}, table.Value{}, table.Value{}, table.Value{}, table.Value{}, table.Text("2026-02-01")},
		{table.Text("c3"), table.Text(""), table.Value{}, table.Value{}, table.Value{}, table.Value{},
			table.Value{}, at(2), table.Value{}, table.Nested(), table.Value{}, table.Value{}, table.Text(""), table.Text("2026-02-02")},
		{table.Text("d4"), table.Value{}, table.Decimal("100.00"), table.Double(0.00001), table.Bool(true), table.Int(7),
			table.Value{}, table.Value{}, table.Value{}, table.Value{}, table.Value{}, table.Value{}, table.Value{}, table.Text("2026-02-02")},
	}
	return &table.Table{
		Name: "deals",
		Columns: []table.Column{
			{Name: "id", Type: "string"}, {Name: "note", Type: "varchar(50)"}, {Name: "amount", Type: "decimal(12,2)"}, {Name: "score", Type: "double"},
			{Name: "won", Type: "boolean"}, {Name: "n", Type: "int"}, {Name: "day", Type: "date"}, {Name: "updated_at", Type: "timestamp"},
			{Name: "zoned", Type: "timestamp"}, {Name: "tags", Type: "array<string>"}, {Name: "who", Type: "struct<age:int,name:string>"},
			{Name: "extra", Type: "map<string,int>"}, {Name: "raw", Type: "binary"},
		},
		PartitionKeys: []table.Column{{Name: "dt", Type: "string"}},
		Rows: func(yield func([]table.Value) bool) {
			for _, row := range rows {
				if !yield(row) {
					return
				}
			}
		},
	}
}

// Numbers is a table of n rows that are made as they are read: the numbers from
// 0, and a text.
func Numbers(n int) *table.Table {
	return &table.Table{
		Name: "numbers", Columns: []table.Column{{Name: "n", Type: "bigint"}, {Name: "text", Type: "string"}},
		Rows: func(yield func([]table.Value) bool) {
			row := make([]table.Value, 2)
			for i := range n {
				row[0], row[1] = table.Int(int64(i)), table.Text("row")
				if !yield(row) {
					return
				}
			}
		},
	}
}
