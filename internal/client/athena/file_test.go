package athena

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
)

// columnTypes answers the question for the types of a and b.
func columnTypes() answer { return table("", "a:varchar,b:decimal", "a,b") }

const twoColumns = "\"a\",\"b\"\n\"1\",\n\"\",\"x \"\"y\"\"\nz\"\n,\"last\"\n"

func TestFileTellsNullFromEmpty(t *testing.T) {
	f := play().on("GetQueryResults", columnTypes()).on("GetObject", blob{text: twoColumns}.serve)
	r := results(t, dial(t, f, nil), done(), Options{})
	rows, err := read(t, r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"'1' NULL", "'' 'x \"y\"\nz'", "NULL 'last'"}, rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Column{{Name: "a", Type: "varchar"}, {Name: "b", Type: "decimal(10,2)"}}, r.Columns()); diff != "" {
		t.Error(diff)
	}
	if in := f.input(t, "GetQueryResults", 0); in["MaxResults"] != 1.0 {
		t.Errorf("the types were asked for with %v", in)
	}
	if diff := cmp.Diff([]string{"GetObject results/acme/" + queryID + ".csv"}, f.said("GetObject")); diff != "" {
		t.Error(diff)
	}
	if r.Note() != "" || r.Next(t.Context()) {
		t.Errorf("note %q, or it goes on behind the end", r.Note())
	}
}

