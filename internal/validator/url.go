package validator

import (
	"bytes"
	"net/url"
	"strings"
	"unicode"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

const (
	reasonURLNoScheme literal.Problem = "has no scheme such as https://"
	reasonURLScheme   literal.Problem = "has a scheme other than http and https"
	reasonURLNoHost   literal.Problem = "has no host"
	reasonURLBlank    literal.Problem = "has a blank or an invisible character"
	reasonURL         literal.Problem = "is not a web address"
)

func newURL(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundMinLength, BoundMaxLength); err != nil {
		return nil, err
	}
	return withLength(rule, CheckFunc(checkURL))
}

func checkURL(value []byte) error {
	value = trim(value)
	if len(value) == 0 {
		return reasonEmpty
	}
	if bytes.ContainsFunc(value, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }) {
		return reasonURLBlank
	}
	text := string(value)
	if !hasScheme(text) {
		return reasonURLNoScheme
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return reasonURL
	case u.Scheme != "http" && u.Scheme != "https":
		return reasonURLScheme
	case u.Hostname() == "":
		return reasonURLNoHost
	default:
		return nil
	}
}

// hasScheme tells mailto:joe and https://host from host/path and host:8080,
// which url.Parse takes for an address with the scheme host.
func hasScheme(text string) bool {
	before, after, found := strings.Cut(text, ":")
	if !found || before == "" || strings.ContainsAny(before, "/?#") {
		return false
	}
	if strings.HasPrefix(after, "//") {
		return true
	}
	return !strings.Contains(before, ".") && (after == "" || after[0]-'0' > 9)
}
