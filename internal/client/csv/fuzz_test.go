package csv

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// FuzzAgainstEncodingCSV holds of any text: both readers take it or neither
// does, and they see the same cells.
func FuzzAgainstEncodingCSV(f *testing.F) {
	for _, text := range []string{"a,b\n", "\"a\"\"\",\n\n\r\n", "\"a\nb\r\nc\"\r\n", "a\r\r\nb\r", "\"a\"\r", "\"", "a\"", ",", "\"a\"b", "\r", "\"\"\n", sample} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.HasPrefix(text, string(mark[:])) || strings.Count(text, ",") >= maxCells {
			return // a mark is data to encoding/csv, and a row has no bound there
		}
		other := csv.NewReader(strings.NewReader(text))
		other.FieldsPerRecord = -1
		want, otherErr := other.ReadAll()
		for name, source := range sources(text) {
			r := NewReader(source, Options{Columns: AnyColumns})
			var got [][]string
			for r.Next() {
				var row []string
				for _, c := range r.Row() {
					// encoding/csv makes \n of \r\n everywhere.
					row = append(row, strings.ReplaceAll(string(c.Text), "\r\n", "\n"))
				}
				got = append(got, row)
			}
			if (r.Err() == nil) != (otherErr == nil) {
				t.Fatalf("%s: %q: error %v, encoding/csv says %v", name, text, r.Err(), otherErr)
			}
			if otherErr != nil {
				continue
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: %q: %s", name, text, diff)
			}
		}
	})
}

// FuzzRoundTrip holds of any cells: written as Athena writes them they come
// back the same, NULL and the empty text apart, wherever a reading is resumed.
func FuzzRoundTrip(f *testing.F) {
	f.Add("a|b|NULL|", uint8(2))
	f.Add("NULL|NULL||\"|x\n\"y\"|\r\n", uint8(1))
	f.Add("||||||", uint8(3))
	f.Fuzz(func(t *testing.T, text string, width uint8) {
		columns := int(width%5) + 1
		values := strings.Split(text, "|")
		values = values[:len(values)/columns*columns]
		var file bytes.Buffer
		var want [][]string
		var ends []int64
		for len(values) > 0 {
			row := values[:columns]
			values = values[columns:]
			write(&file, row)
			want, ends = append(want, shown(row)), append(ends, int64(file.Len()))
		}
		r := NewReader(iotest.HalfReader(bytes.NewReader(file.Bytes())), Options{Columns: columns})
		var got [][]string
		for i := 0; r.Next(); i++ {
			got = append(got, show(r.Row()))
			if r.Offset() != ends[i] {
				t.Fatalf("row %d ends at %d, want %d", i, r.Offset(), ends[i])
			}
		}
		if r.Err() != nil {
			t.Fatalf("%q: %v", file.String(), r.Err())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q: %s", file.String(), diff)
		}
	})
}

// write writes a row as Athena does.
func write(file *bytes.Buffer, row []string) {
	for i, v := range row {
		if i > 0 {
			file.WriteByte(',')
		}
		if v != "NULL" {
			file.WriteString(`"` + strings.ReplaceAll(v, `"`, `""`) + `"`)
		}
	}
	file.WriteByte('\n')
}

func shown(row []string) (list []string) {
	for _, v := range row {
		if v != "NULL" {
			v = "'" + v + "'"
		}
		list = append(list, v)
	}
	return list
}
