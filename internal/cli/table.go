package cli

import (
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// table is a plain table on standard output: aligned columns, no frame.
func (c *command) table(columns ...string) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(c.Stdout)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = "  "
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	header := make(table.Row, len(columns))
	for i, name := range columns {
		header[i] = name
	}
	t.AppendHeader(header)
	return t
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

// printf prints to standard output. Where that is gone there is nobody to tell.
func (c *command) printf(format string, args ...any) { _, _ = fmt.Fprintf(c.Stdout, format, args...) }

// warnf prints to standard error.
func (c *command) warnf(format string, args ...any) { _, _ = fmt.Fprintf(c.Stderr, format, args...) }
