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
	figureCalls                   // calls of the API beyond the fewest in which the step's records can be had, at most
)

// aims are all of them, for the comparison and for the curve over leads.
func aims() []aim {
	return []aim{
		{onPostgres, stepFirst, figureWall, 0.6},
		{onPostgres, stepUnchanged, figureWall, 0.15},
		{onPostgres, stepOneIn100, figureWall, 1.0},
		{onPostgres, stepAll, figureWall, 0.8},
		{onPostgres, stepFirst, figureCPU, 2},
		{onPostgres, stepUnchanged, figureCPU, 2},
		{onPostgres, stepAll, figureCPU, 2},
		{onSQLite, stepFirst, figureRate, 0.8},
		{onSQLite, stepAll, figureRate, 0.8},
		{onSQLite, stepUnchanged, figureWriteRate, 4},
		{"", "", figurePeak, 64},
		{"", stepFirst, figureCalls, 1},
		{"", stepUnchanged, figureCalls, 1},
		{"", stepOneIn100, figureCalls, 1},
		{"", stepThousand, figureCalls, 1},
		{"", stepAll, figureCalls, 1},
	}
}

// fewestCalls is in how many calls so many records can be had.
func fewestCalls(records int) int { return (records + pageSize - 1) / pageSize }

// asked returns the bound for a step of so many records.
func (a aim) asked(records int) float64 {
	if a.figure == figureCalls {
		return float64(fewestCalls(records)) + a.bound
	}
	return a.bound
}

// text says what the aim is for a step of so many records.
func (a aim) text(records int) string {
	bound := strconv.FormatFloat(a.asked(records), 'f', -1, 64)
	switch a.figure {
	case figureWall:
		return a.step + ": at most " + bound + " × the baseline's time"
	case figureCPU:
		return a.step + ": at most " + bound + " CPU s per 100,000 leads"
	case figurePeak:
		return "every step: peak memory below " + bound + " MiB"
	case figureRate:
		return a.step + ": at least " + bound + " × the baseline's rows/s"
	case figureCalls:
		return a.step + ": at most " + bound + " API calls, ⌈" + thousands(records) + " / " + thousands(pageSize) + "⌉ + " + decimal(a.bound, 0)
	default:
		return a.step + ": at least " + bound + " × the rows/s that the baseline writes"
	}
}

// reached reports whether the value measured for a step of so many records
// satisfies the aim.
func (a aim) reached(value float64, records int) bool {
	switch a.figure {
	case figureRate, figureWriteRate:
		return value >= a.asked(records)
	case figurePeak:
		return value < a.asked(records)
	default:
		return value <= a.asked(records)
	}
}

// places is how many decimals the figure is shown with.
func (a aim) places() int {
	switch a.figure {
	case figureCalls:
		return 0
	case figurePeak:
		return 1
	default:
		return 2
	}
}

// timedFrom is from how many leads on times are aimed at: with fewer it is starting that
// is measured.
const timedFrom = 100_000

// ofTime reports whether the aim is about time, of the clock or of processors.
func (a aim) ofTime() bool { return a.figure != figurePeak && a.figure != figureCalls }

// measured returns the aim's figure for one database and number of leads, and
// false where what it takes was not measured.
func (a aim) measured(r *report, g group) (float64, bool) {
	if a.database != "" && a.database != g.Database || a.ofTime() && g.Leads < timedFrom {
		return 0, false
	}
	own := r.turns(g, a.step, nameWarren)
	if len(own) == 0 {
		return 0, false
	}
	switch a.figure {
	case figurePeak:
		return slices.Max(own.each(peakMiB)), true
	case figureCalls:
		return median(own.each(calls)), true
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
	base := r.turns(g, of, baselineOf(g.Database))
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
	moreCalls := false
	for _, g := range append(r.groups(""), r.groups(curveLeads)...) {
		for _, a := range aims() {
			value, measured := a.measured(r, g)
			if !measured {
				continue
			}
			records := r.turns(g, a.step, nameWarren)[0].Records
			reached := "no"
			if a.reached(value, records) {
				reached = "yes"
			}
			moreCalls = moreCalls || reached == "no" && a.figure == figureCalls
			rows = append(rows, []string{g.Database, strconv.Itoa(g.Leads), a.text(records), decimal(value, a.places()), reached})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(out); err != nil {
		return err
	}
	err := writeTable(out, []string{"database", "leads", "aim", "measured", "reached"}, rows)
	if err == nil && moreCalls {
		_, err = fmt.Fprint(out, "\nThe calls beyond the aim are there by decision: pages overlap, leads whose status alone has changed\n"+
			"are asked for, and some are read again at the end. docs/performance.md says how to switch them off.\n")
	}
	return err
}
