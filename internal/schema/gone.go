package schema

import (
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// comeAndGone tells which fields the account does not describe any more, and which of
// these it does again. The column of one that is gone keeps what it holds: nobody asks
// for its values, and nobody writes it.
func (s *settling) comeAndGone(stream crm.Stream) {
	for _, name := range stream.Described {
		i := slices.IndexFunc(stream.Fields, func(f crm.Field) bool { return slices.Contains(f.Paths, name) })
		if _, known := s.known.Find(crm.SchemaDescribed, name); !known && i >= 0 {
			s.learn(crm.SchemaField{Name: name, Kind: crm.SchemaDescribed, Column: stream.Fields[i].Column, Type: stream.Fields[i].Type})
		}
	}
	tells := len(stream.Described) > 0 || slices.ContainsFunc(stream.Fields, func(f crm.Field) bool { return f.Discovered })
	var gone []string
	for _, was := range s.known {
		if was.Kind != crm.SchemaDescribed || was.Column == "" || slices.Contains(stream.Unmapped, was.Name) {
			continue
		}
		told, _ := s.known.Find(crm.SchemaGone, was.Name)
		change := crm.SchemaField{Name: was.Name, Kind: crm.SchemaGone, Column: was.Column, Type: was.Type}
		has := tells && describes(stream, was.Name) || !tells && told.Column == ""
		switch {
		case has && told.Column != "":
			change.Column = ""
			s.change(change, was.Type)
		case has:
		case s.indispensable(was.Column), told.Column == "" && stream.Snapshot && s.contract.ChangedType == crm.ReactEvolve:
			s.missed = append(s.missed, was)
		case told.Column == "" && s.contract.ChangedType == crm.ReactFreeze:
			s.refused = append(s.refused, was.Name+" is gone")
		case told.Column == "":
			s.change(change, was.Type)
		}
		if !has {
			gone = append(gone, was.Name)
		}
	}
	s.leaveOut(gone)
}

// leaveOut takes out the fields whose every path is gone: written, they would be NULL.
func (s *settling) leaveOut(gone []string) {
	s.Stream.Fields = slices.DeleteFunc(s.Stream.Fields, func(f crm.Field) bool {
		return len(f.Paths) > 0 && !slices.ContainsFunc(f.Paths, func(path string) bool { return !slices.Contains(gone, path) })
	})
}

// indispensable reports whether no row can do without the column.
func (s *settling) indispensable(column string) bool {
	return column == s.Stream.Cursor || column == s.Stream.Deleted || slices.Contains(s.Stream.PrimaryKey, column)
}

// lacking is the error of fields that are gone and that rows cannot do without; nil for
// none. Rows that have no key but what they hold are others without any of it: the table
// would be replaced, and what the column holds be lost.
func (s *settling) lacking() error {
	if len(s.missed) == 0 {
		return nil
	}
	names, key := make([]string, 0, len(s.missed)), false
	for _, f := range s.missed {
		names, key = append(names, f.Name), key || s.indispensable(f.Column)
	}
	e := &crm.Error{
		Code: crm.CodeSchema, Origin: crm.OriginSource,
		Message: "the account shows no more what the rows of " + s.Stream.Name + " cannot do without: " + strings.Join(names, ", "),
		Fix:     "have it shown again at the source",
	}
	if !key {
		e.Message += "; they have no key but what they hold"
		e.Fix += "; or set changed_type: drop in the contract of the stream in warren.yaml, at least for one run: the rows are replaced then, and what they held there is lost"
	}
	return e
}

// describes reports whether the account has the field now.
func describes(stream crm.Stream, name string) bool {
	return slices.Contains(stream.Described, name) ||
		slices.ContainsFunc(stream.Fields, func(f crm.Field) bool { return f.Discovered && slices.Contains(f.Paths, name) })
}
