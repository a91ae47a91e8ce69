package sql

import "github.com/warren-sync/warren/internal/sandbox/athena/table"

// common returns the type in which values of both types are compared. It is
// false for types that Trino does not compare, such as a text with a timestamp.
func common(a, b table.Type) (table.Type, bool) {
	switch {
	case a.Kind == table.UnknownKind:
		return b, true
	case b.Kind == table.UnknownKind:
		return a, true
	case a.Textual() && b.Textual():
		return table.Simple(table.VarcharKind), true
	case a.Numeric() && b.Numeric():
		return commonNumber(a, b), true
	case a.Kind == b.Kind:
		return a, a.Kind < table.ArrayKind && a.Kind != table.JSONKind
	case dated(a) && dated(b):
		return table.Simple(max(a.Kind, b.Kind)), true // a date is a timestamp, and that one in UTC
	}
	return table.Type{}, false
}

func dated(t table.Type) bool {
	return t.Kind == table.DateKind || t.Kind == table.TimestampKind || t.Kind == table.ZonedKind
}

func commonNumber(a, b table.Type) table.Type {
	switch {
	case a.Kind == table.DoubleKind || b.Kind == table.DoubleKind, a.Kind == table.RealKind || b.Kind == table.RealKind:
		return table.Simple(table.DoubleKind)
	case a.Kind == table.DecimalKind || b.Kind == table.DecimalKind:
		return table.Type{Kind: table.DecimalKind, Precision: 76, Scale: 38} // room for every digit of both
	}
	return table.Simple(table.BigintKind)
}
