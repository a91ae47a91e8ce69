package sql

import (
	"errors"
	"fmt"
)

// Error is a query that cannot be run, in Athena's words.
type Error struct {
	Code string // SYNTAX_ERROR, COLUMN_NOT_FOUND, …
	Text string // what follows it
}

// Error returns the code and the text as a failed query shows them.
func (e *Error) Error() string { return e.Code + ": " + e.Text }

// at is a place in the text of a query, from 1.
type at struct{ line, column int }

func fail(code string, where at, format string, args ...any) error {
	return &Error{Code: code, Text: fmt.Sprintf("line %d:%d: ", where.line, where.column) + fmt.Sprintf(format, args...)}
}

// invalid is a value that cannot be what a query makes of it.
func invalid(format string, args ...any) error {
	return &Error{Code: "INVALID_CAST_ARGUMENT", Text: fmt.Sprintf(format, args...)}
}

// IsUser reports whether err is a fault of the query.
func IsUser(err error) bool {
	var e *Error
	return errors.As(err, &e)
}
