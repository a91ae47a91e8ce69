package athena

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// unloadedParquet runs an UNLOAD and opens its files.
func (s *site) unloadedParquet(query string) (files []*parquet.File) {
	s.t.Helper()
	q := s.run(query)
	if q.Status.State != "SUCCEEDED" {
		s.t.Fatalf("%s: %s", query, *q.Status.StateChangeReason)
	}
	manifest, err := s.object(*q.Statistics.DataManifestLocation)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, at := range strings.Fields(string(manifest)) {
		data, err := s.object(at)
		if err != nil {
			s.t.Fatal(err)
		}
		f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			s.t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

func TestUnloadParquetHasTheTypesThatAthenaWrites(t *testing.T) {
	s := start(t, "")
	files := s.unloadedParquet(`UNLOAD (SELECT id, n, score, won, day, updated_at, amount FROM deals) TO 's3://results/p/' WITH (format = 'PARQUET')`)
	if len(files) != 4 {
		t.Fatalf("%d files", len(files))
	}
	var got []string
	for _, e := range files[0].Metadata().Schema[1:] {
		logical := ""
		if e.LogicalType.Value != nil {
			logical = fmt.Sprint(" ", e.LogicalType.Value)
		}
		got = append(got, e.Name+" "+e.Type.V.String()+logical)
	}
	want := []string{
		"id BYTE_ARRAY STRING", "n INT32 INT(32,true)", "score DOUBLE", "won BOOLEAN", "day INT32 DATE", "updated_at INT96",
		"amount FIXED_LEN_BYTE_ARRAY DECIMAL(12,2)",
	}
	if size := files[0].Metadata().Schema[7].TypeLength.V; !slices.Equal(got, want) || size != 6 {
		t.Errorf("%q, and a decimal of %d bytes", got, size)
	}
	var rows []string
	for _, f := range files {
		r := f.RowGroups()[0].Rows()
		row := make([]parquet.Row, 10)
		n, _ := r.ReadRows(row) // io.EOF with the last
		for _, r := range row[:n] {
			rows = append(rows, fmt.Sprint(r))
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	slices.Sort(rows)
	if len(rows) != 4 || !strings.HasPrefix(rows[0], "[a1 ") || strings.Count(rows[2], "<null>") != 5 {
		t.Errorf("%d rows:\n%s", len(rows), strings.Join(rows, "\n"))
	}
}

func TestUnloadParquetInGroupsAndCompressed(t *testing.T) {
	s := start(t, "")
	for option, want := range map[string]format.CompressionCodec{
		"": format.Gzip, "gzip": format.Gzip, "SNAPPY": format.Snappy, "zstd": format.Zstd, "none": format.Uncompressed,
	} {
		with := "format = 'PARQUET'"
		if option != "" {
			with += ", compression = '" + option + "'"
		}
		files := s.unloadedParquet(`UNLOAD (SELECT * FROM numbers) TO 's3://results/of-` + option + `/' WITH (` + with + `)`)
		rows := int64(0)
		for _, f := range files {
			rows += f.NumRows()
			if n := len(f.RowGroups()); n != 7 { // of 100 rows, with 625 in a file
				t.Errorf("%s: %d groups", option, n)
			}
			if got := f.Metadata().RowGroups[0].Columns[0].MetaData.Codec; got != want {
				t.Errorf("%s: compressed with %s", option, got)
			}
		}
		if len(files) != 4 || rows != 2500 {
			t.Errorf("%s: %d rows in %d files", option, rows, len(files))
		}
	}
}

func TestUnloadOfNoRowsMakesNoParquetFiles(t *testing.T) {
	s := start(t, "")
	if files := s.unloadedParquet(`UNLOAD (SELECT id FROM deals WHERE id = 'zz') TO 's3://results/u/' WITH (format = 'PARQUET')`); len(files) != 0 {
		t.Errorf("%d files", len(files))
	}
}

func TestADecimalThatItsTypeCannotHold(t *testing.T) {
	for _, digits := range []string{"1.234", "x", "99999999999999999999.00"} {
		if v, err := parquetDecimal(digits, table.Type{Kind: table.DecimalKind, Precision: 12, Scale: 2}); err == nil {
			t.Errorf("%s becomes %v", digits, v)
		}
	}
	for digits, want := range map[string]string{"1.5": "000000000096", "-0.01": "ffffffffffff", "7": "0000000002bc"} {
		v, err := parquetDecimal(digits, table.Type{Kind: table.DecimalKind, Precision: 12, Scale: 2})
		if got := fmt.Sprintf("%x", v.ByteArray()); got != want || err != nil {
			t.Errorf("%s becomes %s, want %s: %v", digits, got, want, err)
		}
	}
}
