package sql

import (
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// Statement is a query as it was written.
type Statement struct {
	sel    *selection
	unload *Unload
}

// Unload is where and how the rows of an UNLOAD are written.
type Unload struct {
	To      string            // s3://bucket/prefix/
	Options map[string]string // by name, in lower case
}

// selection is a SELECT.
type selection struct {
	items    []item
	from     *source
	where    node
	groupBy  []node
	orderBy  []sortKey
	limit    int64 // -1: none
	starting at
}

type item struct {
	expr node // nil: *
	name string
	at   at
}

type source struct {
	database, table string // as written; database may be absent
	at              at
}

type sortKey struct {
	expr       node
	descending bool
}

// node is an expression or condition as it was written. Its text tells whether
// two are the same.
type node interface {
	where() at
	text() string
}

type (
	columnNode struct {
		at
		qualifier, name string
	}
	literalNode struct {
		at
		value table.Value
		typ   table.Type
		shown string
	}
	callNode struct {
		at
		name string // in lower case
		args []node
		star bool // count(*)
	}
	castNode struct {
		at
		arg node
		typ table.Type
		try bool
	}
	compareNode struct {
		at
		op          string // = <> < <= > >=
		left, right node
	}
	likeNode struct {
		at
		left, pattern node
	}
	inNode struct {
		at
		left node
		list []node
	}
	isNullNode struct {
		at
		arg node
	}
	notNode struct {
		at
		arg node
	}
	logicNode struct {
		at
		and         bool
		left, right node
	}
)

func (a at) where() at { return a }

func (n columnNode) text() string  { return strings.ToLower(n.name) }
func (n literalNode) text() string { return n.shown }
func (n callNode) text() string {
	if n.star {
		return n.name + "(*)"
	}
	return n.name + "(" + texts(n.args) + ")"
}
func (n castNode) text() string { return "cast(" + n.arg.text() + " as " + n.typ.String() + ")" }
func (n compareNode) text() string {
	return "(" + n.left.text() + " " + n.op + " " + n.right.text() + ")"
}
func (n likeNode) text() string   { return "(" + n.left.text() + " like " + n.pattern.text() + ")" }
func (n inNode) text() string     { return "(" + n.left.text() + " in (" + texts(n.list) + "))" }
func (n isNullNode) text() string { return "(" + n.arg.text() + " is null)" }
func (n notNode) text() string    { return "(not " + n.arg.text() + ")" }
func (n logicNode) text() string {
	word := " or "
	if n.and {
		word = " and "
	}
	return "(" + n.left.text() + word + n.right.text() + ")"
}

func texts(nodes []node) string {
	out := make([]string, 0, len(nodes))
	for _, n := range nodes {
		out = append(out, n.text())
	}
	return strings.Join(out, ", ")
}
