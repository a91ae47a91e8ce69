package salesrabbit

import (
	"crypto/sha256"
	"encoding/base64"
)

// print is the fingerprint of what a source sent of one unit. A record that
// has changed since it was read has another: it may have moved, and so proves
// nothing about its place.
type print string

func printOf(parts ...[]byte) print {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part)
	}
	var sum [sha256.Size]byte
	return print(base64.RawStdEncoding.EncodeToString(h.Sum(sum[:0])[:9]))
}
