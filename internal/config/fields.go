package config

import (
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// maxIdentifier is the longest name that PostgreSQL keeps whole, in bytes.
const maxIdentifier = 63

// fieldChanges applies from and rule to the stream's fields, adds the custom
// fields, and returns what the file says of each column.
func (l *loader) fieldChanges(a *Account, stream *crm.Stream, change *named[streamKeys]) map[string]*fieldKeys {
	own := make(map[string]*fieldKeys)
	columns := columnsOf(stream)
	for i := range change.value.Fields.entries {
		e := &change.value.Fields.entries[i]
		at := stream.FieldIndex(e.name)
		if at < 0 {
			l.mistakes.inFile(e.at, problem{a.Name + " " + stream.Name + " has no column " + quote(e.name) + "; " + hint(e.name, columns), "Correct the name; a field of your own belongs under custom_fields."})
			continue
		}
		own[e.name] = &e.value
		l.change(a, stream, at, &e.value)
	}
	for i := range change.value.CustomFields.entries {
		e := &change.value.CustomFields.entries[i]
		if !l.checkColumn(stream, e) {
			continue
		}
		column := e.value.Column.v
		kind, _ := crm.ParseType(e.value.Type.or(crm.TypeText.String()))
		stream.Fields = append(stream.Fields, crm.Field{Column: column, Type: kind, Paths: []string{customPath(stream, e.name)}})
		own[column] = &e.value.fieldKeys
		l.change(a, stream, len(stream.Fields)-1, own[column])
	}
	return own
}

func (l *loader) change(a *Account, stream *crm.Stream, index int, keys *fieldKeys) {
	f := &stream.Fields[index]
	if keys.From.set {
		if len(keys.From.v) == 0 || slices.Contains(keys.From.v, "") {
			l.mistakes.inFile(keys.From.at, problem{keys.From.at.Path + " names no field", "Name one or more fields of the record."})
		}
		f.Paths = keys.From.v
	}
	if keys.Rule.set {
		f.Rule = keys.Rule.v
		a.rules[stream.Name+"/"+f.Column] = keys.Rule.at
	}
}

// checkColumn reports whether a custom field can have the column it asks for.
func (l *loader) checkColumn(stream *crm.Stream, e *named[customFieldKeys]) bool {
	column := e.value.Column
	if !column.set {
		if column.at.File == "" {
			l.mistakes.inFile(e.at, problem{e.at.Path + " has no column", "Add column: with a name of small letters, digits and _."})
		}
		return false
	}
	switch {
	case !isColumn(column.v):
		l.mistakes.inFile(column.at, problem{quote(column.v) + " cannot be the name of a column", "Use small letters, digits and _, begin with a letter, and stay within 63 characters."})
	case crm.IsBookkeeping(column.v):
		l.mistakes.inFile(column.at, problem{"the column " + column.v + " is Warren's own", "Give the column another name."})
	case stream.FieldIndex(column.v) >= 0:
		l.mistakes.inFile(column.at, problem{"the column " + column.v + " is taken", "Give the column another name."})
	default:
		return true
	}
	return false
}

// customPath is where a custom field stands in a record.
func customPath(stream *crm.Stream, name string) string {
	path := crm.PathStep(name)
	if stream.Custom != "" {
		path = stream.Custom + "." + path
	}
	return path
}

func isColumn(name string) bool {
	for i, r := range name {
		if (r < 'a' || r > 'z') && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return name != "" && len(name) <= maxIdentifier
}

func columnsOf(stream *crm.Stream) []string {
	columns := make([]string, 0, len(stream.Fields))
	for _, f := range stream.Fields {
		columns = append(columns, f.Column)
	}
	return columns
}
