package parquet

import (
	"errors"
	"fmt"
)

const (
	// maxPage bounds one page, in bytes after decompression.
	maxPage = 64 << 20
	// maxHeld bounds the pages and dictionaries that are held at once, of all columns
	// of a file.
	maxHeld = 512 << 20
)

// ErrTooLarge is in the chain of the error for a file of which more would have to be
// held at once than is.
var ErrTooLarge = errors.New("it is too large")

// space is the room that the columns of a file share.
type space struct {
	unpacker unpacker
	packed   []byte // a page as it lies in the file
	held     int64
}

// scratch is room for a page as it lies in the file, until it is unpacked.
func (s *space) scratch(size int) (_ []byte, err error) {
	s.packed, err = s.room(s.packed, size)
	return s.packed, err
}

// room returns old with that size, or a larger one in its place.
func (s *space) room(old []byte, size int) ([]byte, error) {
	if size <= cap(old) {
		return old[:size], nil
	}
	if err := s.take(int64(size - cap(old))); err != nil {
		return old, err
	}
	return make([]byte, size), nil
}

func (s *space) take(size int64) error {
	if s.held+size > maxHeld {
		return fmt.Errorf("%w: its pages have more than %d bytes at once", ErrTooLarge, maxHeld)
	}
	s.held += size
	return nil
}
