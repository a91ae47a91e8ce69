package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// mustHide fails when text holds a secret in any form that a reader could use.
func mustHide(t *testing.T, text string, secrets ...string) {
	t.Helper()
	for _, s := range append(secrets, token) {
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s), strings.ReplaceAll(s, "/", `\/`), html.EscapeString(s)} {
			if strings.Contains(text, form) {
				t.Errorf("L8: %q is in %q", form, text)
			}
		}
	}
}

// L8
func TestTokenNeverPrintsItself(t *testing.T) {
	secret := Bearer(token)
	config := Config{Source: "acme", BaseURL: "https://api.example.com", Auth: secret}
	withHeader := config
	withHeader.Header = http.Header{"X-Api-Key": {token}}
	client, err := New(withHeader)
	if err != nil {
		t.Fatal(err)
	}
	inside := struct{ token Token }{secret} // unexported: fmt cannot call its methods
	for _, v := range []any{secret, &secret, config, &config, inside, &inside, client, *client, *client.first.(*retry), struct{ c *Client }{client}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%T", "%p"} {
			mustHide(t, fmt.Sprintf(verb, v), fmt.Sprintf("%x", token))
		}
	}
	for name, got := range map[string]string{
		"String": secret.String(), "GoString": secret.GoString(), "LogValue": secret.LogValue().String(), "fmt": fmt.Sprintf("%d", secret),
	} {
		if got != hidden {
			t.Errorf("%s gives %q", name, got)
		}
	}
	if text, err := json.Marshal(map[string]any{"a": secret}); err != nil || string(text) != `{"a":"[secret]"}` {
		t.Errorf("JSON %s, %v", text, err)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", secret, "inside", struct{ Auth Token }{secret})
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "token", secret, "config", config)
	mustHide(t, out.String())
}

// L8: whatever the source and the network say, no error and no event repeats
// a secret.
func TestNoSecretInErrorsAndEvents(t *testing.T) {
	const key, seal = "query_key_987654/321", "header_seal_55555"
	query := url.Values{"hapikey": {key}, "page": {"1"}}
	header := http.Header{"X-Signature": {"signed " + seal}}
	echo := func(w http.ResponseWriter, r *http.Request, status int, format string) {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, format, r.Header.Get("Authorization"), r.URL.String())
	}
	html := func(w http.ResponseWriter, r *http.Request, status int) {
		echo(w, r, status, "<html><title>%s %s</title>")
	}
	steps := map[string]http.HandlerFunc{
		"other headers": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			_, _ = w.Write([]byte("bad seal " + r.Header.Get("X-Signature")[len("signed "):]))
		},
		"401 with the header": func(w http.ResponseWriter, r *http.Request) { echo(w, r, 401, "bad header %s for %s") },
		"500 as JSON":         func(w http.ResponseWriter, r *http.Request) { echo(w, r, 500, `{"got":"%s","url":"%s"}`) },
		"502 as a web page":   func(w http.ResponseWriter, r *http.Request) { html(w, r, 502) },
		"200 as a web page":   func(w http.ResponseWriter, r *http.Request) { html(w, r, 200) },
		"cut before the quote": func(w http.ResponseWriter, r *http.Request) {
			echo(w, r, 400, strings.Repeat("x", words.MostQuoted-20)+"%s%s")
		},
		"cut by the server": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			_, _ = w.Write([]byte("got Bearer " + token[:20]))
		},
		"escaped as PHP does": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			_, _ = w.Write([]byte(strings.ReplaceAll(token+" "+key, "/", `\/`)))
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://x:"+key+"@other.example.com/"+url.PathEscape(token)+"?t="+token, 302)
		},
	}
	transports := map[string]http.RoundTripper{
		"url.Error": play(broken(&url.Error{Op: "Get", URL: "https://api.example.com/leads?" + query.Encode(), Err: errors.New("boom")})),
		"malformed": play(broken(errors.New(`malformed HTTP response "Authorization: Bearer ` + token + `"`))),
		"proxy":     play(broken(errors.New(`invalid proxy address "http://user:` + key + `@proxy:3128"`))),
		"unknown":   play(broken(errors.New("dial https://user:other_secret_1@h/?sig=other_secret_1 failed"))),
	}
	direct := transport(t)
	check := func(t *testing.T, base string, way http.RoundTripper) {
		var seen events
		c := dial(t, way, func(c *Config) {
			c.BaseURL, c.Retries, c.Clock, c.Observe, c.Breaker.Failures = base, 2, hasty{}, seen.add, 1
			c.Patience = 30 * sec // less than the breaker's recovery: the call ends in its refusal
			c.PrepareError = func(_ int, body []byte) string {
				var v struct{ Got, URL string }
				_ = json.Unmarshal(body, &v)
				return v.Got + v.URL
			}
		})
		resp, err := c.Get(t.Context(), "/leads/"+url.PathEscape(token), query, header)
		if err == nil {
			err = resp.JSON()
		}
		if err == nil {
			t.Fatal("no error")
		}
		if made := of[crm.CallMade](&seen); len(made) == 0 {
			t.Fatalf("nothing was sent: %v", err)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
				mustHide(t, fmt.Sprintf(verb, e), key, seal, token[:20], "other_secret_1")
			}
		}
		var ce *crm.Error
		if !errors.As(err, &ce) {
			t.Fatalf("error %T", err)
		}
		mustHide(t, fmt.Sprintf("%+v", *ce), key, seal, token[:20])
		for _, ev := range of[crm.Event](&seen) {
			mustHide(t, fmt.Sprintf("%+v", ev), key, seal, token[:20], "other_secret_1")
		}
	}
	for name, h := range steps {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(h)
			defer server.Close()
			check(t, server.URL, direct)
		})
	}
	for name, way := range transports {
		t.Run(name, func(t *testing.T) { check(t, "https://api.example.com", way) })
	}
}