func TestTrapSingleNullColumnIsAnEmptyLine(t *testing.T) {
	f := play().on("GetQueryResults", table("", "a:varchar", "a")).on("GetObject", blob{text: "\"a\"\n\n\"x\"\n\n\"\"\n"}.serve)
	rows, err := read(t, results(t, dial(t, f, nil), done(), Options{Mode: File}))
	if diff := cmp.Diff([]string{"NULL", "'x'", "NULL", "''"}, rows); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

func TestTrapSingleNullColumnWhereAReadingGoesOn(t *testing.T) {
	f := play().on("GetQueryResults", table("", "a:varchar", "a")).on("GetObject", blob{text: "\"a\"\n\"x\"\n\n\n"}.serve)
	c := dial(t, f, nil)
	r := results(t, c, done(), Options{})
	r.Next(t.Context())
	rows, err := read(t, results(t, c, done(), Options{From: carried(t, r.Position())}))
	if diff := cmp.Diff([]string{"NULL", "NULL"}, rows); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

func TestNoRowsIsNoRows(t *testing.T) {
	f := play().on("GetQueryResults", columnTypes()).on("GetObject", blob{text: "\"a\",\"b\"\n"}.serve)
	r := results(t, dial(t, f, nil), done(), Options{})
	if rows, err := read(t, r); len(rows) != 0 || err != nil || len(r.Columns()) != 2 {
		t.Errorf("%d rows, %d columns: %v", len(rows), len(r.Columns()), err)
	}
}

func TestTypesThatAreRefusedLeaveTheHeader(t *testing.T) {
	for name, a := range map[string]answer{
		"the right is lacking": refusal(400, "AccessDeniedException", "no"),
		"an empty answer":      body("{}"),
		"no such query":        refusal(400, "InvalidRequestException", "Query x was not found"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := play().on("GetQueryResults", a).on("GetObject", blob{text: twoColumns}.serve)
				r := results(t, dial(t, f, nil), done(), Options{})
				rows, err := read(t, r)
				if err != nil || len(rows) != 3 {
					t.Errorf("%d rows: %v", len(rows), err)
				}
				if diff := cmp.Diff([]Column{{Name: "a"}, {Name: "b"}}, r.Columns()); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestL3AResultThatIsNotWhatItSaysIsAnError(t *testing.T) {
	tests := []struct {
		name, text string
		rows       int
		code       crm.Code
		says       string
	}{
		{"other columns", "\"a\",\"c\"\n\"1\",\"2\"\n", 0, crm.CodeBadAnswer, "columns a, b and the file of a, c"},
		{"fewer columns", "\"a\"\n\"1\"\n", 0, crm.CodeBadAnswer, "columns"},
		{"no header", "", 0, crm.CodeBadAnswer, "no header"},
		{"a row too short", "\"a\",\"b\"\n\"1\",\"2\"\n\"3\"\n", 1, crm.CodeBadAnswer, "1 instead of 2"},
		{"a row too long", "\"a\",\"b\"\n\"1\",\"2\",\"3\"\n", 0, crm.CodeBadAnswer, "more than 2"},
		{"inner quotes that are not doubled", "\"a\",\"b\"\n\"1\",\"2\"x\"\n", 0, crm.CodeBadAnswer, "quote"},
		{"an end inside quotes", "\"a\",\"b\"\n\"1\",\"2\"\n\"3\",\"4", 1, crm.CodeBadAnswer, "ends inside quotes"},
		{"a row over the bound", "\"a\",\"b\"\n\"1\",\"" + strings.Repeat("x", 64<<20) + "\"\n", 0, crm.CodeTooLarge, "too long"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := play().on("GetQueryResults", columnTypes()).on("GetObject", blob{text: test.text}.serve)
			r, err := dial(t, f, nil).Results(t.Context(), done(), Options{})
			var rows []string
			if err == nil {
				rows, err = read(t, r)
				_ = r.Close()
			}
			e := explained(t, err, test.code)
			mustHave(t, e.Error(), test.says)
			if len(rows) != test.rows {
				t.Errorf("%d rows before the fault, want %d", len(rows), test.rows)
			}
		})
	}
}

// numbered is a file of n rows.
func numbered(n int) string {
	return "\"a\",\"b\"\n" + lines(n, func(i int) string { return fmt.Sprintf("\"%d\",\"row %d\nof many\"\n", i, i) })
}

func TestTrapABodyThatBreaksIsResumedWhereItBroke(t *testing.T) {
	const n = 50_000
	for name, b := range map[string]blob{
		"a reset":       {cut: 300_001, broken: errReset},
		"an early end":  {cut: 300_001},
		"a cut at once": {cut: 1},
		"a cut body":    {cut: 299_993, broken: io.ErrUnexpectedEOF},
		"silence":       {cut: 300_001, stall: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b.text = numbered(n)
				whole := blob{text: b.text}
				f := play().on("GetQueryResults", columnTypes()).on("GetObject", b.serve, b.serve, b.serve, whole.serve)
				r := results(t, dial(t, f, nil), done(), Options{})
				count := 0
				for r.Next(t.Context()) {
					if got, want := show(r.Row()), fmt.Sprintf("'%d' 'row %d\nof many'", count, count); got != want {
						t.Fatalf("row %d is %s", count, got)
					}
					count++
				}
				if r.Err() != nil || count != n {
					t.Errorf("%d rows: %v", count, r.Err())
				}
				ranges := f.said("GetObject")
				if len(ranges) != 4 || !strings.HasSuffix(ranges[1], fmt.Sprintf("bytes=%d-", b.cut)) {
					t.Errorf("asked for %v", ranges)
				}
			})
		})
	}
}

func TestTrapAFileRewrittenMeanwhileIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := numbered(50_000)
		f := play().on("GetQueryResults", columnTypes()).
			on("GetObject", blob{text: text, cut: 300_000, broken: errReset}.serve, blob{text: text, etag: `"v2"`}.serve)
		rows, err := read(t, results(t, dial(t, f, nil), done(), Options{}))
		e := explained(t, err, crm.CodeBadAnswer)
		mustHave(t, e.Message, "rewritten", queryID+".csv")
		if !e.Retryable || len(rows) == 0 || f.made("GetObject") != 2 {
			t.Errorf("retryable %t, %d rows, %d calls", e.Retryable, len(rows), f.made("GetObject"))
		}
	})
}

func TestAPartThatWasNotAskedForIsAnError(t *testing.T) {
	text := numbered(20_000)
	part := func(header, etag string, length int) answer {
		return func(*http.Request) (*http.Response, error) {
			resp, err := reply(206, http.Header{"Etag": {etag}}, text[:length])(nil)
			if header != "" {
				resp.Header.Set("Content-Range", header)
			}
			return resp, err
		}
	}
	size := len(text)
	for _, test := range []struct {
		name   string
		second answer
		says   string
	}{
		{"the whole file", part("", `"v1"`, size), "the whole file where a part"},
		{"another part", part(fmt.Sprintf("bytes 0-%d/%d", size-1, size), `"v1"`, size), "another part"},
		{"a range that lies", part("bytes lots", `"v1"`, size), "another part"},
		{"another size", part(fmt.Sprintf("bytes 300000-%d/%d", size, size+1), `"v1"`, size-300_000), "rewritten"},
		{"another version", part(fmt.Sprintf("bytes 300000-%d/%d", size-1, size), `"v2"`, size-300_000), "rewritten"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := play().on("GetQueryResults", columnTypes()).on("GetObject", blob{text: text, cut: 300_000, broken: errReset}.serve, test.second)
				_, err := read(t, results(t, dial(t, f, nil), done(), Options{}))
				mustHave(t, explained(t, err, crm.CodeBadAnswer).Message, test.says)
				if n := f.made("GetObject"); n != 2 {
					t.Errorf("%d calls", n)
				}
			})
		})
	}
}

func TestPatienceWithConnectionsThatBringNothingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard events
		nothing := blob{text: numbered(10), cut: 1, broken: errReset}
		empty := func(req *http.Request) (*http.Response, error) {
			resp, err := nothing.serve(req)
			resp.Body = io.NopCloser(&ending{ctx: req, err: errReset})
			return resp, err
		}
		f := play().on("GetQueryResults", columnTypes()).on("GetObject", empty)
		start := time.Now()
		_, err := dial(t, f, func(c *Config) { c.Patience = 10 * time.Second; c.Observe = heard.add }).Results(t.Context(), done(), Options{})
		e := explained(t, err, crm.CodeUnreachable)
		mustHave(t, e.Error(), "attempts", "broke off", "byte 0")
		if took := time.Since(start); took != 7*time.Second || len(of[crm.RetryScheduled](&heard)) != 3 {
			t.Errorf("it took %s and %d retries", took, len(of[crm.RetryScheduled](&heard)))
		}
	})
}

func TestTrapAFreshFileIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := s3Refusal(404, "NoSuchKey", "The specified key does not exist.")
		f := play().on("GetQueryResults", columnTypes()).on("GetObject", late, late, late, blob{text: twoColumns}.serve)
		rows, err := read(t, results(t, dial(t, f, nil), done(), Options{}))
		if err != nil || len(rows) != 3 {
			t.Errorf("%d rows: %v", len(rows), err)
		}
	})
}

func TestTrapS3SlowDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryResults", columnTypes()).on("GetObject", s3Refusal(503, "SlowDown", "Please reduce your request rate."), blob{text: twoColumns}.serve)
		rows, err := read(t, results(t, dial(t, f, nil), done(), Options{}))
		if err != nil || len(rows) != 3 {
			t.Errorf("%d rows: %v", len(rows), err)
		}
	})
}

func TestTrapS3IsClosed(t *testing.T) {
	closed := s3Refusal(403, "AccessDenied", "Access Denied")
	f := play().on("GetQueryResults", table("", "a:varchar,b:varchar", "a,b"), table("", "a:varchar,b:varchar", "a,b", "1,NULL")).on("GetObject", closed)
	r := results(t, dial(t, f, nil), done(), Options{})
	rows, err := read(t, r)
	if diff := cmp.Diff([]string{"'1' NULL"}, rows); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	mustHave(t, r.Note(), "pages", "s3:GetObject")
	_, err = dial(t, f, nil).Results(t.Context(), done(), Options{Mode: File})
	mustFail(t, err, crm.CodeForbidden)
}

func TestAReadingGoesOnWhereItStopped(t *testing.T) {
	text := numbered(3000)
	file := blob{text: text}
	f := play().on("GetQueryResults", columnTypes()).on("GetObject", file.serve)
	c := dial(t, f, nil)
	for _, stop := range []int{0, 1, 1500, 3000} {
		r := results(t, c, done(), Options{})
		for range stop {
			if !r.Next(t.Context()) {
				t.Fatal(r.Err())
			}
		}
		at, err := r.Position().MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		var from Position
		if err := from.UnmarshalText(at); err != nil {
			t.Fatal(err)
		}
		rest := results(t, c, done(), Options{Mode: Pages, From: from}) // a position in a file is read in the file
		rows, err := read(t, rest)
		if err != nil || len(rows) != 3000-stop {
			t.Fatalf("behind row %d: %d rows: %v", stop, len(rows), err)
		}
		if len(rows) > 0 && rows[0] != fmt.Sprintf("'%d' 'row %d\nof many'", stop, stop) {
			t.Errorf("behind row %d comes %s", stop, rows[0])
		}
	}
	for _, call := range f.said("GetObject") {
		if strings.Contains(call, "bytes=0-") {
			t.Errorf("asked for %s", call)
		}
	}
}

