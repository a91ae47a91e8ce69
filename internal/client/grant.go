package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/warren-sync/warren/internal/crm"
)

// Grant is how an account gets its tokens by OAuth 2: a refresh token, which
// lasts, buys access tokens, which do not.
type Grant struct {
	Path         string // of the token endpoint, relative to the base URL
	ClientID     string
	ClientSecret Token
	RefreshToken Token
	Hint         string // where a person sets the three, such as HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET and HUBSPOT_REFRESH_TOKEN
	RefreshHint  string // where a person sets the refresh token
}

// The life of an access token that does not say how long it lives, and how long
// before its end it is replaced: a call that began with it has to end well.
const (
	usualLife   = 5 * time.Minute
	freshMargin = time.Minute
)

// grant puts an access token that is still good into the terms of each call. It
// is renewed by the clock: a 401 may mean anything.
type grant struct {
	next    doer
	ask     doer // the way to the token endpoint
	base    *url.URL
	source  string
	grant   Grant
	clock   crm.Clock
	observe func(crm.Event)

	turn    chan struct{} // held by whoever looks at what follows
	refresh Token
	access  Token
	until   time.Time // when access has to be renewed
}

// newGrant returns next itself where the token is not had by a grant.
func newGrant(next doer, c Config) doer {
	if c.Grant == nil {
		return next
	}
	base, err := parseBase(c.BaseURL, c.URLHint)
	if err != nil {
		return next // New has refused it
	}
	plain := c // what the endpoint refuses are the credentials, whatever else the source knows
	plain.Auth, plain.Weigh = Token{}, nil
	var ask doer = &wire{transport: c.Transport, max: c.MaxResponse}
	ask = &record{next: ask, source: c.Source, clock: c.Clock, observe: c.Observe}
	ask = &timeout{next: ask, limit: c.Timeout}
	ask = newJudge(ask, plain)
	return &grant{
		next: next, ask: ask, base: base, source: c.Source, grant: *c.Grant, clock: c.Clock, observe: c.Observe,
		turn: make(chan struct{}, 1), refresh: c.Grant.RefreshToken,
	}
}

func (g *grant) Do(req *http.Request) (*Response, error) {
	ctx := req.Context()
	token, err := g.token(ctx)
	if err != nil {
		return nil, err
	}
	t := termsOf(ctx)
	t.token = token
	return g.next.Do(req.WithContext(withTerms(ctx, t)))
}

// token returns an access token that is good for a while. One caller renews it,
// and the others wait for that.
func (g *grant) token(ctx context.Context) (Token, error) {
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return Token{}, cancelled(ctx)
	}
	defer func() { <-g.turn }()
	if !g.access.IsZero() && g.clock.Now().Before(g.until) {
		return g.access, nil
	}
	return g.renew(ctx)
}

func (g *grant) renew(ctx context.Context) (Token, error) {
	form := url.Values{
		"grant_type": {"refresh_token"}, "client_id": {g.grant.ClientID},
		"client_secret": {g.grant.ClientSecret.text()}, "refresh_token": {g.refresh.text()},
	}
	q := Question{Path: g.grant.Path, Body: []byte(form.Encode())}
	req := q.request(ctx, g.base, http.Header{
		"Accept": {"application/json"}, "Content-Type": {"application/x-www-form-urlencoded"},
	})
	// The terms let judge know what must not be in a message (L8); nothing sends it.
	req = req.WithContext(withTerms(ctx, terms{reads: true, token: g.refresh}))
	asked := g.clock.Now()
	resp, err := g.ask.Do(req)
	if err != nil {
		return Token{}, g.refused(err)
	}
	var answer struct {
		Access  string  `json:"access_token"`
		Refresh string  `json:"refresh_token"`
		Life    float64 `json:"expires_in"` // seconds
	}
	access := Token{}
	if json.Unmarshal(resp.Body, &answer) == nil {
		access = Bearer(answer.Access)
	}
	if access.IsZero() || !access.sendable() {
		return Token{}, &failure{outcome: alive, again: true, err: &crm.Error{
			Code: crm.CodeBadAnswer, Origin: crm.OriginSource, Retryable: true,
			Message: g.source + " gave no token for the refresh token", // and what it gave may be one
			Fix:     "Run it again later; if it stays so, check the address of the source.",
		}}
	}
	life := usualLife
	if given := boundSeconds(answer.Life); given > 0 {
		life = given
	}
	g.access, g.until = access, asked.Add(life-min(freshMargin, life/2))
	if again := Bearer(answer.Refresh); !again.IsZero() && again.text() != g.refresh.text() {
		g.refresh = again
		g.tell()
	}
	return g.access, nil
}

// tell says that the refresh token is another one now. The new one is a secret,
// and so it cannot be shown (L8).
func (g *grant) tell() {
	g.observe(crm.Notice{
		ID:      crm.StreamID{Source: g.source},
		Message: g.source + " has replaced the refresh token: the one that is set is good no more, and the new one is known to this process only",
		Fix: "authorize the app once more and store the refresh token that it shows in " +
			orElse(g.grant.RefreshHint, "the setting of the refresh token") + ", or use a token that does not change",
	})
}

// refused says what it means that no token was given.
func (g *grant) refused(err error) error {
	f, ok := errors.AsType[*failure](err)
	if !ok || f.status < 400 || f.status >= 500 || f.again {
		return err
	}
	e := *f.err
	e.Code = crm.CodeAuth
	e.Message = g.source + " gives no access for the refresh token (" + statusText(f.status) + ")"
	e.Fix = "Check " + orElse(g.grant.Hint, "client id, client secret and refresh token") +
		"; if the app was taken off the account, or its refresh token was replaced, authorize it once more."
	return &failure{err: &e, status: f.status, outcome: f.outcome}
}

// complete reports what the grant lacks.
func (g *Grant) complete() error {
	if g.ClientID == "" || g.ClientSecret.IsZero() || g.RefreshToken.IsZero() || strings.TrimSpace(g.Path) == "" {
		return badConfig("the client id, the client secret or the refresh token is not set",
			"Set all of "+orElse(g.Hint, "client id, client secret and refresh token")+".")
	}
	return nil
}
