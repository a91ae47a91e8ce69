package table

import (
	"math"
	"time"
)

// Value is one value of a row. The zero Value is NULL. What a value means
// follows from the type of its column; it never changes once it is made.
type Value struct {
	set   bool
	num   int64   // integers, booleans, bits of doubles, days, milliseconds since 1970
	text  string  // texts, decimals, JSON, bytes, the zone of a time
	parts []Value // elements; keys and values in turn; fields
}

// Text is a value of the types varchar, char, varbinary and json.
func Text(s string) Value { return Value{set: true, text: s} }

// Int is a value of the whole-number types.
func Int(n int64) Value { return Value{set: true, num: n} }

// Bool is a boolean.
func Bool(b bool) Value {
	if b {
		return Int(1)
	}
	return Int(0)
}

// Double is a value of the types double and real.
func Double(f float64) Value { return Int(int64(math.Float64bits(f))) }

// Decimal is an exact number with as many digits behind the dot as its column
// has, such as 12.50.
func Decimal(digits string) Value { return Value{set: true, text: digits} }

// Time is a timestamp. Parts of a millisecond are cut off.
func Time(t time.Time) Value { return Int(t.UnixMilli()) }

// ZonedTime is a timestamp with time zone.
func ZonedTime(t time.Time, zone string) Value {
	return Value{set: true, num: t.UnixMilli(), text: zone}
}

// Date is the day of t in UTC.
func Date(t time.Time) Value { return Int(floorDiv(t.UTC().Unix(), 24*60*60)) }

// Nested is an array of these elements, a map of these keys and values in turn,
// or a row of these fields.
func Nested(parts ...Value) Value { return Value{set: true, parts: parts} }

// IsNull reports whether v is NULL.
func (v Value) IsNull() bool { return !v.set }

// Str returns what Text or Decimal made.
func (v Value) Str() string { return v.text }

// Num returns what Int made.
func (v Value) Num() int64 { return v.num }

// IsTrue reports whether v is the boolean true.
func (v Value) IsTrue() bool { return v.set && v.num != 0 }

// Float returns what Double made.
func (v Value) Float() float64 { return math.Float64frombits(uint64(v.num)) }

// At returns the instant of a Time, a ZonedTime or a Date.
func (v Value) At(t Type) time.Time {
	if t.Kind == DateKind {
		return time.Unix(v.num*24*60*60, 0).UTC()
	}
	return time.UnixMilli(v.num).UTC()
}

// Parts returns what Nested was made of.
func (v Value) Parts() []Value { return v.parts }

// Size returns the bytes that reading the value costs. It is what a columnar
// file would hold for it, uncompressed.
func (v Value) Size(t Type) int64 {
	switch {
	case !v.set:
		return 0
	case len(v.parts) > 0:
		var sum int64
		for i, p := range v.parts {
			sum += p.Size(t.part(i))
		}
		return sum
	case t.Kind == BooleanKind:
		return 1
	case t.fixed():
		return 8
	}
	return int64(len(v.text))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
