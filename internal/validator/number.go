package validator

import (
	"fmt"
	"strconv"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// interval bounds numbers; both ends belong to it.
type interval struct {
	least, most        []byte // plain notation; nil is no bound
	belowErr, aboveErr error
}

// newInterval reads the bounds of a rule.
func newInterval(rule crm.Rule) (i interval, err error) {
	if i.least, err = readBound(rule, BoundMin, rule.Min); err != nil {
		return i, err
	}
	if i.most, err = readBound(rule, BoundMax, rule.Max); err != nil {
		return i, err
	}
	if i.least != nil && i.most != nil && literal.Compare(i.least, i.most) > 0 {
		return i, misconfigured(fmt.Sprintf("a rule of type %s has min %s above max %s, so no number keeps it", rule.Type, rule.Min, rule.Max),
			"Make min the smaller one.")
	}
	i.belowErr = literal.Problem("is less than " + string(i.least))
	i.aboveErr = literal.Problem("is greater than " + string(i.most))
	return i, nil
}

func readBound(rule crm.Rule, bound Bound, text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	plain, err := literal.Decimal([]byte(text), nil)
	if err != nil {
		return nil, misconfigured(fmt.Sprintf("%s %q of a rule of type %s %v", bound, text, rule.Type, err),
			fmt.Sprintf("Set %s to a number such as 0 or -90.5.", bound))
	}
	return plain, nil
}

// check looks at a number in plain notation.
func (i *interval) check(plain []byte) error {
	switch {
	case i.least != nil && literal.Compare(plain, i.least) < 0:
		return i.belowErr
	case i.most != nil && literal.Compare(plain, i.most) > 0:
		return i.aboveErr
	default:
		return nil
	}
}

// plainSize is the room for a number on the stack; longer ones are rare.
const plainSize = 64

func newNumber(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundMin, BoundMax); err != nil {
		return nil, err
	}
	bounds, err := newInterval(rule)
	if err != nil {
		return nil, err
	}
	return CheckFunc(func(value []byte) error {
		var buffer [plainSize]byte
		plain, err := literal.Decimal(value, buffer[:0])
		if err != nil {
			return err
		}
		return bounds.check(plain)
	}), nil
}

func newInteger(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundMin, BoundMax); err != nil {
		return nil, err
	}
	bounds, err := newInterval(rule)
	if err != nil {
		return nil, err
	}
	return CheckFunc(func(value []byte) error {
		n, err := literal.Integer(value)
		if err != nil {
			return err
		}
		var buffer [plainSize]byte
		return bounds.check(strconv.AppendInt(buffer[:0], n, 10))
	}), nil
}
