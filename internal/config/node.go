package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// entry is one key of a mapping and its value.
type entry struct {
	name  string
	at    Position
	value ast.Node
}

// entries lists a mapping in the order of the file. Of two equal keys the
// second is a mistake.
func (r *reader) entries(n node) []entry {
	m, is := n.ast.(*ast.MappingNode)
	if !is {
		where := n.at.Path
		if where == "" {
			where = "the file"
		}
		r.mistakes.inFile(n.at, problem{where + " must be a mapping", "Write it as lines of key: value, indented by the same number of spaces."})
		return nil
	}
	lines := make(map[string]int, len(m.Values))
	list := make([]entry, 0, len(m.Values))
	for _, v := range m.Values {
		name, ok := written(v.Key)
		at := r.doc.position(v.Key.GetToken(), joinPath(n.at.Path, name))
		first, twice := lines[name]
		switch {
		case !ok || name == "":
			r.mistakes.inFile(at, problem{"a key has no name", "Write a name before the colon."})
		case twice:
			r.mistakes.inFile(at, problem{fmt.Sprintf("%s is here for the second time; the first is in line %d", at.Path, first), "Keep one of the two."})
		default:
			lines[name] = at.Line
			list = append(list, entry{name: name, at: at, value: v.Value})
		}
	}
	return list
}

func (v *value[T]) read(r *reader, n node) {
	v.at = n.at
	v.set = r.into(n, &v.v)
	if text, is := any(v.v).(string); v.set && (!is || clean(text) != "") {
		r.set[n.at.Path] = true
	}
	if text, ok := written(n.ast); ok {
		_, v.variable, _, _ = expand(text, r.env)
	}
}

func (m *mapping[T]) read(r *reader, n node) {
	for _, e := range r.entries(n) {
		m.add(r, e.name, node{ast: e.value, at: e.at, key: n.key})
	}
}

func (m *mapping[T]) add(r *reader, name string, n node) {
	e := named[T]{name: name, at: n.at}
	r.into(n, &e.value)
	m.entries = append(m.entries, e)
}

// written returns the text of a scalar as it stands in the file, so that 007
// stays 007.
func written(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

func joinPath(path, name string) string {
	if strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		name = strconv.Quote(name)
	}
	if path == "" {
		return name
	}
	return path + "." + name
}
