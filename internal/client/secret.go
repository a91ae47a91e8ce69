package client

import (
	"cmp"
	"fmt"
	"html"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// hidden stands where a secret stood.
const hidden = "[secret]"

// Token is a bearer token. However it is printed, logged or marshalled, it
// shows as [secret] (L8). The zero Token is no token.
type Token struct {
	// A function, because fmt reads the unexported fields of a struct that
	// holds a Token by reflection: it then finds an address, not the text.
	reveal func() string
}

// Bearer returns the token with that text. White space around it, as a file or
// a shell leaves it, is dropped.
func Bearer(text string) Token {
	text = strings.TrimSpace(text)
	if text == "" {
		return Token{}
	}
	return Token{reveal: func() string { return text }}
}

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return t.reveal == nil }

// String returns [secret].
func (Token) String() string { return hidden }

// GoString returns [secret].
func (Token) GoString() string { return hidden }

// LogValue returns [secret].
func (Token) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText returns [secret].
func (Token) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Format writes [secret] for every verb, those that pass by String included.
func (Token) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

func (t Token) text() string {
	if t.IsZero() {
		return ""
	}
	return t.reveal()
}

// sendable reports whether an HTTP header can carry the token.
func (t Token) sendable() bool {
	return !strings.ContainsFunc(t.text(), func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// redactor takes secrets out of a text. It is a function for the reason that
// Token holds one.
type redactor func(string) string

// minSecret is the shortest text that is taken for a secret: replacing shorter
// ones would tear messages and protect nothing.
const minSecret = 4

var (
	userinfo  = regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*://)[^/\s"'<>@]*@`)
	urlQuery  = regexp.MustCompile(`(?i)(https?://[^\s"'<>?]*)\?[^\s"'<>]*`)
	authValue = regexp.MustCompile(`(?i)\b(?:bearer|basic)\s+[^\s"',;<>]*[0-9_+/=-][^\s"',;<>]*`)
	sensitive = regexp.MustCompile(`(?i)(auth|token|key|secret|passw|signature|credential|cookie)`)
)

// newRedactor returns a redactor for the given secrets in the forms in which a
// server may echo them, and for what looks like one: a password or a query in
// a URL, and an Authorization header even where the server cut it short.
func newRedactor(secrets ...string) redactor {
	var forms []string
	for _, s := range secrets {
		if len(s) < minSecret {
			continue
		}
		forms = append(forms, s, url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s), strings.ReplaceAll(s, "/", `\/`))
	}
	// The longest first: a secret that begins with another is replaced whole.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var pairs []string
	for _, f := range forms {
		pairs = append(pairs, f, hidden)
	}
	replacer := strings.NewReplacer(pairs...)
	return func(text string) string {
		text = replacer.Replace(text)
		text = userinfo.ReplaceAllString(text, "${1}"+hidden+"@")
		text = urlQuery.ReplaceAllString(text, "${1}?"+hidden)
		return authValue.ReplaceAllString(text, hidden)
	}
}

// secretsIn returns the values in a header or a query whose names say that
// they are secret.
func secretsIn(values map[string][]string) []string {
	var found []string
	for name, list := range values {
		if !sensitive.MatchString(name) {
			continue
		}
		for _, v := range list {
			found = append(found, v)
			if _, bare, ok := strings.Cut(v, " "); ok { // Basic dXNlcjpwYXNz
				found = append(found, bare)
			}
		}
	}
	return found
}
