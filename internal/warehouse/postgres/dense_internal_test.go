package postgres

import (
	"context"
	"math"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
)

// Keys are asked for as a range where at most half of what lies between them is none of
// theirs, and where an index has them.
func TestWhichKeysAreARange(t *testing.T) {
	stream := crm.Stream{PrimaryKey: []string{"id"}}
	key := index{columns: []string{"id"}, unique: true, whole: true, tree: true}
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
		{"an index without order", &relation{columns: rel.columns, indexes: []index{{columns: []string{"id"}, whole: true}}}, every(100, 1), false},
		{"an index of some rows", &relation{columns: rel.columns, indexes: []index{{columns: []string{"id"}, whole: true, tree: true, where: "id > 0"}}}, every(100, 1), false},
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

// Only an index that has its keys in order, and whose build has ended well, is read as a
// range: anything else would have the whole table read.
func TestWhichIndexHasItsKeysInOrder(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	for _, c := range []struct {
		ddl  string
		want bool
	}{
		{"CREATE UNIQUE INDEX ON t (id)", true},
		{"CREATE INDEX ON t (id, n)", true},
		{"CREATE INDEX ON t (n, id)", false},
		{"CREATE INDEX ON t USING hash (id)", false},
		{"CREATE INDEX ON t USING brin (id)", false},
		{"CREATE INDEX unfinished ON t (id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'unfinished'::regclass", false},
	} {
		if _, err := conn.Exec(t.Context(), "DROP TABLE IF EXISTS t; CREATE TABLE t (id bigint, n bigint); "+c.ddl); err != nil {
			t.Fatal(err)
		}
		rel, err := findRelation(t.Context(), conn, crm.Stream{Table: "t"})
		if err != nil {
			t.Fatal(err)
		}
		if got := rel.ordered([]string{"id"}); got != c.want {
			t.Errorf("%s: in order is %t, want %t", c.ddl, got, c.want)
		}
	}
}
