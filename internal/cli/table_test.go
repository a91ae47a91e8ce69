package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
)

// drawn is a table of two rows as it comes out on a terminal of that width; 0
// stands for a file or a pipe.
func drawn(width int) string {
	var out bytes.Buffer
	c := &command{World: World{Stdout: &out, StdoutTerminal: width > 0, StdoutWidth: width}}
	t := c.table("stream", "fetched", "what is wrong", "state")
	t.yield(cut("what is wrong", 16), drop("fetched"), drop("state"), cut("stream", 8))
	t.add("leads", 1000, "has 11 digits, which no phone number has", "open")
	t.add("leadStatusHistories", 7, "is no date", "open")
	t.add("users", 12)
	t.print()
	return out.String()
}

func TestTablesFitTheTerminal(t *testing.T) {
	whole := `
stream               fetched  what is wrong                             state
leads                   1000  has 11 digits, which no phone number has  open
leadStatusHistories        7  is no date                                open
users                     12
`
	for width, want := range map[int]string{
		0: whole, 200: whole, 77: whole,
		76: `
stream               fetched  what is wrong                            state
leads                   1000  has 11 digits, which no phone number h…  open
leadStatusHistories        7  is no date                               open
users                     12
`,
		53: `
stream               fetched  what is wrong     state
leads                   1000  has 11 digits, …  open
leadStatusHistories        7  is no date        open
users                     12
`,
		52: `
stream               what is wrong             state
leads                has 11 digits, which no…  open
leadStatusHistories  is no date                open
users
`,
		30: `
stream        what is wrong
leads         has 11 digits, …
leadStatusH…  is no date
users
`,
		1: `
stream    what is wrong
leads     has 11 digits, …
leadSta…  is no date
users
`,
	} {
		if got := "\n" + drawn(width); got != want {
			t.Errorf("%d columns: got%s\nwant%s", width, got, want)
		}
	}
	for width := 28; width < 100; width++ {
		for line := range strings.Lines(drawn(width)) {
			if n := text.StringWidth(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("%d columns where there are %d: %q", n, width, line)
			}
		}
	}
}

func TestOneColumnCanGiveWayTwice(t *testing.T) {
	var out bytes.Buffer
	c := &command{World: World{Stdout: &out, StdoutTerminal: true, StdoutWidth: 20}}
	g := c.table("a name", "b", "c")
	g.yield(cut("a name", 8), drop("c"), cut("a name", 2))
	g.add("abcdefghijkl", "0123456789", "xyz")
	g.print()
	g = c.table("a name", "b")
	g.yield(cut("a name", 2))
	g.add("abcdefghijkl", "0123456789abcdef")
	g.print()
	const want = "a name    b\nabcdefg…  0123456789\na name  b\nabcde…  0123456789abcdef\n" // a name stays whole
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestLineWidth(t *testing.T) {
	for want, w := range map[int]World{
		80: {}, 81: {StdoutTerminal: true, StdoutWidth: 81}, 40: {StdoutTerminal: true, StdoutWidth: 40},
	} {
		if got := (&command{World: w}).lineWidth(); got != want {
			t.Errorf("%d, want %d", got, want)
		}
	}
	for _, w := range []World{{StdoutTerminal: true}, {StdoutWidth: 120}} {
		if got := (&command{World: w}).lineWidth(); got != 80 {
			t.Errorf("%+v: %d", w, got)
		}
	}
}
