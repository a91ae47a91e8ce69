package salesrabbit

import (
	"maps"
	"slices"
)

// Pick says which leads a change befalls: those of IDs, else N at random. The
// ids are the model's (those that Insert and Leads give), whatever id a planted
// lead shows.
type Pick struct {
	N   int     `json:"n"`
	IDs []int64 `json:"ids"`
}

// Random picks n leads by the account's seed, or all where there are no more.
func Random(n int) Pick { return Pick{N: n} }

// These picks the leads of those ids; ids that never were are left out.
func These(ids ...int64) Pick { return Pick{IDs: ids} }

// rows returns the rows picked among those that are fit.
func (a *Account) rows(p Pick, fit func(*lead) bool) []int {
	if len(p.IDs) > 0 {
		var rows []int
		for _, id := range p.IDs {
			if row, ok := a.row(id); ok && fit(&a.leads[row]) && !slices.Contains(rows, row) {
				rows = append(rows, row)
			}
		}
		return rows
	}
	if p.N <= 0 {
		return nil
	}
	if p.N <= a.alive/4 && a.alive >= len(a.leads)/4 {
		if rows, ok := a.sample(p.N, fit); ok {
			return rows
		}
	}
	var all []int
	for row := range a.leads {
		if fit(&a.leads[row]) {
			all = append(all, row)
		}
	}
	n := min(p.N, len(all))
	for i := range n {
		j := i + a.chance.Below(len(all)-i)
		all[i], all[j] = all[j], all[i]
	}
	all = all[:n]
	slices.Sort(all)
	return all
}

// sample draws rows until n fit ones are found, and gives up where few are fit.
func (a *Account) sample(n int, fit func(*lead) bool) ([]int, bool) {
	drawn := map[int]bool{}
	for tries := 0; len(drawn) < n; tries++ {
		if tries > 40*n {
			return nil, false
		}
		if row := a.chance.Below(len(a.leads)); fit(&a.leads[row]) {
			drawn[row] = true
		}
	}
	return slices.Sorted(maps.Keys(drawn)), true
}

func ids(rows []int) []int64 {
	out := make([]int64, 0, len(rows))
	for _, row := range rows {
		out = append(out, idOf(row))
	}
	return out
}
