package main

import (
	"fmt"
	"io"
	"strconv"
)

// writeTables prints a table of all that was compared, one for each curve, and one
// of the aims.
func (r *report) writeTables(out io.Writer) error {
	for _, line := range r.Machine {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	for _, t := range []struct {
		curve, title string
		head         []string
		rows         func(group) [][]string
	}{
		{"", "", comparisonHead(), r.summary},
		{curveLeads, "Over the number of leads:", comparisonHead(), r.summary},
		{curveStreams, "Over the number of streams:", streamsHead(), r.streamRows},
	} {
		var rows [][]string
		for _, g := range r.groups(t.curve) {
			rows = append(rows, t.rows(g)...)
		}
		if len(rows) == 0 {
			continue
		}
		if t.title != "" {
			if _, err := fmt.Fprintf(out, "\n%s\n\n", t.title); err != nil {
				return err
			}
		}
		if err := writeTable(out, t.head, rows); err != nil {
			return err
		}
	}
	if err := r.writeLegend(out); err != nil {
		return err
	}
	return r.writeAims(out)
}

// writeLegend says what the tables' columns mean.
func (r *report) writeLegend(out io.Writer) error {
	if _, err := fmt.Fprintf(out, "\nMedians of %d. × baseline is the median of the rounds' own ratios; ~ marks a figure whose rounds lie more than a quarter apart.\n"+
		"CPU and peak are those of the contender's processes; a peak up to %s MiB may be this program's own.\n"+
		"Others is what part of all CPUs went to processes that have nothing to do with the measurement.\n",
		r.rounds(), decimal(float64(r.OwnPeak)/(1<<20), 0)); err != nil {
		return err
	}
	if len(r.Counts) == 0 {
		return nil
	}
	_, err := fmt.Fprintln(out, "Statements and bytes (both directions) were counted in a round of their own, without times.")
	return err
}

func comparisonHead() []string {
	return []string{
		"database", "leads", "step", "who", "wall s", "× baseline", "CPU s", "server CPU s", "peak MiB", "rows/s",
		"API calls", "calls a changed record", "statements", "API KiB", "DB KiB", "WAL MiB", "others %",
	}
}

// summary returns the table's rows of a group, in
// the order in which they were first measured.
func (r *report) summary(g group) [][]string {
	var rows [][]string
	seen := map[[2]string]bool{}
	baseline := map[string][]result{} // by step
	for _, one := range r.Results {
		if one.group != g || seen[[2]string{one.Step, one.Contender}] {
			continue
		}
		seen[[2]string{one.Step, one.Contender}] = true
		all := r.turns(g, one.Step, one.Contender)
		ratio := ""
		if one.Contender == baselineOf(g.Database) {
			baseline[one.Step] = all
			ratio = "1"
		} else if base := baseline[one.Step]; len(base) == len(all) {
			ratio = spreadText(ratios(all, base), 2)
		}
		rows = append(rows, row(all, ratio, r.counted(one)))
	}
	return rows
}

// baselineOf returns the contender by which others are measured.
func baselineOf(database string) string {
	if database == onPostgres {
		return nameFloor
	}
	return nameLoop
}

// ratios returns the wall times of a as multiples of b's in the same round. Both
// have as many rounds.
func ratios(a, b []result) []float64 {
	list := make([]float64, len(a))
	for i := range a {
		list[i] = a[i].Wall.Seconds() / b[i].Wall.Seconds()
	}
	return list
}

// counted returns the cells of statements and bytes, empty where they were not
// counted.
func (r *report) counted(like result) [3]string {
	var cells [3]string
	if like.Curve != "" { // growth is measured, and not counted
		return cells
	}
	for _, c := range r.Counts {
		if c.Database != like.Database || c.Leads != like.Leads || c.Step != like.Step || c.Contender != like.Contender {
			continue
		}
		if c.Statements >= 0 {
			cells[0] = strconv.FormatInt(c.Statements, 10)
		}
		cells[1] = decimal(float64(c.APIBytes)/1024, 0)
		if c.DBBytes >= 0 {
			cells[2] = decimal(float64(c.DBBytes)/1024, 0)
		}
	}
	return cells
}

func row(t turns, ratio string, counted [3]string) []string {
	one := t[0]
	// Rows that nobody changed were written by no call.
	each := ""
	if one.Written > 0 {
		each = t.middle(func(r result) float64 { return float64(r.Calls) / float64(r.Written) }, 5)
	}
	return []string{
		one.Database, strconv.Itoa(one.Leads), one.Step, one.Contender,
		spreadText(t.each(wallSeconds), 2), ratio, t.middle(cpuSeconds, 2), t.server(), t.middle(peakMiB, 0),
		t.middle(func(r result) float64 { return float64(r.Records) / r.Wall.Seconds() }, 0),
		t.middle(calls, 0), each, counted[0], counted[1], counted[2], t.wal(), t.others(),
	}
}

func streamsHead() []string {
	return []string{
		"database", "streams", "leads each", "step", "wall s", "ms a stream", "CPU s", "server CPU s", "peak MiB", "API calls", "calls a stream", "WAL MiB", "others %",
	}
}

// streamRows returns the rows of a number of streams, a step each.
func (r *report) streamRows(g group) [][]string {
	var rows [][]string
	for _, step := range streamsSteps() {
		t := r.turns(g, step, nameWarren)
		if len(t) == 0 {
			continue
		}
		rows = append(rows, []string{
			g.Database, strconv.Itoa(g.Streams), strconv.Itoa(g.Leads), step,
			spreadText(t.each(wallSeconds), 2), t.middle(millisecondsEach, 1), t.middle(cpuSeconds, 2), t.server(), t.middle(peakMiB, 0),
			t.middle(calls, 0), t.middle(func(r result) float64 { return float64(r.Calls) / float64(max(1, r.Streams)) }, 1), t.wal(), t.others(),
		})
	}
	return rows
}
