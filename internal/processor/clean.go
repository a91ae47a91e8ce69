package processor

import (
	"bytes"
	"unicode/utf8"
)

// PostgreSQL takes neither the NUL character nor half of a surrogate pair nor
// bytes that are not UTF-8, in text or in jsonb. Every one of them becomes
// U+FFFD, in every warehouse alike, and the field gets an issue (L5).

const (
	escapeMark  = `\u`
	replacement = `\ufffd`
)

// dirty reports whether the JSON in raw holds characters that no database
// takes.
func dirty(raw []byte) bool {
	if !utf8.Valid(raw) {
		return true
	}
	for rest := raw; ; {
		i := bytes.Index(rest, []byte(escapeMark))
		if i < 0 {
			return false
		}
		n, bad := escapeAt(raw, len(raw)-len(rest)+i)
		if bad {
			return true
		}
		rest = rest[i+n:]
	}
}

// clean returns raw with the characters replaced that no database takes. What
// it returns is JSON if raw was.
func clean(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+16)
	for i := 0; i < len(raw); {
		c := raw[i]
		switch {
		case c == '\\' && i+1 < len(raw) && raw[i+1] != 'u':
			out = append(out, c, raw[i+1])
			i += 2
		case c == '\\':
			n, bad := escapeAt(raw, i)
			if bad {
				out = append(out, replacement...)
			} else {
				out = append(out, raw[i:i+n]...)
			}
			i += n
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, n := utf8.DecodeRune(raw[i:])
			if r == utf8.RuneError && n == 1 {
				out = utf8.AppendRune(out, utf8.RuneError)
			} else {
				out = append(out, raw[i:i+n]...)
			}
			i += n
		}
	}
	return out
}

// escapeAt looks at the \u that stands at i: how many bytes it takes, with
// the second half of a surrogate pair, and whether it stands for a character
// that no database takes. A \u whose backslash is itself escaped is none.
func escapeAt(raw []byte, i int) (n int, bad bool) {
	slashes := 0
	for j := i - 1; j >= 0 && raw[j] == '\\'; j-- {
		slashes++
	}
	if slashes%2 == 1 {
		return 2, false
	}
	code, ok := hex4(raw, i+2)
	switch {
	case !ok:
		return 2, false
	case code == 0:
		return 6, true
	case code >= 0xD800 && code <= 0xDBFF:
		if i+7 < len(raw) && raw[i+6] == '\\' && raw[i+7] == 'u' {
			if low, ok := hex4(raw, i+8); ok && low >= 0xDC00 && low <= 0xDFFF {
				return 12, false
			}
		}
		return 6, true
	case code >= 0xDC00 && code <= 0xDFFF:
		return 6, true
	}
	return 6, false
}

func hex4(raw []byte, i int) (code rune, ok bool) {
	if i+4 > len(raw) {
		return 0, false
	}
	for _, c := range raw[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			code = code<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			code = code<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			code = code<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return code, true
}
