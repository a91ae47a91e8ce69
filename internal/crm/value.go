package crm

import (
	"strconv"
	"time"
)

// Type is what a column holds. The warehouses map each to a column type of
// theirs.
type Type uint8

// The types of columns.
const (
	TypeText      Type = iota // any text, of any length
	TypeInteger               // a 64-bit integer
	TypeDecimal               // an exact decimal number
	TypeBoolean               // true or false
	TypeTimestamp             // an instant, to the microsecond
	TypeDate                  // a day without a time
	TypeJSON                  // a JSON value, kept as text
)

var typeNames = [...]string{"text", "integer", "decimal", "boolean", "timestamp", "date", "json"}

// String returns the name that warren.yaml uses.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "type " + strconv.Itoa(int(t))
}

// ParseType returns the type of that name.
func ParseType(name string) (Type, bool) {
	for i, n := range typeNames {
		if n == name {
			return Type(i), true
		}
	}
	return 0, false
}

// TypeNames lists the names that ParseType knows.
func TypeNames() []string { return append([]string(nil), typeNames[:]...) }

// Value is one column of one row, typed and without allocation of its own:
// Bytes usually points into the page that the record came in.
type Value struct {
	Valid bool   // false means NULL
	Type  Type   // which of the two below holds the value
	Int   int64  // integer; boolean as 0 or 1; timestamp as microseconds, date as days since 1970-01-01 UTC
	Bytes []byte // text, JSON, and decimal in plain notation such as -12.50
}

// TextValue returns a text.
func TextValue(b []byte) Value { return Value{Valid: true, Type: TypeText, Bytes: b} }

// IntegerValue returns an integer.
func IntegerValue(n int64) Value { return Value{Valid: true, Type: TypeInteger, Int: n} }

// BooleanValue returns a boolean.
func BooleanValue(b bool) Value {
	v := Value{Valid: true, Type: TypeBoolean}
	if b {
		v.Int = 1
	}
	return v
}

// DecimalValue returns a decimal; b must be in plain notation.
func DecimalValue(b []byte) Value { return Value{Valid: true, Type: TypeDecimal, Bytes: b} }

// TimestampValue returns an instant, cut to the microsecond.
func TimestampValue(t time.Time) Value {
	return Value{Valid: true, Type: TypeTimestamp, Int: t.UnixMicro()}
}

// DateValue returns the day that lies days after 1970-01-01.
func DateValue(days int64) Value { return Value{Valid: true, Type: TypeDate, Int: days} }

// JSONValue returns a JSON value.
func JSONValue(b []byte) Value { return Value{Valid: true, Type: TypeJSON, Bytes: b} }

// Time returns the instant of a timestamp or the midnight of a date, in UTC.
func (v Value) Time() time.Time {
	if v.Type == TypeDate {
		return time.Unix(v.Int*86400, 0).UTC()
	}
	return time.UnixMicro(v.Int).UTC()
}

// AppendText appends the value as people and keys write it: numbers in
// digits, instants in RFC 3339, NULL as nothing.
func (v Value) AppendText(dst []byte) []byte {
	if !v.Valid {
		return dst
	}
	switch v.Type {
	case TypeInteger:
		return strconv.AppendInt(dst, v.Int, 10)
	case TypeBoolean:
		return strconv.AppendBool(dst, v.Int != 0)
	case TypeTimestamp:
		return v.Time().AppendFormat(dst, time.RFC3339Nano)
	case TypeDate:
		return v.Time().AppendFormat(dst, time.DateOnly)
	default:
		return append(dst, v.Bytes...)
	}
}

// String returns what AppendText appends.
func (v Value) String() string { return string(v.AppendText(nil)) }
