package hubspot

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// grant asks for an access token.
func (s *site) grant(refresh string) reply {
	s.t.Helper()
	return s.grantAt("/oauth/v1/token", DefaultClientID, DefaultClientSecret, refresh, "refresh_token")
}

func (s *site) grantAt(path, client, secret, refresh, grantType string) reply {
	s.t.Helper()
	form := url.Values{"grant_type": {grantType}, "client_id": {client}, "client_secret": {secret}, "refresh_token": {refresh}}
	return s.call(http.MethodPost, path, form.Encode(), "Authorization", "", "Content-Type", "application/x-www-form-urlencoded")
}

type token struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int    `json:"expires_in"`
	TokenType    string `json:"token_type"`
	HubID        int64  `json:"hub_id"`
}

func TestWithoutAGoodTokenItIs401(t *testing.T) {
	s := start(t, 5, "")
	for _, header := range []string{"", "Bearer ", "Bearer wrong", DefaultToken + "x"} {
		r := s.call(http.MethodGet, "/crm/v3/owners", "", "Authorization", header)
		if f := parse[failureJSON](t, r, 401); f.Category != "INVALID_AUTHENTICATION" {
			t.Errorf("%q: %+v", header, f)
		}
	}
}

func TestOAuthTokensExpire(t *testing.T) {
	s := start(t, 5, "")
	for _, path := range []string{"/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-03/token", "/oauth/2026-09/token"} {
		got := parse[token](t, s.grantAt(path, DefaultClientID, DefaultClientSecret, DefaultRefreshToken, "refresh_token"), 200)
		if got.ExpiresIn != 1800 || got.TokenType != "bearer" || got.RefreshToken != DefaultRefreshToken || got.HubID != 7012345 {
			t.Errorf("%s: %+v", path, got)
		}
		s.token = got.AccessToken
		r := s.get("/crm/v3/owners")
		if r.status != 200 || r.header.Get("X-HubSpot-RateLimit-Max") == "" || r.header.Get("X-HubSpot-RateLimit-Daily") != "" {
			t.Errorf("with the token: %d %v", r.status, r.header)
		}
		s.clock.Pass(30 * time.Minute)
		if r := s.get("/crm/v3/owners"); r.status != 401 {
			t.Errorf("after its time: %d", r.status)
		}
	}
}

func TestRotateTrapReplacesTheRefreshToken(t *testing.T) {
	s := start(t, 5, "rotate")
	first := parse[token](t, s.grant(DefaultRefreshToken), 200)
	if first.RefreshToken == DefaultRefreshToken {
		t.Fatal("the refresh token is the same")
	}
	if r := s.grant(DefaultRefreshToken); r.status != 400 || !strings.Contains(string(r.body), "BAD_REFRESH_TOKEN") {
		t.Errorf("the old one: %d %s", r.status, r.body)
	}
	if r := s.grant(first.RefreshToken); r.status != 200 {
		t.Errorf("the new one: %d %s", r.status, r.body)
	}
}

func TestBadGrantsAreRefused(t *testing.T) {
	s := start(t, 5, "")
	for want, r := range map[string]reply{
		"BAD_GRANT_TYPE":    s.grantAt("/oauth/v1/token", DefaultClientID, DefaultClientSecret, DefaultRefreshToken, "password"),
		"BAD_CLIENT_ID":     s.grantAt("/oauth/v1/token", "x", DefaultClientSecret, DefaultRefreshToken, "refresh_token"),
		"BAD_CLIENT_SECRET": s.grantAt("/oauth/v1/token", DefaultClientID, "x", DefaultRefreshToken, "refresh_token"),
		"BAD_REFRESH_TOKEN": s.grantAt("/oauth/v1/token", DefaultClientID, DefaultClientSecret, "x", "refresh_token"),
	} {
		if r.status != 400 || !strings.Contains(string(r.body), want) {
			t.Errorf("%s: %d %s", want, r.status, r.body)
		}
	}
}

func TestForbiddenTrapIs403MissingScopes(t *testing.T) {
	s := start(t, 5, "forbidden=deals+owners+properties+pipelines+schemas")
	for path, want := range map[string]int{
		"/crm/v3/objects/deals": 403, "/crm/v3/objects/0-3/1": 403, "/crm/v3/owners": 403, "/crm/v3/properties/contacts": 403,
		"/crm/v3/pipelines/deals": 403, "/crm-object-schemas/v3/schemas": 403, "/crm/v4/objects/contacts/1/associations/deals": 403,
		"/crm/v3/objects/contacts": 200, "/crm/v4/associations/contacts/companies/labels": 200,
	} {
		r := s.get(path)
		if r.status != want || (want == 403) != strings.Contains(string(r.body), `"category":"MISSING_SCOPES"`) {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	if r := s.post("/crm/v3/objects/deals/search", `{}`); r.status != 403 || !strings.Contains(string(r.body), "crm.objects.deals.read") {
		t.Errorf("search: %d %s", r.status, r.body)
	}
}
