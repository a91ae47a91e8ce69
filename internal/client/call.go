package client

import (
	"net/http"
	"strings"
)

// call is what may be told of a request: no query, no header (L8).
type call struct {
	source  string // the account's name
	label   string // GET /leads
	base    string // the address without path
	urlHint string
	redact  redactor
}

// quote prepares a text of unknown origin for an error: secrets out first,
// since a cut through the middle of one would hide it from the redactor.
func (c call) quote(text string, n int) string {
	if c.redact != nil {
		text = c.redact(text)
	}
	return shorten(oneLine(text), n)
}

// says begins a message about an answer.
func (c call) says(what string) string {
	return orElse(c.source, "the source") + " answered " + orElse(c.label, "the call") + " with " + what
}

// checkURL is the advice where the base URL may be wrong.
func (c call) checkURL() string {
	advice := "Check " + orElse(c.urlHint, "the base URL")
	if c.base != "" {
		advice += ", now " + c.base
	}
	return advice + "."
}

// describe returns what may be told of req. secrets are those that the account
// is known to have; the request may bring further ones.
func describe(req *http.Request, source, urlHint string, secrets []string) call {
	secrets = append(secrets[:len(secrets):len(secrets)], secretsIn(req.Header)...)
	secrets = append(secrets, secretsIn(req.URL.Query())...)
	redact := newRedactor(secrets...)
	path := shorten(oneLine(redact(req.URL.EscapedPath())), 120)
	return call{
		source:  source,
		label:   req.Method + " /" + strings.TrimPrefix(path, "/"),
		base:    req.URL.Scheme + "://" + req.URL.Host,
		urlHint: urlHint,
		redact:  redact,
	}
}
