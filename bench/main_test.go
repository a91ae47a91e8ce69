package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/pgtest"
)

// TestMain lets the test binary stand in for the program in its roles.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{roleServe, roleConvert, roleLoop, roleOldWay, roleDigest}, os.Args[1]) {
		if err := start(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	// A program with a race detector sleeps for a second before it ends, for the
	// sake of goroutines that it leaves running. The roles leave none, and there
	// are dozens of them.
	err := os.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0")
	if err = errors.Join(err, runMoreAtATime()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// runMoreAtATime lets as many tests run beside one another as there are, whatever
// the number of processors, unless -parallel was given: they wait for the clock, the
// disk and other processes more than they work.
func runMoreAtATime() error {
	flag.Parse()
	const name = "test.parallel"
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	if given {
		return nil
	}
	return flag.Set(name, "5")
}

// TestOnOneServer has one PostgreSQL and one binary of Warren for every test that
// needs them: to start the one and to link the other takes longer than most of
// these tests. Each has databases of its own.
func TestOnOneServer(t *testing.T) {
	server := testServer(t)
	warren, err := build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		name string
		test func(*testing.T, *bench)
		// alone is a test that looks at what the whole server or the whole process
		// did. The others wait for the clock and the disk more than they work, so
		// that they run beside one another.
		alone bool
	}{
		{"AllocationsPerRowWritten", testAllocationsPerRowWritten, true},
		{"TheOldWayEndsWithTheSameDataAndWritesEveryRow", testTheOldWayEndsWithTheSameDataAndWritesEveryRow, true},
		{"CountsAreThoseOfTheStatementsAndBytes", testCountsAreThoseOfTheStatementsAndBytes, false},
		{"BaselinesWriteWhatChangedAndNothingElse", testBaselinesWriteWhatChangedAndNothingElse, false},
		{"AContenderThatWritesOtherRowsFails", testAContenderThatWritesOtherRowsFails, false},
		{"AThousandChangeWhateverTheNumberOfLeads", testAThousandChangeWhateverTheNumberOfLeads, false},
		{"GrowthIsMeasuredAtEverySize", testGrowthIsMeasuredAtEverySize, false},
	} {
		t.Run(one.name, func(t *testing.T) {
			if !one.alone {
				t.Parallel()
			}
			one.test(t, &bench{options: options{warren: warren}, dir: t.TempDir(), server: server, progress: io.Discard})
		})
	}
}

// testServer is a server that ends with the test.
func testServer(t *testing.T) *pgtest.Server {
	t.Helper()
	server, err := openServer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func testBaselinesWriteWhatChangedAndNothingElse(t *testing.T, b *bench) {
	const leads = 300
	steps := []string{stepFirst, stepUnchanged, stepOneIn100, stepAll}
	for _, on := range b.databases() {
		// A run fails by itself when it wrote another number of rows.
		if err := b.round(t.Context(), 0, group{Database: on, Leads: leads}, []contender{b.baselineOn(on)}, steps); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.report.Results) != 2*len(steps) {
		t.Fatalf("%d results", len(b.report.Results))
	}
	for i, r := range b.report.Results {
		if r.Step != steps[i%len(steps)] || r.Wall <= 0 || r.Peak <= 0 || r.Calls != 1 {
			t.Errorf("%+v", r)
		}
		if want := map[bool]int{true: 3, false: leads}[r.Step == stepOneIn100]; r.Records != want {
			t.Errorf("%s read %d records, want %d", r.Step, r.Records, want)
		}
		if onServer := r.WAL > 0; onServer != (r.Database == onPostgres) {
			t.Errorf("%s: %d bytes of WAL", r.Database, r.WAL)
		}
	}
}

func testAContenderThatWritesOtherRowsFails(t *testing.T, b *bench) {
	for _, on := range b.databases() {
		s, err := startSandbox(t.Context(), leastRecords)
		if err != nil {
			t.Fatal(err)
		}
		c := b.baselineOn(on)
		if err := c.open(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err = c.run(t.Context(), s, step{title: stepFirst, full: true, records: leastRecords, written: leastRecords + 1})
		if err == nil || !strings.Contains(err.Error(), "101") {
			t.Errorf("%s: %v", on, err)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	}
}

func TestContendersMustAgree(t *testing.T) {
	if err := agree(t.Context(), []contender{fixed("1"), fixed("1")}); err != nil {
		t.Error(err)
	}
	if err := agree(t.Context(), []contender{fixed("1"), fixed("2")}); err == nil {
		t.Error("other data passed")
	}
}

// fixed is a contender with that digest.
type fixed string

func (f fixed) name() string                                    { return string(f) }
func (fixed) open(context.Context) error                        { return nil }
func (fixed) settle(context.Context) error                      { return nil }
func (fixed) run(context.Context, *sandbox, step) (cost, error) { return cost{}, nil }
func (f fixed) digest(context.Context) (string, error)          { return string(f), nil }
func (fixed) close(context.Context) error                       { return nil }

func TestFlags(t *testing.T) {
	o, err := parse([]string{"-records", "5000", "-sizes", "100, 2000", "-only", "sqlite", "-streams", "1,1000", "-json", "a.json", "-picture", "a.svg"}, io.Discard)
	if err != nil || o.records != 5000 || o.only != onSQLite || !slices.Equal(o.sizes, []int{100, 2000}) || !slices.Equal(o.streams, []int{1, 1000}) || o.rounds != 3 ||
		o.json != "a.json" || o.picture != "a.svg" || o.old != 10_000 {
		t.Errorf("%+v %v", o, err)
	}
	for _, args := range [][]string{{"-records", "5"}, {"-only", "mysql"}, {"-sizes", "many"}, {"-sizes", "1"}, {"-streams", "1,"}, {"-streams", "0"}, {"-streams", "10,1001"}, {"-runs", "0"}, {"-old", "5"}, {"leads"}} {
		var usage bytes.Buffer
		if _, err := parse(args, &usage); err == nil {
			t.Errorf("%v passed", args)
		}
	}
}

// A measurement that breaks off leaves no empty file, and an earlier one as it was.
func TestAMeasurementThatBreaksOffLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	fresh, earlier := filepath.Join(dir, "fresh.json"), filepath.Join(dir, "earlier.svg")
	if err := os.WriteFile(earlier, []byte("earlier"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var said bytes.Buffer
	code := run(ctx, []string{"-records", "100", "-only", "sqlite", "-json", fresh, "-picture", earlier}, io.Discard, &said)
	if code != stopped || !strings.Contains(said.String(), "stopped before the end") || strings.Contains(said.String(), "bench: signal") {
		t.Errorf("exit code %d: %s", code, said.String())
	}
	if code := run(t.Context(), []string{"-nonsense"}, io.Discard, io.Discard); code != 1 {
		t.Errorf("exit code %d of a flag that there is not", code)
	}
	if _, err := os.Stat(fresh); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file of the results: %v", err)
	}
	if kept, err := os.ReadFile(earlier); string(kept) != "earlier" || err != nil {
		t.Errorf("the earlier picture: %q, %v", kept, err)
	}
}

// A file that cannot be written is told of before anything is measured.
func TestFilesAreTriedFirst(t *testing.T) {
	for _, name := range []string{"-json", "-picture"} {
		var progress bytes.Buffer
		err := start(t.Context(), []string{"-only", "sqlite", "-records", "100", "-runs", "1", name, filepath.Join(t.TempDir(), "none", "a")}, io.Discard, &progress)
		if !errors.Is(err, fs.ErrNotExist) || progress.Len() > 0 {
			t.Errorf("%s: %v, after %q", name, err, progress.String())
		}
	}
}
