package postgres

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// misfit is why a column cannot hold a value.
type misfit struct {
	rule   string // of the issue: type, length, range
	reason string
	mend   string // the type that the column would need
}

// accommodate returns v as the column can hold it exactly, or why it cannot. A
// value that fits already costs nothing.
func (c *column) accommodate(v crm.Value) (crm.Value, *misfit) {
	had := v.Type
	v, ok := convert(v, c.kind)
	if !ok {
		return v, &misfit{"type", "the column holds " + c.typeName + ", the value is of type " + had.String(), ownType(had)}
	}
	if !v.Valid {
		return v, nil
	}
	switch c.kind {
	case kindText, kindChar:
		return v, c.misfitText(v)
	case kindInt2, kindInt4:
		return v, c.misfitInteger(v)
	case kindNumeric:
		return v, c.misfitNumeric(v)
	case kindFloat4, kindFloat8:
		return v, c.misfitFloat(v)
	case kindTimestamp, kindTimestampTZ, kindDate:
		return v, c.misfitTime(v)
	default:
		return v, nil
	}
}

func (c *column) misfitText(v crm.Value) *misfit {
	if c.length == 0 || len(v.Bytes) <= c.length {
		return nil
	}
	n := utf8.RuneCount(v.Bytes)
	if n <= c.length {
		return nil
	}
	return &misfit{"length", fmt.Sprintf("the column takes %d characters, the value has %d", c.length, n), "text"}
}

func (c *column) misfitInteger(v crm.Value) *misfit {
	bits := 31
	if c.kind == kindInt2 {
		bits = 15
	}
	if most := int64(1)<<bits - 1; v.Int <= most && v.Int >= -most-1 {
		return nil
	}
	return &misfit{"range", "the number is beyond what " + c.typeName + " holds", "bigint"}
}

// misfitNumeric refuses what the server would refuse, and what it would round
// without a word. Zeros at the end may go: they are no value.
func (c *column) misfitNumeric(v crm.Value) *misfit {
	most, places := numericWhole, numericFraction
	if c.digits > 0 {
		most, places = c.digits-c.scale, c.scale
	} else if len(v.Bytes) <= numericFraction {
		return nil
	}
	whole, fraction := literal.Digits(v.Bytes)
	switch {
	case whole > max(most, 0):
		return &misfit{"range", fmt.Sprintf("the column %s takes %d digits before the point, the value has %d", c.typeName, max(most, 0), whole), "numeric"}
	case fraction > max(places, 0):
		return &misfit{"range", fmt.Sprintf("the column %s takes %d digits behind the point, the value has %d", c.typeName, max(places, 0), fraction), "numeric"}
	case places < 0 && !zerosBefore(v.Bytes, -places), most < 0 && !zerosBehind(v.Bytes, -most):
		return &misfit{"range", "the column " + c.typeName + " cannot hold the number exactly", "numeric"}
	default:
		return nil
	}
}

// zerosBefore reports whether the last n digits before the point are zeros: a
// numeric with a scale below zero rounds them away.
func zerosBefore(plain []byte, n int) bool {
	whole, _, _, _ := splitDecimal(plain)
	return allZeros(whole[max(len(whole)-n, 0):])
}

// zerosBehind reports whether the first n digits behind the point are zeros: a
// numeric whose scale exceeds its digits has no room for them.
func zerosBehind(plain []byte, n int) bool {
	_, fraction, _, _ := splitDecimal(plain)
	return allZeros(fraction[:min(n, len(fraction))])
}

func allZeros(digits []byte) bool { return len(bytes.Trim(digits, "0")) == 0 }

// misfitFloat refuses a decimal that would not come out as it went in.
func (c *column) misfitFloat(v crm.Value) *misfit {
	bits := 64
	if c.kind == kindFloat4 {
		bits = 32
	}
	f, err := strconv.ParseFloat(string(v.Bytes), bits)
	if err == nil {
		shortest := strconv.AppendFloat(nil, f, 'f', -1, bits)
		if bytes.Equal(shortest, v.Bytes) || literal.Compare(shortest, v.Bytes) == 0 {
			return nil
		}
	}
	return &misfit{"range", "the number has more digits than " + c.typeName + " keeps", "numeric"}
}

func (c *column) misfitTime(v crm.Value) *misfit {
	if !timeFits(c.kind, v.Int) {
		return &misfit{"range", "the time is beyond what " + c.typeName + " holds", "text"}
	}
	unit := int64(1)
	for range 6 - c.places {
		unit *= 10
	}
	if c.kind != kindDate && v.Int%unit != 0 {
		return &misfit{"range", fmt.Sprintf("the column %s keeps %d digits of a second's fraction, the value has more", c.typeName, c.places), "timestamptz"}
	}
	return nil
}
