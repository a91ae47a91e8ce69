package parquet

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
)

// Files are written by another implementation than the one that is tested.

// sheet is a table that is to be written.
type sheet struct {
	columns []field
	rows    [][]parquet.Value
	codec   compress.Codec
	version int // of the data pages
	group   int // rows of a group; 0 for one of all
}

type field struct {
	name string
	node parquet.Node
}

// ordered is a group whose fields come in the order in which they were written down.
type ordered struct {
	parquet.Group
	fields []parquet.Field
}

func (o ordered) Fields() []parquet.Field { return o.fields }

func schemaOf(columns []field) *parquet.Schema {
	group := ordered{Group: parquet.Group{}}
	for _, c := range columns {
		group.Group[c.name] = c.node
	}
	for _, c := range columns {
		for _, f := range group.Group.Fields() {
			if f.Name() == c.name {
				group.fields = append(group.fields, f)
			}
		}
	}
	return parquet.NewSchema("hive_schema", group)
}

// write returns the bytes of the file.
func (s sheet) write(t testing.TB) []byte {
	t.Helper()
	if s.codec == nil {
		s.codec = &parquet.Gzip
	}
	if s.version == 0 {
		s.version = 1
	}
	var b bytes.Buffer
	if s.group == 0 {
		s.group = 1 << 20
	}
	w := parquet.NewWriter(&b, schemaOf(s.columns), parquet.Compression(s.codec), parquet.DataPageVersion(s.version),
		parquet.PageBufferSize(2000), parquet.DefaultEncodingFor(parquet.ByteArray, &parquet.Plain), parquet.MaxRowsPerRowGroup(int64(s.group)))
	for _, values := range s.rows {
		row := make(parquet.Row, len(values))
		for i, v := range values {
			level := 0
			if s.columns[i].node.Optional() && !v.IsNull() {
				level = 1
			}
			row[i] = v.Level(0, level, i)
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// show writes a row for comparisons.
func show(row []Cell) string {
	var list []string
	for _, c := range row {
		text := "'" + string(c.Text) + "'"
		if c.Null {
			text = "NULL"
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

func open(t testing.TB, data []byte) *File {
	t.Helper()
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func readAll(t testing.TB, f *File) (rows []string, err error) {
	t.Helper()
	for {
		row, err := f.Next()
		if row == nil || err != nil {
			return rows, err
		}
		rows = append(rows, show(row))
	}
}

func optional(n parquet.Node) parquet.Node { return parquet.Optional(n) }

// int96 is an instant as Athena writes it.
func int96(at time.Time) parquet.Value {
	days := math.Floor(float64(at.Unix()) / 86400)
	nanos := uint64(at.Unix()-int64(days)*86400)*1e9 + uint64(at.Nanosecond())
	return parquet.Int96Value(deprecated.Int96{uint32(nanos), uint32(nanos >> 32), uint32(int64(days) + 2_440_588)})
}

// complement is the two's complement of n in so many bytes, the highest first.
func complement(n int64, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[size-1-i] = byte(n >> min(8*i, 63))
	}
	return b
}

func TestEveryTypeHasTheTextOfAthenasOtherResults(t *testing.T) {
	at := time.Date(2020, 2, 7, 14, 15, 20, 384_000_000, time.UTC)
	fixed := parquet.FixedLenByteArrayValue
	for name, c := range map[string]struct {
		node parquet.Node
		kind string
		in   []parquet.Value
		want []string
	}{
		"boolean":             {parquet.Leaf(parquet.BooleanType), "boolean", []parquet.Value{parquet.BooleanValue(true), parquet.BooleanValue(false)}, []string{"true", "false"}},
		"tinyint":             {parquet.Int(8), "integer", []parquet.Value{parquet.Int32Value(-128), parquet.Int32Value(127)}, []string{"-128", "127"}},
		"integer":             {parquet.Leaf(parquet.Int32Type), "integer", []parquet.Value{parquet.Int32Value(math.MinInt32)}, []string{"-2147483648"}},
		"bigint":              {parquet.Int(64), "bigint", []parquet.Value{parquet.Int64Value(math.MinInt64), parquet.Int64Value(math.MaxInt64)}, []string{"-9223372036854775808", "9223372036854775807"}},
		"unsigned":            {parquet.Uint(64), "bigint", []parquet.Value{parquet.Int64Value(-1)}, []string{"18446744073709551615"}},
		"unsigned of 32 bits": {parquet.Uint(32), "bigint", []parquet.Value{parquet.Int32Value(-1)}, []string{"4294967295"}},
		"real":                {parquet.Leaf(parquet.FloatType), "float", []parquet.Value{parquet.FloatValue(0.1), parquet.FloatValue(1e10)}, []string{"0.1", "1.0E10"}},
		"double": {
			parquet.Leaf(parquet.DoubleType), "double",
			[]parquet.Value{
				parquet.DoubleValue(12500), parquet.DoubleValue(1e10), parquet.DoubleValue(1e-5), parquet.DoubleValue(0.1), parquet.DoubleValue(math.Copysign(0, -1)),
				parquet.DoubleValue(1e7), parquet.DoubleValue(9999999.5), parquet.DoubleValue(-1.25e-300), parquet.DoubleValue(math.NaN()), parquet.DoubleValue(math.Inf(1)), parquet.DoubleValue(math.Inf(-1)),
			},
			[]string{"12500.0", "1.0E10", "1.0E-5", "0.1", "-0.0", "1.0E7", "9999999.5", "-1.25E-300", "NaN", "Infinity", "-Infinity"},
		},
		"decimal of 4 bytes": {
			parquet.Decimal(2, 9, parquet.Int32Type), "decimal(9,2)",
			[]parquet.Value{parquet.Int32Value(3300050), parquet.Int32Value(-10), parquet.Int32Value(0), parquet.Int32Value(-999999999)}, []string{"33000.50", "-0.10", "0.00", "-9999999.99"},
		},
		"decimal of 8 bytes": {
			parquet.Decimal(10, 18, parquet.Int64Type), "decimal(18,10)",
			[]parquet.Value{parquet.Int64Value(1), parquet.Int64Value(-123456789012345678)}, []string{"0.0000000001", "-12345678.9012345678"},
		},
		"decimal of fixed bytes": {
			parquet.Decimal(2, 12, parquet.FixedLenByteArrayType(6)), "decimal(12,2)",
			[]parquet.Value{fixed(complement(1845000, 6)), fixed(complement(-1, 6)), fixed(complement(0, 6)), fixed(complement(127, 6)), fixed(complement(128, 6)), fixed(complement(-128, 6)), fixed(complement(-129, 6))},
			[]string{"18450.00", "-0.01", "0.00", "1.27", "1.28", "-1.28", "-1.29"},
		},
		"decimal of 38 digits, which no float holds": {
			parquet.Decimal(4, 38, parquet.FixedLenByteArrayType(16)), "decimal(38,4)",
			[]parquet.Value{
				fixed([]byte("\x4b\x3b\x4c\xa8\x5a\x86\xc4\x7a\x09\x8a\x22\x3f\xff\xff\xff\xff")), fixed([]byte("\xb4\xc4\xb3\x57\xa5\x79\x3b\x85\xf6\x75\xdd\xc0\x00\x00\x00\x01")),
				fixed(complement(-5, 16)), fixed([]byte("\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff")), fixed([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00")),
			},
			[]string{
				"9999999999999999999999999999999999.9999", "-9999999999999999999999999999999999.9999", "-0.0005",
				"1844674407370955.1615", "-1844674407370955.1616",
			},
		},
		"decimal of any bytes": {
			parquet.Decimal(0, 20, parquet.ByteArrayType), "decimal(20,0)",
			[]parquet.Value{parquet.ByteArrayValue([]byte{7}), parquet.ByteArrayValue([]byte{0xff, 0xff, 0xf9})}, []string{"7", "-7"},
		},
		"date": {parquet.Date(), "date", []parquet.Value{parquet.Int32Value(0), parquet.Int32Value(-1), parquet.Int32Value(20_513)}, []string{"1970-01-01", "1969-12-31", "2026-03-01"}},
		"timestamp as Athena writes it": {
			parquet.Leaf(parquet.Int96Type), "timestamp",
			[]parquet.Value{int96(at), int96(at.Add(1234 * time.Nanosecond)), int96(time.Date(1969, 12, 31, 23, 59, 59, 999_000_000, time.UTC)), int96(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))},
			[]string{"2020-02-07 14:15:20.384", "2020-02-07 14:15:20.384001234", "1969-12-31 23:59:59.999", "0001-01-01 00:00:00.000"},
		},
		"timestamp in milliseconds": {parquet.Timestamp(parquet.Millisecond), "timestamp", []parquet.Value{parquet.Int64Value(at.UnixMilli()), parquet.Int64Value(-1)}, []string{"2020-02-07 14:15:20.384", "1969-12-31 23:59:59.999"}},
		"timestamp in microseconds": {parquet.Timestamp(parquet.Microsecond), "timestamp", []parquet.Value{parquet.Int64Value(at.UnixMicro()), parquet.Int64Value(at.UnixMicro() + 7)}, []string{"2020-02-07 14:15:20.384", "2020-02-07 14:15:20.384007"}},
		"timestamp in nanoseconds":  {parquet.Timestamp(parquet.Nanosecond), "timestamp", []parquet.Value{parquet.Int64Value(at.UnixNano()), parquet.Int64Value(-1)}, []string{"2020-02-07 14:15:20.384", "1969-12-31 23:59:59.999999999"}},
		"varchar":                   {parquet.String(), "varchar", []parquet.Value{parquet.ByteArrayValue([]byte("say \"hi\",\ntwice ü🐇")), parquet.ByteArrayValue([]byte(""))}, []string{"say \"hi\",\ntwice ü🐇", ""}},
		"json":                      {parquet.JSON(), "json", []parquet.Value{parquet.ByteArrayValue([]byte(`{"a":[1]}`))}, []string{`{"a":[1]}`}},
		"varbinary":                 {parquet.Leaf(parquet.ByteArrayType), "varbinary", []parquet.Value{parquet.ByteArrayValue([]byte("ab\xff")), parquet.ByteArrayValue(nil)}, []string{"61 62 ff", ""}},
		"fixed varbinary":           {parquet.Leaf(parquet.FixedLenByteArrayType(2)), "varbinary", []parquet.Value{fixed([]byte("ab"))}, []string{"61 62"}},
	} {
		for way, node := range map[string]parquet.Node{
			"required": c.node, "optional": optional(c.node), "in a dictionary": parquet.Encoded(c.node, &parquet.RLEDictionary), "optional in a dictionary": optional(parquet.Encoded(c.node, &parquet.RLEDictionary)),
		} {
			if strings.Contains(way, "dictionary") && c.kind == "boolean" {
				continue // which have none
			}
			t.Run(name+" "+way, func(t *testing.T) {
				s := sheet{columns: []field{{"x", node}}, version: 1 + len(way)%2}
				var want []string
				for i, v := range c.in {
					s.rows = append(s.rows, []parquet.Value{v})
					want = append(want, "'"+c.want[i]+"'")
					if node.Optional() {
						s.rows, want = append(s.rows, []parquet.Value{{}}), append(want, "NULL")
					}
				}
				f := open(t, s.write(t))
				if got := f.Columns()[0]; got.Type != c.kind || got.Name != "x" {
					t.Errorf("%s is of the type %s, want %s", got.Name, got.Type, c.kind)
				}
				got, err := readAll(t, f)
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("%v: %s", err, diff)
				}
			})
		}
	}
}

// log is a table of all that there is, of so many rows.
func log(rows int) sheet {
	s := sheet{columns: []field{
		{"id", parquet.String()}, {"note", optional(parquet.String())}, {"kind", optional(parquet.Encoded(parquet.String(), &parquet.RLEDictionary))},
		{"n", optional(parquet.Leaf(parquet.Int64Type))}, {"won", optional(parquet.Leaf(parquet.BooleanType))}, {"never", optional(parquet.String())},
		{"at", optional(parquet.Leaf(parquet.Int96Type))},
	}}
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i := range rows {
		row := []parquet.Value{
			parquet.ByteArrayValue(fmt.Appendf(nil, "d%d", i)), {}, {}, {}, {}, {}, int96(start.Add(time.Duration(i) * time.Millisecond)),
		}
		if i%3 != 0 {
			row[1] = parquet.ByteArrayValue([]byte(strings.Repeat("x", i%7)))
		}
		if i%100 < 90 {
			row[2] = parquet.ByteArrayValue(fmt.Appendf(nil, "kind %d", i%300/7))
		}
		if i%5 != 0 {
			row[3] = parquet.Int64Value(int64(i))
		}
		if i%2 != 0 {
			row[4] = parquet.BooleanValue(i%3 == 0)
		}
		s.rows = append(s.rows, row)
	}
	return s
}

// wantLog is what log should be read as.
func wantLog(rows int) (want []string) {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i := range rows {
		note, kind, n, won := "NULL", "NULL", "NULL", "NULL"
		if i%3 != 0 {
			note = "'" + strings.Repeat("x", i%7) + "'"
		}
		if i%100 < 90 {
			kind = fmt.Sprintf("'kind %d'", i%300/7)
		}
		if i%5 != 0 {
			n = fmt.Sprintf("'%d'", i)
		}
		if i%2 != 0 {
			won = fmt.Sprintf("'%t'", i%3 == 0)
		}
		at := start.Add(time.Duration(i) * time.Millisecond).Format("2006-01-02 15:04:05.000")
		want = append(want, fmt.Sprintf("'d%d' %s %s %s %s NULL '%s'", i, note, kind, n, won, at))
	}
	return want
}

// ways are the shapes in which a file may come.
func ways(s sheet) map[string]sheet {
	all := map[string]sheet{}
	for name, codec := range map[string]compress.Codec{"gzip": &parquet.Gzip, "snappy": &parquet.Snappy, "zstd": &parquet.Zstd, "plain": &parquet.Uncompressed} {
		for version := 1; version <= 2; version++ {
			for _, group := range []int{0, 700} {
				s.codec, s.version, s.group = codec, version, group
				all[fmt.Sprintf("%s v%d groups of %d", name, version, group)] = s
			}
		}
	}
	return all
}

func TestRowsComeInWhateverWayTheyAreStored(t *testing.T) {
	for name, s := range ways(log(3000)) {
		t.Run(name, func(t *testing.T) {
			f := open(t, s.write(t))
			if f.Rows() != 3000 {
				t.Errorf("%d rows", f.Rows())
			}
			got, err := readAll(t, f)
			if diff := cmp.Diff(wantLog(3000), got); diff != "" || err != nil {
				t.Errorf("%v: %s", err, diff)
			}
		})
	}
}

func TestAReadingGoesOnBehindAnyRow(t *testing.T) {
	for name, s := range ways(log(2000)) {
		t.Run(name, func(t *testing.T) {
			data := s.write(t)
			for _, rows := range []int{0, 1, 7, 350, 699, 700, 701, 1400, 1999, 2000} {
				f := open(t, data)
				if err := f.Pass(int64(rows)); err != nil {
					t.Fatalf("behind row %d: %v", rows, err)
				}
				got, err := readAll(t, f)
				if diff := cmp.Diff(wantLog(2000)[rows:], append([]string{}, got...)); diff != "" || err != nil {
					t.Fatalf("behind row %d: %v: %s", rows, err, diff)
				}
			}
			if err := open(t, data).Pass(2001); err == nil {
				t.Error("a file of 2000 rows has a row 2001")
			}
			f := open(t, data) // in steps
			for _, step := range []int64{3, 900, 2} {
				if err := f.Pass(step); err != nil {
					t.Fatal(err)
				}
			}
			if row, err := f.Next(); err != nil || string(row[0].Text) != "d905" {
				t.Errorf("%s: %v", show(row), err)
			}
		})
	}
}

func TestAFileWithoutRows(t *testing.T) {
	s := log(0)
	if rows, err := readAll(t, open(t, s.write(t))); len(rows) != 0 || err != nil {
		t.Errorf("%v: %v", rows, err)
	}
}
