package athena

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxQuote bounds, in characters, what an error quotes of others' words.
const maxQuote = 300

// oneLine makes a text of unknown origin fit for a line of a terminal.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf)
	}), " ")
}

// shorten cuts a text to n characters.
func shorten(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n]) + "…"
}

// words writes a duration for people: 0.4 s, 31 s, 15 min.
func words(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%g s", math.Round(d.Seconds()*10)/10)
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	default:
		return fmt.Sprintf("%g min", math.Round(d.Minutes()*10)/10)
	}
}

// size writes a number of bytes for people, in the units that AWS bills by.
func size(n int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}} {
		if n >= unit.bytes {
			return fmt.Sprintf("%g %s", math.Round(float64(n)/float64(unit.bytes)*10)/10, unit.name)
		}
	}
	return count(int(n), "byte")
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
