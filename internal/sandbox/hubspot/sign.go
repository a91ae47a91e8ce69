package hubspot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// The headers that a webhook is signed in.
const (
	SignatureHeader = "X-HubSpot-Signature-v3"
	TimestampHeader = "X-HubSpot-Request-Timestamp"
)

// unescaped are the escapes that are decoded in an address before it is signed.
var unescaped = [...]string{
	"%3A", ":", "%2F", "/", "%3F", "?", "%40", "@", "%21", "!", "%24", "$", "%27", "'", "%28", "(", "%29", ")", "%2A", "*", "%2C", ",", "%3B", ";",
}

// Sign returns the signature of a call as version 3 has it: base64 of the HMAC
// with SHA-256, keyed by the app's secret, over method, address, body and
// timestamp (ms since 1970).
func Sign(secret, method, uri string, body []byte, timestamp string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	for _, part := range []string{method, strings.NewReplacer(unescaped[:]...).Replace(uri), string(body), timestamp} {
		_, _ = mac.Write([]byte(part))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
