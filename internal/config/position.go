package config

import "strconv"

// Position is a place in warren.yaml.
type Position struct {
	File   string // as the user named it
	Line   int    // from 1
	Column int    // from 1, in characters
	Path   string // the keys on the way, such as sources.salesrabbit.token
}

// String returns file:line:column and the path; "" for no place at all.
func (p Position) String() string {
	if p.File == "" {
		return ""
	}
	return p.place() + ": " + p.Path
}

func (p Position) place() string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}
