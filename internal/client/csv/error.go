package csv

import (
	"errors"
	"fmt"
)

// What can be wrong with a file.
var (
	ErrCut     = errors.New("the file ends inside quotes")
	ErrQuote   = errors.New("a quote stands where none can")
	ErrTooLong = errors.New("the row is too long")
	ErrColumns = errors.New("the number of cells is wrong")
)

// Error says where a file cannot be read on. Err is one of the errors above or
// wraps one, or is what the underlying reader said.
type Error struct {
	Line   int64 // where the row begins, from 1 at the start of this reading
	Offset int64 // the same in bytes, from the start of the file
	Err    error
}

// Error says what is wrong and where.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, byte %d: %v", e.Line, e.Offset, e.Err)
}

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }
