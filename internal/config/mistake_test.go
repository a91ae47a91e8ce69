package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
)

// TestMistakesAreShownInPlace compares whole messages with testdata/mistakes.txt:
// "=== name", the file, "----", the message and "fix: " with the way out.
func TestMistakesAreShownInPlace(t *testing.T) {
	text, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split("\n"+string(text), "\n=== ")[1:]
	if len(cases) < 30 {
		t.Fatalf("testdata/mistakes.txt has only %d cases", len(cases))
	}
	for _, c := range cases {
		name, rest, _ := strings.Cut(c, "\n")
		yaml, want, _ := strings.Cut(rest, "----\n")
		t.Run(name, func(t *testing.T) {
			_, err := load(t, yaml, map[string]string{"SECRET": marker})
			e := failure(t, err, crm.CodeConfig)
			got := e.Error() + "\nfix: " + e.Fix
			if strings.Contains(got, marker) || strings.Contains(got, "M4rk") {
				t.Errorf("the message shows a secret (L8):\n%s", got)
			}
			if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
				t.Errorf("want (-), got (+):\n%s\ngot:\n%s", diff, got)
			}
		})
	}
}

func TestManyMistakesAreCountedButNotAllTold(t *testing.T) {
	var file strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&file, "key%d: %d\n", i, i)
	}
	_, err := load(t, file.String(), nil)
	e := failure(t, err, crm.CodeConfig)
	if !strings.HasPrefix(e.Message, "the configuration has 5000 mistakes:\n") || !strings.HasSuffix(e.Message, "\nand 4980 more") {
		t.Errorf("message begins %.80q and is %d bytes long", e.Message, len(e.Message))
	}
}

func TestTooManyKeysAreRefusedBeforeTheParserSeesThem(t *testing.T) {
	for name, text := range map[string]string{"keys": "a: 1\n", "entries": "-\n", "in brackets": "[1],"} {
		_, err := load(t, "["[:strings.Count(text, ",")]+strings.Repeat(text, 100_000), nil)
		e := failure(t, err, crm.CodeConfig)
		if !strings.Contains(e.Message, "the file has more than 10000 keys and list entries") {
			t.Errorf("%s: message %.100q", name, e.Message)
		}
	}
}
