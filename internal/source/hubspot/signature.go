package hubspot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// The headers in which a call is signed.
const (
	headerSignature = "X-HubSpot-Signature-v3"
	headerTime      = "X-HubSpot-Request-Timestamp"
)

// mostAge is how old a call may be, and how far ahead of this clock: an older one may
// be one that somebody has recorded and sends again.
const mostAge = 5 * time.Minute

// proved reports whether the call was made by who knows the secret, and now. What is
// signed is the method, the address with some of its escapes undone, the body and
// the time.
func proved(call crm.Call, secret []byte, now time.Time) bool {
	text := call.Header.Get(headerTime)
	millis, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return false
	}
	if age := now.Sub(time.UnixMilli(millis)); age > mostAge || age < -mostAge {
		return false
	}
	given, err := base64.StdEncoding.DecodeString(call.Header.Get(headerSignature))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(call.Method + unescape(call.URL)))
	mac.Write(call.Body)
	mac.Write([]byte(text))
	return hmac.Equal(mac.Sum(nil), given) // in constant time
}

// unescape undoes the escapes that HubSpot undoes before it signs an address.
func unescape(address string) string {
	return strings.NewReplacer(
		"%3A", ":", "%2F", "/", "%3F", "?", "%40", "@", "%21", "!", "%24", "$", "%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2C", ",", "%3B", ";",
	).Replace(address)
}
