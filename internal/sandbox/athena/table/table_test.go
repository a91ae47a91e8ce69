package table

import (
	"math"
	"testing"
	"time"
)

func TestTypes(t *testing.T) {
	for hive, want := range map[string][2]string{ // as messages and as results name it
		"string": {"varchar", "varchar"}, "VARCHAR(20)": {"varchar(20)", "varchar"}, "char(3)": {"char(3)", "char"}, "int": {"integer", "integer"},
		"tinyint": {"tinyint", "tinyint"}, "smallint": {"smallint", "smallint"}, "bigint": {"bigint", "bigint"}, "float": {"real", "float"}, "double": {"double", "double"},
		"decimal(12,2)": {"decimal(12,2)", "decimal"}, "boolean": {"boolean", "boolean"}, "date": {"date", "date"}, "timestamp": {"timestamp(3)", "timestamp"},
		"binary": {"varbinary", "varbinary"}, "array<map<string,int>>": {"array(map(varchar, integer))", "array"},
		"struct<a:int,b:array<date>>": {"row(a integer, b array(date))", "row"},
	} {
		got, err := ParseType(hive)
		if err != nil || got.String() != want[0] || got.Name() != want[1] {
			t.Errorf("%s: %s, %s, %v", hive, got, got.Name(), err)
		}
	}
	if got := Simple(ZonedKind).String(); got != "timestamp(3) with time zone" {
		t.Errorf("zoned: %s", got)
	}
}

func typ(t *testing.T, hive string) Type {
	t.Helper()
	out, err := ParseType(hive)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTextForms(t *testing.T) {
	at := time.Date(2020, 2, 7, 14, 15, 20, 384_999_999, time.UTC)
	for _, tc := range []struct {
		value      Value
		typ        Type
		text, json string
	}{
		{Value{}, typ(t, "string"), "null", "null"},
		{Text("a\"b\\\x01é"), typ(t, "string"), "a\"b\\\x01é", `"a\"b\\\u0001é"`},
		{Text("né"), typ(t, "char(4)"), "né  ", `"né  "`},
		{Bool(true), typ(t, "boolean"), "true", "true"},
		{Bool(false), typ(t, "boolean"), "false", "false"},
		{Int(-7), typ(t, "bigint"), "-7", "-7"},
		{Double(0), typ(t, "double"), "0.0", "0.0"},
		{Double(1e10), typ(t, "double"), "1.0E10", "1.0E10"},
		{Double(-9999999.5), typ(t, "double"), "-9999999.5", "-9999999.5"},
		{Double(1e7), typ(t, "double"), "1.0E7", "1.0E7"},
		{Double(0.001), typ(t, "double"), "0.001", "0.001"},
		{Double(1.25e-7), typ(t, "double"), "1.25E-7", "1.25E-7"},
		{Double(math.NaN()), typ(t, "double"), "NaN", `"NaN"`},
		{Double(math.Inf(1)), typ(t, "double"), "Infinity", `"Infinity"`},
		{Double(math.Inf(-1)), typ(t, "double"), "-Infinity", `"-Infinity"`},
		{Double(float64(float32(0.1))), typ(t, "float"), "0.1", "0.1"},
		{Decimal("33000.50"), typ(t, "decimal(12,2)"), "33000.50", "33000.50"},
		{Date(time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC)), typ(t, "date"), "1969-12-31", `"1969-12-31"`},
		{Time(at), typ(t, "timestamp"), "2020-02-07 14:15:20.384", `"2020-02-07 14:15:20.384"`},
		{ZonedTime(at, "-05:00"), Simple(ZonedKind), "2020-02-07 09:15:20.384 -05:00", `"2020-02-07 09:15:20.384 -05:00"`},
		{ZonedTime(at, "Mars"), Simple(ZonedKind), "2020-02-07 14:15:20.384 UTC", `"2020-02-07 14:15:20.384 UTC"`},
		{Text("ab"), typ(t, "binary"), "61 62", `"61 62"`},
		{Text(`{"a":1}`), Simple(JSONKind), `{"a":1}`, `{"a":1}`},
		{Nested(Int(1), Value{}), typ(t, "array<int>"), "[1, null]", "[1,null]"},
		{Nested(), typ(t, "array<int>"), "[]", "[]"},
		{Nested(Text("k2"), Int(2), Text("k"), Int(1)), typ(t, "map<string,int>"), "{k2=2, k=1}", `{"k":1,"k2":2}`},
		{Nested(Text("x"), Value{}), typ(t, "struct<a:string,b:int>"), "{a=x, b=null}", `{"a":"x","b":null}`},
	} {
		if got := string(tc.value.AppendText(nil, tc.typ)); got != tc.text {
			t.Errorf("%s: text %q; want %q", tc.typ, got, tc.text)
		}
		if got := string(tc.value.AppendJSON(nil, tc.typ)); got != tc.json {
			t.Errorf("%s: JSON %s; want %s", tc.typ, got, tc.json)
		}
	}
	if got := string(AppendScientific(nil, math.NaN(), 64)); got != "NaN" {
		t.Errorf("NaN: %s", got)
	}
}

func TestCompare(t *testing.T) {
	for _, tc := range []struct {
		a, b Value
		typ  string
		want int
	}{
		{Text("a"), Text("b"), "string", -1}, {Int(2), Int(1), "int", 1}, {Double(1), Double(1), "double", 0}, {Bool(false), Bool(true), "boolean", -1},
		{Value{}, Int(1), "int", 1}, {Int(1), Value{}, "int", -1}, {Value{}, Value{}, "int", 0},
		{Decimal("10.00"), Decimal("9.5"), "decimal(12,2)", 1}, {Decimal("-10.00"), Decimal("-9.5"), "decimal(12,2)", -1},
		{Decimal("-0.00"), Decimal("0"), "decimal(12,2)", 0}, {Decimal("1.50"), Decimal("1.5"), "decimal(12,2)", 0},
		{Decimal("-1"), Decimal("1"), "decimal(12,2)", -1}, {Decimal("1"), Decimal("-1"), "decimal(12,2)", 1}, {Decimal("007.1"), Decimal("7.09"), "decimal(12,2)", 1},
	} {
		if got := Compare(tc.a, tc.b, typ(t, tc.typ)); got != tc.want {
			t.Errorf("%s and %s: %d; want %d", tc.a.AppendText(nil, typ(t, tc.typ)), tc.b.AppendText(nil, typ(t, tc.typ)), got, tc.want)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, tc := range []struct {
		value Value
		typ   string
		want  int64
	}{
		{Value{}, "string", 0}, {Text("abc"), "string", 3}, {Int(1), "bigint", 8}, {Bool(true), "boolean", 1}, {Decimal("1.50"), "decimal(3,2)", 4},
		{Nested(Text("ab"), Text("c")), "array<string>", 3}, {Nested(), "array<string>", 0},
	} {
		if got := tc.value.Size(typ(t, tc.typ)); got != tc.want {
			t.Errorf("%s: %d; want %d", tc.typ, got, tc.want)
		}
	}
	if got := Nested(Text("ab")).Size(Type{}); got != 2 {
		t.Errorf("without a type: %d", got)
	}
	if got := Nested(Int(1)).Parts(); len(got) != 1 || got[0].Num() != 1 {
		t.Errorf("parts %v", got)
	}
}
