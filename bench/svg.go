package main

import (
	"fmt"
	"io"
	"strings"
)

// svg is a drawing that grows downwards.
type svg struct {
	under  strings.Builder // drawn first
	body   strings.Builder
	height float64
}

// pictureWidth is that of every picture, in pixels.
const pictureWidth = 880.0

// style holds the classes of what is drawn. Colours are such that people who
// tell few apart tell these, on white and on black.
const style = `
svg { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
.paper { fill: #ffffff; } text { fill: #1f2328; } .title { font-size: 15px; font-weight: 600; } .small { font-size: 11px; fill: #59636e; }
.grid { stroke: #d1d9e0; stroke-width: 1; } .base { stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 4 3; }
.aim { stroke: #cf222e; stroke-width: 2.5; } .s0 { fill: #0969da; stroke: #0969da; } .s1 { fill: #bc4c00; stroke: #bc4c00; } .s2 { fill: #1a7f37; stroke: #1a7f37; }
.old { fill: #8c959f; } .bar { stroke: none; } .curve { fill: none; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; } text { fill: #e6edf3; } .small { fill: #9198a1; }
.grid { stroke: #30363d; } .base { stroke: #9198a1; }
.aim { stroke: #ff7b72; } .s0 { fill: #4493f8; stroke: #4493f8; } .s1 { fill: #f0883e; stroke: #f0883e; } .s2 { fill: #3fb950; stroke: #3fb950; }
.old { fill: #6e7681; } .bar { stroke: none; } .curve { fill: none; }
}
`

// text draws a line of text. The anchor is start, middle or end.
func (s *svg) text(x, y float64, class, anchor, text string) {
	fmt.Fprintf(&s.body, `<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">%s</text>`+"\n", x, y, class, anchor, escape(text))
}

func (s *svg) line(x1, y1, x2, y2 float64, class string) {
	drawLine(&s.body, x1, y1, x2, y2, class)
}

// rule draws a line beneath all else.
func (s *svg) rule(x1, y1, x2, y2 float64, class string) {
	drawLine(&s.under, x1, y1, x2, y2, class)
}

func drawLine(on *strings.Builder, x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(on, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`+"\n", x1, y1, x2, y2, class)
}

func (s *svg) rect(x, y, width, height float64, class string) {
	fmt.Fprintf(&s.body, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s"/>`+"\n", x, y, width, height, class)
}

func (s *svg) dot(x, y float64, class string) {
	fmt.Fprintf(&s.body, `<circle cx="%.1f" cy="%.1f" r="3.5" class="%s"/>`+"\n", x, y, class)
}

// curve draws straight lines from point to point.
func (s *svg) curve(points [][2]float64, class string) {
	var list []string
	for _, p := range points {
		list = append(list, fmt.Sprintf("%.1f,%.1f", p[0], p[1]))
	}
	fmt.Fprintf(&s.body, `<polyline points="%s" class="%s curve"/>`+"\n", strings.Join(list, " "), class)
}

// writeTo writes the drawing as a file of its own.
func (s *svg) writeTo(out io.Writer, title string) error {
	_, err := fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img">`+
		"\n<title>%s</title>\n<style>%s</style>\n<rect width='100%%' height='100%%' class='paper'/>\n%s%s</svg>\n",
		pictureWidth, s.height, pictureWidth, s.height, escape(title), style, s.under.String(), s.body.String())
	return err
}

// escape returns text as XML takes it.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(text)
}
