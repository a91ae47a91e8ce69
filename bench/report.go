package main

import (
	"cmp"
	"encoding/json"
	"errors"
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
	Counts  []counts `json:"counts"` // of a round without times
}

func (r *report) writeJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// readReport reads what writeJSON has written.
func readReport(in io.Reader) (report, error) {
	var r report
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return report{}, err
	}
	if len(r.Results) == 0 {
		return report{}, errors.New("it has no results")
	}
	for i, one := range r.Results {
		if one.Database == "" || one.Step == "" || one.Contender == "" || one.Leads < 1 || one.Records < 1 || one.Wall <= 0 {
			return report{}, fmt.Errorf("result %d is not whole", i+1)
		}
	}
	return r, nil
}

// group is what can be compared: turns on one database with as many leads.
type group struct {
	database string
	leads    int
}

// groups returns those that were measured: the databases by name, each with its
// numbers of leads in the order of the measurement.
func (r *report) groups() []group {
	var groups []group
	for _, one := range r.Results {
		if g := (group{one.Database, one.Leads}); !slices.Contains(groups, g) {
			groups = append(groups, g)
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(a.database, b.database) })
	return groups
}

// turns returns a contender's results at a step, or at all when step is "", by
// round.
func (r *report) turns(g group, step, contender string) []result {
	var list []result
	for _, one := range r.Results {
		if one.Database == g.database && one.Leads == g.leads && one.Contender == contender && (step == "" || one.Step == step) {
			list = append(list, one)
		}
	}
	return list
}

// writeTables prints a table of all databases and numbers of leads, and one of
// the aims.
func (r *report) writeTables(out io.Writer) error {
	for _, line := range r.Machine {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	var rows [][]string
	for _, g := range r.groups() {
		rows = append(rows, r.summary(g)...)
	}
	head := []string{"database", "leads", "step", "who", "wall s", "× baseline", "CPU s", "server CPU s", "peak MiB", "rows/s", "API calls", "statements", "API KiB", "DB KiB", "WAL MiB", "others %"}
	if err := writeTable(out, head, rows); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "\nMedians of %d. × baseline is the median of the rounds' own ratios; ~ marks a figure whose rounds lie more than a quarter apart.\n"+
		"CPU and peak are those of the contender's processes; a peak up to %s MiB may be this program's own.\n"+
		"Others is what part of all CPUs went to processes that have nothing to do with the measurement.\n",
		r.rounds(), decimal(float64(r.OwnPeak)/(1<<20), 0)); err != nil {
		return err
	}
	if len(r.Counts) > 0 {
		if _, err := fmt.Fprintln(out, "Statements and bytes (both directions) were counted in a round of their own, without times."); err != nil {
			return err
		}
	}
	return r.writeAims(out)
}

// rounds returns how many there were.
func (r *report) rounds() int {
	rounds := 0
	for _, one := range r.Results {
		rounds = max(rounds, one.Round)
	}
	return rounds
}

// summary returns the table's rows of a group, in
// the order in which they were first measured.
func (r *report) summary(g group) [][]string {
	var rows [][]string
	seen := map[[2]string]bool{}
	baseline := map[string][]result{} // by step
	for _, one := range r.Results {
		if one.Database != g.database || one.Leads != g.leads || seen[[2]string{one.Step, one.Contender}] {
			continue
		}
		seen[[2]string{one.Step, one.Contender}] = true
		all := r.turns(g, one.Step, one.Contender)
		ratio := ""
		if one.Contender == baselineOf(g.database) {
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

func row(all []result, ratio string, counted [3]string) []string {
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
		decimal(median(each(func(r result) float64 { return float64(r.Calls) })), 0), counted[0], counted[1], counted[2], wal, others,
	}
}
