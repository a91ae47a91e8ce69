package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"
)

// visible writes control characters as \u0000 and bytes that are no UTF-8 as
// \xff, so that any database takes the text and any terminal can show it, and
// cuts the result to limit bytes, between characters.
func visible(text string, limit int) string {
	if plain(text) && len(text) <= limit {
		return text
	}
	out := make([]byte, 0, min(len(text), limit))
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		var piece string
		switch {
		case r == utf8.RuneError && size == 1:
			piece = `\x` + hex.EncodeToString([]byte{text[0]})
		case unicode.IsControl(r):
			piece = `\u` + hex.EncodeToString([]byte{byte(r >> 8), byte(r)})
		default:
			piece = text[:size]
		}
		if len(out)+len(piece) > limit {
			break
		}
		out = append(out, piece...)
		text = text[size:]
	}
	return string(out)
}

func plain(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// maxRecordID keeps keys far below the longest entry of a PostgreSQL index,
// 2704 bytes.
const maxRecordID = 512

// recordID is the form in which the ledger stores a record's id: visible, and
// with a digest for its tail when it is too long for an index.
func recordID(id string) string {
	whole := visible(id, 6*len(id))
	if len(whole) <= maxRecordID {
		return whole
	}
	sum := sha256.Sum256([]byte(whole))
	tail := "…" + hex.EncodeToString(sum[:16])
	return visible(whole, maxRecordID-len(tail)) + tail
}

// timeOrNil is the argument for a nullable time.
func timeOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// textOrNil is the argument for a nullable text.
func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// timeOf is what a nullable time was scanned into.
func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// placeholder is the n-th parameter, from 1.
func placeholder(n int) string { return "$" + strconv.Itoa(n) }
