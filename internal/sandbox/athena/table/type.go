package table

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is a type without its parameters.
type Kind uint8

// The types that Athena knows. UnknownKind is the type of a bare NULL.
const (
	UnknownKind Kind = iota
	BooleanKind
	TinyintKind
	SmallintKind
	IntegerKind
	BigintKind
	RealKind
	DoubleKind
	DecimalKind
	VarcharKind
	CharKind
	VarbinaryKind
	DateKind
	TimestampKind
	ZonedKind // timestamp with time zone
	JSONKind
	ArrayKind
	MapKind
	RowKind
)

// Type is a type with its parameters.
type Type struct {
	Kind      Kind
	Precision int      // of a decimal; the length of a char, or of a varchar that has one
	Scale     int      // of a decimal
	Names     []string // of a row's fields
	Parts     []Type   // of an array's elements; of a map's keys and values; of a row's fields
}

// Simple returns the type of that kind without parameters.
func Simple(k Kind) Type { return Type{Kind: k} }

// short are the names that results give to types.
var short = [...]string{
	"unknown", "boolean", "tinyint", "smallint", "integer", "bigint", "float", "double", "decimal", "varchar", "char",
	"varbinary", "date", "timestamp", "timestamp with time zone", "json", "array", "map", "row",
}

// Name returns the type as results name it: without parameters.
func (t Type) Name() string { return short[t.Kind] }

// String returns the type as Trino's messages write it.
func (t Type) String() string {
	switch t.Kind {
	case RealKind:
		return "real"
	case DecimalKind:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case CharKind:
		return fmt.Sprintf("char(%d)", t.Precision)
	case VarcharKind:
		if t.Precision > 0 {
			return fmt.Sprintf("varchar(%d)", t.Precision)
		}
	case TimestampKind:
		return "timestamp(3)"
	case ZonedKind:
		return "timestamp(3) with time zone"
	case ArrayKind, MapKind, RowKind:
		parts := make([]string, 0, len(t.Parts))
		for i, p := range t.Parts {
			part := p.String()
			if t.Kind == RowKind {
				part = t.Names[i] + " " + part
			}
			parts = append(parts, part)
		}
		return t.Name() + "(" + strings.Join(parts, ", ") + ")"
	default:
	}
	return t.Name()
}

// part returns the type of the i-th part of a nested value.
func (t Type) part(i int) Type {
	if len(t.Parts) == 0 {
		return Type{}
	}
	return t.Parts[i%len(t.Parts)]
}

// fixed reports whether all values of the type take the same room.
func (t Type) fixed() bool {
	switch t.Kind {
	case TinyintKind, SmallintKind, IntegerKind, BigintKind, RealKind, DoubleKind, DateKind, TimestampKind, ZonedKind:
		return true
	default:
		return false
	}
}

// Whole reports whether values of the type are whole numbers.
func (t Type) Whole() bool { return t.Kind >= TinyintKind && t.Kind <= BigintKind }

// Numeric reports whether values of the type are numbers.
func (t Type) Numeric() bool { return t.Kind >= TinyintKind && t.Kind <= DecimalKind }

// Textual reports whether values of the type are texts.
func (t Type) Textual() bool { return t.Kind == VarcharKind || t.Kind == CharKind }

// ParseType reads a type as the Glue catalog writes it.
func ParseType(text string) (Type, error) {
	p := typeParser{rest: strings.ToLower(strings.TrimSpace(text))}
	t, ok := p.parse()
	if !ok || p.rest != "" {
		return Type{}, fmt.Errorf("%q is no type of the catalog", text)
	}
	return t, nil
}

// typeParser reads types from the left.
type typeParser struct{ rest string }

func (p *typeParser) take(token string) bool {
	rest, found := strings.CutPrefix(p.rest, token)
	if found {
		p.rest = rest
	}
	return found
}

func (p *typeParser) word() string {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' })
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	return word
}

func (p *typeParser) parse() (Type, bool) {
	switch name := p.word(); name {
	case "string":
		return Simple(VarcharKind), true
	case "int":
		return Simple(IntegerKind), true
	case "binary":
		return Simple(VarbinaryKind), true
	case "boolean", "tinyint", "smallint", "bigint", "double", "date", "timestamp", "float":
		for kind, known := range short {
			if known == name {
				return Simple(Kind(kind)), true
			}
		}
		return Type{}, false
	case "varchar", "char":
		numbers, ok := p.numbers(1)
		kind := VarcharKind
		if name == "char" {
			kind = CharKind
		}
		return Type{Kind: kind, Precision: numbers[0]}, ok
	case "decimal":
		numbers, ok := p.numbers(2)
		return Type{Kind: DecimalKind, Precision: numbers[0], Scale: numbers[1]}, ok
	case "array":
		return p.nested(ArrayKind, 1)
	case "map":
		return p.nested(MapKind, 2)
	case "struct":
		return p.row()
	}
	return Type{}, false
}

// numbers reads so many parameters in parentheses.
func (p *typeParser) numbers(n int) ([2]int, bool) {
	var out [2]int
	for i := range n {
		if !p.take([]string{"(", ","}[i]) {
			return out, false
		}
		number, err := strconv.Atoi(p.word())
		if err != nil {
			return out, false
		}
		out[i] = number
	}
	return out, p.take(")")
}

func (p *typeParser) nested(kind Kind, n int) (Type, bool) {
	t := Type{Kind: kind}
	for i := range n {
		if !p.take([]string{"<", ","}[i]) {
			return t, false
		}
		part, ok := p.parse()
		if !ok {
			return t, false
		}
		t.Parts = append(t.Parts, part)
	}
	return t, p.take(">")
}

func (p *typeParser) row() (Type, bool) {
	t := Type{Kind: RowKind}
	for open := "<"; p.take(open); open = "," {
		t.Names = append(t.Names, p.word())
		if !p.take(":") {
			return t, false
		}
		part, ok := p.parse()
		if !ok {
			return t, false
		}
		t.Parts = append(t.Parts, part)
	}
	return t, len(t.Parts) > 0 && p.take(">")
}
