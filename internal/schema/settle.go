package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// Settled is a stream as a run is to write it.
type Settled struct {
	Stream  crm.Stream
	Changes []crm.SchemaChanged // what is new; without an ID
	Learned crm.Schema          // what is to be remembered of it
	Proved  crm.Schema          // what is to be remembered as well once a run has come to its end
}

// Settle lays what is known over a stream as its source describes it. The error is
// one with crm.CodeSchema, of a change that the contract does not allow.
func Settle(stream crm.Stream, known crm.Schema, contract crm.Contract) (Settled, error) {
	s := settling{contract: contract, known: known, first: !known.Has(crm.SchemaDescribed) && !known.Has(crm.SchemaMapped)}
	s.Stream = stream
	s.Stream.Fields, s.Stream.NewField = nil, contract.NewField
	s.Stream.Unmapped, s.Stream.Refused = slices.Clone(stream.Unmapped), nil
	for _, f := range stream.Fields {
		if !f.Discovered {
			s.add(f)
		}
	}
	for _, f := range stream.Fields {
		if f.Discovered {
			s.described(f)
		}
	}
	s.comeAndGone(stream)
	s.typed(stream)
	for _, k := range known {
		if k.Kind == crm.SchemaSeen {
			s.seen(k)
		}
	}
	for _, k := range known {
		if k.Kind == crm.SchemaBad && contract.BadValue == crm.ReactEvolve {
			s.beside(k.Name, crm.TypeText, "_text")
		}
	}
	return s.Settled, cmp.Or(s.frozen(), s.lacking())
}

// settling is a stream of which a part is settled.
type settling struct {
	Settled

	contract crm.Contract
	known    crm.Schema
	first    bool     // nothing is known of what the account describes
	refused  []string // changes that the contract does not allow
	missed   []string // fields that are gone, of rows that have no key but what they hold
	key      []string // and those without which no row is one
}

// add gives a field its column.
func (s *settling) add(f crm.Field) {
	if f.OnBad == "" && s.contract.BadValue != crm.ReactDrop {
		f.OnBad = s.contract.BadValue
	}
	s.Stream.Fields = append(s.Stream.Fields, f)
}

// described settles a field that the account describes.
func (s *settling) described(f crm.Field) {
	name := f.Paths[0]
	was, known := s.known.Find(crm.SchemaDescribed, name)
	if mapped, is := s.known.Find(crm.SchemaMapped, name); !known && is && mapped.Column != "" { // until now warren.yaml declared it
		was, known = mapped, true
		was.Kind = crm.SchemaDescribed
		s.learn(was)
	}
	switch {
	case !known && s.first:
		s.learn(crm.SchemaField{Name: name, Kind: crm.SchemaDescribed, Column: f.Column, Type: f.Type})
		s.add(f)
	case !known || was.Column == "":
		s.newField(f, known)
	case was.Type == f.Type:
		f.Column = was.Column
		s.add(f)
	default:
		s.retyped(f, was)
	}
}

// newField settles a field that the table has no column for; told says that this is
// no news.
func (s *settling) newField(f crm.Field, told bool) {
	name := f.Paths[0]
	field := crm.SchemaField{Name: name, Kind: crm.SchemaDescribed, Type: f.Type}
	switch s.contract.NewField {
	case crm.ReactEvolve:
		field.Column = f.Column
		s.change(field, f.Type)
		s.add(f)
		return
	case crm.ReactFreeze:
		s.refused = append(s.refused, fmt.Sprintf("%s (%s) is new", name, f.Type))
		return
	case crm.ReactQuarantine:
		s.Stream.Refused = append(s.Stream.Refused, name)
	default:
	}
	s.Stream.Unmapped = append(s.Stream.Unmapped, name)
	if !told {
		s.change(field, f.Type)
	}
}

// retyped settles a field whose type is not that of its column any more. The column
// keeps its type.
func (s *settling) retyped(f crm.Field, was crm.SchemaField) {
	now := f.Type
	f.Column, f.Type = was.Column, was.Type
	s.add(f)
	s.changedType(&s.Stream.Fields[len(s.Stream.Fields)-1], was, now)
}

// changedType deals with a field that is of another type at the account than it was.
func (s *settling) changedType(f *crm.Field, was crm.SchemaField, now crm.Type) {
	before, told := s.known.Find(crm.SchemaRetyped, was.Name)
	told = told && before.Type == now
	field := crm.SchemaField{Name: was.Name, Kind: crm.SchemaRetyped, Type: now}
	switch s.contract.ChangedType {
	case crm.ReactFreeze:
		if !told {
			s.refused = append(s.refused, fmt.Sprintf("%s was of type %s and is now of type %s", was.Name, was.Type, now))
			return
		}
	case crm.ReactQuarantine:
		f.OnBad = crm.ReactQuarantine
	case crm.ReactDrop:
		f.OnBad = crm.ReactDrop
	default:
		if s.beside(was.Name, now, "_"+now.String()) {
			field.Column = s.Stream.Fields[len(s.Stream.Fields)-1].Column
			told = told && before.Column != ""
		}
	}
	if !told {
		s.change(field, was.Type)
	}
}

// seen settles a member that records had and no field took.
func (s *settling) seen(k crm.SchemaField) {
	has := func(f crm.Field) bool { return slices.Contains(f.Paths, k.Name) }
	if s.contract.NewField != crm.ReactEvolve || slices.ContainsFunc(s.Stream.Fields, has) {
		return
	}
	s.add(crm.Field{Column: s.free(ColumnName(k.Name)), Paths: []string{k.Name}, Type: k.Type, Discovered: true})
}

// beside gives a field a second column, for the values that its own cannot take; false
// where there are none.
func (s *settling) beside(name string, t crm.Type, suffix string) bool {
	i := slices.IndexFunc(s.Stream.Fields, func(f crm.Field) bool { return f.Of == "" && len(f.Paths) > 0 && f.Paths[0] == name })
	if i < 0 || s.Stream.Fields[i].Type == t || s.Stream.Fields[i].Type == crm.TypeText {
		return false
	}
	of := s.Stream.Fields[i]
	s.Stream.Fields = append(s.Stream.Fields, crm.Field{
		Column: s.free(of.Column + suffix), Paths: of.Paths, Type: t, Of: of.Column, Discovered: true,
	})
	return true
}

// free returns a column's name that no other field has.
func (s *settling) free(column string) string {
	for n := 2; s.Stream.FieldIndex(column) >= 0; n++ {
		column = fmt.Sprintf("%s_%d", strings.TrimRight(column, "0123456789_"), n)
	}
	return column
}

func (s *settling) change(f crm.SchemaField, was crm.Type) {
	reaction := s.contract.NewField
	if f.Kind != crm.SchemaDescribed {
		reaction = s.contract.ChangedType
	}
	s.Changes = append(s.Changes, crm.SchemaChanged{Field: f, Was: was, Reaction: reaction})
	s.learn(f)
}

func (s *settling) learn(f crm.SchemaField) { s.Learned = append(s.Learned, f) }

// frozen is the error of changes that the contract does not allow; nil for none.
func (s *settling) frozen() error {
	if len(s.refused) == 0 {
		return nil
	}
	return &crm.Error{
		Code: crm.CodeSchema, Origin: crm.OriginSource,
		Message: "the fields of " + s.Stream.Name + " have changed, and its contract is to freeze: " + strings.Join(s.refused, "; "),
		Fix:     "look whether the change is wanted; then set the contract of the stream in warren.yaml to evolve, drop or quarantine, at least for one run",
	}
}
