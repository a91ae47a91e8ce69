package validator

import (
	"bytes"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// Lengths in bytes. The domain's own bound of 255 follows from that of the
// whole address.
const (
	mostEmailBytes = 254
	mostLocalBytes = 64
	mostLabelBytes = 63
)

const (
	reasonEmailLong     literal.Problem = "is longer than 254 bytes, the most that an e-mail address has"
	reasonEmailText     literal.Problem = "is not UTF-8"
	reasonEmailBlank    literal.Problem = "has a blank or an invisible character"
	reasonEmailName     literal.Problem = "has a name or brackets around the address"
	reasonEmailNoAt     literal.Problem = "has no @"
	reasonEmailAts      literal.Problem = "has more than one @"
	reasonEmailNoLocal  literal.Problem = "has nothing before the @"
	reasonEmailLocal    literal.Problem = "has more than 64 bytes before the @"
	reasonEmailDots     literal.Problem = "has a dot too many"
	reasonEmailNoDomain literal.Problem = "has nothing behind the @"
	reasonEmailTLD      literal.Problem = "has a domain without an ending such as .com"
	reasonEmailDomain   literal.Problem = "has a domain with characters or parts that no domain has"
	reasonEmail         literal.Problem = "is not an e-mail address"
)

func newEmail(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundMinLength, BoundMaxLength); err != nil {
		return nil, err
	}
	return withLength(rule, CheckFunc(checkEmail))
}

func checkEmail(value []byte) error {
	value = trim(value)
	if isPlainAddress(value) {
		return nil
	}
	return examineEmail(value)
}

// examineEmail takes an address as a person would type it into a form: no
// name, no quotes, no comment, but apostrophes, plus signs, and letters of any
// script. net/mail has the last word on the part before the @.
func examineEmail(value []byte) error {
	switch {
	case len(value) == 0:
		return reasonEmpty
	case len(value) > mostEmailBytes:
		return reasonEmailLong
	case !utf8.Valid(value):
		return reasonEmailText
	case bytes.ContainsAny(value, `<>"`):
		return reasonEmailName
	case bytes.ContainsFunc(value, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }):
		return reasonEmailBlank
	}
	local, domain, found := strings.Cut(string(value), "@")
	switch {
	case !found:
		return reasonEmailNoAt
	case strings.Contains(domain, "@"):
		return reasonEmailAts
	case local == "":
		return reasonEmailNoLocal
	case len(local) > mostLocalBytes:
		return reasonEmailLocal
	case strings.HasPrefix(local, "."), strings.HasSuffix(local, "."), strings.Contains(local, ".."):
		return reasonEmailDots
	}
	if err := examineDomain(domain); err != nil {
		return err
	}
	if _, err := mail.ParseAddress(string(value)); err != nil {
		return reasonEmail
	}
	return nil
}

// examineDomain takes a domain in letters of any script.
func examineDomain(domain string) error {
	if domain == "" {
		return reasonEmailNoDomain
	}
	if strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.Contains(domain, "..") {
		return reasonEmailDots
	}
	for label := range strings.SplitSeq(domain, ".") {
		if len(label) > mostLabelBytes || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.ContainsFunc(label, func(r rune) bool { return !isDomainRune(r) }) {
			return reasonEmailDomain
		}
	}
	_, ending, found := cutLast(domain, '.')
	if !found || utf8.RuneCountInString(ending) < 2 || !isEnding(ending) {
		return reasonEmailTLD
	}
	return nil
}

// isEnding knows .com, .москва, and .xn--80adxhks, the form of the latter in
// ASCII.
func isEnding(ending string) bool {
	if len(ending) > 4 && strings.EqualFold(ending[:4], "xn--") {
		return true
	}
	return !strings.ContainsFunc(ending, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

func isDomainRune(r rune) bool {
	return r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func cutLast(s string, separator byte) (before, after string, found bool) {
	if i := strings.LastIndexByte(s, separator); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
