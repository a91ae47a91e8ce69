package sql

import (
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// expr is an expression that can be evaluated over rows.
type expr struct {
	typ     table.Type
	eval    func(row []table.Value) (table.Value, error)
	columns []int // that it reads
}

// scope is the columns that expressions can name.
type scope struct {
	columns []table.Column
	types   []table.Type
}

func newScope(t *table.Table) (*scope, error) {
	s := &scope{}
	if t == nil {
		return s, nil
	}
	for _, c := range t.All() {
		typ, err := table.ParseType(c.Type)
		if err != nil {
			return nil, &Error{Code: "HIVE_INVALID_METADATA", Text: err.Error()}
		}
		s.columns, s.types = append(s.columns, c), append(s.types, typ)
	}
	return s, nil
}

// compile makes an expression of a node.
func (s *scope) compile(n node) (expr, error) {
	switch n := n.(type) {
	case columnNode:
		return s.column(n)
	case literalNode:
		return expr{typ: n.typ, eval: func([]table.Value) (table.Value, error) { return n.value, nil }}, nil
	case castNode:
		return s.cast(n)
	case callNode:
		return s.call(n)
	case compareNode:
		return s.compare(n)
	case likeNode:
		return s.like(n)
	case inNode:
		return s.in(n)
	case isNullNode:
		return s.isNull(n)
	case notNode:
		return s.not(n)
	case logicNode:
		return s.logic(n)
	}
	return expr{}, fail("NOT_SUPPORTED", n.where(), "%s", n.text())
}

// boolean compiles a node that must be a condition.
func (s *scope) boolean(n node, clause string) (expr, error) {
	e, err := s.compile(n)
	if err == nil && e.typ.Kind != table.BooleanKind && e.typ.Kind != table.UnknownKind {
		err = fail("TYPE_MISMATCH", n.where(), "%s must evaluate to a boolean: actual type %s", clause, e.typ)
	}
	return e, err
}

func (s *scope) column(n columnNode) (expr, error) {
	for i, c := range s.columns {
		if strings.EqualFold(c.Name, n.name) {
			return expr{
				typ: s.types[i], columns: []int{i},
				eval: func(row []table.Value) (table.Value, error) { return row[i], nil },
			}, nil
		}
	}
	return expr{}, fail("COLUMN_NOT_FOUND", n.at, "Column '%s' cannot be resolved or requester is not authorized to access requested resources", strings.ToLower(n.name))
}

func (s *scope) cast(n castNode) (expr, error) {
	arg, err := s.compile(n.arg)
	if err != nil {
		return expr{}, err
	}
	convert := cast(arg.typ, n.typ)
	if convert == nil {
		return expr{}, fail("TYPE_MISMATCH", n.at, "Cannot cast %s to %s", arg.typ, n.typ)
	}
	return arg.then(n.typ, func(v table.Value) (table.Value, error) {
		out, err := convert(v)
		if err != nil && n.try {
			return table.Value{}, nil
		}
		return out, err
	}), nil
}

// then returns the expression with f applied to what it gives, NULL apart.
func (e expr) then(typ table.Type, f converter) expr {
	return expr{typ: typ, columns: e.columns, eval: func(row []table.Value) (table.Value, error) {
		v, err := e.eval(row)
		if err != nil || v.IsNull() {
			return table.Value{}, err
		}
		return f(v)
	}}
}

func (s *scope) call(n callNode) (expr, error) {
	args := make([]expr, 0, len(n.args))
	var types []string
	for _, a := range n.args {
		arg, err := s.compile(a)
		if err != nil {
			return expr{}, err
		}
		args, types = append(args, arg), append(types, arg.typ.String())
	}
	switch {
	case n.star && n.name == "count":
		return expr{}, fail("SYNTAX_ERROR", n.at, "count(*) cannot stand here")
	case n.name == "json_format" && len(args) == 1 && args[0].typ.Kind == table.JSONKind:
		return args[0].then(table.Simple(table.VarcharKind), same), nil
	case n.name == "from_iso8601_timestamp" && len(args) == 1 && args[0].typ.Textual():
		return args[0].then(table.Simple(table.ZonedKind), func(v table.Value) (table.Value, error) { return fromISO(v.Str()) }), nil
	case n.name == "json_format" || n.name == "from_iso8601_timestamp":
		return expr{}, fail("TYPE_MISMATCH", n.at, "Unexpected parameters (%s) for function %s", strings.Join(types, ", "), n.name)
	}
	return expr{}, fail("FUNCTION_NOT_FOUND", n.at, "Function '%s' not registered", n.name)
}
