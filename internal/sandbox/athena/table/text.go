package table

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The forms of times.
const (
	timeLayout = "2006-01-02 15:04:05.000"
	dateLayout = time.DateOnly
)

// AppendText appends the value as results of Athena have it, in the CSV file and
// over the API alike. NULL is the word null, which stands only inside of nested
// values; outside of them the caller has to tell it from a text.
func (v Value) AppendText(dst []byte, t Type) []byte {
	if !v.set {
		return append(dst, "null"...)
	}
	switch t.Kind {
	case BooleanKind:
		return strconv.AppendBool(dst, v.num != 0)
	case TinyintKind, SmallintKind, IntegerKind, BigintKind:
		return strconv.AppendInt(dst, v.num, 10)
	case DoubleKind:
		return appendDouble(dst, v.Float(), 64)
	case RealKind:
		return appendDouble(dst, v.Float(), 32)
	case DateKind:
		return v.At(t).AppendFormat(dst, dateLayout)
	case TimestampKind:
		return v.At(t).AppendFormat(dst, timeLayout)
	case ZonedKind:
		local, zone := v.zoned()
		return append(append(local.AppendFormat(dst, timeLayout), ' '), zone...)
	case CharKind:
		dst = append(dst, v.text...)
		for range t.Precision - utf8.RuneCountInString(v.text) {
			dst = append(dst, ' ')
		}
		return dst
	case VarbinaryKind:
		return appendHex(dst, v.text)
	case ArrayKind, MapKind, RowKind:
		return v.appendNested(dst, t)
	default:
		return append(dst, v.text...)
	}
}

// zoned returns the time in its zone, and the zone.
func (v Value) zoned() (time.Time, string) {
	at := time.UnixMilli(v.num).UTC()
	if offset, ok := Offset(v.text); ok {
		return at.In(time.FixedZone(v.text, offset)), v.text
	}
	return at, "UTC"
}

// Offset reads a zone such as +02:00 and returns the seconds east of UTC. UTC
// and Z are zones, too; other names are not known.
func Offset(zone string) (int, bool) {
	if zone == "UTC" || zone == "Z" {
		return 0, true
	}
	at, err := time.Parse("-07:00", zone)
	if err != nil {
		return 0, false
	}
	_, offset := at.Zone()
	return offset, true
}

// appendNested writes nested values as Athena does: without quotes, so that
// nobody can read them back.
func (v Value) appendNested(dst []byte, t Type) []byte {
	marks := "{}"
	if t.Kind == ArrayKind {
		marks = "[]"
	}
	dst = append(dst, marks[0])
	for i, p := range v.parts {
		switch {
		case i == 0:
		case t.Kind == MapKind && i%2 == 1:
			dst = append(dst, '=')
		default:
			dst = append(dst, ", "...)
		}
		if t.Kind == RowKind {
			dst = append(append(dst, t.Names[i]...), '=')
		}
		dst = p.AppendText(dst, t.part(i))
	}
	return append(dst, marks[1])
}

// appendHex writes bytes as pairs of digits with blanks between them.
func appendHex(dst []byte, bytes string) []byte {
	const digits = "0123456789abcdef"
	for i := range len(bytes) {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, digits[bytes[i]>>4], digits[bytes[i]&15])
	}
	return dst
}

// appendDouble writes a number as Java does: 12500.0, but 1.25E7.
func appendDouble(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case f == 0, math.Abs(f) >= 1e-3 && math.Abs(f) < 1e7:
		from := len(dst)
		dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
		if !strings.Contains(string(dst[from:]), ".") {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	return AppendScientific(dst, f, bits)
}

// AppendScientific writes a number as Trino casts it to varchar: 1.25E4.
func AppendScientific(dst []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return appendDouble(dst, f, bits)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, bits), "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent) // FormatFloat wrote it
	dst = append(append(dst, mantissa...), 'E')
	return strconv.AppendInt(dst, int64(n), 10)
}
