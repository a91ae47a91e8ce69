package table

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
)

// AppendJSON appends the value as JSON: numbers as numbers, times as their
// texts, nested values with their structure, the keys of maps in order.
func (v Value) AppendJSON(dst []byte, t Type) []byte {
	if !v.set {
		return append(dst, "null"...)
	}
	switch t.Kind {
	case BooleanKind, TinyintKind, SmallintKind, IntegerKind, BigintKind, DecimalKind, JSONKind:
		return v.AppendText(dst, t)
	case DoubleKind, RealKind:
		if f := v.Float(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return v.AppendText(dst, t)
		}
		return append(v.AppendText(append(dst, '"'), t), '"')
	case ArrayKind:
		dst = append(dst, '[')
		for i, p := range v.parts {
			dst = p.AppendJSON(comma(dst, i), t.part(0))
		}
		return append(dst, ']')
	case MapKind:
		return v.appendMap(dst, t)
	case RowKind:
		dst = append(dst, '{')
		for i, p := range v.parts {
			dst = append(AppendQuoted(comma(dst, i), t.Names[i]), ':')
			dst = p.AppendJSON(dst, t.part(i))
		}
		return append(dst, '}')
	default:
		return AppendQuoted(dst, string(v.AppendText(nil, t)))
	}
}

func (v Value) appendMap(dst []byte, t Type) []byte {
	type member struct {
		key   string
		value Value
	}
	members := make([]member, 0, len(v.parts)/2)
	for pair := range slices.Chunk(v.parts, 2) {
		members = append(members, member{string(pair[0].AppendText(nil, t.part(0))), pair[1]})
	}
	slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.key, b.key) })
	dst = append(dst, '{')
	for i, m := range members {
		dst = append(AppendQuoted(comma(dst, i), m.key), ':')
		dst = m.value.AppendJSON(dst, t.part(1))
	}
	return append(dst, '}')
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// AppendQuoted appends s as a JSON string.
func AppendQuoted(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(s) // a string always has a JSON form
			return append(dst, quoted...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}
