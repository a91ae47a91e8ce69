package cli

import (
	"strings"
	"unicode/utf8"
)

// folded breaks a text that is wider than a terminal whose width is known,
// between words. A command at its end gets a line of its own, and a terminal too
// narrow for that is left to break it: it can then still be copied. In a file or
// a pipe a text stays one line. What follows the first line is indented.
func (c *command) folded(text string, indent int) string {
	if first, rest, several := strings.Cut(text, "\n"); several {
		return c.folded(first, indent) + "\n" + c.folded(strings.Repeat(" ", indent)+rest, indent)
	}
	room := c.room()
	if room == 0 || utf8.RuneCountInString(text) <= room {
		return text
	}
	sentence, call := cutCall(text)
	var b strings.Builder
	width := 0
	turn := func() {
		b.WriteString("\n" + strings.Repeat(" ", indent))
		width = indent
	}
	lead := len(sentence) - len(strings.TrimLeft(sentence, " "))
	b.WriteString(sentence[:lead])
	width = lead
	for i, word := range strings.Fields(sentence) {
		switch n := utf8.RuneCountInString(word); {
		case i == 0:
			width += n
		case width+1+n > room:
			turn()
			width += n
		default:
			b.WriteString(" ")
			width += 1 + n
		}
		b.WriteString(word)
	}
	if call != "" {
		turn()
		b.WriteString(call)
	}
	return b.String()
}

// cutCall takes the command off the end of a text; "" when there is none.
func cutCall(text string) (sentence, call string) {
	const begin = ": warren "
	i := strings.LastIndex(text, begin)
	if i < 0 {
		return text, ""
	}
	return text[:i+1], text[i+2:]
}

// room is how many characters a line of the terminal has; 0 where output goes
// elsewhere or nobody knows.
func (c *command) room() int {
	if c.StdoutTerminal {
		return c.StdoutWidth
	}
	return 0
}
