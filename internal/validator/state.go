package validator

import (
	"strings"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

const (
	reasonState     literal.Problem = "is not a state, territory or province of the USA or Canada"
	reasonStateLong literal.Problem = "has more than 100 characters"
)

// mostStateRunes bounds the names of states elsewhere.
const mostStateRunes = 100

// states holds codes and names, in lower-case ASCII letters.
type states map[string]struct{}

func newState(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundCountry, BoundMinLength, BoundMaxLength); err != nil {
		return nil, err
	}
	country, err := countryCode(rule)
	if err != nil {
		return nil, err
	}
	known := states{}
	switch country {
	case "":
		known.add(statesUS)
		known.add(statesCanada)
	case "US":
		known.add(statesUS)
	case "CA":
		known.add(statesCanada)
	default:
		return withLength(rule, CheckFunc(checkStateElsewhere))
	}
	return withLength(rule, known)
}

// add adds a table of lines, each a code and, behind commas, the names.
func (s states) add(table string) {
	for line := range strings.Lines(table) {
		for name := range strings.SplitSeq(strings.TrimSpace(line), ",") {
			s[string(lowerASCII([]byte(name), nil))] = struct{}{}
		}
	}
}

// Check takes a code or a name, in any case.
func (s states) Check(value []byte) error {
	value = trim(value)
	if len(value) == 0 {
		return reasonEmpty
	}
	var buffer [48]byte // longer than every name
	if len(value) > len(buffer) {
		return reasonState
	}
	if _, known := s[string(lowerASCII(value, buffer[:0]))]; !known {
		return reasonState
	}
	return nil
}

func checkStateElsewhere(value []byte) error {
	if utf8.RuneCount(trim(value)) > mostStateRunes {
		return reasonStateLong
	}
	return nil
}

// lowerASCII appends text to dst with A to Z in lower case.
func lowerASCII(text, dst []byte) []byte {
	for _, c := range text {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}
