package parquet

import (
	"encoding/binary"
	"errors"
)

// hybrid reads small numbers one by one that are stored as runs of the same one and
// in bits. However many a run promises, it takes no room.
type hybrid struct {
	in    []byte
	width int    // bits of a number
	left  uint64 // of the present run
	value uint32 // of a run of the same number
	bits  []byte // of the others
	at    uint64 // the next of these bits
}

var errNumbers = errors.New("a page has fewer values than it says")

func (h *hybrid) next() (uint32, error) {
	for h.left == 0 {
		if err := h.turn(); err != nil {
			return 0, err
		}
	}
	h.left--
	if h.bits == nil {
		return h.value, nil
	}
	from := h.at / 8
	if h.at += uint64(h.width); (h.at+7)/8 > uint64(len(h.bits)) {
		return 0, errNumbers
	}
	var word [8]byte // 32 bits and 7 ahead of them
	copy(word[:], h.bits[from:])
	n := binary.LittleEndian.Uint64(word[:]) >> ((h.at - uint64(h.width)) % 8)
	return uint32(n & (1<<h.width - 1)), nil
}

// turn goes to the next run.
func (h *hybrid) turn() error {
	head, size := binary.Uvarint(h.in)
	if size <= 0 {
		return errNumbers
	}
	h.in = h.in[size:]
	if h.left = head >> 1; head&1 == 0 {
		bytes := (h.width + 7) / 8
		if len(h.in) < bytes {
			return errNumbers
		}
		var word [4]byte
		copy(word[:], h.in[:bytes])
		h.value, h.bits, h.in = binary.LittleEndian.Uint32(word[:]), nil, h.in[bytes:]
		if uint64(h.value)>>h.width != 0 {
			return errors.New("a number in a page is too great")
		}
		return nil
	}
	// Groups of eight; the last may be cut where nothing more is needed of it.
	if h.left > uint64(len(h.in))+1 && h.width > 0 || h.left > 1<<32 {
		return errNumbers
	}
	bytes := min(h.left*uint64(h.width), uint64(len(h.in)))
	h.left *= 8
	h.bits, h.at, h.in = h.in[:bytes:bytes], 0, h.in[bytes:]
	return nil
}

// prefixed reads a hybrid that has its length ahead, and returns what follows it.
func prefixed(in []byte, width int) (h hybrid, rest []byte, err error) {
	if len(in) < 4 {
		return h, nil, errShort
	}
	size := uint64(binary.LittleEndian.Uint32(in))
	if in = in[4:]; size > uint64(len(in)) {
		return h, nil, errShort
	}
	return hybrid{in: in[:size], width: width}, in[size:], nil
}
