package validator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// Bound is a key of a rule that only some types know.
type Bound string

// The bounds, named as in warren.yaml.
const (
	BoundMin        Bound = "min"
	BoundMax        Bound = "max"
	BoundMaxDigits  Bound = "max_digits"
	BoundPlaces     Bound = "places"
	BoundMinLength  Bound = "min_length"
	BoundMaxLength  Bound = "max_length"
	BoundPattern    Bound = "pattern"
	BoundChoices    Bound = "choices"
	BoundIgnoreCase Bound = "ignore_case"
	BoundCountry    Bound = "country"
)

// Bounds refuses a rule that sets a bound which is not among those its type
// knows: a bound that nobody checks would be a promise not kept.
func Bounds(rule crm.Rule, known ...Bound) error {
	for _, set := range boundsOf(rule) {
		if slices.Contains(known, set) {
			continue
		}
		fix := fmt.Sprintf("Remove %s.", set)
		if len(known) > 0 {
			fix = fmt.Sprintf("Remove %s; %s knows %s.", set, rule.Type, join(known))
		}
		return misconfigured(fmt.Sprintf("a rule of type %s does not know %s", rule.Type, set), fix)
	}
	return nil
}

// boundsOf lists the bounds that rule sets.
func boundsOf(rule crm.Rule) []Bound {
	var set []Bound
	for _, b := range []struct {
		bound Bound
		isSet bool
	}{
		{BoundMin, rule.Min != ""},
		{BoundMax, rule.Max != ""},
		{BoundMaxDigits, rule.MaxDigits != 0},
		{BoundPlaces, rule.Places != nil},
		{BoundMinLength, rule.MinLength != 0},
		{BoundMaxLength, rule.MaxLength != 0},
		{BoundPattern, rule.Pattern != ""},
		{BoundChoices, len(rule.Choices) > 0},
		{BoundIgnoreCase, rule.IgnoreCase},
		{BoundCountry, rule.Country != ""},
	} {
		if b.isSet {
			set = append(set, b.bound)
		}
	}
	return set
}

func join(bounds []Bound) string {
	var b strings.Builder
	for i, bound := range bounds {
		switch {
		case i > 0 && i == len(bounds)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(bound))
	}
	return b.String()
}
