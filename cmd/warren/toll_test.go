package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// toll is what the deaths came to.
type toll struct {
	lines map[tollLine]*tollCount
	lives int
	lost  int // lives after which something was
	gone  int // leads that had gone from the source and were found marked
	took  time.Duration
}

type tollLine struct {
	kind, database string
	at             event
}

type tollCount struct{ deaths, missed int }

// count adds one death, and the syncs that ended before it could strike.
func (t *toll) count(d death, missed int) {
	if t.lines == nil {
		t.lines = map[tollLine]*tollCount{}
	}
	line := tollLine{d.kind, d.database, d.at}
	if t.lines[line] == nil {
		t.lines[line] = &tollCount{}
	}
	t.lines[line].deaths++
	t.lines[line].missed += missed
}

// lived adds a life that is over.
func (t *toll) lived(well bool, took time.Duration) {
	t.lives++
	t.took += took
	if !well {
		t.lost++
	}
}

// String is a table: kind of death, database, moment, how many.
func (t *toll) String() string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "death\tdatabase\tmoment\tdeaths\tended before")
	all := make([]tollLine, 0, len(t.lines))
	for line := range t.lines {
		all = append(all, line)
	}
	slices.SortFunc(all, func(a, b tollLine) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.database, b.database), cmp.Compare(a.at, b.at))
	})
	sum := 0
	for _, line := range all {
		c := t.lines[line]
		sum += c.deaths
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\n", line.kind, line.database, line.at, c.deaths, c.missed)
	}
	_ = w.Flush()
	_, _ = fmt.Fprintf(&text, "%d deaths in %d lives, %.0f seconds, lost: %d\n%d leads that had gone from the source were marked\n", sum, t.lives, t.took.Seconds(), t.lost, t.gone)
	return text.String()
}
