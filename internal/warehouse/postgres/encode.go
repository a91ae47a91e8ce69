package postgres

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/warren-sync/warren/internal/crm"
)

// PostgreSQL counts days and microseconds from 2000-01-01.
const (
	epochDays    = 10957
	dayMicros    = 86_400_000_000
	epochMicros  = epochDays * dayMicros
	leastMicros  = -211_813_488_000_000_000 + epochMicros // 4714-11-24 BC
	leastDays    = -2_451_545 + epochDays
	mostDays     = 2_145_031_948 + epochDays // 5874897-12-31
	jsonbVersion = 1
)

// appendNull appends the length that stands for NULL.
func appendNull(dst []byte) []byte { return append(dst, 0xff, 0xff, 0xff, 0xff) }

// appendValue appends v in the binary format of a column of kind k, its length
// before it. It reports whether that was possible: v has the type that k holds
// and is in its range. If not, dst is returned as it was.
func appendValue(dst []byte, k kind, v crm.Value) ([]byte, bool) {
	if !v.Valid {
		return appendNull(dst), true
	}
	if v.Type != k.holds() {
		return dst, false
	}
	switch k {
	case kindInt8:
		return appendInt64(dst, v.Int), true
	case kindInt4:
		return appendInt32(dst, v.Int)
	case kindInt2:
		if int64(int16(v.Int)) != v.Int {
			return dst, false
		}
		dst = append(dst, 0, 0, 0, 2)
		return binary.BigEndian.AppendUint16(dst, uint16(v.Int)), true
	case kindBool:
		return append(dst, 0, 0, 0, 1, byte(v.Int&1)), true
	case kindTimestamp, kindTimestampTZ:
		if !timeFits(k, v.Int) {
			return dst, false
		}
		return appendInt64(dst, v.Int-epochMicros), true
	case kindDate:
		if !timeFits(k, v.Int) {
			return dst, false
		}
		return appendInt32(dst, v.Int-epochDays)
	case kindNumeric:
		return appendSized(dst, v.Bytes, appendNumeric)
	case kindFloat4, kindFloat8:
		return appendFloat(dst, k, v.Bytes)
	case kindJSONB:
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(v.Bytes)+1))
		dst = append(dst, jsonbVersion)
		return append(dst, v.Bytes...), true
	default:
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(v.Bytes)))
		return append(dst, v.Bytes...), true
	}
}

// timeFits reports whether a day or an instant lies in the server's range.
func timeFits(k kind, n int64) bool {
	if k == kindDate {
		return n >= leastDays && n <= mostDays
	}
	return n >= leastMicros
}

func appendInt64(dst []byte, n int64) []byte {
	dst = append(dst, 0, 0, 0, 8)
	return binary.BigEndian.AppendUint64(dst, uint64(n))
}

func appendInt32(dst []byte, n int64) ([]byte, bool) {
	if int64(int32(n)) != n {
		return dst, false
	}
	dst = append(dst, 0, 0, 0, 4)
	return binary.BigEndian.AppendUint32(dst, uint32(n)), true
}

// appendSized appends what do appends, its length before it.
func appendSized(dst, text []byte, do func(dst, text []byte) ([]byte, bool)) ([]byte, bool) {
	start := len(dst)
	dst, ok := do(append(dst, 0, 0, 0, 0), text)
	if !ok {
		return dst[:start], false
	}
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst, true
}

// appendFloat appends the number nearest to a decimal in plain notation.
func appendFloat(dst []byte, k kind, text []byte) ([]byte, bool) {
	bits := 64
	if k == kindFloat4 {
		bits = 32
	}
	f, err := strconv.ParseFloat(string(text), bits)
	if err != nil {
		return dst, false
	}
	if k == kindFloat4 {
		dst = append(dst, 0, 0, 0, 4)
		return binary.BigEndian.AppendUint32(dst, math.Float32bits(float32(f))), true
	}
	return appendInt64(dst, int64(math.Float64bits(f))), true
}
