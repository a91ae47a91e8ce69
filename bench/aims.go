package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
)

// aim is what Warren shall reach.
type aim struct {
	database string // "" for each
	step     string // "" for the worst of all steps
	figure   figure
	bound    float64
}

// figure is something to have an aim for.
type figure uint8

const (
	figureWall      figure = iota // wall time as a multiple of the baseline's, at most
	figureCPU                     // CPU seconds of Warren per 100,000 leads, at most
	figurePeak                    // MiB of memory, less than
	figureRate                    // rows a second as a multiple of the baseline's, at least
	figureWriteRate               // the same, against those that the baseline writes at the first load, at least
)

// aims are all of them.
func aims() []aim {
	return []aim{
		{onPostgres, stepFirst, figureWall, 0.6},
		{onPostgres, stepUnchanged, figureWall, 0.15},
		{onPostgres, stepOneIn100, figureWall, 1.0},
		{onPostgres, stepAll, figureWall, 0.8},
		{onPostgres, stepFirst, figureCPU, 2},
		{onSQLite, stepFirst, figureRate, 0.8},
		{onSQLite, stepAll, figureRate, 0.8},
		{onSQLite, stepUnchanged, figureWriteRate, 4},
		{"", "", figurePeak, 64},
	}
}

// text says what the aim is.
func (a aim) text() string {
	bound := strconv.FormatFloat(a.bound, 'f', -1, 64)
	switch a.figure {
	case figureWall:
		return a.step + ": at most " + bound + " × the baseline's time"
	case figureCPU:
		return a.step + ": at most " + bound + " CPU s per 100,000 leads"
	case figurePeak:
		return "every step: peak memory below " + bound + " MiB"
	case figureRate:
		return a.step + ": at least " + bound + " × the baseline's rows/s"
	default:
		return a.step + ": at least " + bound + " × the rows/s that the baseline writes"
	}
}

// reached reports whether the measured value satisfies the aim.
func (a aim) reached(value float64) bool {
	switch a.figure {
	case figureRate, figureWriteRate:
		return value >= a.bound
	case figurePeak:
		return value < a.bound
	default:
		return value <= a.bound
	}
}

// places is how many decimals the figure is shown with.
func (a aim) places() int {
	if a.figure == figurePeak {
		return 0
	}
	return 2
}

// measured returns the aim's figure for one database and number of leads, and
// false where what it takes was not measured.
func (a aim) measured(r *report, g group) (float64, bool) {
	if a.database != "" && a.database != g.database {
		return 0, false
	}
	own := r.turns(g, a.step, nameWarren)
	if len(own) == 0 {
		return 0, false
	}
	switch a.figure {
	case figurePeak:
		return float64(slices.MaxFunc(own, func(x, y result) int { return int(x.Peak - y.Peak) }).Peak) / (1 << 20), true
	case figureCPU:
		const per = 100_000
		each := make([]float64, len(own))
		for i, one := range own {
			each[i] = one.CPU.Seconds() * per / float64(one.Records)
		}
		return median(each), true
	default:
		return a.compared(r, g, own)
	}
}

// compared returns a figure that is a multiple of the baseline's.
func (a aim) compared(r *report, g group, own []result) (float64, bool) {
	of := a.step
	if a.figure == figureWriteRate {
		of = stepFirst
	}
	base := r.turns(g, of, baselineOf(g.database))
	if len(base) != len(own) {
		return 0, false
	}
	each := ratios(own, base)
	if a.figure == figureWall {
		return median(each), true
	}
	for i := range each {
		// Rows a second are the reverse of the time that as many rows take.
		each[i] = float64(own[i].Records) / float64(base[i].Records) / each[i]
	}
	return median(each), true
}

// writeAims prints what was reached.
func (r *report) writeAims(out io.Writer) error {
	var rows [][]string
	for _, g := range r.groups() {
		for _, a := range aims() {
			value, measured := a.measured(r, g)
			if !measured {
				continue
			}
			reached := "no"
			if a.reached(value) {
				reached = "yes"
			}
			rows = append(rows, []string{g.database, strconv.Itoa(g.leads), a.text(), decimal(value, a.places()), reached})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(out); err != nil {
		return err
	}
	return writeTable(out, []string{"database", "leads", "aim", "measured", "reached"}, rows)
}
