package salespro

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"

	"github.com/warren-sync/warren/internal/client/athena"
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
	space []byte
	at    []int // the columns, in the order of the stream's fields; -1 for one that the share lacks
}

func newHasher(names []string, columns []athena.Column) *hasher {
	h := &hasher{sum: sha256.New()}
	for _, name := range names {
		h.at = append(h.at, slices.IndexFunc(columns, func(c athena.Column) bool { return c.Name == name }))
	}
	return h
}

// key returns the key of a row: 128 bits of SHA-256 over its values, NULL told from
// ”, in hexadecimal digits. The first of several rows that are the very same has
// it, the others have their number behind it. It is good until the next call.
func (h *hasher) key(row []athena.Cell, number int) []byte {
	h.sum.Reset()
	for _, i := range h.at {
		if i < 0 {
			h.note(nil, true)
			continue
		}
		h.note(row[i].Text, row[i].Null())
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
	var head [9]byte
	binary.BigEndian.PutUint64(head[:], uint64(len(text)))
	if null {
		head[8] = 1
	}
	h.sum.Write(head[:])
	h.sum.Write(text)
}
