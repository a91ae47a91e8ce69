package client

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/warren-sync/warren/internal/client/words"
)

// call is what may be told of a request: no query, no header (L8).
type call struct {
	source  string // the account's name
	label   string // GET /leads
	base    string // the base URL, its path included: that may be what is wrong
	urlHint string
	redact  redactor
}

// quote prepares a text of unknown origin for an error: secrets out first,
// since a cut through the middle of one would hide it from the redactor.
func (c call) quote(text string, n int) string {
	return words.Cut(words.Line(c.hide(text)), n)
}

func (c call) hide(text string) string {
	if c.redact == nil {
		return text
	}
	return c.redact(text)
}

// cutTail is longer than any secret. So much of the end of a body that was cut
// may be a part of one, which the redactor does not know.
const cutTail = 4 << 10

// body returns what may be told of an answer's body.
func (c call) body(raw []byte) string {
	text := c.hide(string(raw[:min(len(raw), maxErrorBody)]))
	if len(raw) >= maxErrorBody {
		text = text[:max(0, len(text)-cutTail)]
	}
	return text
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

// describe returns what may be told of req, which goes to a path under base.
// secrets are those that the account is known to have; the request may bring
// further ones.
func describe(req *http.Request, base, source, urlHint string, secrets []string) call {
	secrets = append(secrets[:len(secrets):len(secrets)], secretsIn(req.Header)...)
	secrets = append(secrets, secretsIn(req.URL.Query())...)
	c := call{source: source, urlHint: urlHint, redact: newRedactor(secrets...)}
	path := words.Cut(words.Line(c.path(req.URL.EscapedPath())), 120)
	c.label = req.Method + " /" + strings.TrimPrefix(path, "/")
	if u, err := url.Parse(base); err == nil && base != "" {
		c.base = strings.TrimSuffix(words.Cut(c.address(u), 200), "/")
	}
	return c
}

// address writes u without user, query and fragment, and without secrets.
func (c call) address(u *url.URL) string {
	host := url.URL{Scheme: u.Scheme, Host: u.Host}
	return words.Line(c.redact(host.String()) + c.path(u.EscapedPath()))
}

// path takes secrets out of an escaped path. A segment goes as a whole when it
// holds one behind escapes, and so does the path when one reaches over several.
func (c call) path(escaped string) string {
	segments := strings.Split(c.redact(escaped), "/")
	for i, segment := range segments {
		if c.hides(segment) {
			segments[i] = hidden
		}
	}
	path := strings.Join(segments, "/")
	if c.hides(path) || c.spans(escaped) {
		return "/" + hidden
	}
	return path
}

// spans reports whether a secret reaches over several segments of a path, even
// one of which a part is hidden on its own.
func (c call) spans(escaped string) bool {
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		if plain, err := url.PathUnescape(segment); err == nil {
			segments[i] = strings.ReplaceAll(plain, "/", "%2F")
		}
	}
	whole := strings.Join(segments, "/")
	return strings.Count(c.redact(whole), "/") < strings.Count(whole, "/")
}

// hides reports whether a text holds a secret once its escapes are undone.
func (c call) hides(escaped string) bool {
	plain, err := url.PathUnescape(escaped)
	return err == nil && c.redact(plain) != plain
}
