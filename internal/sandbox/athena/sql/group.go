package sql

import (
	"slices"
	"strconv"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// grouping counts rows that have the same keys.
type grouping struct {
	keys []expr
	pick []int // by column of the result: the key it shows, or counted
}

const counted = -1

func itoa(n int) string { return strconv.Itoa(n) }

func (p *Plan) planGroup(items []item, by []node) error {
	g := &grouping{}
	var texts []string
	for _, n := range by {
		if l, ok := n.(literalNode); ok && l.typ.Whole() {
			i := l.value.Num()
			if i < 1 || i > int64(len(items)) {
				return fail("INVALID_COLUMN_REFERENCE", l.at, "GROUP BY position %d is not in select list", i)
			}
			n = items[i-1].expr
		}
		if counts(n) {
			return fail("EXPRESSION_NOT_SCALAR", n.where(), "GROUP BY clause cannot contain aggregations: [count(*)]")
		}
		key, err := p.scope.compile(n)
		if err != nil {
			return err
		}
		g.keys, texts = append(g.keys, key), append(texts, n.text())
	}
	for i, it := range items {
		column := Column{Name: it.label(i), Type: table.Simple(table.BigintKind)}
		pick := counted
		if !counts(it.expr) {
			pick = slices.Index(texts, it.expr.text())
			if _, err := p.scope.compile(it.expr); err != nil {
				return err
			}
			if pick < 0 {
				return fail("EXPRESSION_NOT_AGGREGATE", it.expr.where(), "'%s' must be an aggregate expression or appear in GROUP BY clause", it.expr.text())
			}
			column.Type = g.keys[pick].typ
		}
		g.pick = append(g.pick, pick)
		p.Columns = append(p.Columns, column)
	}
	p.group = g
	return nil
}

// tally is the groups found so far.
type tally struct {
	*grouping

	index  map[string]int
	groups []group
}

type group struct {
	keys []table.Value
	n    int64
}

func (g *grouping) tally() *tally {
	t := &tally{grouping: g, index: map[string]int{}}
	if len(g.keys) == 0 {
		t.index[""], t.groups = 0, []group{{}} // without keys there is one group, of no rows too
	}
	return t
}

func (t *tally) add(row []table.Value) error {
	keys := make([]table.Value, 0, len(t.keys))
	var id []byte
	for _, e := range t.keys {
		v, err := e.eval(row)
		if err != nil {
			return err
		}
		keys = append(keys, v)
		if !v.IsNull() {
			text := text(v, e.typ)
			id = append(strconv.AppendInt(id, int64(len(text)), 10), ':')
			id = append(id, text...)
		}
		id = append(id, ';')
	}
	i, known := t.index[string(id)]
	if !known {
		i = len(t.groups)
		t.index[string(id)], t.groups = i, append(t.groups, group{keys: keys})
	}
	t.groups[i].n++
	return nil
}

// rows yields one row of the result for each group, in the order in which the
// groups were found.
func (t *tally) rows(yield func(row []table.Value) error) error {
	for _, g := range t.groups {
		row := make([]table.Value, 0, len(t.pick))
		for _, pick := range t.pick {
			if pick == counted {
				row = append(row, table.Int(g.n))
			} else {
				row = append(row, g.keys[pick])
			}
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}
