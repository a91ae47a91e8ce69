package main

import (
	"fmt"
	"math"
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

func grownFigures() []grown {
	return []grown{
		{"wall s", func(r result) float64 { return r.Wall.Seconds() }, 0},
		{"CPU s", func(r result) float64 { return r.CPU.Seconds() }, 0},
		{"peak MiB", func(r result) float64 { return float64(r.Peak) / (1 << 20) }, 64},
	}
}

// drawGrowth draws Warren's cost over the number of leads, as curves with
// logarithmic axes: what grows with the leads is a diagonal there, and what
// does not is level.
func (r *report) drawGrowth(s *svg, on string) {
	var groups []group
	for _, g := range r.groups() {
		if g.database == on && len(r.turns(g, stepThousand, nameWarren)) > 0 {
			groups = append(groups, g)
		}
	}
	if len(groups) == 0 {
		return
	}
	s.text(margin, s.height+12, "title", "start", databaseTitle(on)+": Warren over the number of leads")
	for i, step := range grownSteps() {
		x := margin + float64(i)*230
		s.rect(x, s.height+24, 16, 4, fmt.Sprintf("s%d bar", i))
		s.text(x+22, s.height+30, "small", "start", step)
	}
	top := s.height + 62
	for i, f := range grownFigures() {
		r.drawChart(s, groups, f, margin+36+float64(i)*(chartWidth+chartGap), top)
	}
	s.height = top + chartHeight + 50
}

// drawChart draws one figure, a curve for each step.
func (r *report) drawChart(s *svg, groups []group, f grown, left, top float64) {
	curves := r.curves(groups, f)
	var xs, ys []float64
	for _, curve := range curves {
		for _, p := range curve {
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
	for _, tick := range up.ticks() {
		s.rule(left, up.at(tick), left+chartWidth, up.at(tick), "grid")
		s.text(left-6, up.at(tick)+4, "small", "end", short(tick))
	}
	if f.aim > 0 {
		s.line(left, up.at(f.aim), left+chartWidth, up.at(f.aim), "aim")
		s.text(left+4, up.at(f.aim)-5, "small", "start", "aim: below "+short(f.aim))
	}
	for i, curve := range curves {
		class := fmt.Sprintf("s%d", i)
		points := make([][2]float64, len(curve))
		for j, p := range curve {
			points[j] = [2]float64{across.at(p[0]), up.at(p[1])}
			s.dot(points[j][0], points[j][1], class)
		}
		s.curve(points, class)
	}
}

// curves returns for each step the leads and the figure's median.
func (r *report) curves(groups []group, f grown) [][][2]float64 {
	curves := make([][][2]float64, len(grownSteps()))
	for i, step := range grownSteps() {
		for _, g := range groups {
			var values []float64
			for _, turn := range r.turns(g, step, nameWarren) {
				values = append(values, f.of(turn))
			}
			if len(values) > 0 && median(values) > 0 {
				curves[i] = append(curves[i], [2]float64{float64(g.leads), median(values)})
			}
		}
	}
	return curves
}

// scale is a logarithmic axis: whole powers of ten from the one to the other
// end.
type scale struct {
	low, high int // exponents
	from, to  float64
}

func newScale(values []float64, from, to float64) scale {
	sc := scale{low: math.MaxInt, high: math.MinInt, from: from, to: to}
	for _, v := range values {
		sc.low = min(sc.low, int(math.Floor(math.Log10(v))))
		sc.high = max(sc.high, int(math.Ceil(math.Log10(v))))
	}
	if sc.low >= sc.high {
		sc.high = sc.low + 1
	}
	return sc
}

// at returns where the value is.
func (sc scale) at(value float64) float64 {
	return sc.from + (sc.to-sc.from)*(math.Log10(value)-float64(sc.low))/float64(sc.high-sc.low)
}

func (sc scale) ticks() []float64 {
	var list []float64
	for exponent := sc.low; exponent <= sc.high; exponent++ {
		list = append(list, math.Pow10(exponent))
	}
	return list
}

// short returns the number as axes have it: 10k, 1M.
func short(n float64) string {
	switch {
	case n >= 1e6:
		return fmt.Sprintf("%gM", n/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%gk", n/1e3)
	default:
		return fmt.Sprintf("%g", n)
	}
}
