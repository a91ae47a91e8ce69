package main

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// checked is a value that came to a rule, and the rule's check.
type checked struct {
	check func([]byte) error
	value []byte
}

// checksOfAPage returns what the leads of a page have checked, by the type of
// the rule.
func checksOfAPage(tb testing.TB) map[string][]checked {
	tb.Helper()
	page := leadPage(tb)
	list := map[string][]checked{}
	r := newWatchedRoad(tb, page, func(rule crm.Rule, check func([]byte) error) func([]byte) error {
		return func(value []byte) error {
			list[rule.Type] = append(list[rule.Type], checked{check, bytes.Clone(value)})
			return check(value)
		}
	})
	rows := make([]crm.Row, pageSize)
	r.identify(tb, r.decode(tb), rows)
	r.mapRows(tb, rows)
	return list
}

// validate checks the values once more.
func validate(list []checked) {
	for _, c := range list {
		_ = c.check(c.value) // which break their rule is the validators' test
	}
}

// A rule is checked for nothing: no value that keeps to it allocates.
func TestAllocationsPerValueChecked(t *testing.T) {
	list := checksOfAPage(t)
	if types := slices.Sorted(maps.Keys(list)); !slices.Equal(types, []string{"decimal", "email", "phone", "state", "zip_code"}) {
		t.Errorf("leads are checked by %v", types)
	}
	for name, values := range list {
		kept := slices.DeleteFunc(slices.Clone(values), func(c checked) bool { return c.check(c.value) != nil })
		if len(kept) < len(values)/2 {
			t.Errorf("%s: %d of %d values keep to the rule", name, len(kept), len(values))
		}
		each := testing.AllocsPerRun(5, func() { validate(kept) }) / float64(len(kept))
		t.Logf("%s: %.3f allocations per value, %d values", name, each, len(values))
		if each > checkAllocations {
			t.Errorf("%s: %.3f allocations per value, at most %.2f", name, each, checkAllocations)
		}
	}
}

const checkAllocations = 0.05

// BenchmarkValidate measures each type of rule that leads have, for a value,
// and all of a lead's.
func BenchmarkValidate(b *testing.B) {
	list := checksOfAPage(b)
	var all []checked
	for _, name := range slices.Sorted(maps.Keys(list)) {
		values := list[name]
		all = append(all, values...)
		b.Run(name, func(b *testing.B) { benchmarkChecks(b, values, len(values)) })
	}
	b.Run("lead", func(b *testing.B) { benchmarkChecks(b, all, pageSize) })
}

// benchmarkChecks reports the time of one of n equal parts of the work.
func benchmarkChecks(b *testing.B, values []checked, n int) {
	b.ReportAllocs()
	for b.Loop() {
		validate(values)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/each")
}
