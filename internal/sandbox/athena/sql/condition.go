package sql

import (
	"slices"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// Conditions have three values: true, false and NULL, which is neither.

func condition(columns []int, eval func(row []table.Value) (table.Value, error)) expr {
	return expr{typ: table.Simple(table.BooleanKind), columns: columns, eval: eval}
}

// pair compiles two sides and makes them of one type.
func (s *scope) pair(where at, op string, left, right node) (l, r expr, err error) {
	if l, err = s.compile(left); err != nil {
		return l, r, err
	}
	if r, err = s.compile(right); err != nil {
		return l, r, err
	}
	both, ok := common(l.typ, r.typ)
	if !ok {
		return l, r, fail("TYPE_MISMATCH", where, "Cannot apply operator: %s %s %s", l.typ, op, r.typ)
	}
	return l.as(both), r.as(both), nil
}

// as converts to the type in which two sides are compared.
func (e expr) as(t table.Type) expr {
	if e.typ.Kind == t.Kind || e.typ.Textual() { // decimals are compared whatever their digits
		return e
	}
	return e.then(t, cast(e.typ, t))
}

func (s *scope) compare(n compareNode) (expr, error) {
	op := n.op
	if op == ">" || op == ">=" { // Trino turns these round, and so do its messages
		n.left, n.right = n.right, n.left
		op = map[string]string{">": "<", ">=": "<="}[op]
	}
	l, r, err := s.pair(n.at, op, n.left, n.right)
	if err != nil {
		return expr{}, err
	}
	return condition(slices.Concat(l.columns, r.columns), func(row []table.Value) (table.Value, error) {
		a, err := l.eval(row)
		if err != nil || a.IsNull() {
			return table.Value{}, err
		}
		b, err := r.eval(row)
		if err != nil || b.IsNull() {
			return table.Value{}, err
		}
		return table.Bool(holds(op, table.Compare(a, b, l.typ))), nil
	}), nil
}

func holds(op string, order int) bool {
	switch op {
	case "=":
		return order == 0
	case "<>":
		return order != 0
	case "<":
		return order < 0
	}
	return order <= 0
}

func (s *scope) like(n likeNode) (expr, error) {
	l, r, err := s.pair(n.at, "LIKE", n.left, n.pattern)
	if err != nil {
		return expr{}, err
	}
	if !l.typ.Textual() {
		return expr{}, fail("TYPE_MISMATCH", n.at, "Left side of LIKE expression must evaluate to a varchar (actual: %s)", l.typ)
	}
	return condition(slices.Concat(l.columns, r.columns), func(row []table.Value) (table.Value, error) {
		v, err := l.eval(row)
		if err != nil || v.IsNull() {
			return table.Value{}, err
		}
		pattern, err := r.eval(row)
		if err != nil || pattern.IsNull() {
			return table.Value{}, err
		}
		return table.Bool(like(v.Str(), pattern.Str())), nil
	}), nil
}

// in is a row of comparisons for equality with OR between them.
func (s *scope) in(n inNode) (expr, error) {
	var either node
	for _, member := range n.list {
		var equal node = compareNode{at: n.at, op: "=", left: n.left, right: member}
		if either != nil {
			equal = logicNode{at: n.at, left: either, right: equal}
		}
		either = equal
	}
	return s.compile(either)
}

func (s *scope) isNull(n isNullNode) (expr, error) {
	arg, err := s.compile(n.arg)
	return condition(arg.columns, func(row []table.Value) (table.Value, error) {
		v, err := arg.eval(row)
		return table.Bool(v.IsNull()), err
	}), err
}

func (s *scope) not(n notNode) (expr, error) {
	arg, err := s.boolean(n.arg, "Value of logical NOT expression")
	return arg.then(table.Simple(table.BooleanKind), func(v table.Value) (table.Value, error) { return table.Bool(!v.IsTrue()), nil }), err
}

func (s *scope) logic(n logicNode) (expr, error) {
	l, err := s.boolean(n.left, "Logical expression term")
	if err != nil {
		return expr{}, err
	}
	r, err := s.boolean(n.right, "Logical expression term")
	if err != nil {
		return expr{}, err
	}
	decides := func(v table.Value) bool { return !v.IsNull() && v.IsTrue() != n.and } // false ends an AND, true an OR
	return condition(slices.Concat(l.columns, r.columns), func(row []table.Value) (table.Value, error) {
		a, err := l.eval(row)
		if err != nil || decides(a) {
			return a, err
		}
		b, err := r.eval(row)
		if err != nil || decides(b) {
			return b, err
		}
		if a.IsNull() {
			return a, nil
		}
		return b, nil
	}), nil
}
