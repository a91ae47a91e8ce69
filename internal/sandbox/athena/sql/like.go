package sql

import "strings"

// like reports whether s fits a pattern in which % stands for any text and _ for
// one character.
func like(s, pattern string) bool {
	first, rest, more := strings.Cut(pattern, "%")
	s, ok := likeHead(s, first)
	if !ok || !more {
		return ok && s == ""
	}
	for {
		if like(s, rest) {
			return true
		}
		if s == "" {
			return false
		}
		s = tail(s)
	}
}

// likeHead takes from s what the pattern, which has no %, stands for.
func likeHead(s, pattern string) (string, bool) {
	for _, want := range pattern {
		if s == "" {
			return s, false
		}
		if rest := tail(s); want != '_' && s[:len(s)-len(rest)] != string(want) {
			return s, false
		}
		s = tail(s)
	}
	return s, true
}

// tail returns s, which is not empty, without its first character.
func tail(s string) string {
	for i := range s {
		if i > 0 {
			return s[i:]
		}
	}
	return ""
}
