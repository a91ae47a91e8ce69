package csv

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// show writes cells so that a test can be read: NULL, bare text, 'quoted'.
func show(cells []Cell) []string {
	var list []string
	for _, c := range cells {
		switch {
		case c.Null():
			list = append(list, "NULL")
		case c.Quoted:
			list = append(list, "'"+string(c.Text)+"'")
		default:
			list = append(list, string(c.Text))
		}
	}
	return list
}

// all reads text to its end.
func all(r *Reader) (rows [][]string, err error) {
	for r.Next() {
		rows = append(rows, show(r.Row()))
	}
	return rows, r.Err()
}

func TestRows(t *testing.T) {
	tests := []struct {
		name    string
		columns int
		text    string
		want    [][]string
	}{
		{"nothing", 0, "", nil},
		{"NULL is not an empty text", 0, "\"a\",\"b\",\"c\"\n,\"\",\"x\"\n", [][]string{{"'a'", "'b'", "'c'"}, {"NULL", "''", "'x'"}}},
		{"a NULL at the end of the file", 2, "\"a\",", [][]string{{"'a'", "NULL"}}},
		{"a single NULL column is an empty line", 1, "\"a\"\n\n\"\"\n\n", [][]string{{"'a'"}, {"NULL"}, {"''"}, {"NULL"}}},
		{"the header says that one column is due", 0, "\"a\"\n\n", [][]string{{"'a'"}, {"NULL"}}},
		{"empty lines between rows of several cells", 2, "\n1,2\n\r\n3,4\n\n", [][]string{{"1", "2"}, {"3", "4"}}},
		{"empty lines before the first row", 0, "\n\n1\n", [][]string{{"1"}}},
		{"raw newlines inside quotes", 2, "\"a\nb\",\"c\r\nd\r\"\n", [][]string{{"'a\nb'", "'c\r\nd\r'"}}},
		{"commas inside quotes", 2, "\"a,b\",\",\"\n", [][]string{{"'a,b'", "','"}}},
		{"doubled quotes", 3, `"say ""hi""","""","""""x"` + "\n", [][]string{{`'say "hi"'`, `'"'`, `'""x'`}}},
		{"carriage returns before the newline", 2, "a,\"b\"\r\nc,\r\n", [][]string{{"a", "'b'"}, {"c", "NULL"}}},
		{"a carriage return inside a bare cell", 2, "a\rb,c\r\r\n", [][]string{{"a\rb", "c\r"}}},
		{"carriage returns before a comma are data", 2, "a\r,b\n", [][]string{{"a\r", "b"}}},
		{"a carriage return at the end of the file", 1, "a\n\"b\"\r", [][]string{{"a"}, {"'b'"}}},
		{"no newline at the end", 2, "a,b\nc,\"d\"", [][]string{{"a", "b"}, {"c", "'d'"}}},
		{"a byte order mark", 2, "\xef\xbb\xbf\"a\",b\n", [][]string{{"'a'", "b"}}},
		{"a byte order mark and nothing else", 1, "\xef\xbb\xbf", nil},
		{"a byte order mark later is data", 1, "a\n\xef\xbb\xbfb\n", [][]string{{"a"}, {"\xef\xbb\xbfb"}}},
		{"half a byte order mark is data", 1, "\xef\xbb", [][]string{{"\xef\xbb"}}},
		{"blanks are data", 2, " a , \n", [][]string{{" a ", " "}}},
		{"any number of cells", AnyColumns, "a\nb,c\n\nd,e,f\n", [][]string{{"a"}, {"b", "c"}, {"d", "e", "f"}}},
		{"an empty text alone is a row", AnyColumns, "\"\"\n\na\n", [][]string{{"''"}, {"a"}}},
		{"bytes that are no UTF-8", 1, "\xff\xfe\x00\n", [][]string{{"\xff\xfe\x00"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, source := range sources(test.text) {
				rows, err := all(NewReader(source, Options{Columns: test.columns}))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff(test.want, rows); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
		})
	}
}

// sources are the ways in which a text can come.
func sources(text string) map[string]io.Reader {
	return map[string]io.Reader{
		"whole":        strings.NewReader(text),
		"byte by byte": iotest.OneByteReader(strings.NewReader(text)),
		"halves":       iotest.HalfReader(strings.NewReader(text)),
		"end with data": iotest.DataErrReader(
			strings.NewReader(text)),
	}
}

func TestFaults(t *testing.T) {
	tests := []struct {
		name    string
		options Options
		text    string
		rows    int // good ones before the fault
		want    error
		line    int64
		offset  int64
		says    string
	}{
		{"cut inside quotes", Options{Columns: 1}, "\"a\"\n\"b", 1, ErrCut, 2, 4, "line 2, byte 4: the file ends inside quotes"},
		{"cut behind a doubled quote", Options{Columns: 1}, "\"a\"\"", 0, ErrCut, 1, 0, "line 1"},
		{"cut before the last cell", Options{Columns: 2}, "a,b\nc", 1, ErrColumns, 2, 4, "1 instead of 2"},
		{"a cell too many", Options{Columns: 2}, "a,b\nc,d,e\n", 1, ErrColumns, 2, 4, "more than 2"},
		{"fewer cells than the first row", Options{}, "a,b\n\"x\ny\",z\nc\n", 2, ErrColumns, 4, 12, "line 4, byte 12"},
		{"a quote inside a bare cell", Options{Columns: 1}, "a\"b\n", 0, ErrQuote, 1, 0, "inside a cell"},
		{"text behind a quote", Options{Columns: 1}, "\"a\"b\n", 0, ErrQuote, 1, 0, "text follows"},
		{"a carriage return behind a quote", Options{Columns: 1}, "\"a\"\rb\n", 0, ErrQuote, 1, 0, "text follows"},
		{"a bare cell over the bound", Options{Columns: 1, MaxRow: 8}, "1234567\n123456789\n", 1, ErrTooLong, 2, 8, "over 8 bytes"},
		{"a quoted cell over the bound", Options{Columns: 1, MaxRow: 8}, "\"123456789\"\n", 0, ErrTooLong, 1, 0, "over 8 bytes"},
		{"cells without end", Options{Columns: AnyColumns}, "a\n" + strings.Repeat(",", maxCells+1), 1, ErrColumns, 2, 2, "more than 65536"},
		{"where a reading went on", Options{Columns: 1, At: 1000}, "\"b\"\n\"", 1, ErrCut, 2, 1004, "byte 1004"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for name, source := range sources(test.text) {
				r := NewReader(source, test.options)
				rows, err := all(r)
				if len(rows) != test.rows {
					t.Errorf("%s: %d rows, want %d", name, len(rows), test.rows)
				}
				var e *Error
				if !errors.As(err, &e) || !errors.Is(err, test.want) {
					t.Fatalf("%s: error %v, want %v", name, err, test.want)
				}
				if e.Line != test.line || e.Offset != test.offset || !strings.Contains(e.Error(), test.says) {
					t.Errorf("%s: line %d, byte %d: %v", name, e.Line, e.Offset, e)
				}
				if r.Next() || len(r.Row()) != 0 {
					t.Errorf("%s: it reads on behind the fault", name)
				}
			}
		})
	}
}

func TestAFailingSourceIsNoEnd(t *testing.T) {
	lost := errors.New("connection lost")
	wrapped := errors.Join(lost, io.EOF) // a cause that ends in io.EOF is a failure still
	for _, text := range []string{"a,b\n", "a,b\nc,", "a,b\nc", "a,b\n\"c", "a,b\n\"c\"", "a,b\n\"c\"\r"} {
		for _, want := range []error{lost, wrapped} {
			rows, err := all(NewReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(want)), Options{Columns: 2}))
			if len(rows) != 1 || !errors.Is(err, lost) {
				t.Errorf("%q: %d rows and %v, want 1 row and %v", text, len(rows), err, lost)
			}
		}
	}
}

