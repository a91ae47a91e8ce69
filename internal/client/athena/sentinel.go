package athena

import "errors"

// Errors that callers tell from the rest: they stand in the chain of a *crm.Error,
// whose code they share with others.
var (
	// ErrNoMetadata is in the chain of an error of Columns where the account, or
	// what stands in Athena's place, does not show descriptions: a caller can do
	// without.
	ErrNoMetadata = errors.New("the descriptions of tables are not to be had")
	// ErrNoTable is in the chain of an error of Columns and of Await where the
	// database has no table of that name.
	ErrNoTable = errors.New("there is no such table")
	// ErrOtherQuery is in the chain of an error of Start where another query has
	// the token.
	ErrOtherQuery = errors.New("another query has this token")
)

// marked is a sentinel that says the cause, if there is one.
type marked struct{ sentinel, cause error }

// mark adds a sentinel to the chain of a cause, which may be nil.
func mark(sentinel, cause error) error { return &marked{sentinel, cause} }

func (e *marked) Error() string {
	if e.cause == nil {
		return e.sentinel.Error()
	}
	return e.cause.Error()
}

// Unwrap returns both.
func (e *marked) Unwrap() []error {
	if e.cause == nil {
		return []error{e.sentinel}
	}
	return []error{e.sentinel, e.cause}
}
