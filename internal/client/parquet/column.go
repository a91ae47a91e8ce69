package parquet

import (
	"fmt"
	"strings"
)

// physical is how the values of a column are stored.
type physical int32

const (
	boolean physical = iota
	int32s
	int64s
	int96s
	floats
	doubles
	byteArrays
	fixedArrays
)

// width is how many bytes a value takes; 0 where each has its own length.
func (p physical) width(length int) int {
	switch p {
	case int32s, floats:
		return 4
	case int64s, doubles:
		return 8
	case int96s:
		return 12
	case fixedArrays:
		return length
	default:
		return 0
	}
}

// Column is one column of a file.
type Column struct {
	Name string
	// Type as Athena names it, such as decimal(10,2) or timestamp.
	Type string

	stored   physical
	length   int // of a fixedArrays value
	optional bool
	text     appender // nil where the bytes are the text
}

// Numbers of the format for what the values of a column mean: converted types, and
// the newer logical types.
const (
	convertedUTF8          = 0
	convertedEnum          = 4
	convertedDecimal       = 5
	convertedDate          = 6
	convertedMillis        = 9
	convertedMicros        = 10
	convertedUint8         = 11
	convertedUint64        = 14
	convertedInt8          = 15
	convertedInt64         = 18
	convertedJSON          = 19
	logicalString          = 1
	logicalEnum            = 4
	logicalDecimal         = 5
	logicalDate            = 6
	logicalTimestamp       = 8
	logicalInteger         = 10
	logicalJSON            = 12
	unitMillis             = 1
	unitMicros             = 2
	unitNanos              = 3
	maxDigits              = 38
	maxFixedLength         = 1 << 20
	none             int64 = -1
)

// element is an entry of a file's schema.
type element struct {
	name       string
	stored     int64 // none for a group
	length     int64
	repetition int64
	children   int64
	converted  int64
	logical    int64
	unit       int64
	signed     bool
	scale      int64
	precision  int64
}

func (t *thrift) element(kind byte) element {
	e := element{stored: none, converted: none, logical: none, signed: true}
	t.structure(kind, func(id int64, kind byte) {
		switch id {
		case 1:
			e.stored = t.int(kind)
		case 2:
			e.length = t.int(kind)
		case 3:
			e.repetition = t.int(kind)
		case 4:
			e.name = string(t.binary(kind))
		case 5:
			e.children = t.int(kind)
		case 6:
			e.converted = t.int(kind)
		case 7:
			e.scale = t.int(kind)
		case 8:
			e.precision = t.int(kind)
		case 10:
			t.logical(kind, &e)
		}
	})
	return e
}

// logical reads what the values mean, in the newer way.
func (t *thrift) logical(kind byte, e *element) {
	t.structure(kind, func(id int64, kind byte) {
		e.logical = id
		t.structure(kind, func(member int64, kind byte) {
			switch {
			case id == logicalDecimal && member == 1:
				e.scale = t.int(kind)
			case id == logicalDecimal && member == 2:
				e.precision = t.int(kind)
			case id == logicalTimestamp && member == 2:
				t.structure(kind, func(unit int64, _ byte) { e.unit = unit })
			case id == logicalInteger && member == 2:
				e.signed = t.bool(kind)
			}
		})
	})
}

// column makes a column of an entry, or says why its values cannot be read.
func (e *element) column() (Column, error) {
	c := Column{Name: e.name, stored: physical(e.stored), length: int(e.length)}
	switch {
	case e.stored == none || e.children != 0 || e.repetition == 2:
		return c, fmt.Errorf("the column %s is nested", quoted(e.name))
	case e.stored < int64(boolean) || e.stored > int64(fixedArrays) || e.repetition < 0 || e.repetition > 2:
		return c, fmt.Errorf("the column %s is of no type that there is", quoted(e.name))
	case c.stored == fixedArrays && (e.length < 1 || e.length > maxFixedLength):
		return c, fmt.Errorf("values of the column %s have %d bytes", quoted(e.name), e.length)
	}
	c.optional = e.repetition == 1
	if !e.describe(&c) {
		return c, fmt.Errorf("the column %s is of a type that is not read here (%d, %d, %d)", quoted(e.name), e.stored, e.converted, e.logical)
	}
	return c, nil
}

// describe finds what the values of c mean.
func (e *element) describe(c *Column) bool {
	switch c.stored {
	case boolean:
		c.Type, c.text = "boolean", appendBoolean
	case floats:
		c.Type, c.text = "float", appendFloat
	case doubles:
		c.Type, c.text = "double", appendDouble
	case int96s:
		c.Type, c.text = "timestamp", appendInt96
	case int32s, int64s:
		return e.number(c)
	default:
		return e.bytes(c)
	}
	return e.converted == none && e.logical == none
}

// number is describe for whole numbers, which are days, instants and decimals as well.
func (e *element) number(c *Column) bool {
	long := c.stored == int64s
	switch {
	case e.isDecimal():
		return e.decimal(c, appendLittleDecimal)
	case e.logical == logicalDate || e.logical == none && e.converted == convertedDate:
		c.Type, c.text = "date", appendDate
		return !long
	case e.logical == logicalTimestamp || e.logical == none && (e.converted == convertedMillis || e.converted == convertedMicros):
		perSecond := int64(0)
		switch {
		case e.unit == unitMillis, e.logical == none && e.converted == convertedMillis:
			perSecond = 1e3
		case e.unit == unitMicros, e.logical == none && e.converted == convertedMicros:
			perSecond = 1e6
		case e.unit == unitNanos:
			perSecond = 1e9
		}
		c.Type, c.text = "timestamp", timestampAppender(perSecond)
		return long && perSecond > 0
	case e.logical == logicalInteger && !e.signed, e.logical == none && e.converted >= convertedUint8 && e.converted <= convertedUint64:
		c.Type, c.text = "bigint", appendUnsigned
		return true
	case e.logical == logicalInteger, e.logical == none && (e.converted == none || e.converted >= convertedInt8 && e.converted <= convertedInt64):
		c.Type, c.text = "integer", appendSigned
		if long {
			c.Type = "bigint"
		}
		return true
	}
	return false
}

// bytes is describe for arrays of bytes.
func (e *element) bytes(c *Column) bool {
	switch {
	case e.isDecimal():
		return e.decimal(c, appendBigDecimal)
	case e.logical == logicalString || e.logical == logicalEnum || e.logical == none && (e.converted == convertedUTF8 || e.converted == convertedEnum):
		c.Type = "varchar"
	case e.logical == logicalJSON || e.logical == none && e.converted == convertedJSON:
		c.Type = "json"
	case e.logical == none && e.converted == none:
		c.Type, c.text = "varbinary", appendHex
	default:
		return false
	}
	return true
}

func (e *element) isDecimal() bool {
	return e.logical == logicalDecimal || e.logical == none && e.converted == convertedDecimal
}

func (e *element) decimal(c *Column, form func(scale int) appender) bool {
	c.Type, c.text = fmt.Sprintf("decimal(%d,%d)", e.precision, e.scale), form(int(e.scale))
	return e.precision >= 1 && e.precision <= maxDigits && e.scale >= 0 && e.scale <= e.precision
}

// quoted writes a name out of a file for a message.
func quoted(name string) string {
	if runes := []rune(strings.ToValidUTF8(name, "?")); len(runes) > 60 {
		name = string(runes[:60]) + "…"
	}
	return fmt.Sprintf("%q", name)
}
