package client

import (
	"bytes"
	"html"
	"regexp"
	"time"
)

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

// instant writes a point in time for people.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
