package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
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
	os.Exit(m.Run())
}

// testBench is a measurement without Warren's binary.
func testBench(t *testing.T) *bench {
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
	return &bench{dir: t.TempDir(), server: server, progress: io.Discard}
}

func TestBaselinesWriteWhatChangedAndNothingElse(t *testing.T) {
	b := testBench(t)
	const leads = 300
	steps := []string{stepFirst, stepUnchanged, stepOneIn100, stepAll}
	for _, on := range b.databases() {
		// A run fails by itself when it wrote another number of rows.
		if err := b.round(t.Context(), 0, on, leads, []contender{b.baselineOn(on)}, steps); err != nil {
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

func TestAContenderThatWritesOtherRowsFails(t *testing.T) {
	b := testBench(t)
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
	o, err := parse([]string{"-records", "5000", "-sizes", "100, 2000", "-only", "sqlite", "-json", "a.json", "-picture", "a.svg"}, io.Discard)
	if err != nil || o.records != 5000 || o.only != onSQLite || !slices.Equal(o.sizes, []int{100, 2000}) || o.rounds != 3 ||
		o.json != "a.json" || o.picture != "a.svg" || o.old != 10_000 {
		t.Errorf("%+v %v", o, err)
	}
	for _, args := range [][]string{{"-records", "5"}, {"-only", "mysql"}, {"-sizes", "many"}, {"-sizes", "1"}, {"-runs", "0"}, {"-old", "5"}, {"leads"}} {
		var usage bytes.Buffer
		if _, err := parse(args, &usage); err == nil {
			t.Errorf("%v passed", args)
		}
	}
}
