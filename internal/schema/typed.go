package schema

import "github.com/warren-sync/warren/internal/crm"

// typed settles declared fields that are of another type at the account than when they
// were first seen there. Their columns are of the type that was declared, whatever the
// account's is; what they cannot take is dealt with as the contract has it.
func (s *settling) typed(stream crm.Stream) {
	declared := len(s.Stream.Fields)
	for i := range declared {
		f := &s.Stream.Fields[i]
		if f.Discovered || len(f.Paths) == 0 || f.Of != "" {
			continue
		}
		name := f.Paths[0]
		was, known := s.known.Find(crm.SchemaTyped, name)
		now, tells := stream.DescribedAs[name]
		if before, changed := s.known.Find(crm.SchemaRetyped, name); !tells && known && changed {
			now, tells = before.Type, stream.Undescribed // as it was told last
		}
		switch {
		case !tells:
		case !known:
			s.learn(crm.SchemaField{Name: name, Kind: crm.SchemaTyped, Type: now})
		case was.Type != now:
			s.changedType(f, was, now)
		}
	}
}
