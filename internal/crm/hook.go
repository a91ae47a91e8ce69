package crm

import "net/http"

// Hook reads the calls by which a source tells of changes. It is safe for concurrent
// use.
type Hook interface {
	// Read proves that the source made the call, and returns the records that it tells
	// of. The same may be told again, and in any order: it says that a record is to be
	// read again, and nothing else. The error has CodeAuth where the call is not
	// proved, and CodeBadAnswer where it makes no sense.
	Read(Call) ([]Changed, error)
}

// Call is what a source sent.
type Call struct {
	Method string
	URL    string // as the source called it: with the scheme and the host that it knows
	Header http.Header
	Body   []byte
}

// Changed is a record that is to be read again.
type Changed struct {
	Stream string
	ID     string // the primary key as text
}
