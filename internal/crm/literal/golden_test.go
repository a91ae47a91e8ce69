package literal

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"
)

// golden is one line of a table: what goes in, and what comes out of it or,
// with bad set, why nothing does.
type golden struct {
	line   int
	input  string
	output string
	bad    bool
}

// readGolden reads testdata/name.txt. A line is "input => output" or
// "input => ! reason"; an input in quotes is a Go string; # begins a comment.
func readGolden(t *testing.T, name string) []golden {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	var cases []golden
	lines := bufio.NewScanner(bytes.NewReader(data))
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		input, output, found := strings.Cut(line, " => ")
		if !found {
			t.Fatalf("%s.txt:%d has no =>", name, number)
		}
		if input = strings.TrimSpace(input); input[0] == '"' {
			if input, err = strconv.Unquote(input); err != nil {
				t.Fatalf("%s.txt:%d: %v", name, number, err)
			}
		}
		output, bad := strings.CutPrefix(strings.TrimSpace(output), "! ")
		cases = append(cases, golden{line: number, input: input, output: output, bad: bad})
	}
	if len(cases) < 10 {
		t.Fatalf("%s.txt has %d cases", name, len(cases))
	}
	return cases
}

// checkGolden runs every case of a table through read, which returns what was
// read as text.
func checkGolden(t *testing.T, name string, read func([]byte) (string, error)) {
	t.Helper()
	for _, c := range readGolden(t, name) {
		input := []byte(c.input)
		got, err := read(input)
		if err != nil {
			got = "! " + err.Error()
		}
		want := c.output
		if c.bad {
			want = "! " + want
		}
		if got != want {
			t.Errorf("%s.txt:%d: %q\n got %s\nwant %s", name, c.line, c.input, got, want)
		}
		if string(input) != c.input {
			t.Errorf("%s.txt:%d: the input was changed to %q", name, c.line, input)
		}
	}
}

// checkAllocs fails when reading one of the texts allocates.
func checkAllocs(t *testing.T, read func([]byte), texts ...string) {
	t.Helper()
	for _, text := range texts {
		input := []byte(text)
		if n := testing.AllocsPerRun(100, func() { read(input) }); n != 0 {
			t.Errorf("%q costs %v allocations, want none", text, n)
		}
	}
}
