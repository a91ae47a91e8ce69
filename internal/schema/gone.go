package schema

import (
	"slices"

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
	var gone []string
	for _, was := range s.known {
		if was.Kind != crm.SchemaDescribed || was.Column == "" || slices.Contains(stream.Unmapped, was.Name) {
			continue
		}
		told, _ := s.known.Find(crm.SchemaGone, was.Name)
		change := crm.SchemaField{Name: was.Name, Kind: crm.SchemaGone, Column: was.Column, Type: was.Type}
		has := describes(stream, was.Name)
		switch {
		case has && told.Column != "":
			change.Column = ""
			s.change(change, was.Type)
		case !has && told.Column == "" && s.contract.ChangedType == crm.ReactFreeze:
			s.refused = append(s.refused, was.Name+" is gone")
		case !has && told.Column == "":
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
	key := func(f crm.Field) bool {
		return f.Column == s.Stream.Cursor || f.Column == s.Stream.Deleted || slices.Contains(s.Stream.PrimaryKey, f.Column)
	}
	s.Stream.Fields = slices.DeleteFunc(s.Stream.Fields, func(f crm.Field) bool {
		return len(f.Paths) > 0 && !key(f) && !slices.ContainsFunc(f.Paths, func(path string) bool { return !slices.Contains(gone, path) })
	})
}

// describes reports whether the account has the field now.
func describes(stream crm.Stream, name string) bool {
	return slices.Contains(stream.Described, name) ||
		slices.ContainsFunc(stream.Fields, func(f crm.Field) bool { return f.Discovered && slices.Contains(f.Paths, name) })
}
