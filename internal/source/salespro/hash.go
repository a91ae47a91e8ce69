package salespro

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

const (
	// hashMember is the key of rows that have none: a fingerprint of what they hold.
	hashMember = "content_hash"
	// copiesColumn says how many rows of the share are the very same.
	copiesColumn = "warren_copies"
)

// hasher makes keys of what rows hold.
type hasher struct {
	sum   hash.Hash
	head  [9]byte // of a value: its length, and whether it is NULL
	space []byte
	text  []byte
	parts []part
}

// part is a column that keys are made of.
type part struct {
	at   int      // in the result; -1 for a column that the share lacks, whose values are NULL
	kind crm.Type // of the field that it fills
}

func newHasher(stream crm.Stream, columns []athena.Column) *hasher {
	h := &hasher{sum: sha256.New()}
	for _, w := range wanted(stream) {
		at := slices.IndexFunc(columns, func(c athena.Column) bool { return c.Name == w.name })
		h.parts = append(h.parts, part{at: at, kind: w.kind})
	}
	return h
}

// key returns the key of a row: 128 bits of SHA-256 over its values, NULL told from
// the empty text, in hexadecimal digits. The first of several rows that are the very
// same has it, the others have their number behind it. It is good until the next
// call.
//
// Keys are in warehouses, and must come out the same for ever, whichever way a result
// is read.
func (h *hasher) key(row []athena.Cell, number int) []byte {
	h.sum.Reset()
	for _, p := range h.parts {
		if p.at < 0 || row[p.at].Null() {
			h.note(nil, true)
			continue
		}
		h.text = appendPlain(h.text[:0], row[p.at].Text, p.kind)
		h.note(h.text, false)
	}
	sum := h.sum.Sum(h.space[:0])
	h.space = hex.AppendEncode(sum, sum[:16])
	key := h.space[len(sum):]
	if number > 1 {
		key = strconv.AppendInt(append(key, '-'), int64(number), 10)
	}
	return key
}

// note adds a text so that no two rows add up to the same bytes.
func (h *hasher) note(text []byte, null bool) {
	binary.BigEndian.PutUint64(h.head[:], uint64(len(text)))
	h.head[8] = 0
	if null {
		h.head[8] = 1
	}
	h.sum.Write(h.head[:])
	h.sum.Write(text)
}

// appendPlain appends a value in the one form that keys are made of: 12.50, 12.5 and
// 1.25E1 are one number, and a time is one with more or fewer digits. The files of an
// UNLOAD write them otherwise than other results do, and a vendor who turns a double
// into a decimal has not made other rows.
func appendPlain(dst, text []byte, kind crm.Type) []byte {
	switch kind {
	case crm.TypeDecimal, crm.TypeInteger:
		from := len(dst)
		number, err := literal.Decimal(text, dst)
		if err != nil {
			return append(dst, text...)
		}
		if bytes.IndexByte(number[from:], '.') >= 0 {
			number = bytes.TrimRight(number, "0")
			number = bytes.TrimSuffix(number, []byte("."))
		}
		if string(number[from:]) == "-0" {
			return append(dst, '0')
		}
		return number
	case crm.TypeTimestamp, crm.TypeDate:
		micros, exact, err := literal.Timestamp(text)
		if err != nil || !exact {
			return append(dst, text...)
		}
		return strconv.AppendInt(dst, micros, 10)
	default:
		return append(dst, text...)
	}
}
