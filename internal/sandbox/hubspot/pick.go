package hubspot

import (
	"maps"
	"slices"
)

// Pick says which records a change befalls: those of IDs, else N at random.
type Pick struct {
	N   int     `json:"n"`
	IDs []int64 `json:"ids"`
}

// Random picks n records by the account's seed, or all where there are no more.
func Random(n int) Pick { return Pick{N: n} }

// These picks the records of those ids; ids that never were are left out.
func These(ids ...int64) Pick { return Pick{IDs: ids} }

// rows returns the rows picked among those that are fit.
func (a *Account) rows(t *table, p Pick, fit func(*object) bool) []int {
	if len(p.IDs) > 0 {
		var rows []int
		for _, id := range p.IDs {
			if row, ok := t.row(id, len(t.objects)); ok && fit(&t.objects[row]) && !slices.Contains(rows, row) {
				rows = append(rows, row)
			}
		}
		return rows
	}
	if p.N <= 0 {
		return nil
	}
	if p.N <= len(t.objects)/8 {
		if rows, ok := a.sample(t, p.N, fit); ok {
			return rows
		}
	}
	var all []int
	for row := range t.objects {
		if fit(&t.objects[row]) {
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
func (a *Account) sample(t *table, n int, fit func(*object) bool) ([]int, bool) {
	drawn := map[int]bool{}
	for tries := 0; len(drawn) < n; tries++ {
		if tries > 40*n {
			return nil, false
		}
		if row := a.chance.Below(len(t.objects)); fit(&t.objects[row]) {
			drawn[row] = true
		}
	}
	return slices.Sorted(maps.Keys(drawn)), true
}

func (t *table) ids(rows []int) []int64 {
	out := make([]int64, 0, len(rows))
	for _, row := range rows {
		out = append(out, t.id(row))
	}
	return out
}
