package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Kinds of values in Thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt64  = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// maxDepth bounds how deep structures are in each other.
const maxDepth = 32

// errShort is data that ends too early.
var errShort = errors.New("it ends in the middle")

// thrift reads Thrift's compact protocol. The first error stays, and what is read
// after it is zero.
type thrift struct {
	in    []byte
	at    int
	depth int
	err   error
}

func (t *thrift) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

func (t *thrift) byte() byte {
	if t.err != nil || t.at >= len(t.in) {
		t.fail(errShort)
		return 0
	}
	t.at++
	return t.in[t.at-1]
}

func (t *thrift) uvarint() uint64 {
	if t.err != nil {
		return 0
	}
	n, size := binary.Uvarint(t.in[t.at:])
	switch {
	case size == 0:
		t.fail(errShort)
		return 0
	case size < 0:
		t.fail(errors.New("a number is too long"))
		return 0
	}
	t.at += size
	return n
}

func (t *thrift) varint() int64 {
	n := t.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

// int reads a whole number of a field of that kind.
func (t *thrift) int(kind byte) int64 {
	switch {
	case kind == thriftByte:
		return int64(int8(t.byte()))
	case kind > thriftByte && kind <= thriftInt64:
		return t.varint()
	}
	t.fail(fmt.Errorf("a number is of kind %d", kind))
	return 0
}

// int32 is int for a number that has to be one of 32 bits.
func (t *thrift) int32(kind byte) int32 {
	n := t.int(kind)
	if int64(int32(n)) != n {
		t.fail(errors.New("a number is too long"))
	}
	return int32(n)
}

func (t *thrift) bool(kind byte) bool {
	if kind != thriftTrue && kind != thriftFalse {
		t.fail(fmt.Errorf("a boolean is of kind %d", kind))
	}
	return kind == thriftTrue
}

// binary reads bytes, which belong to the input.
func (t *thrift) binary(kind byte) []byte {
	if kind != thriftBinary {
		t.fail(fmt.Errorf("a text is of kind %d", kind))
	}
	return t.take(t.uvarint())
}

func (t *thrift) take(n uint64) []byte {
	if t.err != nil {
		return nil
	}
	if n > uint64(len(t.in)-t.at) {
		t.fail(errShort)
		return nil
	}
	t.at += int(n)
	return t.in[t.at-int(n) : t.at]
}

// structure reads the fields of a structure; field reads the value of one, or leaves
// it, which skips it.
func (t *thrift) structure(kind byte, field func(id int64, kind byte)) {
	if kind != thriftStruct {
		t.fail(fmt.Errorf("a structure is of kind %d", kind))
	}
	if t.depth++; t.depth > maxDepth {
		t.fail(errors.New("its structures are too deep"))
	}
	defer func() { t.depth-- }()
	for id := int64(0); t.err == nil; {
		head := t.byte()
		if head == 0 {
			return
		}
		if head>>4 != 0 {
			id += int64(head >> 4)
		} else {
			id = t.varint()
		}
		from := t.at
		field(id, head&15)
		if t.at == from && t.err == nil {
			t.skip(head & 15)
		}
	}
}

// list reads the elements of a list; each reads one.
func (t *thrift) list(kind byte, each func(kind byte)) {
	if kind != thriftList {
		t.fail(fmt.Errorf("a list is of kind %d", kind))
	}
	element, size := t.listHead()
	for ; size > 0 && t.err == nil; size-- {
		each(element)
	}
}

// listHead reads how many elements follow, of which kind. Each takes a byte at least.
func (t *thrift) listHead() (kind byte, size uint64) {
	head := t.byte()
	if size = uint64(head >> 4); size == 15 {
		size = t.uvarint()
	}
	if size > uint64(len(t.in)-t.at) {
		t.fail(errShort)
	}
	return head & 15, size
}

// skip reads a value that nobody wants.
func (t *thrift) skip(kind byte) {
	switch kind {
	case thriftTrue, thriftFalse:
	case thriftByte:
		t.byte()
	case thriftByte + 1, thriftByte + 2, thriftInt64:
		t.uvarint()
	case thriftDouble:
		t.take(8)
	case thriftBinary:
		t.take(t.uvarint())
	case thriftList, thriftSet:
		element, size := t.listHead()
		t.skipMany(size, element)
	case thriftMap:
		if size := t.uvarint(); size > 0 {
			kinds := t.byte()
			t.skipMany(size, kinds>>4, kinds&15)
		}
	case thriftStruct:
		t.structure(kind, func(int64, byte) {})
	default:
		t.fail(fmt.Errorf("there is no kind %d", kind))
	}
}

// skipMany skips the elements of a collection, where booleans take a byte.
func (t *thrift) skipMany(n uint64, kinds ...byte) {
	if t.depth++; t.depth > maxDepth {
		t.fail(errors.New("its structures are too deep"))
	}
	defer func() { t.depth-- }()
	for ; n > 0 && t.err == nil; n-- {
		for _, kind := range kinds {
			if kind == thriftTrue || kind == thriftFalse {
				kind = thriftByte
			}
			t.skip(kind)
		}
	}
}
