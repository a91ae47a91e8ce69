package athena

import (
	"regexp"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

var notAuthorized = regexp.MustCompile(`(?i)not authorized to perform:?\s+([a-z0-9-]+:[a-z]+)(?:.{0,40}?on resource:?\s+(\S+))?`)

// isDenied reports whether a text of AWS speaks of a right that is lacking.
// Often such a text is all that tells of it: the call itself was allowed.
func isDenied(text string) bool {
	low := strings.ToLower(text)
	for _, sign := range []string{
		"not authorized to perform", "access denied", "accessdenied", "permission denied", "insufficient permissions",
		"insufficient lake formation permission", "status code: 403",
	} {
		if strings.Contains(low, sign) {
			return true
		}
	}
	return false
}

// denied says which right is lacking and where to give it.
func (c *Client) denied(of call, text string, e *crm.Error) {
	right, resource := of.right, of.on
	if found := notAuthorized.FindStringSubmatch(text); found != nil {
		right, resource = found[1], c.keys.quote(strings.TrimRight(found[2], ".,;)"), 200)
	}
	e.Code = crm.CodeForbidden
	e.Message = c.keys.name() + " of " + c.source + " lacks the right " + right
	if resource != "" {
		e.Message += " on " + resource
	}
	e.Fix = "Give its user or role " + right + " in its IAM policy; where the data is shared by a vendor, ask the vendor for it."
	if strings.Contains(strings.ToLower(text), "lake formation") {
		e.Fix = "Give its user or role SELECT on the table in AWS Lake Formation."
	}
}
