package parquet

import (
	"errors"
	"fmt"
)

// Numbers of the format for pages and encodings.
const (
	dataPage       = 0
	indexPage      = 1
	dictionaryPage = 2
	dataPageV2     = 3

	plainEncoding      = 0
	oldDictionary      = 2
	hybridEncoding     = 3
	dictionaryEncoding = 8
)

// maxHeader bounds the header of a page, which may hold its least and greatest value.
const maxHeader = 64 << 10

// header is what a page says of itself.
type header struct {
	kind             int32
	unpacked, packed int32 // bytes
	sum              uint32
	summed           bool
	values           int32 // of rows, for a column that is not nested
	encoding         int32
	levels           int32 // how they are encoded, in a page of the first version
	levelBytes       int32 // of definitions and repetitions, ahead of a page of the second
	repeatBytes      int32
	isPacked         bool // of the second version: the first is whenever its column is
	described        bool
}

// parseHeader reads a header and how long it is; errShort where text does not hold
// all of it.
func parseHeader(text []byte) (h header, size int, err error) {
	t := thrift{in: text}
	h.isPacked = true
	t.structure(thriftStruct, func(id int64, kind byte) {
		switch id {
		case 1:
			h.kind = t.int32(kind)
		case 2:
			h.unpacked = t.int32(kind)
		case 3:
			h.packed = t.int32(kind)
		case 4:
			h.sum, h.summed = uint32(t.int32(kind)), true
		case 5:
			t.data(kind, &h)
		case 7:
			t.dictionary(kind, &h)
		case 8:
			t.dataV2(kind, &h)
		}
	})
	if t.err != nil {
		return h, 0, t.err
	}
	return h, t.at, h.check()
}

func (t *thrift) data(kind byte, h *header) {
	h.described = h.kind == dataPage
	t.structure(kind, func(id int64, kind byte) {
		switch id {
		case 1:
			h.values = t.int32(kind)
		case 2:
			h.encoding = t.int32(kind)
		case 3:
			h.levels = t.int32(kind)
		}
	})
}

func (t *thrift) dictionary(kind byte, h *header) {
	h.described = h.kind == dictionaryPage
	t.structure(kind, func(id int64, kind byte) {
		switch id {
		case 1:
			h.values = t.int32(kind)
		case 2:
			h.encoding = t.int32(kind)
		}
	})
}

func (t *thrift) dataV2(kind byte, h *header) {
	h.described = h.kind == dataPageV2
	rows := int32(0)
	t.structure(kind, func(id int64, kind byte) {
		switch id {
		case 1:
			h.values = t.int32(kind)
		case 3:
			rows = t.int32(kind)
		case 4:
			h.encoding = t.int32(kind)
		case 5:
			h.levelBytes = t.int32(kind)
		case 6:
			h.repeatBytes = t.int32(kind)
		case 7:
			h.isPacked = t.bool(kind)
		}
	})
	if rows != h.values {
		t.fail(errors.New("a page has more or fewer rows than values"))
	}
}

func (h *header) check() error {
	switch {
	case min(h.unpacked, h.packed, h.values, h.levelBytes, h.repeatBytes) < 0:
		return errors.New("a page says that it has fewer than no bytes or values")
	case h.kind < dataPage || h.kind > dataPageV2 || h.kind != indexPage && !h.described:
		return errors.New("a page is of no kind that there is")
	case h.packed > maxPage || h.unpacked > maxPage:
		return fmt.Errorf("%w: a page has %d bytes", ErrTooLarge, max(h.packed, h.unpacked))
	case int64(h.levelBytes)+int64(h.repeatBytes) > int64(min(h.packed, h.unpacked)):
		return errors.New("the levels of a page are longer than itself")
	}
	return nil
}
