package main

import (
	"cmp"
	"fmt"
	"slices"
)

// The measures of a chart of curves, in pixels.
const (
	chartWidth  = 220.0
	chartHeight = 190.0
	chartGap    = 60.0
)

// grown is a figure of which the growth is drawn.
type grown struct {
	title string
	of    func(result) float64
	aim   float64 // drawn as a line; 0 where there is none
}

// curve is what Warren's cost is drawn over.
type curve struct {
	name    string // the groups' Curve
	title   string
	axis    string
	steps   []string
	figures []grown
	size    func(group) int
}

func curves() []curve {
	wall := grown{title: "wall s", of: wallSeconds}
	return []curve{
		{
			name: curveLeads, title: "Warren over the number of leads", axis: "leads", steps: leadsSteps(),
			figures: []grown{wall, {title: "CPU s", of: cpuSeconds}, {title: "peak MiB", of: peakMiB, aim: 64}},
			size:    func(g group) int { return g.Leads },
		},
		{
			name: curveStreams, title: "Warren over the number of streams, " + thousands(streamLeads) + " leads each", axis: "streams", steps: streamsSteps(),
			figures: []grown{wall, {title: "wall ms a stream", of: millisecondsEach}, {title: "peak MiB", of: peakMiB}},
			size:    func(g group) int { return g.Streams },
		},
	}
}

// drawGrowth draws Warren's cost on one database, with logarithmic axes: what grows
// with the size is a diagonal there, and what does not is level.
func (r *report) drawGrowth(s *svg, on string, c curve) {
	groups := slices.DeleteFunc(r.groups(c.name), func(g group) bool { return g.Database != on })
	if len(groups) == 0 {
		return
	}
	s.text(margin, s.height+12, "title", "start", databaseTitle(on)+": "+c.title)
	s.text(margin, s.height+30, "small", "start", "both axes are logarithmic; a cost that does not follow the number of "+c.axis+" is level")
	for i, step := range c.steps {
		x := margin + float64(i)*230
		s.rect(x, s.height+44, 16, 4, fmt.Sprintf("s%d bar", i))
		s.text(x+22, s.height+50, "small", "start", step)
	}
	top := s.height + 86
	for i, f := range c.figures {
		r.drawChart(s, groups, c, f, margin+36+float64(i)*(chartWidth+chartGap), top)
	}
	s.height = top + chartHeight + 66
}

// drawChart draws one figure, a line for each step.
func (r *report) drawChart(s *svg, groups []group, c curve, f grown, left, top float64) {
	lines := r.lines(groups, c, f)
	var xs, ys []float64
	for _, line := range lines {
		for _, p := range line {
			xs, ys = append(xs, p[0]), append(ys, p[1])
		}
	}
	if f.aim > 0 {
		ys = append(ys, f.aim)
	}
	across, up := newScale(xs, left, left+chartWidth), newScale(ys, top+chartHeight, top)
	s.text(left, top-12, "", "start", f.title)
	for _, tick := range across.ticks() {
		s.rule(across.at(tick), top, across.at(tick), top+chartHeight, "grid")
		s.text(across.at(tick), top+chartHeight+16, "small", "middle", short(tick))
	}
	s.text(left+chartWidth/2, top+chartHeight+32, "small", "middle", c.axis)
	for _, tick := range up.ticks() {
		s.rule(left, up.at(tick), left+chartWidth, up.at(tick), "grid")
		s.text(left-6, up.at(tick)+4, "small", "end", short(tick))
	}
	if f.aim > 0 {
		s.line(left, up.at(f.aim), left+chartWidth, up.at(f.aim), "aim")
		s.text(left+4, up.at(f.aim)-5, "small", "start", "aim: below "+short(f.aim))
	}
	for i, line := range lines {
		class := fmt.Sprintf("s%d", i)
		points := make([][2]float64, len(line))
		for j, p := range line {
			points[j] = [2]float64{across.at(p[0]), up.at(p[1])}
			s.dot(points[j][0], points[j][1], class)
		}
		s.curve(points, class)
	}
}

// lines returns for each step the sizes, from the least on, and the figure's
// median.
func (r *report) lines(groups []group, c curve, f grown) [][][2]float64 {
	groups = slices.SortedFunc(slices.Values(groups), func(a, b group) int { return cmp.Compare(c.size(a), c.size(b)) })
	lines := make([][][2]float64, len(c.steps))
	for i, step := range c.steps {
		for _, g := range groups {
			own := r.turns(g, step, nameWarren)
			if len(own) == 0 {
				continue
			}
			if value := median(own.each(f.of)); value > 0 {
				lines[i] = append(lines[i], [2]float64{float64(c.size(g)), value})
			}
		}
	}
	return lines
}
