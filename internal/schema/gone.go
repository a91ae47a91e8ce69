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
		if _, known := s.known.Find(crm.SchemaDescribed, name); !known {
			i := slices.IndexFunc(stream.Fields, func(f crm.Field) bool { return slices.Contains(f.Paths, name) })
			s.learn(crm.SchemaField{Name: name, Kind: crm.SchemaDescribed, Column: stream.Fields[i].Column, Type: stream.Fields[i].Type})
		}
	}
	for _, was := range s.known {
		if was.Kind != crm.SchemaDescribed || was.Column == "" || slices.Contains(stream.Unmapped, was.Name) {
			continue
		}
		told, _ := s.known.Find(crm.SchemaGone, was.Name)
		gone := crm.SchemaField{Name: was.Name, Kind: crm.SchemaGone, Column: was.Column, Type: was.Type}
		switch has := describes(stream, was.Name); {
		case has && told.Column != "":
			gone.Column = ""
			s.change(gone, was.Type)
		case !has && told.Column == "" && s.contract.ChangedType == crm.ReactFreeze:
			s.refused = append(s.refused, was.Name+" is gone")
		case !has && told.Column == "":
			s.change(gone, was.Type)
		}
	}
}

// describes reports whether the account has the field now.
func describes(stream crm.Stream, name string) bool {
	return slices.Contains(stream.Described, name) ||
		slices.ContainsFunc(stream.Fields, func(f crm.Field) bool { return f.Discovered && slices.Contains(f.Paths, name) })
}
