package validator

import (
	"bytes"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// Validator checks one field. It is safe for concurrent use and keeps nothing
// of a value but what a bounded cache holds.
type Validator interface {
	// Check returns nil when value, the decoded text of a scalar, keeps the
	// rule. Otherwise the error's text continues "the value …" and does not
	// hold the value. value is empty only under a rule that says required; it
	// is neither changed nor kept.
	Check(value []byte) error
}

// CheckFunc is a function that is a Validator.
type CheckFunc func(value []byte) error

// Check calls f.
func (f CheckFunc) Check(value []byte) error { return f(value) }

const (
	reasonEmpty    literal.Problem = "is empty"
	reasonRequired literal.Problem = "is required, but empty"
)

// required refuses empty values, and leaves the rest to the validator it wraps.
type required struct{ next Validator }

func (r required) Check(value []byte) error {
	if len(trim(value)) == 0 {
		return reasonRequired
	}
	return r.next.Check(value)
}

// anything takes every value.
func anything([]byte) error { return nil }

// trim cuts the ASCII blanks around a value, which no rule but those about
// lengths, patterns and choices looks at.
func trim(value []byte) []byte { return bytes.Trim(value, " \t\n\v\f\r") }

// misconfigured is a rule that cannot be kept by any value, or makes no sense.
func misconfigured(message, fix string) error {
	return &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: message, Fix: fix}
}
