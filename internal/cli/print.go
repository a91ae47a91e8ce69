package cli

import (
	"cmp"
	"fmt"
)

// usualWidth is how many characters a line has where nobody knows.
const usualWidth = 80

// lineWidth returns how many characters a line of the output has room for.
func (c *command) lineWidth() int {
	return cmp.Or(c.room(), usualWidth)
}

// fact is one line of a description: a name and its value.
type fact struct {
	name  string
	value any
}

// facts prints a description, and leaves out what is empty.
func (c *command) facts(list ...fact) {
	width := 0
	for _, f := range list {
		width = max(width, len(f.name))
	}
	for _, f := range list {
		if f.value != "" && f.value != nil {
			c.printf("  %-*s  %v\n", width, f.name, f.value)
		}
	}
}

// problem prints what is wrong, how to mend it and its code.
func (c *command) problem(what string, e *errorJSON) {
	c.printf("\n%s\n", c.folded(what+": "+e.Message, 2))
	if e.Fix != "" {
		c.printf("%s\n", c.folded("  Fix:   "+e.Fix, 9))
	}
	c.printf("  Code:  %s\n", e.Code)
}

// say prints a remark, unless only failures are wanted.
func (c *command) say(format string, args ...any) {
	if !c.quiet {
		c.tell(format, args...)
	}
}

// tell prints a remark, with --quiet too.
func (c *command) tell(format string, args ...any) {
	c.printf("%s\n", c.folded(fmt.Sprintf(format, args...), 2))
}

// printf prints to standard output. Where that is gone there is nobody to tell.
func (c *command) printf(format string, args ...any) { _, _ = fmt.Fprintf(c.Stdout, format, args...) }

// warnf prints to standard error.
func (c *command) warnf(format string, args ...any) { _, _ = fmt.Fprintf(c.Stderr, format, args...) }
