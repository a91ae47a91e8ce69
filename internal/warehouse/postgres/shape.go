package postgres

import (
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// Shape names the columns that are of another type than Warren would give them
// and so may change a value, each with its type; "" when there is none.
func (t *table) Shape() string {
	var parts []string
	for i := range t.checks {
		s := &t.checks[i]
		words := ""
		if s.column.typeName != catalogName(t.stream.Fields[s.index].Type) {
			words = " " + s.column.typeName
		}
		if s.standsIn && !s.declared {
			words += " not null"
		}
		if words != "" {
			parts = append(parts, s.column.name+words)
		}
	}
	return strings.Join(parts, ", ")
}

// catalogName returns what the catalog calls ownType.
func catalogName(t crm.Type) string {
	if t == crm.TypeTimestamp {
		return "timestamp with time zone"
	}
	return ownType(t)
}

// Shape of a table that does not exist: what Warren would make holds everything.
func (absentTable) Shape() string { return "" }
