package postgres

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/warren-sync/warren/internal/crm"
)

// maxKeptBuffer is the most that a buffer may hold when it is kept for the next
// batch (L11).
const maxKeptBuffer = 1 << 20

// copyStream is the binary COPY format of some rows, made as it is read. It
// allocates once, for its buffer, unless it is given one.
type copyStream struct {
	slots   []slot
	staging bool // in the kinds of the staging table
	rows    []crm.Row
	pick    []int // positions in rows
	now     int64 // microseconds since 1970

	buffer []byte // made and not yet read
	at     int    // position in buffer
	next   int    // position in pick
	state  copyState
	err    error // why a row could not be encoded
}

type copyState uint8

const (
	copyHeader copyState = iota
	copyRows
	copyDone
)

// Read fills p with the rows that come next.
func (c *copyStream) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if c.at == len(c.buffer) && !c.fill(len(p)) {
			break
		}
		m := copy(p[n:], c.buffer[c.at:])
		n, c.at = n+m, c.at+m
	}
	switch {
	case c.err != nil:
		return 0, c.err
	case n == 0:
		return 0, io.EOF
	default:
		return n, nil
	}
}

// fill makes the next piece, of about size bytes. It reports whether there was
// anything left to make.
func (c *copyStream) fill(size int) bool {
	c.buffer = c.kept()
	if c.buffer == nil {
		c.buffer = make([]byte, 0, size+size/4)
	}
	c.at = 0
	if c.state == copyHeader {
		c.buffer = append(c.buffer, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
		c.state = copyRows
	}
	for c.state == copyRows && len(c.buffer) < size && c.err == nil {
		if c.next == len(c.pick) {
			c.buffer = append(c.buffer, 0xff, 0xff)
			c.state = copyDone
			break
		}
		c.buffer, c.err = c.appendRow(c.buffer, &c.rows[c.pick[c.next]])
		c.next++
	}
	return len(c.buffer) > 0 && c.err == nil
}

// kept returns the buffer for another stream, unless it has grown too large to keep.
func (c *copyStream) kept() []byte {
	if cap(c.buffer) > maxKeptBuffer {
		return nil
	}
	return c.buffer[:0]
}

func (c *copyStream) appendRow(dst []byte, row *crm.Row) ([]byte, error) {
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(c.slots)))
	for i := range c.slots {
		s := &c.slots[i]
		v, fits := s.value(row, c.now)
		if fits {
			k := s.column.kind
			if c.staging && stagingKind(k) != k {
				// As text: the cast in the merge does the rest.
				v.Type, k = crm.TypeText, stagingKind(k)
			}
			dst, fits = appendValue(dst, k, v)
		}
		if !fits {
			return dst, cannotHold(row, s.column)
		}
	}
	return dst, nil
}

// cannotHold says that a record's key, or a value that was not fitted, is
// beyond what its column holds.
func cannotHold(row *crm.Row, c *column) error {
	return &crm.Error{
		Code: crm.CodeRefusedValue, Origin: crm.OriginWarehouse,
		Message: fmt.Sprintf("record %s has a value that column %s of type %s cannot hold", cutText(row.ID, 100), quote(c.name), c.typeName),
		Fix:     fmt.Sprintf("Widen the column %s, then replay the quarantine.", quote(c.name)),
	}
}
