package source

import (
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/source/hubspot"
	"github.com/warren-sync/warren/internal/source/salespro"
	"github.com/warren-sync/warren/internal/source/salesrabbit"
)

// All returns the registration of every kind of source.
func All() []crm.Source {
	return []crm.Source{
		salesrabbit.Source(), salespro.Source(), hubspot.Source(),
	}
}
