package hubspot

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// tokens is what opens the API: the token of a private app, and those that the
// token endpoint has issued.
type tokens struct {
	fixed string
	app   OAuth

	mu      sync.Mutex
	refresh string               // the refresh token that is good
	issued  map[string]time.Time // access tokens and when they expire
	count   int
}

func newTokens(cfg *Config) tokens {
	return tokens{fixed: cfg.Token, app: cfg.OAuth, refresh: cfg.OAuth.RefreshToken, issued: map[string]time.Time{}}
}

// good reports whether the token opens the API, and whether a public app has it.
func (t *tokens) good(token string, now time.Time) (public, ok bool) {
	if token == t.fixed {
		return false, true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	end, issued := t.issued[token]
	return true, issued && now.Before(end)
}

// issue makes an access token; with rotate the refresh token is replaced by
// another, and the old one is good no more.
func (t *tokens) issue(now time.Time, rotate bool) (access, refresh string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	access = "sandbox-access-" + strconv.Itoa(t.count)
	t.issued[access] = now.Add(t.app.Life)
	if rotate {
		t.refresh = t.app.RefreshToken + "-" + strconv.Itoa(t.count)
	}
	return access, t.refresh
}

func (t *tokens) refreshes(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return token == t.refresh
}

// grant answers POST /oauth/v1/token.
func (s *Server) grant(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	switch app := s.tokens.app; {
	case r.ParseForm() != nil || r.PostForm.Get("grant_type") != "refresh_token":
		s.failGrant(w, "BAD_GRANT_TYPE", "grant_type must be refresh_token")
	case r.PostForm.Get("client_id") != app.ClientID:
		s.failGrant(w, "BAD_CLIENT_ID", "missing or unknown client id")
	case r.PostForm.Get("client_secret") != app.ClientSecret:
		s.failGrant(w, "BAD_CLIENT_SECRET", "missing or invalid client secret")
	case !s.tokens.refreshes(r.PostForm.Get("refresh_token")):
		s.failGrant(w, "BAD_REFRESH_TOKEN", "missing or invalid refresh token")
	default:
		access, refresh := s.tokens.issue(s.cfg.Clock.Now(), s.Traps().Rotate)
		body, _ := json.Marshal(map[string]any{
			"access_token": access, "refresh_token": refresh, "expires_in": int(app.Life / time.Second), "token_type": "bearer",
			"hub_id": s.cfg.PortalID, "user_id": 40_001, "token_use": "access_token", "scopes": []string{"oauth", "crm.objects.contacts.read"},
		}) // texts and numbers
		send(w, http.StatusOK, body)
	}
}

func (s *Server) failGrant(w http.ResponseWriter, code, text string) {
	body, _ := json.Marshal(map[string]string{
		"status": code, "message": text, "error": "invalid_grant", "error_description": text, "correlationId": s.correlation(),
	}) // texts only
	send(w, http.StatusBadRequest, body)
}
