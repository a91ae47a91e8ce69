package athena

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
)

const folder = "s3://lake/warren/run 7/"

func TestUnloadStatement(t *testing.T) {
	got, err := Unload("SELECT a FROM t; ", "s3://lake/o'brien/", "json")
	if want := "UNLOAD (SELECT a FROM t) TO 's3://lake/o''brien/' WITH (format = 'JSON', compression = 'GZIP')"; got != want || err != nil {
		t.Errorf("got %s: %v", got, err)
	}
	got, err = Unload("SELECT a FROM t", "s3://lake/x/", "parquet")
	if want := "UNLOAD (SELECT a FROM t) TO 's3://lake/x/' WITH (format = 'PARQUET', compression = 'GZIP')"; got != want || err != nil {
		t.Errorf("got %s: %v", got, err)
	}
	for _, bad := range [][2]string{{"s3://lake/x/", "ORC"}, {"s3://lake/x", JSON}, {"s3://lake/", JSON}, {"lake/x/", JSON}} {
		_, err := Unload("SELECT 1", bad[0], bad[1])
		mustFail(t, err, crm.CodeConfig)
	}
}

// unloaded is an UNLOAD that ended well.
func unloaded() Execution {
	return Execution{ID: queryID, State: Succeeded, Statement: "DML", Kind: "UNLOAD", Output: output + queryID, Manifest: output + queryID + "-manifest.csv"}
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

// written is an S3 that holds a manifest and the files it names.
func written(files ...string) *fake {
	f := play()
	var list strings.Builder
	for i, text := range files {
		fmt.Fprintf(&list, "%spart-%d.gz\n", folder, i)
		f.on(fmt.Sprintf("GetObject lake/warren/run 7/part-%d.gz", i), blob{text: text}.serve)
	}
	return f.on("GetObject results/acme/"+queryID+"-manifest.csv", blob{text: list.String()}.serve)
}

func objects(t *testing.T, c *Client, x Execution, o Options) *JSONRows {
	t.Helper()
	r, err := c.Unloaded(t.Context(), x, folder, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func readJSON(t *testing.T, r *JSONRows) (rows []string, err error) {
	t.Helper()
	for r.Next(t.Context()) {
		rows = append(rows, string(r.Row()))
	}
	return rows, r.Err()
}

func TestTheFilesOfAnUnload(t *testing.T) {
	long := `{"note":"` + strings.Repeat("x", 3*lineBuffer) + `"}`
	f := written(zipped("{\"a\":1}\n{\"a\":2}\n"), zipped(""), "{\"a\":3}\n\n{\"a\":4}", zipped(long+"\n{\"a\":5}\n"))
	rows, err := readJSON(t, objects(t, dial(t, f, nil), unloaded(), Options{}))
	if diff := cmp.Diff([]string{`{"a":1}`, `{"a":2}`, `{"a":3}`, `{"a":4}`, long, `{"a":5}`}, rows); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

func TestTrapZeroRowsAreZeroFiles(t *testing.T) {
	rows, err := readJSON(t, objects(t, dial(t, written(), nil), unloaded(), Options{}))
	if len(rows) != 0 || err != nil {
		t.Errorf("%d rows: %v", len(rows), err)
	}
}

func TestWhereTheManifestLies(t *testing.T) {
	for name, change := range map[string]func(*Execution){
		"where Athena says":           func(x *Execution) { x.Output = "" },
		"beside the result":           func(x *Execution) { x.Manifest = "" },
		"in the place of the result":  func(x *Execution) { x.Output, x.Manifest = x.Manifest, "" },
		"beside a result with a name": func(x *Execution) { x.Output, x.Manifest = output+queryID+".csv", "" },
	} {
		x := unloaded()
		change(&x)
		rows, err := readJSON(t, objects(t, dial(t, written("{\"a\":1}\n"), nil), x, Options{}))
		if len(rows) != 1 || err != nil {
			t.Errorf("%s: %d rows: %v", name, len(rows), err)
		}
	}
	x := unloaded()
	x.Output, x.Manifest = "", ""
	c := dial(t, written(), nil)
	_, err := c.Unloaded(t.Context(), x, folder, Options{})
	mustFail(t, err, crm.CodeBadAnswer)
	_, err = c.Unloaded(t.Context(), unloaded(), "lake", Options{})
	mustFail(t, err, crm.CodeConfig)
}

func TestAManifestThatNamesOtherPlacesIsRefused(t *testing.T) {
	for _, entry := range []string{"s3://lake/warren/other/part-0.gz", "s3://other/warren/run 7/part-0.gz", "s3://lake/warren/run 7", "/etc/passwd", "part-0.gz"} {
		f := play().on("GetObject", blob{text: folder + "part-0.gz\n" + entry + "\n"}.serve)
		_, err := dial(t, f, nil).Unloaded(t.Context(), unloaded(), folder, Options{Delete: true})
		e := explained(t, err, crm.CodeBadAnswer)
		mustHave(t, e.Message, entry, folder)
		if f.made("GetObject") != 1 || f.made("DeleteObject") != 0 {
			t.Errorf("%s: %v", entry, f.said(""))
		}
	}
	many := strings.Repeat(folder+"x\n", maxFiles+1)
	_, err := dial(t, play().on("GetObject", blob{text: many}.serve), nil).Unloaded(t.Context(), unloaded(), folder, Options{})
	mustFail(t, err, crm.CodeBadAnswer)
	_, err = dial(t, play().on("GetObject", blob{text: strings.Repeat("x", maxName+1)}.serve), nil).Unloaded(t.Context(), unloaded(), folder, Options{})
	mustFail(t, err, crm.CodeBadAnswer)
	_, err = dial(t, play().on("GetObject", s3Refusal(403, "AccessDenied", "Access Denied")), nil).Unloaded(t.Context(), unloaded(), folder, Options{})
	mustFail(t, err, crm.CodeForbidden)
}

func TestL3AFileThatIsNotWholeIsAnError(t *testing.T) {
	whole := zipped(lines(1000, func(i int) string { return fmt.Sprintf("{\"a\":%d}\n", i) }))
	for name, text := range map[string]string{
		"cut":             whole[:len(whole)/2],
		"a wrong sum":     whole[:len(whole)-8] + "\x00\x00\x00\x00" + whole[len(whole)-4:],
		"no gzip":         "\x1f\x8bxxxxxxxxxxxxxxxx",
		"no object":       "{\"a\":1}\n[1]\n",
		"half an object":  "{\"a\":1}\n{\"a\":",
		"a line too long": zipped("{" + strings.Repeat(" ", maxLine) + "}\n"),
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := readJSON(t, objects(t, dial(t, written(text), nil), unloaded(), Options{}))
			code := crm.CodeBadAnswer
			if name == "a line too long" {
				code = crm.CodeTooLarge
			}
			mustFail(t, err, code)
			if len(rows) >= 1001 {
				t.Errorf("%d rows", len(rows))
			}
		})
	}
	f := written("x").on("GetObject lake/warren/run 7/part-0.gz", s3Refusal(403, "AccessDenied", "Access Denied"))
	_, err := readJSON(t, objects(t, dial(t, f, nil), unloaded(), Options{}))
	mustFail(t, err, crm.CodeForbidden)
}

func TestAZippedBodyThatBreaksIsResumed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := zipped(lines(50_000, func(i int) string { return fmt.Sprintf("{\"a\":%d}\n", i*i) }))
		f := written("").on("GetObject lake/warren/run 7/part-0.gz", blob{text: text, cut: len(text) / 2, broken: errReset}.serve)
		f.on(fmt.Sprintf("GetObject lake/warren/run 7/part-0.gz bytes=%d-", len(text)/2), blob{text: text}.serve)
		rows, err := readJSON(t, objects(t, dial(t, f, nil), unloaded(), Options{}))
		if len(rows) != 50_000 || err != nil {
			t.Errorf("%d rows: %v", len(rows), err)
		}
	})
}

