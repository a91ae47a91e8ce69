package crm

import (
	"context"
	"iter"
)

// Unasked is the connector of a source of which it is known already why it cannot be
// read, so that it is a failed run like any other.
type Unasked struct{ Why error }

// Check returns why.
func (u Unasked) Check(context.Context, Stream) error { return u.Why }

// Read yields why.
func (u Unasked) Read(context.Context, Stream, Request) iter.Seq2[Page, error] { return u.why }

// Fetch yields why.
func (u Unasked) Fetch(context.Context, Stream, []string) iter.Seq2[Page, error] { return u.why }

func (u Unasked) why(yield func(Page, error) bool) { yield(Page{}, u.Why) }