func TestASourceThatBringsNothingIsGivenUp(t *testing.T) {
	if _, err := all(NewReader(idle{}, Options{})); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("error %v, want %v", err, io.ErrNoProgress)
	}
}

// idle brings neither bytes nor an error.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestReadingIsResumedAtTheOffset(t *testing.T) {
	const text = "\xef\xbb\xbf\"a\",\"b\"\r\n\"x\ny\",\n,\"say \"\"hi\"\"\"\nlast,row"
	whole, err := all(NewReader(strings.NewReader(text), Options{Columns: 2}))
	if err != nil || len(whole) != 4 {
		t.Fatalf("%d rows and %v, want 4 rows", len(whole), err)
	}
	for stop := range len(whole) + 1 {
		r := NewReader(iotest.HalfReader(strings.NewReader(text)), Options{Columns: 2})
		rows := [][]string{}
		for range stop {
			r.Next()
			rows = append(rows, show(r.Row()))
		}
		at := r.Offset()
		rest, err := all(NewReader(strings.NewReader(text[at:]), Options{Columns: 2, At: at}))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole, append(rows, rest...)); diff != "" {
			t.Errorf("resumed behind row %d, byte %d: %s", stop, at, diff)
		}
	}
	r := NewReader(strings.NewReader(text), Options{Columns: 2})
	if _, err := all(r); err != nil || r.Offset() != int64(len(text)) {
		t.Errorf("offset at the end %d, want %d", r.Offset(), len(text))
	}
}

func TestRowsLongerThanTheBuffer(t *testing.T) {
	long := strings.Repeat("0123456789\n\"\"", 3*bufferSize/13)
	text := "\"a\",\"" + long + "\"\n\"b\",\"c\"\n"
	r := NewReader(strings.NewReader(text), Options{Columns: 2})
	if !r.Next() || string(r.Row()[1].Text) != strings.ReplaceAll(long, `""`, `"`) {
		t.Fatalf("the long cell is not what was written: %v", r.Err())
	}
	if !r.Next() || string(r.Row()[1].Text) != "c" || r.Next() || r.Err() != nil {
		t.Fatalf("the row behind it is not what was written: %v", r.Err())
	}
}

func TestNothingIsAllocatedForARow(t *testing.T) {
	r := NewReader(&endless{text: sample}, Options{Columns: 10})
	for range 5000 { // over the buffer's end more than once
		r.Next()
	}
	if got := testing.AllocsPerRun(5000, func() { r.Next() }); got != 0 {
		t.Errorf("%v allocations a row, want none", got)
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
}
