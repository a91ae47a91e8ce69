package parquet

import (
	"encoding/binary"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// appender appends the text of a value, whose bytes are as the file has them; false
// where they are none.
type appender func(dst, raw []byte) ([]byte, bool)

func appendBoolean(dst, raw []byte) ([]byte, bool) { return strconv.AppendBool(dst, raw[0] != 0), true }

// whole is a number of four or eight bytes.
func whole(raw []byte) int64 {
	if len(raw) == 4 {
		return int64(int32(binary.LittleEndian.Uint32(raw)))
	}
	return int64(binary.LittleEndian.Uint64(raw))
}

func appendSigned(dst, raw []byte) ([]byte, bool) {
	return strconv.AppendInt(dst, whole(raw), 10), true
}

func appendUnsigned(dst, raw []byte) ([]byte, bool) {
	n := uint64(whole(raw))
	if len(raw) == 4 {
		n &= math.MaxUint32
	}
	return strconv.AppendUint(dst, n, 10), true
}

func appendFloat(dst, raw []byte) ([]byte, bool) {
	return appendJava(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))), 32), true
}

func appendDouble(dst, raw []byte) ([]byte, bool) {
	return appendJava(dst, math.Float64frombits(binary.LittleEndian.Uint64(raw)), 64), true
}

// appendJava appends a number as Athena does, whose texts are Java's: 12500.0, but
// 1.25E7.
func appendJava(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	if size := math.Abs(f); size == 0 || size >= 1e-3 && size < 1e7 {
		from := len(dst)
		dst = strconv.AppendFloat(dst, f, 'f', -1, bits)
		if !strings.Contains(string(dst[from:]), ".") {
			dst = append(dst, ".0"...)
		}
		return dst
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, bits), "E")
	dst = append(dst, mantissa...)
	if !strings.Contains(mantissa, ".") {
		dst = append(dst, ".0"...)
	}
	n, _ := strconv.Atoi(exponent) // FormatFloat wrote it
	return strconv.AppendInt(append(dst, 'E'), int64(n), 10)
}

const (
	secondsADay = 24 * 60 * 60
	// unixDay is the Julian day of 1970-01-01.
	unixDay = 2_440_588
)

func appendDate(dst, raw []byte) ([]byte, bool) {
	return time.Unix(whole(raw)*secondsADay, 0).UTC().AppendFormat(dst, time.DateOnly), true
}

// appendInt96 is for instants as Athena writes them: nanoseconds of a Julian day.
func appendInt96(dst, raw []byte) ([]byte, bool) {
	nanos := int64(binary.LittleEndian.Uint64(raw))
	day := int64(binary.LittleEndian.Uint32(raw[8:]))
	return appendTime(dst, (day-unixDay)*secondsADay, nanos), true
}

// timestampAppender is for instants that are counted since 1970.
func timestampAppender(perSecond int64) appender {
	return func(dst, raw []byte) ([]byte, bool) {
		n := whole(raw)
		return appendTime(dst, n/perSecond, n%perSecond*(1e9/max(perSecond, 1))), true
	}
}

// appendTime appends an instant with three digits behind its seconds, and with six or
// nine where it has them.
func appendTime(dst []byte, seconds, nanos int64) []byte {
	t := time.Unix(seconds, nanos).UTC()
	layout := "2006-01-02 15:04:05.000"
	switch n := t.Nanosecond(); {
	case n%1e3 != 0:
		layout += "000000"
	case n%1e6 != 0:
		layout += "000"
	}
	return t.AppendFormat(dst, layout)
}

// appendLittleDecimal is for decimals of four or eight bytes, the lowest first.
func appendLittleDecimal(scale int) appender {
	var digits []byte
	return func(dst, raw []byte) ([]byte, bool) {
		digits = strconv.AppendInt(digits[:0], whole(raw), 10)
		return appendPoint(dst, digits, scale), true
	}
}

// appendBigDecimal is for decimals of any number of bytes, the highest first.
func appendBigDecimal(scale int) appender {
	var digits []byte
	return func(dst, raw []byte) ([]byte, bool) {
		if len(raw) == 0 {
			return dst, false
		}
		fill := byte(int8(raw[0]) >> 7)
		for len(raw) > 1 && raw[0] == fill && (raw[1]^fill)&0x80 == 0 { // bytes that only repeat the sign
			raw = raw[1:]
		}
		switch {
		case len(raw) <= 8:
			n := int64(int8(raw[0]))
			for _, b := range raw[1:] {
				n = n<<8 | int64(b)
			}
			digits = strconv.AppendInt(digits[:0], n, 10)
		case len(raw) <= 16: // 38 digits
			n := new(big.Int).SetBytes(raw)
			if fill != 0 {
				n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(raw))))
			}
			digits = n.Append(digits[:0], 10)
		default:
			return dst, false
		}
		return appendPoint(dst, digits, scale), true
	}
}

// appendPoint puts a point into a number's digits.
func appendPoint(dst, digits []byte, scale int) []byte {
	if digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	if scale == 0 {
		return append(dst, digits...)
	}
	if len(digits) <= scale {
		dst = append(dst, "0."...)
		for range scale - len(digits) {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	whole := len(digits) - scale
	return append(append(append(dst, digits[:whole]...), '.'), digits[whole:]...)
}

// appendHex appends bytes as pairs of digits with blanks between them.
func appendHex(dst, raw []byte) ([]byte, bool) {
	const digits = "0123456789abcdef"
	for i, b := range raw {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst, true
}
