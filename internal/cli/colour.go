package cli

// noColour reports whether the user wants no colours, or has a terminal that
// knows none: https://no-color.org.
func (c *command) noColour() bool {
	none, _ := c.Env("NO_COLOR")
	return none != "" || c.dumbTerminal()
}

// dumbTerminal reports whether the terminal can only write line after line.
func (c *command) dumbTerminal() bool {
	term, _ := c.Env("TERM")
	return term == "dumb"
}

// The colours that are used.
const (
	green = "32"
	red   = "31"
	bold  = "1"
	faint = "2"
)

// paint colours a text for standard output, where that understands it.
func (c *command) paint(colour, text string) string {
	if !c.StdoutTerminal || c.noColour() {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}
