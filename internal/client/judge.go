package client

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// judge stands between answers and errors: 200, 304 and what the question accepts
// pass, everything else becomes a *failure in plain words, with no secret in it
// (L8).
type judge struct {
	next      doer
	base      string
	source    string
	tokenHint string
	urlHint   string
	clock     crm.Clock
	hasToken  bool
	secrets   func() []string
	prepare   func(status int, body []byte) string
	weigh     func(Refusal) Verdict
}

func newJudge(next doer, c Config) *judge {
	known := append(secretsIn(c.Header), c.Auth.text())
	if c.Grant != nil {
		known = append(known, c.Grant.ClientSecret.text(), c.Grant.RefreshToken.text())
	}
	if c.Weigh == nil {
		c.Weigh = func(Refusal) Verdict { return Verdict{} }
	}
	return &judge{
		next:      next,
		base:      strings.TrimSpace(c.BaseURL),
		source:    c.Source,
		tokenHint: c.TokenHint,
		urlHint:   c.URLHint,
		clock:     c.Clock,
		hasToken:  !c.Auth.IsZero() || c.Grant != nil,
		secrets:   func() []string { return known }, // a function, as in Token,
		prepare:   c.PrepareError,
		weigh:     c.Weigh,
	}
}

func (j *judge) Do(req *http.Request) (*Response, error) {
	resp, err := j.next.Do(req)
	terms := termsOf(req.Context())
	of := describe(req, j.base, j.source, j.urlHint, append(j.secrets(), terms.token.text()))
	switch {
	case err != nil && req.Context().Err() != nil:
		return nil, cancelled(req.Context())
	case err != nil:
		return nil, explain(of, err)
	case resp.Status == http.StatusNotModified || terms.whole(resp.Status):
		resp.call = of
		return resp, nil
	default:
		return nil, j.refused(of, resp)
	}
}

// refused explains an answer that is an error.
func (j *judge) refused(of call, resp *Response) *failure {
	e := &crm.Error{Origin: crm.OriginSource, Message: of.says(statusText(resp.Status))}
	if text := j.reason(of, resp); text != "" {
		e.Err = errors.New(text)
	}
	f := &failure{err: e, status: resp.Status, header: resp.Header, asked: retryAfter(resp.Header, j.clock.Now())}
	switch s := resp.Status; {
	case s == http.StatusUnauthorized:
		e.Code, e.Message = crm.CodeAuth, of.source+" refuses the token ("+statusText(s)+")"
		e.Fix = "Set " + orElse(j.tokenHint, "the token of "+of.source) + " to a token that is valid for this account."
		if !j.hasToken {
			e.Message = of.source + " wants a token and none is set (" + statusText(s) + ")"
			e.Fix = "Set " + orElse(j.tokenHint, "the token of "+of.source) + "."
		}
	case s == http.StatusForbidden:
		e.Code = crm.CodeForbidden
		e.Fix = "Give the token the right to read this, or leave the stream out."
	case s == http.StatusNotFound:
		e.Code = crm.CodeNotFound
		e.Fix = of.checkURL() + " If it is right, the account does not offer this."
	case s == http.StatusTooManyRequests:
		e.Code, e.Retryable, f.again = crm.CodeRateLimit, true, true
		e.Fix = "Run it again later, or lower the rate of calls if this happens often."
	case s == http.StatusRequestTimeout || s == http.StatusTooEarly || s >= 500:
		e.Code, e.Retryable, f.again = crm.CodeSourceDown, true, true
		e.Fix = "Run it again later; the fault lies with the source."
	case s >= 400:
		e.Code = crm.CodeSourceRefused
		e.Fix = "Change what the source complains of; the same call will not succeed."
	case s >= 300:
		e.Code, e.Message = crm.CodeSourceRefused, of.says("a redirect ("+statusText(s)+") to "+target(of, resp.Header))
		e.Fix = "Redirects are not followed, since the token would go with them. " + of.checkURL()
	default:
		e.Code = crm.CodeBadAnswer
		e.Fix = "That is no whole answer to this call. " + of.checkURL()
	}
	if resp.Status >= 500 {
		f.outcome = down
	}
	j.weigh(Refusal{Status: resp.Status, Header: resp.Header, Body: []byte(of.body(resp.Body)), Asked: f.asked}).apply(f, of)
	return f
}

// reason finds the source's own words in an answer that is an error.
func (j *judge) reason(of call, resp *Response) string {
	body := of.body(resp.Body)
	if text := of.quote(j.prepare(resp.Status, []byte(body)), words.MostQuoted); text != "" {
		return text
	}
	if title, page := webPage([]byte(body)); page {
		return "a web page titled " + fmt.Sprintf("%q", of.quote(title, 80))
	}
	return of.quote(body, words.MostQuoted)
}

// target says where a redirect points, without the query and without secrets.
func target(of call, header http.Header) string {
	resp := http.Response{Header: header}
	u, err := resp.Location()
	if err != nil {
		return "nowhere"
	}
	return of.quote(of.address(u), words.MostQuoted)
}

// statusText writes a status as people know it: 503 Service Unavailable.
func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("%d %s", status, text)
	}
	return fmt.Sprintf("status %d", status)
}
