package athena

import (
	"net/http"
	"strings"
)

// accessKey returns the id of the key that a call is signed with: what stands
// before the first slash of Credential. "" means that it is not signed. The
// signature itself is not checked.
func accessKey(r *http.Request) string {
	fields, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return ""
	}
	for field := range strings.SplitSeq(fields, ",") {
		if scope, ok := strings.CutPrefix(strings.TrimSpace(field), "Credential="); ok {
			id, _, _ := strings.Cut(scope, "/")
			return id
		}
	}
	return ""
}
