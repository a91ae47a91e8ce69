package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// drawn returns the picture's texts and how many elements have each class.
func drawn(t *testing.T, r *report) (texts []string, classes map[string]int) {
	t.Helper()
	var out bytes.Buffer
	if err := r.writePicture(&out); err != nil {
		t.Fatal(err)
	}
	classes = map[string]int{}
	decoder := xml.NewDecoder(&out)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return texts, classes
		}
		if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
		switch token := token.(type) {
		case xml.CharData:
			texts = append(texts, string(token))
		case xml.StartElement:
			for _, a := range token.Attr {
				if a.Name.Local == "class" {
					classes[a.Value]++
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("%s of %s is %s", a.Name.Local, token.Name.Local, a.Value)
				}
			}
		}
	}
}

func TestPictureShowsRatiosWithTheirAims(t *testing.T) {
	const s = time.Second
	r := report{Machine: []string{`processor <x> & "y"`}, Results: []result{
		turnOf(1, onPostgres, stepFirst, nameFloor, 100_000, 10*s), turnOf(1, onPostgres, stepFirst, nameWarren, 100_000, 6*s),
		turnOf(1, onPostgres, stepFirst, nameOldWay, 100_000, 75*s),
		turnOf(1, onSQLite, stepUnchanged, nameLoop, 100_000, 2*s), turnOf(1, onSQLite, stepUnchanged, nameWarren, 100_000, 3*s),
	}}
	texts, classes := drawn(t, &r)
	for _, want := range []string{
		"PostgreSQL, 100,000 leads: wall time, × curl + psql", stepFirst, "0.60 ×", "▸ 7.50 ×",
		"SQLite, 100,000 leads: wall time, × bare loop", stepUnchanged, "1.50 ×", `processor <x> & "y"`,
	} {
		if !slices.Contains(texts, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	// The loop's first load is not there, so that its aim has no place.
	if classes["s0 bar"] != 2 || classes["old bar"] != 1 || classes["aim"] != 1 {
		t.Errorf("%v", classes)
	}
}

func TestAimsOfRatesBecomeTimes(t *testing.T) {
	const s = time.Second
	r := report{Results: []result{
		turnOf(1, onSQLite, stepFirst, nameLoop, 100_000, 8*s), turnOf(1, onSQLite, stepFirst, nameWarren, 100_000, 20*s),
		turnOf(1, onSQLite, stepUnchanged, nameLoop, 100_000, s), turnOf(1, onSQLite, stepUnchanged, nameWarren, 100_000, s),
	}}
	g := r.groups("")[0]
	// 0.8 × the rate is 1.25 × the time; 4 × the rate of 8 s is 2 s, where the loop takes 1.
	for step, want := range map[string]float64{stepFirst: 1.25, stepUnchanged: 2} {
		if got, set := r.aimMark(g, step); !set || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v %v, want %v", step, got, set, want)
		}
	}
}

// grownBy returns turns at two sizes of a curve, the greater of which was measured
// first.
func grownBy(c curve, g func(size int) group) []result {
	var list []result
	for i, size := range []int{1_000_000, 10_000} {
		for _, step := range c.steps {
			one := turnOf(1, onPostgres, step, nameWarren, size, time.Duration(10-9*i)*time.Second)
			one.group = g(size)
			list = append(list, one)
		}
	}
	return list
}

func leadsGrown() []result {
	return grownBy(curves()[0], func(size int) group { return group{Database: onPostgres, Leads: size, Curve: curveLeads} })
}

func streamsGrown() []result {
	return grownBy(curves()[1], func(size int) group {
		return group{Database: onPostgres, Leads: streamLeads, Curve: curveStreams, Streams: size / 1000}
	})
}

func TestPictureShowsGrowth(t *testing.T) {
	r := report{Results: leadsGrown()}
	texts, classes := drawn(t, &r)
	for _, want := range []string{"PostgreSQL: Warren over the number of leads", stepThousand, "wall s", "CPU s", "peak MiB", "leads", "10k", "1M", "aim: below 64"} {
		if !slices.Contains(texts, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	for _, class := range []string{"s0 curve", "s1 curve", "s2 curve"} {
		if classes[class] != 3 {
			t.Errorf("%d of %q, want one in each chart", classes[class], class)
		}
	}
	if classes["s1"] != 6 || classes["aim"] != 1 {
		t.Errorf("%v", classes)
	}
}

func TestPictureShowsGrowthOverStreamsBesideThatOverLeads(t *testing.T) {
	r := report{Results: append(leadsGrown(), streamsGrown()...)}
	texts, classes := drawn(t, &r)
	for _, want := range []string{
		"PostgreSQL: Warren over the number of leads", "PostgreSQL: Warren over the number of streams, 100 leads each",
		stepThousand, stepIdle, "CPU s", "wall ms a stream", "leads", "streams", "1k",
	} {
		if !slices.Contains(texts, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	for _, class := range []string{"s0 curve", "s1 curve", "s2 curve"} {
		if classes[class] != 6 {
			t.Errorf("%d of %q, want one in each chart", classes[class], class)
		}
	}
	if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, "wall time, ×") }) {
		t.Error("a comparison is drawn where none was made")
	}
}

// A line that goes back would be drawn over itself.
func TestLinesGoFromTheLeastSizeToTheGreatest(t *testing.T) {
	r := report{Results: streamsGrown()}
	for _, line := range r.lines(r.groups(curveStreams), curves()[1], curves()[1].figures[1]) {
		// 1 s for 10 streams, 10 s for 1,000.
		if want := [][2]float64{{10, 100}, {1000, 10}}; !slices.Equal(line, want) {
			t.Errorf("%v, want %v", line, want)
		}
	}
}

func TestScale(t *testing.T) {
	sc := newScale([]float64{30, 2000}, 0, 300)
	if got := sc.ticks(); !slices.Equal(got, []float64{10, 100, 1000, 10_000}) {
		t.Errorf("%v", got)
	}
	if got := sc.at(1000); math.Abs(got-200) > 1e-9 {
		t.Errorf("1000 is at %v", got)
	}
	if one := newScale([]float64{100}, 0, 50); one.low >= one.high {
		t.Errorf("%+v has no length", one)
	}
	for n, want := range map[float64]string{0.1: "0.1", 10: "10", 10_000: "10k", 1e7: "10M"} {
		if got := short(n); got != want {
			t.Errorf("%v is %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int]string{7: "7", 1000: "1,000", 1_234_567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

func TestWhatWasWrittenIsShownAgain(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	r := report{
		Machine: []string{"machine: one"}, OwnPeak: 5 << 20,
		Results: []result{
			turnOf(1, onPostgres, stepFirst, nameFloor, 100_000, 2*time.Second),
			turnOf(1, onPostgres, stepFirst, nameWarren, 100_000, time.Second),
		},
		Counts: []counts{{Database: onPostgres, Leads: 100_000, Step: stepFirst, Contender: nameWarren, Statements: 77, APIBytes: 1 << 20, DBBytes: 1 << 21}},
	}
	var first, again bytes.Buffer
	if err := (options{json: at("a.json"), picture: at("a.svg")}).show(&r, &first); err != nil {
		t.Fatal(err)
	}
	if err := start(t.Context(), []string{"-from", at("a.json"), "-json", at("b.json"), "-picture", at("b.svg")}, &again, io.Discard); err != nil {
		t.Fatal(err)
	}
	if first.String() != again.String() || !strings.Contains(again.String(), "| 77 ") {
		t.Errorf("first\n%s\nagain\n%s", first.String(), again.String())
	}
	for _, kind := range []string{".json", ".svg"} {
		one, err := os.ReadFile(at("a" + kind))
		if err != nil {
			t.Fatal(err)
		}
		other, err := os.ReadFile(at("b" + kind))
		if err != nil || !bytes.Equal(one, other) || len(one) == 0 {
			t.Errorf("%s differs, %v", kind, err)
		}
	}
}

func TestAFileThatIsNoReportIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.json")
	for text, want := range map[string]string{
		"":                                      "EOF",
		`{"result":[]}`:                         "unknown field",
		`{"machine":[]}`:                        "no results",
		`{"results":[{"database":"postgres"}]}`: "result 1 is not whole",
		`{"results":[{"database":"sqlite","leads":1,"curve":"leads","streams":2,"step":"s","contender":"c","records":1,"wall_ns":1}]}`: "result 1 is not whole",
		`{"results":[{"database":"sqlite","leads":1,"curve":"streams","step":"s","contender":"c","records":1,"wall_ns":1}]}`:           "result 1 is not whole",
		`{"results":[{"database":"sqlite","leads":1,"curve":"lead","step":"s","contender":"c","records":1,"wall_ns":1}]}`:              "result 1 is not whole",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := start(t.Context(), []string{"-from", file}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if err := start(t.Context(), []string{"-from", file + "x"}, io.Discard, io.Discard); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestSeveralFilesAreShownAsOne(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	asLarge := turnOf(1, onPostgres, stepFirst, nameWarren, 100_000, time.Second) // a point of the curve
	asLarge.Curve = curveLeads
	for name, r := range map[string]*report{
		"compared": {
			Machine: []string{"machine: one", "Go: 1"}, OwnPeak: 5 << 20,
			Results: []result{
				turnOf(1, onPostgres, stepFirst, nameFloor, 100_000, 2*time.Second), turnOf(1, onPostgres, stepFirst, nameWarren, 100_000, time.Second),
			},
			Counts: []counts{{Database: onPostgres, Leads: 100_000, Step: stepFirst, Contender: nameWarren, Statements: 77}},
		},
		"leads":   {Machine: []string{"machine: one", "Go: 2"}, OwnPeak: 7 << 20, Results: append(leadsGrown(), asLarge)},
		"streams": {Machine: []string{"machine: one", "Go: 2"}, Results: streamsGrown()},
	} {
		if err := (options{json: at(name)}).show(r, io.Discard); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	args := []string{"-from", at("compared") + "," + at("leads"), "-from", at("streams"), "-json", at("all"), "-picture", at("all.svg")}
	if err := start(t.Context(), args, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	all, err := readFile(at("all"))
	if err != nil || !slices.Equal(all.Machine, []string{"machine: one", "Go: 1", "Go: 2"}) || all.OwnPeak != 7<<20 || len(all.Results) != 2+7+6 || len(all.Counts) != 1 {
		t.Errorf("%+v %v", all, err)
	}
	for _, want := range []string{"| 0.50 ", "| 77 ", "Over the number of leads:", "Over the number of streams:"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if strings.Count(out.String(), "| 77 ") != 1 {
		t.Errorf("what was counted of the comparison stands at the curves as well:\n%s", out.String())
	}
	if picture, err := os.ReadFile(at("all.svg")); err != nil || !bytes.Contains(picture, []byte("wall time, ×")) || !bytes.Contains(picture, []byte("over the number of streams")) {
		t.Errorf("%v\n%s", err, picture)
	}
	// The same measured twice has no ratios of a round.
	err = start(t.Context(), []string{"-from", at("compared") + "," + at("all")}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), at("all")+": the comparison with 100,000 leads on postgres was measured") {
		t.Error(err)
	}
}