// L8: a token that was pasted into the base URL or a path is in no message,
// however it is escaped there.
func TestNoSecretInThePathsShown(t *testing.T) {
	var oddly strings.Builder
	for _, b := range []byte(token) {
		fmt.Fprintf(&oddly, "%%%02x", b)
	}
	for name, form := range map[string]string{
		"plain": token, "escaped": url.PathEscape(token), "in lower case": strings.ToLower(url.PathEscape(token)),
		"every byte": oddly.String(), "within a segment": "x" + oddly.String() + "y",
	} {
		for _, a := range []answer{status(404), with(status(302), "Location", "https://other.example.com/"+form), broken(errors.New("boom"))} {
			c := dial(t, play(a), func(c *Config) { c.BaseURL = "https://api.example.com/v9/" + form + "/" })
			_, err := c.Get(t.Context(), "/leads/"+form, nil, nil)
			e, isOurs := errors.AsType[*crm.Error](err)
			if !isOurs {
				t.Fatalf("%s: error %v", name, err)
			}
			mustHide(t, e.Error()+e.Fix, form, token[len(token)-8:])
			mustHave(t, e.Fix, "now https://api.example.com/")
			mustHave(t, e.Error()+e.Fix, hidden)
		}
	}
}

// L8: the source's package may cut the text; half a token is a secret too.
func TestPrepareErrorSeesNoSecret(t *testing.T) {
	c := dial(t, play(answer{status: 400, body: "you sent " + token}), func(c *Config) {
		c.PrepareError = func(_ int, body []byte) string { return string(body[:min(len(body), 15)]) }
	})
	mustHide(t, mustFail(t, c, crm.CodeSourceRefused).Error(), token[:6])
}

func TestRedactorLeavesOrdinaryTextAlone(t *testing.T) {
	redact := newRedactor("", "abc")
	for _, text := range []string{"abc", "Bearer token is missing", "basic auth", "write to help@example.com", "see https://example.com/docs#x"} {
		if got := redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestLongerSecretIsReplacedWhole(t *testing.T) {
	if got := newRedactor("abcd", "abcdefgh")("abcdefgh"); got != hidden {
		t.Errorf("got %q", got)
	}
}

// L8: the request that a decorator outside auth sees carries no token.
func TestOnlyTheWireSeesTheToken(t *testing.T) {
	s := play(ok("{}"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	a := &auth{next: &wire{transport: s, max: 10}, token: Bearer(token)}
	if _, err := a.Do(req); err != nil {
		t.Fatal(err)
	}
	if got := s.asked[0].Header.Get("Authorization"); got != "Bearer "+token {
		t.Errorf("sent %q", got)
	}
	if got, there := req.Header["Authorization"]; there {
		t.Errorf("the original request was changed: %q", got)
	}
}
