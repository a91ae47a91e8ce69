package salespro

import (
	"maps"
	"slices"
)

// Pick says which rows a change befalls: those of Rows, else N at random.
type Pick struct {
	N    int   `json:"n"`
	Rows []int `json:"rows"`
}

// Random picks n rows by the share's seed, or all where there are no more.
func Random(n int) Pick { return Pick{N: n} }

// These picks the rows of those numbers; rows that are not there are left out.
func These(rows ...int) Pick { return Pick{Rows: rows} }

// pick returns the rows, in ascending order.
func (s *Share) pick(t *sheet, p Pick) []int {
	if len(p.Rows) > 0 {
		rows := slices.DeleteFunc(slices.Clone(p.Rows), func(row int) bool { return !t.alive(row) })
		slices.Sort(rows)
		return slices.Compact(rows)
	}
	alive := t.total - t.gone
	if n := min(p.N, alive); n <= alive/4 && t.gone <= t.total/2 {
		drawn := map[int]bool{}
		for len(drawn) < n {
			if row := s.chance.Below(t.total); t.alive(row) {
				drawn[row] = true
			}
		}
		return slices.Sorted(maps.Keys(drawn))
	}
	var all []int
	for row := range t.total {
		if t.alive(row) {
			all = append(all, row)
		}
	}
	n := max(0, min(p.N, len(all)))
	for i := range n {
		j := i + s.chance.Below(len(all)-i)
		all[i], all[j] = all[j], all[i]
	}
	rows := all[:n]
	slices.Sort(rows)
	return rows
}
