package validator

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

const (
	leastPhoneDigits = 7
	mostPhoneDigits  = 15 // E.164
)

const (
	reasonPhoneLetters literal.Problem = "has letters, a phone number has digits"
	reasonPhoneSeveral literal.Problem = "has a ; or a comma, which separate several numbers or dialling codes"
	reasonPhoneSymbols literal.Problem = "has characters that no phone number has"
	reasonPhoneCountry literal.Problem = "begins with the code of a country that does not exist"
	reasonPhone        literal.Problem = "is not a phone number"
)

// phone checks phone numbers. Ordinary North American ones are known by their
// shape; everything else is put to the phonenumbers library, whose answer, at
// tens of microseconds, is remembered.
type phone struct {
	country string // two capital letters
	judged  cache[error]
}

func newPhone(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundCountry, BoundMinLength, BoundMaxLength); err != nil {
		return nil, err
	}
	country, err := phoneCountry(rule)
	if err != nil {
		return nil, err
	}
	return withLength(rule, &phone{country: country})
}

// phoneCountry returns the country whose numbers are written without +.
func phoneCountry(rule crm.Rule) (string, error) {
	if rule.Country == "" {
		return "US", nil
	}
	country := strings.ToUpper(rule.Country)
	if !phonenumbers.GetSupportedRegions()[country] {
		return "", misconfigured(fmt.Sprintf("there is no country %q with phone numbers", rule.Country),
			"Set country to a code of two letters from ISO 3166, such as US or GB.")
	}
	return country, nil
}

func (p *phone) Check(value []byte) error {
	value = trim(value)
	if len(value) == 0 {
		return reasonEmpty
	}
	if isNorthAmerican(p.country) {
		if ten, ok := northAmerican(value); ok && inPlan(ten) {
			return nil
		}
	}
	return p.judged.get(value, p.judge)
}

// judge asks the library.
func (p *phone) judge(value []byte) error {
	_, _, err := parsePhone(cutExtension(value), p.country)
	return err
}

// parsePhone reads a phone number without an extension. local is set for one
// that can only be dialled within its area.
func parsePhone(text []byte, country string) (number *phonenumbers.PhoneNumber, local bool, err error) {
	digits, err := countPhoneDigits(text)
	if err != nil {
		return nil, false, err
	}
	if digits < leastPhoneDigits || digits > mostPhoneDigits {
		return nil, false, fmt.Errorf("has %s, a phone number has %d to %d", plural(digits, "digit"), leastPhoneDigits, mostPhoneDigits)
	}
	number, err = phonenumbers.Parse(string(text), country)
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return nil, false, reasonPhoneCountry
	case err != nil:
		return nil, false, reasonPhone
	}
	switch phonenumbers.IsPossibleNumberWithReason(number) {
	case phonenumbers.IS_POSSIBLE:
		return number, false, nil
	case phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return number, true, nil
	default:
		return nil, false, fmt.Errorf("has %s, which no phone number of its country has", plural(digits, "digit"))
	}
}

// plural counts things.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