func TestAnUnloadGoesOnWhereItStopped(t *testing.T) {
	f := written(zipped("{\"a\":1}\n{\"a\":2}\n"), zipped(""), zipped("{\"a\":3}\n{\"a\":4}\n"))
	c := dial(t, f, nil)
	for stop := range 5 {
		r := objects(t, c, unloaded(), Options{})
		for range stop {
			r.Next(t.Context())
		}
		if at := r.Position(); at.Lines > 0 && at.ETag != `"v1"` {
			t.Errorf("behind row %d the version is %q", stop, at.ETag)
		}
		// A process that goes on and stops at once loses nothing either.
		r = objects(t, c, unloaded(), Options{From: carried(t, r.Position())})
		rest := objects(t, c, unloaded(), Options{From: carried(t, r.Position())})
		rows, err := readJSON(t, rest)
		if err != nil || len(rows) != 4-stop || len(rows) > 0 && rows[0] != fmt.Sprintf("{\"a\":%d}", stop+1) {
			t.Errorf("behind row %d: %v: %v", stop, rows, err)
		}
	}
	part := folder + "part-0.gz"
	for name, from := range map[string]Position{
		"other files":   {Query: queryID, Object: folder + "part-9.gz", Lines: 1},
		"fewer files":   {Query: queryID, Object: part, File: 3, Lines: 1},
		"fewer lines":   {Query: queryID, Object: part, Lines: 3},
		"a new version": {Query: queryID, Object: part, ETag: `"v0"`, Lines: 1},
	} {
		r, err := c.Unloaded(t.Context(), unloaded(), folder, Options{From: from})
		if err == nil {
			_, err = readJSON(t, r)
			_ = r.Close()
		}
		if crm.CodeOf(err) != crm.CodeBadAnswer {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// carried is a position that went through a checkpoint.
func carried(t *testing.T, p Position) (read Position) {
	t.Helper()
	text, err := p.MarshalText()
	if err == nil {
		err = read.UnmarshalText(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func TestAnUnloadIsDeletedWithItsLists(t *testing.T) {
	f := written(zipped("{\"a\":1}\n"), zipped("{\"a\":2}\n")).on("DeleteObject", reply(204, nil, ""))
	c := dial(t, f, nil)
	r := objects(t, c, unloaded(), Options{Delete: true})
	r.Next(t.Context())
	if err := r.Close(); err != nil || f.made("DeleteObject") != 0 {
		t.Fatalf("%d files deleted before they were read: %v", f.made("DeleteObject"), err)
	}
	r = objects(t, c, unloaded(), Options{Delete: true})
	if _, err := readJSON(t, r); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, call := range f.said("DeleteObject") {
		got[strings.TrimPrefix(call, "DeleteObject ")] = true
	}
	want := map[string]bool{
		"lake/warren/run 7/part-0.gz": true, "lake/warren/run 7/part-1.gz": true,
		"results/acme/" + queryID: true, "results/acme/" + queryID + "-manifest.csv": true, "results/acme/" + queryID + ".metadata": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAReadingOfFilesEndsWithItsCaller(t *testing.T) {
	left := errors.New("the user left")
	r := objects(t, dial(t, written(zipped("{\"a\":1}\n{\"a\":2}\n")), nil), unloaded(), Options{})
	ctx, cancel := context.WithCancelCause(t.Context())
	r.Next(ctx)
	cancel(left)
	if r.Next(ctx) || !errors.Is(explained(t, r.Err(), crm.CodeCancelled), left) || r.Next(t.Context()) {
		t.Errorf("error %v", r.Err())
	}
	synctest.Test(t, func(t *testing.T) {
		f := written("").on("GetObject lake/warren/run 7/part-0.gz", blob{text: "{\"a\":1}\n{\"a\":2}\n", cut: 10, stall: true}.serve)
		r := objects(t, dial(t, f, nil), unloaded(), Options{})
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(left) })
		for r.Next(ctx) {
		}
		mustFail(t, r.Err(), crm.CodeCancelled)
	})
}