func TestGoingOnWithoutTypesReadsTheHeaderAgain(t *testing.T) {
	f := play().on("GetQueryResults", refusal(400, "AccessDeniedException", "no")).on("GetObject", blob{text: twoColumns}.serve)
	c := dial(t, f, nil)
	r := results(t, c, done(), Options{})
	r.Next(t.Context())
	rest := results(t, c, done(), Options{From: r.Position()})
	rows, err := read(t, rest)
	if diff := cmp.Diff([]string{"'' 'x \"y\"\nz'", "NULL 'last'"}, rows); diff != "" || err != nil || len(rest.Columns()) != 2 {
		t.Errorf("%d columns, %v: %s", len(rest.Columns()), err, diff)
	}
}

// A file whose length is not told may end anywhere: one that was cut would look like
// one that is short, and the rows that it lacks like rows that are gone.
func TestL3AFileWhoseLengthIsNotToldIsAskedForAgain(t *testing.T) {
	cut := blob{text: twoColumns[:20], sizeless: true}.serve
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryResults", columnTypes()).on("GetObject", cut, cut, blob{text: twoColumns}.serve)
		if rows, err := read(t, results(t, dial(t, f, nil), done(), Options{})); len(rows) != 3 || err != nil {
			t.Errorf("%d rows: %v", len(rows), err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryResults", columnTypes()).on("GetObject", cut)
		_, err := dial(t, f, nil).Results(t.Context(), done(), Options{})
		if e := explained(t, err, crm.CodeBadAnswer); !e.Retryable || !strings.Contains(e.Fix, "proxies") {
			t.Errorf("%v: %s", e, e.Fix)
		}
	})
}

func TestGoingOnInAFileThatWasRewritten(t *testing.T) {
	f := play().on("GetQueryResults", columnTypes()).on("GetObject", blob{text: twoColumns}.serve, blob{text: twoColumns, etag: `"v2"`}.serve)
	c := dial(t, f, nil)
	r := results(t, c, done(), Options{})
	r.Next(t.Context())
	_, err := read(t, results(t, c, done(), Options{From: carried(t, r.Position())}))
	if e := explained(t, err, crm.CodeBadAnswer); !e.Retryable {
		t.Errorf("not retryable: %v", e)
	}
}

func TestAPositionElsewhereIsRefused(t *testing.T) {
	c := dial(t, play().on("GetQueryResults", columnTypes()), nil)
	for _, from := range []Position{
		{Query: "another", Object: done().Output, Offset: 1, Size: 2},
		{Query: "another", Rows: 1},
		{Query: queryID, Object: "s3://another/file.csv", Offset: 1, Size: 2},
	} {
		_, err := c.Results(t.Context(), done(), Options{From: from})
		mustFail(t, err, crm.CodeInternal)
	}
	_, err := c.Unloaded(t.Context(), done(), "s3://b/x/", Options{From: Position{Query: "another"}})
	mustFail(t, err, crm.CodeInternal)
}

func TestWhatIsNoFileOfRowsIsNotReadAsOne(t *testing.T) {
	c := dial(t, play(), nil)
	for _, at := range []string{"", output + queryID + ".txt", output + queryID + "-manifest.csv", "http://x/y.csv"} {
		x := done()
		x.Output = at
		_, err := c.Results(t.Context(), x, Options{Mode: File})
		mustFail(t, err, crm.CodeSourceRefused)
	}
}

