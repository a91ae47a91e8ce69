package validator

import (
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

const (
	reasonZip         literal.Problem = "is not a postal code such as 12345, 12345-6789 or A1A 1A1"
	reasonZipUS       literal.Problem = "is not a US ZIP code such as 12345 or 12345-6789"
	reasonZipCanadian literal.Problem = "is not a Canadian postal code such as A1A 1A1"
)

// newZip is strict about the codes of a country that the rule names, and takes
// what any country might use otherwise: customers move.
func newZip(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundCountry, BoundMinLength, BoundMaxLength); err != nil {
		return nil, err
	}
	country, err := countryCode(rule)
	if err != nil {
		return nil, err
	}
	switch country {
	case "US":
		return withLength(rule, CheckFunc(checkZipUS))
	case "CA":
		return withLength(rule, CheckFunc(checkZipCanadian))
	default:
		return withLength(rule, CheckFunc(checkZip))
	}
}

// countryCode returns the country of a rule in capitals, or "".
func countryCode(rule crm.Rule) (string, error) {
	c := rule.Country
	if c != "" && (len(c) != 2 || !isLetter(c[0]) || !isLetter(c[1])) {
		return "", misconfigured(fmt.Sprintf("%q is not the code of a country", c),
			"Set country to a code of two letters from ISO 3166, such as US or CA.")
	}
	return strings.ToUpper(c), nil
}

// checkZip takes 3 to 10 letters, digits, blanks and dashes. One digit is
// asked for: words such as "none" are what people type who know no code.
func checkZip(value []byte) error {
	value = trim(value)
	if len(value) < 3 || len(value) > 10 {
		return reasonZip
	}
	digits := 0
	for i, c := range value {
		inside := i > 0 && i < len(value)-1
		switch {
		case c-'0' <= 9:
			digits++
		case isLetter(c), inside && (c == ' ' || c == '-'):
		default:
			return reasonZip
		}
	}
	if digits == 0 {
		return reasonZip
	}
	return nil
}

func checkZipUS(value []byte) error {
	value = trim(value)
	if isShape(value, "00000") || isShape(value, "00000-0000") {
		return nil
	}
	return reasonZipUS
}

func checkZipCanadian(value []byte) error {
	value = trim(value)
	if isShape(value, "A0A 0A0") || isShape(value, "A0A0A0") || isShape(value, "A0A-0A0") {
		return nil
	}
	return reasonZipCanadian
}

// isShape compares value with a shape in which 0 stands for a digit, A for a
// letter, and all else for itself.
func isShape(value []byte, shape string) bool {
	if len(value) != len(shape) {
		return false
	}
	for i, c := range value {
		switch shape[i] {
		case '0':
			if c-'0' > 9 {
				return false
			}
		case 'A':
			if !isLetter(c) {
				return false
			}
		default:
			if c != shape[i] {
				return false
			}
		}
	}
	return true
}
