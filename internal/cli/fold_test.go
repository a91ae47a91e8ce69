package cli

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFolded(t *testing.T) {
	const advice = "2 records of salesrabbit leads could not be written: warren quarantine list salesrabbit leads"
	for _, c := range []struct {
		name, text, want string
		width            int
	}{
		{"elsewhere", advice, advice, 0},
		{"fits", advice, advice, utf8.RuneCountInString(advice)},
		{"a command", advice, "2 records of salesrabbit leads could not be written:\n    warren quarantine list salesrabbit leads", utf8.RuneCountInString(advice) - 1},
		{"both", advice, "2 records of salesrabbit\n    leads could not be\n    written:\n    warren quarantine list salesrabbit leads", 24},
		{"words", "  one two three four", "  one two\n    three\n    four", 10},
		{"to the last character", "aaaa bbbb cc", "aaaa bbbb\n    cc", 9},
		{"not beyond it", "aaaa bbbbb cc", "aaaa\n    bbbbb\n    cc", 9},
		{"a long word", "one twothreefour", "one\n    twothreefour", 6},
		{"é counts once", "éééé éééé", "éééé éééé", 9},
	} {
		w := &command{World: World{StdoutTerminal: c.width > 0, StdoutWidth: c.width}}
		if got := w.folded(c.text, 4); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	unknown := &command{World: World{StdoutTerminal: true}}
	if got := unknown.folded(strings.Repeat(advice, 3), 4); strings.Contains(got, "\n") {
		t.Errorf("folded at a width that nobody knows:\n%s", got)
	}
}