func TestAReadingEndsWithItsCaller(t *testing.T) {
	left := errors.New("the user left")
	t.Run("between rows", func(t *testing.T) {
		f := play().on("GetQueryResults", columnTypes()).on("GetObject", blob{text: numbered(10)}.serve)
		r := results(t, dial(t, f, nil), done(), Options{})
		ctx, cancel := context.WithCancelCause(t.Context())
		if !r.Next(ctx) {
			t.Fatal(r.Err())
		}
		cancel(left)
		if r.Next(ctx) || !errors.Is(explained(t, r.Err(), crm.CodeCancelled), left) {
			t.Errorf("error %v", r.Err())
		}
		if r.Next(t.Context()) {
			t.Error("it goes on")
		}
	})
	t.Run("in the middle of the body", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := play().on("GetQueryResults", columnTypes()).on("GetObject", blob{text: numbered(50_000), cut: 300_000, stall: true}.serve)
			r := results(t, dial(t, f, nil), done(), Options{})
			if !r.Next(t.Context()) {
				t.Fatal(r.Err())
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { cancel(left) })
			start := time.Now()
			for r.Next(ctx) {
			}
			if !errors.Is(explained(t, r.Err(), crm.CodeCancelled), left) || time.Since(start) != time.Second {
				t.Errorf("after %s: %v", time.Since(start), r.Err())
			}
		})
	})
	t.Run("before the first byte", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(left)
		_, err := dial(t, play().on("GetQueryResults", hanging), nil).Results(ctx, done(), Options{})
		mustFail(t, err, crm.CodeCancelled)
	})
}

// A reader that takes its time is not a connection that brings nothing.
func TestASlowReaderIsNotAStalledConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryResults", columnTypes()).on("GetObject", blob{text: numbered(50_000)}.serve)
		r := results(t, dial(t, f, nil), done(), Options{})
		count := 0
		for r.Next(t.Context()) {
			if count++; count%10_000 == 0 {
				_ = crm.SystemClock{}.Wait(t.Context(), time.Hour)
			}
		}
		if r.Err() != nil || count != 50_000 || f.made("GetObject") != 1 {
			t.Errorf("%d rows, %d calls: %v", count, f.made("GetObject"), r.Err())
		}
	})
}

func TestDeletingWhatWasRead(t *testing.T) {
	gone := reply(204, nil, "")
	name := "results/acme/" + queryID + ".csv"
	open := func(t *testing.T, deleted answer, o Options) (*fake, *Rows) {
		f := play().on("GetQueryResults", columnTypes()).on("GetObject", blob{text: twoColumns}.serve).on("DeleteObject", deleted)
		return f, results(t, dial(t, f, nil), done(), o)
	}
	t.Run("when it was read to its end", func(t *testing.T) {
		f, r := open(t, gone, Options{Delete: true})
		if _, err := read(t, r); err != nil {
			t.Fatal(err)
		}
		if n := f.made("DeleteObject"); n != 0 {
			t.Errorf("%d files are gone before Close", n)
		}
		for range 2 {
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]bool{}
		for _, call := range f.said("DeleteObject") {
			got[call] = true
		}
		if diff := cmp.Diff(map[string]bool{"DeleteObject " + name: true, "DeleteObject " + name + ".metadata": true}, got); diff != "" || f.made("DeleteObject") != 2 {
			t.Errorf("%d calls: %s", f.made("DeleteObject"), diff)
		}
	})
	t.Run("not when it was not read to its end", func(t *testing.T) {
		f, r := open(t, gone, Options{Delete: true})
		r.Next(t.Context())
		if err := r.Close(); err != nil || f.made("DeleteObject") != 0 {
			t.Errorf("%d files deleted: %v", f.made("DeleteObject"), err)
		}
	})
	t.Run("not when nobody asked for it", func(t *testing.T) {
		f, r := open(t, gone, Options{})
		if _, err := read(t, r); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil || f.made("DeleteObject") != 0 {
			t.Errorf("%d files deleted: %v", f.made("DeleteObject"), err)
		}
	})
	t.Run("what is gone already", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, r := open(t, s3Refusal(404, "NoSuchKey", "The specified key does not exist."), Options{Delete: true})
			if _, err := read(t, r); err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("the right is lacking", func(t *testing.T) {
		_, r := open(t, s3Refusal(403, "AccessDenied", "Access Denied"), Options{Delete: true})
		if _, err := read(t, r); err != nil {
			t.Fatal(err)
		}
		e := explained(t, r.Close(), crm.CodeForbidden)
		mustHave(t, e.Message, "s3:DeleteObject")
	})
	t.Run("no answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, r := open(t, hanging, Options{Delete: true})
			if _, err := read(t, r); err != nil {
				t.Fatal(err)
			}
			e := explained(t, r.Close(), crm.CodeTimeout)
			mustHave(t, e.Fix, "lifecycle")
		})
	})
}
