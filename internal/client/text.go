package client

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxQuote bounds, in characters, what an error quotes of the source's words.
const maxQuote = 300

// oneLine makes a text of unknown origin fit for a line of a terminal: control
// and format characters and runs of white space become one space each.
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

var (
	pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	pageStart = regexp.MustCompile(`(?is)^\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b`)
)

// webPage reports whether body is a web page, and its title if it has one: as
// long as it is, since a cut would hide half of a secret from the redactor.
func webPage(body []byte) (title string, is bool) {
	body = bytes.TrimPrefix(body, []byte("\uFEFF"))
	body = body[:min(len(body), maxErrorBody)]
	if !pageStart.Match(body) {
		return "", false
	}
	if m := pageTitle.FindSubmatch(body); m != nil {
		title = html.UnescapeString(string(m[1]))
	}
	return title, true
}

// words writes a duration for people: 0.4 s, 31 s, 15 min, 2.5 h.
func words(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < 10*time.Second:
		return trimZero(d.Seconds()) + " s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return trimZero(d.Minutes()) + " min"
	default:
		return trimZero(d.Hours()) + " h"
	}
}

// trimZero writes a number with at most one place.
func trimZero(n float64) string { return fmt.Sprintf("%g", math.Round(n*10)/10) }

// instant writes a point in time for people.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
