package csv

import (
	"fmt"
	"io"
)

// maxEmptyReads bounds how often a reader may bring neither bytes nor an error.
const maxEmptyReads = 100

// more reads on and returns the row as far as it is there. It returns false at
// the end of the file, and when the source failed or the row is too long: then
// the error is set.
//
// The row is moved to the front of the buffer first: that happens once a buffer
// and not once a row, and a long row is moved no second time.
func (r *Reader) more() ([]byte, bool) {
	if !r.ended && r.broken == nil {
		r.at += int64(r.row)
		r.filled = copy(r.buffer, r.buffer[r.row:r.filled])
		r.row = 0
		if r.filled < len(r.buffer) || r.grow() {
			before := r.filled
			r.read()
			if r.filled > before {
				return r.buffer[:r.filled], true
			}
		}
	}
	if r.broken != nil {
		r.fail(r.broken)
	}
	return r.buffer[r.row:r.filled], false
}

// grow makes room for a row that fills the whole buffer.
func (r *Reader) grow() bool {
	size := min(2*len(r.buffer), r.maxRow)
	if size <= len(r.buffer) {
		r.fail(fmt.Errorf("%w: over %d bytes", ErrTooLong, r.maxRow))
		return false
	}
	larger := make([]byte, size)
	copy(larger, r.buffer[:r.filled])
	r.buffer = larger
	return true
}

// read asks the source once for what the buffer has room for. Only io.EOF itself
// is the end: an error that wraps it is a failure.
func (r *Reader) read() {
	for range maxEmptyReads {
		n, err := r.source.Read(r.buffer[r.filled:])
		r.filled += n
		if err == io.EOF {
			r.ended = true
		} else {
			r.broken = err
		}
		if n > 0 || err != nil {
			return
		}
	}
	r.broken = io.ErrNoProgress
}
