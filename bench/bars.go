package main

import "unicode/utf8"

// The measures of a panel of bars, in pixels.
const (
	barsLeft   = 210.0 // where ratio 0 is
	barsRight  = pictureWidth - 90
	barHeight  = 15.0
	barGap     = 12.0 // between steps
	barsHeader = 44.0
)

// mostRatio is the greatest that bars are drawn to scale for. One that is
// longer ends there, and its number tells.
const mostRatio = 2.0

func ratioAt(ratio float64) float64 {
	return barsLeft + (barsRight-barsLeft)*min(ratio, mostRatio)/mostRatio
}

// drawBars draws a group's wall times as multiples of the baseline's, with the
// aims as marks. A group without a baseline has no bars.
func (r *report) drawBars(s *svg, g group) {
	base := baselineOf(g.Database)
	if len(r.turns(g, "", base)) == 0 {
		return
	}
	s.text(margin, s.height+12, "title", "start", databaseTitle(g.Database)+", "+thousands(g.Leads)+" leads: wall time, × "+base)
	legend := "shorter is better; dashed: the baseline; red: the aim"
	if len(r.turns(g, "", nameOldWay)) > 0 {
		legend += "; grey: the old design, " + nameOldWay
	}
	s.text(margin, s.height+30, "small", "start", legend)
	top := s.height + barsHeader
	y := top
	for _, step := range comparedSteps() {
		y = r.drawStep(s, g, step, y)
	}
	for _, tick := range []float64{0, 0.5, 1, 1.5, 2} {
		class := "grid"
		if tick == 1 {
			class = "base"
		}
		s.rule(ratioAt(tick), top-4, ratioAt(tick), y-barGap+4, class)
		s.text(ratioAt(tick), y+6, "small", "middle", decimal(tick, 1)+" ×")
	}
	s.height = y + 30
}

// drawStep draws the bars of one step and returns where the next begins.
func (r *report) drawStep(s *svg, g group, step string, y float64) float64 {
	base := r.turns(g, step, baselineOf(g.Database))
	mark, set := r.aimMark(g, step)
	top := y
	for _, who := range []struct{ name, class string }{{nameWarren, "s0 bar"}, {nameOldWay, "old bar"}} {
		turns := r.turns(g, step, who.name)
		if len(turns) == 0 || len(turns) != len(base) {
			continue
		}
		ratio := median(ratios(turns, base))
		s.rect(barsLeft, y, ratioAt(ratio)-barsLeft, barHeight, who.class)
		label := decimal(ratio, 2) + " ×"
		if ratio > mostRatio {
			label = "▸ " + label
		}
		at, width := ratioAt(ratio), 7*float64(utf8.RuneCountInString(label))
		if beyond := ratioAt(mark) - at; set && y == top && beyond >= 0 && beyond < width {
			at += beyond // the mark stands where the label would
		}
		s.rect(at+3, y, width, barHeight, "paper") // no rule crosses the label
		s.text(at+6, y+barHeight-3, "", "start", label)
		y += barHeight + 1
	}
	if y == top {
		return y
	}
	s.text(barsLeft-10, top+barHeight-3, "", "end", step)
	if set {
		s.line(ratioAt(mark), top-3, ratioAt(mark), top+barHeight+3, "aim")
	}
	return y + barGap
}

// aimMark returns the ratio of wall times at which the step's aim is just
// reached.
func (r *report) aimMark(g group, step string) (ratio float64, set bool) {
	for _, a := range aims() {
		if a.step != step || a.database != g.Database || a.figure == figureCPU {
			continue
		}
		value, measured := a.measured(r, g)
		if !measured {
			continue
		}
		if a.figure == figureWall {
			return a.bound, true
		}
		// A rate is the reverse of a time: so many times as fast, so much less of it.
		reached := median(ratios(r.turns(g, step, nameWarren), r.turns(g, step, baselineOf(g.Database))))
		return reached * value / a.bound, true
	}
	return 0, false
}
