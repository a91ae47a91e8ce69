package sqlite

import (
	"bytes"
	"database/sql/driver"
	"strconv"
	"time"
	"unsafe"

	"github.com/warren-sync/warren/internal/crm"
)

// timestampLayout has one width for all instants of the years 1 to 9999.
const timestampLayout = "2006-01-02T15:04:05.000000Z"

// exactDigits is how many digits of a decimal a floating number keeps, and
// shows again, whatever they are.
const exactDigits = 15

// bind returns what SQLite is given for a value on its way into a column. It
// may share the value's bytes.
func bind(v crm.Value, a affinity) driver.Value {
	if !v.Valid {
		return nil
	}
	switch v.Type {
	case crm.TypeInteger, crm.TypeBoolean:
		return v.Int
	case crm.TypeTimestamp:
		return time.UnixMicro(v.Int).UTC().Format(timestampLayout)
	case crm.TypeDate:
		return v.Time().Format(time.DateOnly)
	case crm.TypeDecimal:
		if a != toTexts {
			return number(v.Bytes)
		}
		return text(v.Bytes)
	default:
		return text(v.Bytes)
	}
}

// text returns b as a text, without a copy: SQLite copies it when it is bound,
// and b is not changed before that.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// number returns a decimal as SQLite's INTEGER or REAL where that is exactly
// the same number, and as text where it is not (L5).
func number(plain []byte) driver.Value {
	whole, fraction, _ := bytes.Cut(plain, []byte{'.'})
	fraction = bytes.TrimRight(fraction, "0")
	if len(fraction) == 0 {
		n, err := strconv.ParseInt(text(whole), 10, 64)
		if err == nil {
			return n
		}
		return text(plain)
	}
	digits := len(bytes.TrimLeft(whole, "-0"))
	if digits == 0 {
		digits = len(bytes.TrimLeft(fraction, "0"))
	} else {
		digits += len(fraction)
	}
	if digits > exactDigits || len(fraction) > 2*exactDigits {
		return text(plain)
	}
	f, err := strconv.ParseFloat(text(plain), 64)
	if err != nil {
		return text(plain)
	}
	return f
}
