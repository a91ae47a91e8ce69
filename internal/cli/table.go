package cli

import (
	"fmt"
	"io"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// grid is a plain table on standard output: aligned columns, no frame. In a file
// or a pipe it is as wide as what it holds; on a terminal whose width is known
// it gives way until it fits.
type grid struct {
	out     io.Writer
	room    int // characters in a line of the terminal; 0 for any number
	columns []string
	rows    [][]any
	yields  []concession
	numeric []string // columns of numbers some of which are texts
}

// gap stands between two columns.
const gap = "  "

// concession is one thing to do about a table that is too wide: to shorten the
// texts of a column, or to leave it out.
type concession struct {
	column string
	least  int // characters that a shortened text keeps; 0 leaves the column out
}

func cut(column string, least int) concession { return concession{column, least} }

func drop(column string) concession { return concession{column: column} }

func (c *command) table(columns ...string) *grid {
	return &grid{out: c.Stdout, room: c.room(), columns: columns}
}

// yield says what may be done about the table when it is too wide, the least
// loss first.
func (g *grid) yield(concessions ...concession) { g.yields = append(g.yields, concessions...) }

// numbers has a column aligned as numbers are, although a text may stand in it.
func (g *grid) numbers(column string) { g.numeric = append(g.numeric, column) }

// add adds a row; what it lacks on the right stays empty.
func (g *grid) add(cells ...any) { g.rows = append(g.rows, cells) }

// print prints the table.
func (g *grid) print() {
	t := table.NewWriter()
	t.SetOutputMirror(g.out)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = gap
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	widths := g.fit()
	header := table.Row{}
	for i, name := range g.columns {
		if widths[i] > 0 {
			header = append(header, name)
		}
	}
	t.AppendHeader(header)
	var aligned []table.ColumnConfig
	for _, column := range g.numeric {
		aligned = append(aligned, table.ColumnConfig{Name: column, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(aligned)
	for _, cells := range g.rows {
		row := table.Row{}
		for i, cell := range cells {
			if widths[i] > 0 {
				row = append(row, within(cell, widths[i]))
			}
		}
		t.AppendRow(row)
	}
	t.Render()
}

// tellNarrowed says that columns were left out, where any were.
func (g *grid) tellNarrowed() {
	if slices.Contains(g.fit(), 0) {
		_, _ = fmt.Fprintln(g.out, "Some columns are left out; widen the terminal or pipe the output.")
	}
}

// within returns a cell that is no wider than that. A number stays one, since
// numbers are aligned otherwise.
func within(cell any, width int) any {
	if said := fmt.Sprint(cell); text.LongestLineLen(said) > width {
		return text.Snip(said, width, "…")
	}
	return cell
}

// fit returns how wide each column may be, after as few concessions as it takes;
// 0 for one that is left out.
func (g *grid) fit() []int {
	widths := g.concede(nil)
	for n := range g.yields {
		if g.room == 0 || total(widths) <= g.room {
			break
		}
		widths = g.concede(g.yields[:n+1])
	}
	return widths
}

// concede returns the widths of the columns after those concessions; texts are
// shortened by what is needed, and no more.
func (g *grid) concede(concessions []concession) []int {
	widths := make([]int, len(g.columns))
	for i, name := range g.columns {
		widths[i] = max(text.StringWidth(name), 1)
		for _, cells := range g.rows {
			if i < len(cells) {
				widths[i] = max(widths[i], text.LongestLineLen(fmt.Sprint(cells[i])))
			}
		}
	}
	for _, c := range concessions {
		if c.least == 0 {
			widths[slices.Index(g.columns, c.column)] = 0
		}
	}
	for _, c := range concessions {
		i := slices.Index(g.columns, c.column)
		if excess := total(widths) - g.room; c.least > 0 && excess > 0 {
			widths[i] = min(widths[i], max(widths[i]-excess, c.least, text.StringWidth(c.column)))
		}
	}
	return widths
}

// total is how many characters a line takes.
func total(widths []int) int {
	sum := 0
	for _, w := range widths {
		if w > 0 {
			sum += w + len(gap)
		}
	}
	return sum - len(gap)
}
