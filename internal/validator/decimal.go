package validator

import (
	"fmt"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// decimal checks numbers that go into a column of fixed precision, such as
// numeric(10,8). Zeros that carry no value do not count: 12.500 fits two
// places.
type decimal struct {
	bounds    interval
	maxDigits int // both sides of the point; 0 is no bound
	places    int // behind the point; -1 is no bound
}

func newDecimal(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundMin, BoundMax, BoundMaxDigits, BoundPlaces); err != nil {
		return nil, err
	}
	bounds, err := newInterval(rule)
	if err != nil {
		return nil, err
	}
	d := &decimal{bounds: bounds, maxDigits: rule.MaxDigits, places: -1}
	if rule.Places != nil {
		d.places = *rule.Places
	}
	switch {
	case d.maxDigits < 0:
		return nil, misconfigured(fmt.Sprintf("a rule of type %s has max_digits %d", rule.Type, d.maxDigits), "Set max_digits to 1 or more, or remove it.")
	case rule.Places != nil && d.places < 0:
		return nil, misconfigured(fmt.Sprintf("a rule of type %s has places %d", rule.Type, d.places), "Set places to 0 or more, or remove it.")
	case d.maxDigits > 0 && d.places > d.maxDigits:
		return nil, misconfigured(fmt.Sprintf("a rule of type %s has more places (%d) than max_digits (%d)", rule.Type, d.places, d.maxDigits),
			"Count the places among max_digits.")
	}
	return d, nil
}

func (d *decimal) Check(value []byte) error {
	var buffer [plainSize]byte
	plain, err := literal.Decimal(value, buffer[:0])
	if err != nil {
		return err
	}
	if err := d.bounds.check(plain); err != nil {
		return err
	}
	whole, fraction := literal.Digits(plain)
	if d.places >= 0 && fraction > d.places {
		return fmt.Errorf("has %s behind the point, at most %d are allowed", plural(fraction, "digit"), d.places)
	}
	if d.maxDigits == 0 {
		return nil
	}
	// A column with fixed places keeps room for them, used or not.
	if room := d.maxDigits - max(d.places, 0); whole > room {
		return fmt.Errorf("has %s before the point, at most %d are allowed", plural(whole, "digit"), room)
	}
	if whole+fraction > d.maxDigits {
		return fmt.Errorf("has %s, at most %d are allowed", plural(whole+fraction, "digit"), d.maxDigits)
	}
	return nil
}
