package postgres

import (
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// dense is the way to look up keys that are whole numbers and lie close together, as
// those of a full run do: one range of the key's index is read from end to end, which
// costs a quarter of looking up each key for itself.
type dense struct {
	query  string // SELECT of the key, and then of what a lookup selects; "" where keys are no whole numbers or no index has them in order
	key    kind
	types  []uint32
	places []numbered // of the rows that have a key, by it
}

// numbered is a row's position, and its key.
type numbered struct {
	key int64
	at  int
}

// leastDense is how few rows are not worth a range.
const leastDense = 16

func newDense(rel *relation, stream crm.Stream, answer string) dense {
	if len(stream.PrimaryKey) != 1 || !rel.ordered(stream.PrimaryKey) {
		return dense{}
	}
	c := rel.column(stream.PrimaryKey[0])
	if c.kind.holds() != crm.TypeInteger {
		return dense{}
	}
	name, bound := "t."+quote(c.name), wireOf(kindInt8).element
	return dense{
		query: "SELECT " + name + ", " + answer + " FROM " + rel.quoted() + " AS t WHERE " + name + " BETWEEN $1 AND $2",
		key:   c.kind, types: []uint32{bound, bound},
	}
}

// bind returns the bounds of the rows' keys as parameters, and false where the keys do
// not lie close enough together: at most half of those between may be none of the rows'.
func (d *dense) bind(rows []crm.Row) ([][]byte, bool) {
	if d.query == "" || len(rows) < leastDense {
		return nil, false
	}
	d.places = d.places[:0]
	for i := range rows {
		if v, fits := convert(rows[i].Key[0], d.key); fits && v.Valid {
			d.places = append(d.places, numbered{v.Int, i})
		}
	}
	if len(d.places) < leastDense {
		return nil, false
	}
	slices.SortFunc(d.places, func(a, b numbered) int { return cmp.Compare(a.key, b.key) })
	from, to := d.places[0].key, d.places[len(d.places)-1].key
	if uint64(to)-uint64(from) >= 2*uint64(len(d.places)) {
		return nil, false
	}
	return [][]byte{binary.BigEndian.AppendUint64(nil, uint64(from)), binary.BigEndian.AppendUint64(nil, uint64(to))}, true
}

// each calls do with the position of every row that has the key, which is one as a rule.
func (d *dense) each(key []byte, do func(at int)) {
	want := decodeValue(d.key, key).Int
	i, _ := slices.BinarySearchFunc(d.places, want, func(p numbered, key int64) int { return cmp.Compare(p.key, key) })
	for ; i < len(d.places) && d.places[i].key == want; i++ {
		do(d.places[i].at)
	}
}
