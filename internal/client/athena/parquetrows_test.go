package athena

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/warren-sync/warren/internal/crm"
	data "github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// line is a row of the files that these tests write; a note that is nil is NULL.
type line struct {
	ID   int64   `parquet:"id"`
	Note *string `parquet:"note,optional,plain"`
}

// parquetFile is a file of rows from one number to another, in groups of some rows.
func parquetFile(t testing.TB, from, to, group int) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[line](&b, parquet.MaxRowsPerRowGroup(int64(group)), parquet.Compression(&parquet.Gzip))
	for i := from; i < to; i++ {
		l := line{ID: int64(i)}
		if i%3 != 0 {
			note := strings.Repeat("x", i%3-1)
			l.Note = &note
		}
		if _, err := w.Write([]line{l}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wantLines are the rows of such files.
func wantLines(from, to int) (want []string) {
	for i := from; i < to; i++ {
		want = append(want, fmt.Sprintf("'%d' %s", i, []string{"NULL", "''", "'x'"}[i%3]))
	}
	return want
}

func parquetRows(t testing.TB, c *Client, x Execution, o Options, names ...string) *ParquetRows {
	t.Helper()
	r, err := c.UnloadedParquet(t.Context(), x, folder, names, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func readParquet(t testing.TB, r *ParquetRows) (rows []string, err error) {
	t.Helper()
	for r.Next(t.Context()) {
		rows = append(rows, show(r.Row()))
	}
	return rows, r.Err()
}

func TestTheParquetFilesOfAnUnload(t *testing.T) {
	f := written(parquetFile(t, 0, 1000, 300), parquetFile(t, 0, 0, 10), parquetFile(t, 1000, 1001, 300))
	r := parquetRows(t, dial(t, f, nil), unloaded(), Options{}, "id", "NOTE")
	if diff := cmp.Diff([]Column{{Name: "id", Type: "bigint"}, {Name: "NOTE", Type: "varchar"}}, r.Columns()); diff != "" {
		t.Error(diff)
	}
	rows, err := readParquet(t, r)
	if diff := cmp.Diff(wantLines(0, 1001), rows); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

func TestColumnsOfParquetAreFoundByTheirNames(t *testing.T) {
	r := parquetRows(t, dial(t, written(parquetFile(t, 0, 3, 10)), nil), unloaded(), Options{}, "note", "absent", "id", "id")
	rows, err := readParquet(t, r)
	if diff := cmp.Diff([]string{"NULL NULL '0' '0'", "'' NULL '1' '1'", "'x' NULL '2' '2'"}, rows); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	if got := r.Columns()[1]; got != (Column{Name: "absent"}) {
		t.Errorf("%+v", got)
	}
}

func TestTrapZeroRowsAreZeroParquetFiles(t *testing.T) {
	r := parquetRows(t, dial(t, written(), nil), unloaded(), Options{}, "id")
	if rows, err := readParquet(t, r); len(rows) != 0 || err != nil || r.Columns()[0] != (Column{Name: "id"}) {
		t.Errorf("%d rows, %+v: %v", len(rows), r.Columns(), err)
	}
}

func TestAParquetReadingGoesOnWhereItStopped(t *testing.T) {
	f := written(parquetFile(t, 0, 50, 20), parquetFile(t, 50, 50, 10), parquetFile(t, 50, 91, 20))
	c := dial(t, f, nil)
	for stop := range 92 {
		r := parquetRows(t, c, unloaded(), Options{}, "id", "note")
		for range stop {
			r.Next(t.Context())
		}
		// A process that goes on and stops at once loses nothing either.
		r = parquetRows(t, c, unloaded(), Options{From: carried(t, r.Position())}, "id", "note")
		rows, err := readParquet(t, parquetRows(t, c, unloaded(), Options{From: carried(t, r.Position())}, "id", "note"))
		if diff := cmp.Diff(wantLines(stop, 91), rows); diff != "" || err != nil {
			t.Fatalf("behind row %d: %v: %s", stop, err, diff)
		}
	}
	part := folder + "part-0.gz"
	for name, from := range map[string]Position{
		"other files":   {Query: queryID, Object: folder + "part-9.gz", Lines: 1},
		"fewer files":   {Query: queryID, Object: part, File: 3, Lines: 1},
		"fewer rows":    {Query: queryID, Object: part, Lines: 51},
		"a new version": {Query: queryID, Object: part, ETag: `"v0"`, Lines: 1},
	} {
		_, err := c.UnloadedParquet(t.Context(), unloaded(), folder, []string{"id"}, Options{From: from})
		if crm.CodeOf(err) != crm.CodeBadAnswer {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := c.UnloadedParquet(t.Context(), unloaded(), folder, nil, Options{From: Position{Query: "another"}})
	mustFail(t, err, crm.CodeInternal)
}

func TestL3AParquetFileThatIsNotWholeIsAnError(t *testing.T) {
	whole := parquetFile(t, 0, 1000, 300)
	flipped := []byte(whole)
	flipped[len(whole)/3] ^= 0xff
	for name, text := range map[string]string{
		"cut":                whole[:len(whole)/2],
		"without its start":  whole[len(whole)/2:],
		"a flipped byte":     string(flipped),
		"JSON":               "{\"id\":1}\n",
		"a footer that lies": whole[:len(whole)-8] + "\xff\xff\xff\x00PAR1",
		"nothing but magic":  "PAR1PAR1",
	} {
		r, err := dial(t, written(text), nil).UnloadedParquet(t.Context(), unloaded(), folder, []string{"id", "note"}, Options{})
		if err == nil {
			_, err = readParquet(t, r)
			_ = r.Close()
		}
		if e := explained(t, err, crm.CodeBadAnswer); !strings.Contains(e.Message, folder+"part-0.gz") {
			t.Errorf("%s: %v", name, e)
		}
	}
	huge := whole[:len(whole)-8] + "\xff\xff\xff\x7fPAR1"
	_, err := dial(t, written(huge), nil).UnloadedParquet(t.Context(), unloaded(), folder, []string{"id"}, Options{})
	mustFail(t, err, crm.CodeTooLarge)
	f := written("x").on("GetObject lake/warren/run 7/part-0.gz", s3Refusal(403, "AccessDenied", "Access Denied"))
	_, err = dial(t, f, nil).UnloadedParquet(t.Context(), unloaded(), folder, []string{"id"}, Options{})
	mustFail(t, err, crm.CodeForbidden)
	rangeless := written("x").on("GetObject lake/warren/run 7/part-0.gz", reply(200, http.Header{"Etag": {`"v1"`}}, whole))
	if rows, err := readParquet(t, parquetRows(t, dial(t, rangeless, nil), unloaded(), Options{}, "id")); len(rows) != 1000 || err != nil {
		t.Errorf("%d rows where ranges are not known: %v", len(rows), err)
	}
}

// wide is a file of some megabytes that is not read whole at once.
func wide(t testing.TB, rows int) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[line](&b, parquet.MaxRowsPerRowGroup(int64(rows/2)), parquet.PageBufferSize(64<<10))
	for i := range rows {
		note := fmt.Sprintf("%d %s", i, strings.Repeat("x", 200))
		if _, err := w.Write([]line{{ID: int64(i), Note: &note}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAPartOfAParquetFileThatBreaksIsTakenUpWhereItBroke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := wide(t, 20_000)
		for name, broken := range map[string]blob{
			"reset": {text: text, cut: 100_000, broken: errReset}, "ended": {text: text, cut: 1}, "silent": {text: text, cut: 100_000, stall: true},
		} {
			f := written("").on("GetObject lake/warren/run 7/part-0.gz", broken.serve, blob{text: text}.serve, broken.serve, blob{text: text}.serve, broken.serve, blob{text: text}.serve)
			r := parquetRows(t, dial(t, f, nil), unloaded(), Options{}, "id", "note")
			rows := 0
			for ; r.Next(t.Context()); rows++ {
				if want := fmt.Sprint(rows); string(r.Row()[0].Text) != want || !bytes.HasPrefix(r.Row()[1].Text, []byte(want+" x")) {
					t.Fatalf("row %d is %s", rows, show(r.Row()))
				}
			}
			if rows != 20_000 || r.Err() != nil {
				t.Errorf("%s: %d rows: %v", name, rows, r.Err())
			}
			parts := f.said("GetObject lake")
			if !slices.ContainsFunc(parts, func(call string) bool {
				return strings.Contains(call, " bytes=100000-1048575") || strings.Contains(call, " bytes=1-1048575")
			}) {
				t.Errorf("%s: %v", name, parts)
			}
		}
	})
}

func TestL3AParquetFileRewrittenMeanwhileIsAnError(t *testing.T) {
	text := wide(t, 20_000)
	f := written("").on("GetObject lake/warren/run 7/part-0.gz", blob{text: text}.serve, blob{text: text}.serve, blob{text: text, etag: `"v2"`}.serve)
	r, err := dial(t, f, nil).UnloadedParquet(t.Context(), unloaded(), folder, []string{"id", "note"}, Options{})
	rows := 0
	if err == nil {
		for r.Next(t.Context()) {
			rows++
		}
		err = r.Err()
		_ = r.Close()
	}
	if mustFail(t, err, crm.CodeBadAnswer); rows == 20_000 {
		t.Error("all of it was read")
	}
}

func TestParquetFilesAreDeletedOnceTheyWereRead(t *testing.T) {
	f := written(parquetFile(t, 0, 5, 10), parquetFile(t, 5, 9, 10)).on("DeleteObject", reply(204, nil, ""))
	c := dial(t, f, nil)
	r := parquetRows(t, c, unloaded(), Options{Delete: true}, "id")
	r.Next(t.Context())
	if err := r.Close(); err != nil || f.made("DeleteObject") != 0 {
		t.Fatalf("%d files deleted before they were read: %v", f.made("DeleteObject"), err)
	}
	r = parquetRows(t, c, unloaded(), Options{Delete: true}, "id")
	if _, err := readParquet(t, r); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil || f.made("DeleteObject") != 5 {
		t.Errorf("%v: %v", f.said("DeleteObject"), err)
	}
}

func TestAParquetReadingEndsWithItsCaller(t *testing.T) {
	left := errors.New("the user left")
	r := parquetRows(t, dial(t, written(parquetFile(t, 0, 9, 10)), nil), unloaded(), Options{}, "id")
	ctx, cancel := context.WithCancelCause(t.Context())
	r.Next(ctx)
	cancel(left)
	if r.Next(ctx) || !errors.Is(explained(t, r.Err(), crm.CodeCancelled), left) || r.Next(t.Context()) {
		t.Errorf("error %v", r.Err())
	}
}

func TestL11MemoryOfParquetIsFlatWhateverTheSize(t *testing.T) {
	text := wide(t, 100_000) // about 20 MB, of which little is held
	many := []string{text, text, text, text}
	r := parquetRows(t, dial(t, written(many...), nil), unloaded(), Options{}, "id", "note")
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rows, most := 0, uint64(0)
	for r.Next(t.Context()) {
		if rows++; rows%50_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
	}
	if r.Err() != nil || rows != 400_000 {
		t.Fatalf("%d rows: %v", rows, r.Err())
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d rows took %d bytes", rows, grown)
	}
}

// all is a table of a column of each type that both formats can hold.
func all() *data.Table {
	at := time.Date(2026, 3, 1, 12, 0, 0, 1_000_000, time.UTC)
	rows := [][]data.Value{
		{data.Bool(true), data.Int(-128), data.Int(32767), data.Int(-1), data.Int(1 << 62), data.Double(0.5), data.Double(1e10), data.Decimal("-0.10"), data.Decimal("12345678901234567890123456789012.345678"), data.Text("ü \"x\"\n"), data.Text("a\xff"), data.Date(at), data.Time(at)},
		make([]data.Value, 13),
		{data.Bool(false), data.Int(127), data.Int(0), data.Int(1), data.Int(-1), data.Double(-1e-9), data.Double(12500), data.Decimal("99999999.99"), data.Decimal("-0.000001"), data.Text(""), data.Text(""), data.Date(time.Unix(-1, 0)), data.Time(time.Unix(-86401, 0))},
	}
	return &data.Table{
		Name: "everything",
		Columns: []data.Column{
			{Name: "won", Type: "boolean"}, {Name: "tiny", Type: "tinyint"}, {Name: "small", Type: "smallint"}, {Name: "n", Type: "int"}, {Name: "big", Type: "bigint"},
			{Name: "f", Type: "float"}, {Name: "d", Type: "double"}, {Name: "amount", Type: "decimal(10,2)"}, {Name: "exact", Type: "decimal(38,6)"},
			{Name: "note", Type: "string"}, {Name: "bin", Type: "binary"}, {Name: "day", Type: "date"}, {Name: "at", Type: "timestamp"},
		},
		Rows: slices.Values(rows),
	}
}

// The text of each type is the same in whatever way it comes.
func TestSandboxParquetHasTheTextsOfTheFile(t *testing.T) {
	s := simulated(t, "", nil)
	const query = `SELECT "won", "tiny", "small", "n", "big", "f", "d", "amount", "exact", "note", "bin", "day", "at" FROM "everything"`
	file := results(t, s.Client, s.mustRun(t, query), Options{Mode: File})
	want, err := read(t, file)
	if err != nil || len(want) != 3 {
		t.Fatalf("%q: %v", want, err)
	}
	for _, compression := range []string{"gzip", "snappy", "zstd", "none"} {
		place := "s3://lake/all/" + compression + "/"
		text, err := Unload(query, place, Parquet)
		if err != nil {
			t.Fatal(err)
		}
		id, err := s.Start(t.Context(), Query{Text: strings.Replace(text, "'GZIP'", "'"+compression+"'", 1)})
		if err != nil {
			t.Fatal(err)
		}
		x, err := s.Await(t.Context(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range file.Columns() {
			names = append(names, c.Name)
		}
		r, err := s.UnloadedParquet(t.Context(), x, place, names, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := readParquet(t, r)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v: %s", compression, err, diff)
		}
		for i, c := range r.Columns() {
			if want := file.Columns()[i].Type; c.Type != want && (want != "tinyint" && want != "smallint" || c.Type != "integer") {
				t.Errorf("%s is of the type %s, and of %s in the file", c.Name, c.Type, want)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestSandboxUnloadToParquet(t *testing.T) {
	for _, traps := range []string{"", "latefile=1,cut=3", "cut=2", "s3slowdown=3", "reset=5"} {
		t.Run(traps, func(t *testing.T) {
			s := simulated(t, traps, nil)
			text, err := Unload(allDeals, lake, Parquet)
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.UnloadedParquet(t.Context(), s.mustRun(t, text), lake, []string{"id", "note", "amount", "updated_at"}, Options{Delete: true})
			if err != nil {
				t.Fatal(err)
			}
			rows, err := readParquet(t, r)
			slices.Sort(rows)
			want := wantDeals()
			slices.Sort(want)
			if diff := cmp.Diff(want, rows); diff != "" || err != nil {
				t.Errorf("%v: %s", err, diff)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			for _, left := range s.Objects() {
				if strings.Contains(left, "unload/") || strings.Contains(left, "manifest") {
					t.Errorf("%s is left", left)
				}
			}
		})
	}
}

// A part ends where it was to end, also where the whole file is sent in its place.
func TestAPartOfAFileEndsWhereItWasToEnd(t *testing.T) {
	f := play().on("GetObject", reply(200, http.Header{"Etag": {`"v1"`}}, "0123456789"))
	o := dial(t, f, nil).newObject(t.Context(), place{bucket: "b", key: "k"})
	defer o.close()
	o.until = 4
	if got, err := io.ReadAll(o); string(got) != "0123" || err != nil {
		t.Errorf("%q: %v", got, err)
	}
}
