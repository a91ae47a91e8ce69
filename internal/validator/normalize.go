package validator

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/warren-sync/warren/internal/crm"
)

// Normalizers lists the ways to rewrite a value that NewNormalizer knows.
func Normalizers() []Kind {
	return []Kind{
		{"e164", "A phone number as +12345678901."},
		{"lower", "A text in lower case."},
		{"national", "A North American phone number as (234) 567-8901."},
		{"trim", "A text without blanks around it."},
		{"upper", "A text in upper case."},
	}
}

// NewNormalizer returns the function that rewrites values of a field for
// which that is asked; the name is one of Normalizers, or "" for none. The
// function reports whether it changed the value, and returns it as it was when
// not: what cannot be rewritten without loss, such as a phone number with an
// extension, stays. It does not change its argument, and what it returns must
// not be changed either. It is safe for concurrent use. The error is a
// *crm.Error with CodeConfig.
func NewNormalizer(name string, rule crm.Rule) (func(value []byte) ([]byte, bool), error) {
	switch name {
	case "":
		return func(value []byte) ([]byte, bool) { return value, false }, nil
	case "lower":
		return caseNormalizer(bytes.ToLower), nil
	case "upper":
		return caseNormalizer(bytes.ToUpper), nil
	case "trim":
		return func(value []byte) ([]byte, bool) {
			trimmed := bytes.TrimSpace(value)
			return trimmed, len(trimmed) != len(value)
		}, nil
	case "e164":
		return newE164(rule)
	case "national":
		return newNational(rule)
	}
	var names []string
	for _, kind := range Normalizers() {
		names = append(names, kind.Name)
	}
	return nil, unknownName("normalizer", name, names)
}

// caseNormalizer applies convert to texts in UTF-8; it would spoil others.
func caseNormalizer(convert func([]byte) []byte) func([]byte) ([]byte, bool) {
	return func(value []byte) ([]byte, bool) {
		if !utf8.Valid(value) {
			return value, false
		}
		converted := convert(value)
		if bytes.Equal(converted, value) {
			return value, false
		}
		return converted, true
	}
}

// newE164 writes a number that the phone validator takes with its country
// code. Numbers that are only known within their area have none.
func newE164(rule crm.Rule) (func([]byte) ([]byte, bool), error) {
	country, err := phoneCountry(rule)
	if err != nil {
		return nil, err
	}
	var known cache[[]byte] // nil for a number that stays as it is
	find := func(text []byte) []byte {
		// An extension, which E.164 has no place for, is refused here.
		number, local, err := parsePhone(text, country)
		if err != nil || local {
			return nil
		}
		out := phonenumbers.Format(number, phonenumbers.E164)
		// The library takes zeros at the front for the prefix of a trunk call,
		// each time it reads a number anew: such a one would lose them.
		again, _, err := parsePhone([]byte(out), country)
		if err != nil || phonenumbers.Format(again, phonenumbers.E164) != out {
			return nil
		}
		return []byte(out)
	}
	return func(value []byte) ([]byte, bool) {
		text := trim(value)
		var out []byte
		if ten, ok := northAmerican(text); ok && inPlan(ten) && isNorthAmerican(country) {
			out = append(make([]byte, 0, 12), "+1"...)
			out = append(out, ten[:]...)
		} else {
			out = known.get(text, find)
		}
		if out == nil || bytes.Equal(out, value) {
			return value, false
		}
		return out, true
	}, nil
}

// newNational writes numbers as the old system did: (123) 456-7890 for ten
// digits, or eleven of which the first is 1.
func newNational(rule crm.Rule) (func([]byte) ([]byte, bool), error) {
	country, err := phoneCountry(rule)
	if err != nil {
		return nil, err
	}
	if phonenumbers.GetCountryCodeForRegion(country) != 1 {
		return nil, misconfigured(fmt.Sprintf("the normalizer national writes North American phone numbers, and %s has none", country),
			"Use e164 for this country.")
	}
	return func(value []byte) ([]byte, bool) {
		ten, ok := northAmerican(trim(value))
		if !ok {
			return value, false
		}
		out := make([]byte, 0, len("(123) 456-7890"))
		out = append(out, '(')
		out = append(out, ten[:3]...)
		out = append(out, ") "...)
		out = append(out, ten[3:6]...)
		out = append(out, '-')
		out = append(out, ten[6:]...)
		if bytes.Equal(out, value) {
			return value, false
		}
		return out, true
	}, nil
}
