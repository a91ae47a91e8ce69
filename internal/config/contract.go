package config

import (
	"cmp"

	"github.com/warren-sync/warren/internal/crm"
)

// contract is what becomes of changes of a stream's schema: what the stream says,
// else what holds for all, else what suits its source.
func (l *loader) contract(source *crm.Source, own *contractKeys) crm.Contract {
	general := &l.file.Sync.Contract
	choose := func(own, general value[string], otherwise crm.Reaction) crm.Reaction {
		return crm.Reaction(cmp.Or(own.v, general.v, string(otherwise)))
	}
	return crm.Contract{
		NewField:    choose(own.NewField, general.NewField, cmp.Or(source.NewField, crm.ReactDrop)),
		ChangedType: choose(own.ChangedType, general.ChangedType, crm.ReactEvolve),
		BadValue:    choose(own.BadValue, general.BadValue, crm.ReactDrop),
	}
}
