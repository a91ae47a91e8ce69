// Package words writes for people what a client has to tell: texts of unknown origin,
// durations, numbers of things.
//
// It imports nothing of ours.
package words

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MostQuoted bounds, in characters, what an error quotes of others' words.
const MostQuoted = 300

// Line makes a text of unknown origin fit for a line of a terminal: control and format
// characters and runs of white space become one space each.
func Line(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf)
	}), " ")
}

// Cut shortens a text to n characters.
func Cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n]) + "…"
}

// Span writes a duration: 0.4 s, 31 s, 15 min, 2.5 h.
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 10*time.Second:
		return oneDigit(d.Seconds()) + " s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return oneDigit(d.Minutes()) + " min"
	default:
		return oneDigit(d.Hours()) + " h"
	}
}

// oneDigit writes a number with at most one digit behind its point.
func oneDigit(n float64) string { return fmt.Sprintf("%g", math.Round(n*10)/10) }

// Count writes a number with its noun: 1 row, 2 rows.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
