package main

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{[]float64{3}, "3.0"},
		{[]float64{9, 1, 2}, "~2.0"},
		{[]float64{2.2, 2, 2.1}, "2.1"},
		{[]float64{4, 2}, "~3.0"},
	} {
		if got := spreadText(c.values, 1); got != c.want {
			t.Errorf("%v: %s, want %s", c.values, got, c.want)
		}
	}
}

func TestTheRatioIsThatOfTheSameRound(t *testing.T) {
	// The machine slows down threefold: the ratio stays.
	turn := func(round int, who string, wall time.Duration) result {
		return result{
			group: group{Database: onPostgres, Leads: 100}, Round: round, Step: stepFirst, Contender: who, Records: 100, Written: 100, Others: 0.05,
			cost: cost{Wall: wall, CPU: wall / 2, Peak: 10 << 20, Calls: 1, Server: time.Second, WAL: 1 << 20},
		}
	}
	r := report{Results: []result{
		turn(1, nameFloor, 2*time.Second), turn(1, "warren", time.Second),
		turn(2, "warren", 3*time.Second), turn(2, nameFloor, 6*time.Second),
	}}
	var out strings.Builder
	if err := r.writeTables(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| postgres | 100   | first load | curl + psql | ~4.00  | 1          | 2.00  | 1.00         | 10       | 33     | 1         | 0.01000                | 1.0     | 5        |",
		"| postgres | 100   | first load | warren      | ~2.00  | 0.50       | 1.00  | 1.00         | 10       | 67     | 1         | 0.01000                | 1.0     | 5        |",
		"Medians of 2.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nis missing in\n%s", want, out.String())
		}
	}
}

// A run that changes nothing has calls and no changed record.
func TestCallsAreThoseOfEachChangedRecord(t *testing.T) {
	one := turnOf(1, onPostgres, stepFirst, nameWarren, 100_000, time.Second)
	one.Calls = 53
	idle := turnOf(1, onPostgres, stepUnchanged, nameWarren, 100_000, time.Second)
	idle.Calls, idle.Written = 53, 0
	at := slices.Index(comparisonHead(), "calls a changed record")
	for want, turn := range map[string]result{"0.00053": one, "": idle} {
		if cells := row(turns{turn}, "", [3]string{}); len(cells) != len(comparisonHead()) || cells[at] != want || cells[at-1] != "53" {
			t.Errorf("%q, want %q at %d", cells, want, at)
		}
	}
}

func TestStreamsHaveATableOfTheirOwn(t *testing.T) {
	one := result{
		group: group{Database: onSQLite, Leads: 100, Curve: curveStreams, Streams: 40}, Round: 1, Step: stepIdle, Contender: nameWarren, Others: -1,
		cost: cost{Wall: 2 * time.Second, CPU: time.Second, Peak: 50 << 20, Calls: 120},
	}
	var out strings.Builder
	if err := (&report{Results: []result{one}}).writeTables(&out); err != nil {
		t.Fatal(err)
	}
	const want = "Over the number of streams:\n\n" +
		"| database | streams | leads each | step                         | wall s | ms a stream | CPU s | peak MiB | API calls | calls a stream |\n" +
		"| -------- | ------- | ---------- | ---------------------------- | ------ | ----------- | ----- | -------- | --------- | -------------- |\n" +
		"| sqlite   | 40      | 100        | nothing changed, incremental | 2.00   | 50.0        | 1.00  | 50       | 120       | 3.0            |\n"
	if !strings.Contains(out.String(), want) {
		t.Errorf("%s\nis missing in\n%s", want, out.String())
	}
	if strings.Contains(out.String(), "| who") || strings.Contains(out.String(), "| aim") {
		t.Errorf("the table of the comparison, or aims, in\n%s", out.String())
	}
}

func TestEmptyColumnsAreLeftOut(t *testing.T) {
	var out strings.Builder
	if err := writeTable(&out, []string{"a", "server", "×"}, [][]string{{"1", "", "22"}}); err != nil {
		t.Fatal(err)
	}
	if want := "| a | ×  |\n| - | -- |\n| 1 | 22 |\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestProcessesAreTakenApart(t *testing.T) {
	fields := splitStat("17 (a ) b( c) S 1 2 3 4 5 6 7 8 9 10 21 22 31 32 0\n")
	if fields == nil || fields[statPID] != "17" || fields[1] != "a ) b( c" || fields[statParent] != "1" ||
		fields[statUser] != "21" || fields[statEndedUser] != "31" {
		t.Errorf("%q", fields)
	}
	if splitStat("nonsense") != nil || splitStat("17 (cut) S 1") != nil {
		t.Error("nonsense has fields")
	}
}

func TestShare(t *testing.T) {
	cpus := time.Duration(runtime.NumCPU())
	if got := share(cpus*time.Second, 4*time.Second); got != 0.25 {
		t.Errorf("a quarter of the machine is %v", got)
	}
	if got := share(-time.Second, time.Second); got != 0 {
		t.Errorf("less than nothing is %v", got)
	}
}

func TestCostsAddUp(t *testing.T) {
	got := cost{Wall: 1, CPU: 2, Peak: 30, Server: 4, WAL: 5, Calls: 6, Spared: 7}.then(cost{Wall: 10, CPU: 20, Peak: 3, Server: 40, WAL: 50, Calls: 60, Spared: 70})
	if want := (cost{Wall: 11, CPU: 22, Peak: 30, Server: 44, WAL: 55, Calls: 66, Spared: 77}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
