package config

import (
	"strconv"
	"strings"
	"unicode"
)

// mostShown bounds how much of a wrong value a message shows, in characters.
const mostShown = 60

// clean takes away what comes along when a value is pasted: white space, line
// breaks and invisible marks at both ends.
func clean(value string) string {
	return strings.TrimFunc(value, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b'
	})
}

// quote shows a value in a message.
func quote(value string) string {
	if r := []rune(value); len(r) > mostShown {
		value = string(r[:mostShown]) + "…"
	}
	return strconv.Quote(value)
}

func hasControl(value string) bool { return strings.ContainsFunc(value, unicode.IsControl) }
