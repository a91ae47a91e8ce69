package postgres

import (
	"math"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// Keys are asked for as a range where at most half of what lies between them is none of
// theirs, and where an index has them.
func TestWhichKeysAreARange(t *testing.T) {
	stream := crm.Stream{PrimaryKey: []string{"id"}}
	key := index{columns: []string{"id"}, unique: true, whole: true}
	rel := &relation{columns: []column{{name: "id", kind: kindInt8}}, indexes: []index{key}}
	every := func(n, step int64) []int64 {
		var keys []int64
		for i := range n {
			keys = append(keys, 7-i*step)
		}
		return keys
	}
	for _, c := range []struct {
		name string
		rel  *relation
		keys []int64
		want bool
	}{
		{"side by side", rel, every(100, 1), true},
		{"every other", rel, every(100, 2), true},
		{"every third", rel, every(100, 3), false},
		{"few", rel, every(leastDense-1, 1), false},
		{"just enough", rel, every(leastDense, 1), true},
		{"one far away", rel, append(every(100, 1), math.MaxInt64), false},
		{"both ends", rel, append(every(100, 1), math.MaxInt64, math.MinInt64), false},
		{"no index", &relation{columns: rel.columns}, every(100, 1), false},
		{"text", &relation{columns: []column{{name: "id", kind: kindText}}, indexes: rel.indexes}, every(100, 1), false},
	} {
		rows := make([]crm.Row, len(c.keys))
		for i, k := range c.keys {
			rows[i].Key = []crm.Value{crm.IntegerValue(k)}
		}
		d := newDense(c.rel, stream, "true")
		if _, got := d.bind(rows); got != c.want {
			t.Errorf("%s: a range is %t, want %t", c.name, got, c.want)
		}
	}
}
