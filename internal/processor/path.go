package processor

import "strings"

// node is one name in the tree of all paths that fields are read from. The
// root stands for the record.
type node struct {
	name     string
	targets  []target         // the fields whose value stands here
	children map[string]*node // the names inside, when this is an object
	decode   bool             // the object may come as JSON inside a string
	ignored  bool             // known to have no column
	refused  bool             // a record with a value here goes into the quarantine
}

// target is a field that takes its value from a node. Of the paths of one
// field the one with the lowest rank that is present wins.
type target struct {
	field int
	rank  int
}

// child returns the node of that name below n, made when it is not there.
func (n *node) child(name string) *node {
	if n.children == nil {
		n.children = map[string]*node{}
	}
	c := n.children[name]
	if c == nil {
		c = &node{name: name}
		n.children[name] = c
	}
	return c
}

// add places a path below n. A dot enters an object; a dot that belongs to a
// name is written \. and a backslash \\.
func (n *node) add(path string, t target) *node {
	at := n
	for _, name := range splitPath(path) {
		at = at.child(name)
	}
	at.targets = append(at.targets, t)
	return at
}

func splitPath(path string) []string {
	var names []string
	var name strings.Builder
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '\\' && i+1 < len(path):
			i++
			name.WriteByte(path[i])
		case path[i] == '.':
			names = append(names, name.String())
			name.Reset()
		default:
			name.WriteByte(path[i])
		}
	}
	return append(names, name.String())
}
