package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// result is one contender's turn at one step.
type result struct {
	Round     int    `json:"round"`
	Database  string `json:"database"`
	Leads     int    `json:"leads"` // of the CRM
	Step      string `json:"step"`
	Contender string `json:"contender"`
	Records   int    `json:"records"` // that the step had to read

	// Others is the part of all CPUs that processes took which have nothing to
	// do with the turn; negative where the system does not tell.
	Others float64 `json:"others"`

	cost
}

// report is all that was measured.
type report struct {
	Machine []string `json:"machine"`
	OwnPeak int64    `json:"own_peak_bytes"` // which the system may count as a contender's
	Results []result `json:"results"`
}

func (r *report) writeJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// writeTables prints a table for each database and number of leads.
func (r *report) writeTables(out io.Writer) error {
	for _, line := range r.Machine {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	type group struct {
		database string
		leads    int
	}
	var groups []group
	for _, one := range r.Results {
		if g := (group{one.Database, one.Leads}); !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(a.database, b.database) })
	var rows [][]string
	for _, g := range groups {
		rows = append(rows, r.summary(g.database, g.leads)...)
	}
	head := []string{"database", "leads", "step", "who", "wall s", "× baseline", "CPU s", "server CPU s", "peak MiB", "rows/s", "API calls", "WAL MiB", "others %"}
	if err := writeTable(out, head, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nMedians of %d. × baseline is the median of the rounds' own ratios; ~ marks a figure whose rounds lie more than a quarter apart.\n"+
		"CPU and peak are those of the contender's processes; a peak up to %s MiB may be this program's own.\n"+
		"Others is what part of all CPUs went to processes that have nothing to do with the measurement.\n",
		r.rounds(), decimal(float64(r.OwnPeak)/(1<<20), 0))
	return err
}

// rounds returns how many there were.
func (r *report) rounds() int {
	rounds := 0
	for _, one := range r.Results {
		rounds = max(rounds, one.Round)
	}
	return rounds
}

// summary returns the table's rows for one database and number of leads, in
// the order in which they were first measured.
func (r *report) summary(database string, leads int) [][]string {
	var rows [][]string
	seen := map[[2]string]bool{}
	baseline := map[string][]result{} // by step
	for _, one := range r.Results {
		if one.Database != database || one.Leads != leads || seen[[2]string{one.Step, one.Contender}] {
			continue
		}
		seen[[2]string{one.Step, one.Contender}] = true
		all := r.all(one)
		ratio := ""
		if one.Contender != "warren" {
			baseline[one.Step] = all
			ratio = "1"
		} else if base := baseline[one.Step]; base != nil {
			ratio = spreadText(ratios(all, base), 2)
		}
		rows = append(rows, row(all, ratio))
	}
	return rows
}

// all returns every round's result of the same contender and step, by round.
func (r *report) all(like result) []result {
	var all []result
	for _, one := range r.Results {
		if one.Database == like.Database && one.Leads == like.Leads && one.Step == like.Step && one.Contender == like.Contender {
			all = append(all, one)
		}
	}
	return all
}

// ratios returns the wall times of a as multiples of b's in the same round.
func ratios(a, b []result) []float64 {
	list := make([]float64, len(a))
	for i := range a {
		list[i] = a[i].Wall.Seconds() / b[i].Wall.Seconds()
	}
	return list
}

func row(all []result, ratio string) []string {
	each := func(of func(result) float64) []float64 {
		list := make([]float64, len(all))
		for i := range all {
			list[i] = of(all[i])
		}
		return list
	}
	seconds := func(of func(result) time.Duration) []float64 {
		return each(func(r result) float64 { return of(r).Seconds() })
	}
	one := all[0]
	server, wal := "", ""
	if one.Server > 0 {
		server = decimal(median(seconds(func(r result) time.Duration { return r.Server })), 2)
		wal = decimal(median(each(func(r result) float64 { return float64(r.WAL) / (1 << 20) })), 1)
	}
	others := ""
	if one.Others >= 0 {
		others = decimal(median(each(func(r result) float64 { return 100 * r.Others })), 0)
	}
	return []string{
		one.Database, strconv.Itoa(one.Leads), one.Step, one.Contender,
		spreadText(seconds(func(r result) time.Duration { return r.Wall }), 2), ratio,
		decimal(median(seconds(func(r result) time.Duration { return r.CPU })), 2), server,
		decimal(median(each(func(r result) float64 { return float64(r.Peak) / (1 << 20) })), 0),
		decimal(median(each(func(r result) float64 { return float64(r.Records) / r.Wall.Seconds() })), 0),
		decimal(median(each(func(r result) float64 { return float64(r.Calls) })), 0), wal, others,
	}
}
