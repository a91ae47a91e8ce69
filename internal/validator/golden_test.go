package validator

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/warren-sync/warren/internal/crm"
)

// goldenLine is one line of a table under the rule it stands below.
type goldenLine struct {
	place  string // file and line
	rule   crm.Rule
	input  string
	output string
}

// readGolden reads a table. A line "[{type: phone}]" sets the rule of those
// below it, "input => output" is a case; an input in quotes is a Go string; #
// begins a comment.
func readGolden(t *testing.T, path string) []goldenLine {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []goldenLine
	var rule crm.Rule
	lines := bufio.NewScanner(bytes.NewReader(data))
	for number := 1; lines.Scan(); number++ {
		place := filepath.Base(path) + ":" + strconv.Itoa(number)
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if strings.HasPrefix(line, "[{") {
			rule = parseRule(t, strings.Trim(line, "[]"))
			continue
		}
		input, output, found := strings.Cut(line, " => ")
		if !found {
			t.Fatalf("%s has no =>", place)
		}
		if input = strings.TrimSpace(input); input[0] == '"' {
			if input, err = strconv.Unquote(input); err != nil {
				t.Fatalf("%s: %v", place, err)
			}
		}
		cases = append(cases, goldenLine{place, rule, input, strings.TrimSpace(output)})
	}
	return cases
}

// parseRule reads a rule as warren.yaml has it.
func parseRule(t testing.TB, text string) (rule crm.Rule) {
	t.Helper()
	if err := yaml.UnmarshalWithOptions([]byte(text), &rule, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return rule
}

// validatorFor returns the validator of a rule in YAML.
func validatorFor(t testing.TB, rule string) Validator {
	t.Helper()
	v, err := NewRegistry().New(parseRule(t, rule))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Each type has a table in testdata/types, named after it.
func TestTypesGolden(t *testing.T) {
	for _, kind := range NewRegistry().Names() {
		t.Run(kind.Name, func(t *testing.T) {
			cases := readGolden(t, filepath.Join("testdata", "types", kind.Name+".txt"))
			if len(cases) < 3 {
				t.Fatalf("the table has %d cases", len(cases))
			}
			for _, c := range cases {
				v, err := NewRegistry().New(c.rule)
				if err != nil {
					t.Fatalf("%s: %v", c.place, err)
				}
				input := []byte(c.input)
				// Asked twice: the second answer may come from memory.
				for range 2 {
					got := "ok"
					if err := v.Check(input); err != nil {
						got = err.Error()
					}
					if got != c.output {
						t.Errorf("%s: %q under %+v\n got %s\nwant %s", c.place, c.input, c.rule, got, c.output)
					}
				}
				if string(input) != c.input {
					t.Errorf("%s: the value was changed to %q", c.place, input)
				}
			}
		})
	}
}

func TestNormalizersGolden(t *testing.T) {
	for _, kind := range Normalizers() {
		t.Run(kind.Name, func(t *testing.T) {
			for _, c := range readGolden(t, filepath.Join("testdata", "normalizers", kind.Name+".txt")) {
				normalize, err := NewNormalizer(kind.Name, c.rule)
				if err != nil {
					t.Fatalf("%s: %v", c.place, err)
				}
				want := c.output
				if want == "same" {
					want = c.input
				}
				for range 2 {
					input := []byte(c.input)
					got, changed := normalize(input)
					if string(got) != want || changed != (want != c.input) {
						t.Errorf("%s: %q under %+v becomes %q, %v; want %q", c.place, c.input, c.rule, got, changed, want)
					}
					if string(input) != c.input {
						t.Errorf("%s: the argument was changed to %q", c.place, input)
					}
				}
			}
		})
	}
}
