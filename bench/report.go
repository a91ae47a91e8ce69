package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// result is one contender's turn at one step.
type result struct {
	group

	Round     int    `json:"round"`
	Step      string `json:"step"`
	Contender string `json:"contender"`
	Records   int    `json:"records"` // that the step had to read
	Written   int    `json:"written"` // rows that had to be created or updated

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
		if one.Step == "" || one.Contender == "" || one.Wall <= 0 || one.Records < 1 && one.Step != stepIdle || !one.whole() {
			return report{}, fmt.Errorf("result %d is not whole", i+1)
		}
	}
	return r, nil
}

// group is what can be compared: turns on one database with as many leads and
// streams, measured for the same curve.
type group struct {
	Database string `json:"database"`
	Leads    int    `json:"leads"`             // of the CRM
	Curve    string `json:"curve,omitempty"`   // that it is a point of; "" for the comparison
	Streams  int    `json:"streams,omitempty"` // that are synced, each with all leads; 0 for the leads of one account, without a file of settings
}

// String says which it is, for people.
func (g group) String() string {
	switch g.Curve {
	case curveLeads:
		return fmt.Sprintf("the growth to %s leads on %s", thousands(g.Leads), g.Database)
	case curveStreams:
		return fmt.Sprintf("the growth to %s streams on %s", thousands(g.Streams), g.Database)
	default:
		return fmt.Sprintf("the comparison with %s leads on %s", thousands(g.Leads), g.Database)
	}
}

// whole reports whether it can be a group's.
func (g group) whole() bool {
	return g.Database != "" && g.Leads > 0 && slices.Contains([]string{"", curveLeads, curveStreams}, g.Curve) &&
		(g.Streams > 0) == (g.Curve == curveStreams)
}

// groups returns those that were measured for the curve, or for the comparison:
// the databases by name, each with its sizes in the order of the measurement.
func (r *report) groups(curve string) []group {
	var groups []group
	for _, one := range r.Results {
		if one.Curve == curve && !slices.Contains(groups, one.group) {
			groups = append(groups, one.group)
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(a.Database, b.Database) })
	return groups
}

// turns returns a contender's results at a step, or at all when step is "", by
// round.
func (r *report) turns(g group, step, contender string) turns {
	var list turns
	for _, one := range r.Results {
		if one.group == g && one.Contender == contender && (step == "" || one.Step == step) {
			list = append(list, one)
		}
	}
	return list
}

// rounds returns how many there were.
func (r *report) rounds() int {
	rounds := 0
	for _, one := range r.Results {
		rounds = max(rounds, one.Round)
	}
	return rounds
}
