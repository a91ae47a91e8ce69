package schema

import (
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// comeAndGone tells which fields the account does not have any more, and which of these
// it has again. The column of one that is gone keeps what it holds: nobody asks for its
// values, and nobody writes it.
func (s *settling) comeAndGone(stream crm.Stream) {
	s.remember(stream)
	var gone []string
	judged := map[string]bool{}
	for _, was := range s.known {
		column, known := s.columnOf(stream, was)
		if !known || judged[was.Name] || slices.Contains(stream.Unmapped, was.Name) {
			continue
		}
		judged[was.Name] = true
		told, _ := s.known.Find(crm.SchemaGone, was.Name)
		change := crm.SchemaField{Name: was.Name, Kind: crm.SchemaGone, Column: column, Type: was.Type}
		has := describes(stream, was.Name)
		if stream.Undescribed {
			has = told.Column == ""
		}
		if !has {
			gone = append(gone, was.Name)
		}
		switch {
		case has && told.Column != "":
			change.Column = ""
			s.change(change, was.Type)
		case has || told.Column != "":
		case s.contract.ChangedType == crm.ReactFreeze:
			s.refused = append(s.refused, was.Name+" is gone")
		case stream.Snapshot && s.contract.ChangedType != crm.ReactDrop:
			s.missed = append(s.missed, was.Name)
		default:
			s.change(change, was.Type)
		}
	}
	s.leaveOut(gone)
}

// remember notes which of the declared fields the account has, and which it lacks from the
// beginning. Where it tells nothing these are as they were, and a run that comes to its
// end proves that the others are there.
func (s *settling) remember(stream crm.Stream) {
	for i := range s.Stream.Fields {
		f := &s.Stream.Fields[i]
		lacks := 0
		for _, path := range f.Paths {
			was, known := s.known.Find(crm.SchemaMapped, path)
			now := crm.SchemaField{Name: path, Kind: crm.SchemaMapped, Column: f.Column, Type: f.Type}
			has := slices.Contains(stream.Described, path)
			switch {
			case f.Discovered:
			case stream.Undescribed && known && was.Column == "":
				lacks++
			case stream.Undescribed && has && !known:
				s.Proved = append(s.Proved, now)
			case stream.Undescribed:
			case has && (!known || was.Column == ""):
				s.learn(now)
			case f.Absent && !known:
				now.Column = ""
				s.learn(now)
			}
		}
		f.Absent = f.Absent || lacks > 0 && lacks == len(f.Paths)
	}
}

// columnOf returns the column of a field that the account had. What only warren.yaml
// mapped, and maps no more, is not known: nobody wants it.
func (s *settling) columnOf(stream crm.Stream, was crm.SchemaField) (column string, known bool) {
	switch was.Kind {
	case crm.SchemaDescribed:
		return was.Column, was.Column != ""
	case crm.SchemaMapped:
		i := slices.IndexFunc(stream.Fields, func(f crm.Field) bool { return slices.Contains(f.Paths, was.Name) })
		if i < 0 || was.Column == "" {
			return "", false
		}
		return stream.Fields[i].Column, true
	default:
		return "", false
	}
}

// leaveOut takes out the fields whose every path is gone: written, they would be NULL.
func (s *settling) leaveOut(gone []string) {
	s.Stream.Fields = slices.DeleteFunc(s.Stream.Fields, func(f crm.Field) bool {
		if len(f.Paths) == 0 || slices.ContainsFunc(f.Paths, func(path string) bool { return !slices.Contains(gone, path) }) {
			return false
		}
		if s.indispensable(f.Column) {
			s.key = append(s.key, f.Paths...)
		}
		return true
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
	e := &crm.Error{
		Code: crm.CodeSchema, Origin: crm.OriginSource,
		Message: "the account shows no more what the rows of " + s.Stream.Name + " cannot do without: ",
		Fix:     "have it shown again at the source",
	}
	switch {
	case len(s.key) > 0:
		e.Message += strings.Join(s.key, ", ")
		return e
	case len(s.missed) > 0:
		e.Message += strings.Join(s.missed, ", ") + "; they have no key but what they hold"
		e.Fix += "; or set changed_type: drop in the contract of the stream in warren.yaml, at least for one run: the rows are replaced then, and what they held there is lost"
		return e
	default:
		return nil
	}
}

// describes reports whether the account has the field now.
func describes(stream crm.Stream, name string) bool {
	return slices.Contains(stream.Described, name) ||
		slices.ContainsFunc(stream.Fields, func(f crm.Field) bool { return f.Discovered && slices.Contains(f.Paths, name) })
}
