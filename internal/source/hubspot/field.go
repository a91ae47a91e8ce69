package hubspot

import (
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// inProperties begins the path of a property.
const inProperties = "properties."

// pathOf is where a property stands in a record.
func pathOf(property string) string { return inProperties + crm.PathStep(property) }

// propertyAt returns the property that stands at a path.
func propertyAt(path string) (property string, is bool) {
	escaped, is := strings.CutPrefix(path, inProperties)
	if !is {
		return "", false
	}
	var name strings.Builder
	for i := 0; i < len(escaped); i++ {
		switch {
		case escaped[i] == '\\' && i+1 < len(escaped):
			i++
		case escaped[i] == '.': // inside a value, and no property of that name
			return name.String(), true
		}
		name.WriteByte(escaped[i])
	}
	return name.String(), true
}

// typed declares a column for each of the properties, which go by the same names.
func typed(t crm.Type, properties string) []crm.Field {
	var fields []crm.Field
	for name := range strings.FieldsSeq(properties) {
		fields = append(fields, crm.Field{Column: name, Paths: []string{pathOf(name)}, Type: t})
	}
	return fields
}

func texts(properties string) []crm.Field      { return typed(crm.TypeText, properties) }
func integers(properties string) []crm.Field   { return typed(crm.TypeInteger, properties) }
func decimals(properties string) []crm.Field   { return typed(crm.TypeDecimal, properties) }
func timestamps(properties string) []crm.Field { return typed(crm.TypeTimestamp, properties) }
func booleans(properties string) []crm.Field   { return typed(crm.TypeBoolean, properties) }
func dates(properties string) []crm.Field      { return typed(crm.TypeDate, properties) }

// ruled declares text columns that a rule checks.
func ruled(rule, properties string) []crm.Field {
	fields := texts(properties)
	for i := range fields {
		fields[i].Rule.Type = rule
	}
	return fields
}

// from declares a column that is not called as its property.
func from(column string, t crm.Type, paths ...string) crm.Field {
	return crm.Field{Column: column, Paths: paths, Type: t}
}

// key declares a column of a primary key.
func key(column, path string) crm.Field {
	return crm.Field{Column: column, Paths: []string{path}, Type: crm.TypeText, NotNull: true}
}

// flag declares a truth value of the envelope, which is false where it is absent.
func flag(column string) crm.Field {
	return crm.Field{Column: column, Paths: []string{column}, Type: crm.TypeBoolean, NotNull: true, Default: "false"}
}
