package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/nearest"
)

// reader fills the structs of file.go from a document. The YAML library's own
// decoder cannot: it knows neither the options that a source registers nor
// which values are secret, and its errors show the lines around them.
type reader struct {
	doc      *document
	env      func(string) (string, bool)
	mistakes *mistakes
	set      map[string]bool // the settings that the file makes, by their path
}

// node is one value of the document.
type node struct {
	ast ast.Node
	at  Position
	key key // of the struct field it goes into
}

// readable is what a setting, or a mapping of them, can do.
type readable interface{ read(r *reader, n node) }

// file reads the whole document.
func (r *reader) file() fileKeys {
	var f fileKeys
	if r.doc != nil && r.doc.root != nil {
		r.into(node{ast: r.doc.root, at: r.doc.position(r.doc.root.GetToken(), "")}, &f)
	}
	return f
}

// into reads n into what to points to. It reports whether n is there and good.
func (r *reader) into(n node, to any) bool {
	if n.ast == nil || n.ast.Type() == ast.NullType {
		return false
	}
	switch to := to.(type) {
	case readable:
		to.read(r, n)
		return true
	case *[]string:
		return r.list(n, to)
	case *crm.Rule:
		if _, isMapping := n.ast.(*ast.MappingNode); !isMapping {
			return r.ruleName(n, to)
		}
		return r.structure(n, to)
	case *string, *bool, *int, **int, *time.Duration:
		text, ok := r.text(n)
		return ok && r.scalar(n, text, to)
	default:
		return r.structure(n, to)
	}
}

// structure reads a mapping whose keys are those of a struct.
func (r *reader) structure(n node, to any) bool {
	v := reflect.ValueOf(to).Elem()
	keys := keysOf(v.Type())
	for _, e := range r.entries(n) {
		i := indexOf(keys, e.name)
		if i < 0 {
			i = indexOf(keys, rest)
		}
		if i < 0 {
			r.mistakes.inFile(e.at, unknownKey(e.name, n.at.Path, keyNames(v.Type())))
			continue
		}
		field := v.FieldByIndex(keys[i].index).Addr().Interface()
		child := node{ast: e.value, at: e.at, key: keys[i]}
		if options, is := field.(*mapping[value[string]]); is && keys[i].name == rest {
			options.add(r, e.name, child)
			continue
		}
		r.into(child, field)
	}
	return true
}

// scalar reads text into what to points to.
func (r *reader) scalar(n node, text string, to any) bool {
	var p problem
	bad := false
	switch to := to.(type) {
	case *string:
		*to = text
		if len(n.key.choices) > 0 {
			p, bad = checkChoice(text, r.shown(n), n.key.choices)
		}
	case *bool:
		*to = strings.EqualFold(text, "true")
		if bad = !*to && !strings.EqualFold(text, "false"); bad {
			p = problem{r.shown(n) + " is neither true nor false", "Write true or false."}
		}
	case *int:
		p, bad = r.integer(n, text, to)
	case **int:
		*to = new(int)
		p, bad = r.integer(n, text, *to)
	case *time.Duration:
		d, err := time.ParseDuration(text)
		*to = d
		if bad = err != nil || d < 0; bad {
			p = problem{r.shown(n) + " is not a duration, zero or more", "Write a number with its unit, such as 30s, 5m or 1h30m."}
		}
	}
	if bad {
		p.message = n.at.Path + ": " + p.message
		r.mistakes.inFile(n.at, p)
	}
	return !bad
}

func (r *reader) integer(n node, text string, to *int) (problem, bool) {
	i, err := strconv.Atoi(text)
	*to = i
	switch {
	case err != nil || i < 0:
		return problem{r.shown(n) + " is not a whole number, zero or more", "Write digits only."}, true
	case n.key.max > 0 && (i < n.key.min || i > n.key.max):
		return problem{fmt.Sprintf("%s is not between %d and %d", r.shown(n), n.key.min, n.key.max), "Write a number in that range."}, true
	}
	return problem{}, false
}

// list reads a list of texts; one text is a list of one.
func (r *reader) list(n node, to *[]string) bool {
	seq, is := n.ast.(*ast.SequenceNode)
	if !is {
		text, ok := r.text(n)
		*to = []string{text}
		return ok
	}
	*to = make([]string, 0, len(seq.Values))
	for _, item := range seq.Values {
		if text, ok := r.text(node{ast: item, at: n.at}); ok {
			*to = append(*to, text)
		}
	}
	return len(*to) == len(seq.Values)
}

// ruleName reads a rule written as the name of its type; none checks nothing.
func (r *reader) ruleName(n node, to *crm.Rule) bool {
	text, ok := r.text(n)
	if ok && text != "none" {
		to.Type = text
	}
	return ok
}

// text returns a scalar with its variables replaced.
func (r *reader) text(n node) (string, bool) {
	written, ok := written(n.ast)
	if !ok {
		r.mistakes.inFile(n.at, problem{n.at.Path + " must be a single value", "Write it on the line of its key."})
		return "", false
	}
	text, _, p, bad := expand(written, r.env)
	if bad {
		p.message = n.at.Path + ": " + p.message
		r.mistakes.inFile(n.at, p)
	}
	return text, !bad
}

// shown quotes a value as it stands in the file, never what a variable holds.
func (r *reader) shown(n node) string {
	text, _ := written(n.ast)
	return quote(text)
}

func indexOf(keys []key, name string) int {
	for i, k := range keys {
		if k.name == name {
			return i
		}
	}
	return -1
}

func unknownKey(name, path string, known []string) problem {
	if path == "" {
		path = "the file"
	}
	p := problem{"there is no key " + quote(name) + " in " + path + "; " + hint(name, known), "Correct the key, or take it out."}
	if s := nearest.Name(name, known); s != "" {
		p.fix = "Write " + s + " instead of " + name + "."
	}
	return p
}
