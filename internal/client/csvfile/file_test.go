package csvfile_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/client/csvfile"
	"github.com/warren-sync/warren/internal/crm"
)

// people is a stream whose key goes by two names.
func people() crm.Stream {
	return crm.Stream{
		Name: "people", PrimaryKey: []string{"id"}, FromFile: true,
		Fields: []crm.Field{{Column: "id", Paths: []string{"objectId", "id"}}, {Column: "name", Paths: []string{"name"}}},
	}
}

func fileOf(t *testing.T, text string) *csvfile.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return &csvfile.File{Path: path, Name: "people.csv"}
}

// read reads a file for as long as it has pages, and more wants them.
func read(t *testing.T, f *csvfile.File, more func(page int) bool) (records []string, pages []crm.Page, err error) {
	t.Helper()
	for page, e := range f.Read(t.Context(), people(), crm.Request{}) {
		if e != nil {
			err = e
			break
		}
		pages = append(pages, page)
		for _, record := range page.Records {
			records = append(records, string(record))
		}
		if more != nil && !more(len(pages)) {
			break
		}
	}
	return records, pages, err
}

func TestRowsBecomeRecords(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"no rows":                          {"id,name\n", nil},
		"a row":                            {"id,name\n1,Ann\n", []string{`{"id":"1","name":"Ann"}`}},
		"without its last line break":      {"id,name\n1,Ann", []string{`{"id":"1","name":"Ann"}`}},
		"lines of Windows":                 {"id,name\r\n1,Ann\r\n", []string{`{"id":"1","name":"Ann"}`}},
		"NULL is not the empty text":       {"id,name\n1,\n2,\"\"\n", []string{`{"id":"1","name":null}`, `{"id":"2","name":""}`}},
		"an empty line between":            {"id,name\n1,a\n\n2,b\n", []string{`{"id":"1","name":"a"}`, `{"id":"2","name":"b"}`}},
		"a byte order mark":                {"\ufeffid,name\n1,a\n", []string{`{"id":"1","name":"a"}`}},
		"blanks around a name of a column": {" id , name\n1, a \n", []string{`{"id":"1","name":" a "}`}},
		"names that need quoting":          {"id,\"a \"\"b\"\"\"\n1,x\n", []string{`{"id":"1","a \"b\"":"x"}`}},
		"quotes, commas and line breaks":   {"id,name\n1,\"a, \"\"b\"\"\nc\"\n", []string{`{"id":"1","name":"a, \"b\"\nc"}`}},
		"JSON inside a cell":               {"id,name\n1,\"[{\"\"__type\"\":\"\"Pointer\"\"}]\"\n", []string{`{"id":"1","name":"[{\"__type\":\"Pointer\"}]"}`}},
		"the other name of the key":        {"name,objectId\nAnn,1\n", []string{`{"name":"Ann","objectId":"1"}`}},
		"numbers stay texts":               {"id,name\n007,1e5\n", []string{`{"id":"007","name":"1e5"}`}},
		"bytes that are no UTF-8":          {"id,name\n1,a\xff\n", []string{"{\"id\":\"1\",\"name\":\"a\xff\"}"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := fileOf(t, c.text)
			if err := f.Check(t.Context(), people()); err != nil {
				t.Fatal(err)
			}
			got, pages, err := read(t, f, nil)
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			if len(pages) != 1 || !pages[0].Last {
				t.Errorf("%d pages, or none is the last", len(pages))
			}
		})
	}
}

// A row that is broken says what is wrong with it and where it is, and costs no other (L3).
func TestL3ABrokenRowIsToldWithItsLine(t *testing.T) {
	_, pages, err := read(t, fileOf(t, "\ufeffid,name\n1,\"two\nlines\"\n\n2\n3,a,b\r\n4,c\n\"5\n\",\"\",\n"), nil)
	if err != nil || len(pages) != 1 || len(pages[0].Records) != 2 {
		t.Fatalf("%v: %+v", err, pages)
	}
	var got []string
	for _, reject := range pages[0].Rejects {
		if reject.Code != crm.CodeNotRecord || reject.ID != "" {
			t.Errorf("%+v", reject)
		}
		got = append(got, string(reject.Raw)+" "+reject.Reason)
	}
	const why = ", and the first row of the file names 2: a comma is lacking or too many, or a quote around a text that has one"
	want := []string{
		`["2"] the row in line 5 of people.csv has 1 cell` + why,
		`["3","a","b"] the row in line 6 of people.csv has 3 cells` + why,
		`["5\n","",null] the row in line 8 of people.csv has 3 cells` + why,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if pages[0].Bytes <= int64(len(pages[0].Records[0])+len(pages[0].Records[1])) {
		t.Errorf("%d bytes are not all", pages[0].Bytes)
	}
}

// Behind a quote that stands where none can nobody can tell where rows begin: the file is
// an error there.
func TestL3AQuoteInsideACellIsToldWithItsLine(t *testing.T) {
	got, _, err := read(t, fileOf(t, "id,name\n1,a\n2,b \"c\"\n3,d\n"), nil)
	if crm.CodeOf(err) != crm.CodeBadAnswer || len(got) != 1 || !strings.Contains(err.Error(), "line 3, byte 12: a quote stands where none can") {
		t.Errorf("%v: %q", err, got)
	}
}

func TestWhatIsNoFileOfRecords(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code crm.Code
		says string
	}{
		"nothing":                     {"", crm.CodeUsage, "is empty"},
		"no key":                      {"name,email\nAnn,x\n", crm.CodeUsage, "no column objectId or id, which names a record of people"},
		"a column without a name":     {"id,,name\n", crm.CodeUsage, "no name for its column 2"},
		"a name twice":                {"id,name, name\n", crm.CodeUsage, `two columns named "name"`},
		"a header that is cut":        {"id,\"name", crm.CodeBadAnswer, "cannot be read to its end"},
		"another character for comma": {"id;name\n1;Ann\n", crm.CodeUsage, "no column objectId or id"},
	} {
		t.Run(name, func(t *testing.T) {
			f := fileOf(t, c.text)
			_, pages, readErr := read(t, f, nil)
			for _, err := range []error{f.Check(t.Context(), people()), readErr} {
				e, ok := errors.AsType[*crm.Error](err)
				if !ok || e.Code != c.code || !strings.Contains(e.Message, c.says) || !strings.Contains(e.Message, "people.csv") || e.Fix == "" {
					t.Errorf("%v", err)
				}
			}
			if len(pages) > 0 {
				t.Errorf("%d pages of it", len(pages))
			}
		})
	}
	f := &csvfile.File{Path: filepath.Join(t.TempDir(), "no.csv"), Name: "no.csv"}
	_, _, readErr := read(t, f, nil)
	for _, err := range []error{f.Check(t.Context(), people()), readErr} {
		if crm.CodeOf(err) != crm.CodeUsage || err.Error() != "the file no.csv cannot be opened: no such file or directory" {
			t.Errorf("%v", err)
		}
	}
}

