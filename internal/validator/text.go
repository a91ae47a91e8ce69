package validator

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

const reasonPattern literal.Problem = "does not match the pattern"

func newString(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundMinLength, BoundMaxLength, BoundPattern); err != nil {
		return nil, err
	}
	if rule.Pattern == "" {
		return withLength(rule, CheckFunc(anything))
	}
	// Compiled alone first: a pattern must not close the group around it.
	if _, err := regexp.Compile(rule.Pattern); err != nil {
		return nil, &crm.Error{
			Code: crm.CodeConfig, Origin: crm.OriginConfig,
			Message: fmt.Sprintf("the pattern of a rule of type %s is no regular expression", rule.Type),
			Fix:     "Write the pattern in RE2 syntax.", Err: err,
		}
	}
	whole, err := regexp.Compile(`\A(?:` + rule.Pattern + `)\z`)
	if err != nil {
		return nil, misconfigured(fmt.Sprintf("the pattern of a rule of type %s is too large", rule.Type), "Write a shorter pattern.")
	}
	return withLength(rule, CheckFunc(func(value []byte) error {
		if !whole.Match(value) {
			return reasonPattern
		}
		return nil
	}))
}

// length bounds the characters of a text, blanks included, before the
// validator it wraps looks at it.
type length struct {
	least, most int // most 0 is no bound
	next        Validator
}

// withLength wraps next when rule bounds the length.
func withLength(rule crm.Rule, next Validator) (Validator, error) {
	l := length{least: rule.MinLength, most: rule.MaxLength, next: next}
	switch {
	case l.least < 0 || l.most < 0:
		return nil, misconfigured(fmt.Sprintf("a rule of type %s has a negative length", rule.Type), "Set min_length and max_length to 1 or more, or remove them.")
	case l.most > 0 && l.least > l.most:
		return nil, misconfigured(fmt.Sprintf("a rule of type %s has min_length %d above max_length %d, so no text keeps it", rule.Type, l.least, l.most),
			"Make min_length the smaller one.")
	case l.least == 0 && l.most == 0:
		return next, nil
	}
	return l, nil
}

func (l length) Check(value []byte) error {
	n := utf8.RuneCount(value)
	switch {
	case n < l.least:
		return fmt.Errorf("has %s, at least %d are asked for", plural(n, "character"), l.least)
	case l.most > 0 && n > l.most:
		return fmt.Errorf("has %s, at most %d are allowed", plural(n, "character"), l.most)
	default:
		return l.next.Check(value)
	}
}