// A file that is cut in the middle is an error behind what stands before the cut, and
// never a short file (L3).
func TestL3AFileThatIsCutIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		rows int
		want int
	}{"in the first row": {0, 0}, "later": {3, 3}} {
		text := "id,name\n" + strings.Repeat("1,a\n", c.rows) + "2,\"b"
		got, pages, err := read(t, fileOf(t, text), nil)
		if crm.CodeOf(err) != crm.CodeBadAnswer || len(got) != c.want {
			t.Errorf("%s: %v, %q", name, err, got)
		}
		for _, page := range pages {
			if page.Last {
				t.Errorf("%s: a page says that it is the last", name)
			}
		}
	}
}

// A file of any length is read in pages that are bounded by rows and by bytes (L11),
// and no further than somebody wants.
func TestL11LongFilesComeInPages(t *testing.T) {
	var rows, wide strings.Builder
	rows.WriteString("id,name\n")
	wide.WriteString("id,name\n")
	for i := range 4500 {
		rows.WriteString(strconv.Itoa(i) + ",a\n")
	}
	for i := range 9 {
		wide.WriteString(strconv.Itoa(i) + "," + strings.Repeat("x", 1<<20) + "\n")
	}
	got, pages, err := read(t, fileOf(t, rows.String()), nil)
	if err != nil || len(got) != 4500 || len(pages) != 3 || len(pages[0].Records) != 2000 || pages[1].Last || !pages[2].Last {
		t.Errorf("%v: %d records in %d pages", err, len(got), len(pages))
	}
	for i, record := range got {
		var r struct{ ID string }
		if json.Unmarshal([]byte(record), &r) != nil || r.ID != strconv.Itoa(i) {
			t.Fatalf("record %d is %s", i, record)
		}
	}
	got, pages, err = read(t, fileOf(t, wide.String()), nil)
	if err != nil || len(got) != 9 || len(pages) != 3 || pages[0].Bytes > 5<<20 {
		t.Errorf("%v: %d records in %d pages", err, len(got), len(pages))
	}
	if _, pages, err = read(t, fileOf(t, rows.String()), func(int) bool { return false }); err != nil || len(pages) != 1 {
		t.Errorf("%v: %d pages although nobody wanted more", err, len(pages))
	}
	_, pages, err = read(t, fileOf(t, "id,name\n"+strings.Repeat("1\n", 4500)), nil)
	if err != nil || len(pages) != 3 || len(pages[0].Rejects) != 2000 || len(pages[2].Rejects) != 500 {
		t.Errorf("%v: broken rows in %d pages", err, len(pages))
	}
	_, pages, err = read(t, fileOf(t, "id,name\n"+strings.Repeat(strings.Repeat("x", 1<<20)+"\n", 9)), nil)
	if err != nil || len(pages) != 3 {
		t.Errorf("%v: long broken rows in %d pages", err, len(pages))
	}
	cut := rows.String() + "5000,\"a"
	if _, pages, err = read(t, fileOf(t, cut), func(page int) bool { return page < 3 }); err != nil || len(pages) != 3 {
		t.Errorf("%v: %d pages although nobody wanted more", err, len(pages))
	}
}

// FuzzFile holds of any file: it is refused, or each of its records is JSON.
func FuzzFile(f *testing.F) {
	for _, text := range []string{"id,name\n1,a\n", "id\n\"\"\n\n", "id,\"a\"\"\"\n\x00,\xff\n1\n1,2,3\n", "\ufeffid\r\n1", "id\n\"1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, pages, _ := read(t, fileOf(t, text), nil)
		for _, page := range pages {
			for _, reject := range page.Rejects {
				got = append(got, string(reject.Raw))
			}
		}
		for _, record := range got {
			if !json.Valid([]byte(record)) {
				t.Fatalf("%q becomes %q", text, record)
			}
		}
	})
}
