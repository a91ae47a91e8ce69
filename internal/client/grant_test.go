package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

const (
	clientSecret = "client-secret-0123456789"
	refreshToken = "refresh-token-0123456789"
)

// issuer is a source with a token endpoint. Its tokens live as long as life says.
type issuer struct {
	mu      sync.Mutex
	life    time.Duration
	rotate  bool
	answer  func(n int) (status int, body string) // in place of a token; "" for none
	refresh string
	issued  int
	until   time.Time
	calls   int
	sent    []url.Values
	bearers []string
}

func (i *issuer) RoundTrip(req *http.Request) (*http.Response, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	code, body := 200, "{}"
	switch {
	case req.URL.Path == "/oauth/token":
		code, body = i.grant(req)
	case !time.Now().Before(i.until) || req.Header.Get("Authorization") != fmt.Sprintf("Bearer access-%d-0123456789", i.issued):
		code, body = 401, `{"says":"`+strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")+`"}`
	default:
		i.calls++
	}
	i.bearers = append(i.bearers, req.Header.Get("Authorization"))
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
}

func (i *issuer) grant(req *http.Request) (code int, body string) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return 500, ""
	}
	form, _ := url.ParseQuery(string(raw))
	i.sent = append(i.sent, form)
	if i.answer != nil {
		if code, body := i.answer(len(i.sent)); body != "" {
			return code, body
		}
	}
	if i.refresh == "" {
		i.refresh = refreshToken
	}
	if form.Get("refresh_token") != i.refresh || req.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || req.Method != http.MethodPost {
		return 400, `{"message":"bad refresh token ` + form.Get("refresh_token") + ` of ` + form.Get("client_secret") + `"}`
	}
	i.issued++
	i.until = time.Now().Add(i.life)
	if i.rotate {
		i.refresh = fmt.Sprintf("rotated-%d-0123456789", i.issued)
	}
	return 200, fmt.Sprintf(`{"access_token":"access-%d-0123456789","refresh_token":"%s","expires_in":%g,"token_type":"bearer"}`, i.issued, i.refresh, i.life.Seconds())
}

func granted(t *testing.T, i *issuer, change func(*Config)) *Client {
	t.Helper()
	return dial(t, i, func(c *Config) {
		c.Auth = Token{}
		c.Grant = &Grant{
			Path: "/oauth/token", ClientID: "id", ClientSecret: Bearer(clientSecret), RefreshToken: Bearer(refreshToken),
			Hint: "ACME_CLIENT_ID and so on", RefreshHint: "ACME_REFRESH_TOKEN",
		}
		if change != nil {
			change(c)
		}
	})
}

func TestAccessTokensAreRenewedByTheClock(t *testing.T) {
	for _, test := range []struct {
		life, every time.Duration
		want        int // tokens in an hour
	}{
		{30 * time.Minute, time.Second, 3}, {30 * time.Minute, 28 * time.Minute, 2}, {20 * time.Second, time.Second, 360},
	} {
		synctest.Test(t, func(t *testing.T) {
			i := &issuer{life: test.life}
			c := granted(t, i, nil)
			calls := 0
			for begun := time.Now(); time.Since(begun) < time.Hour; time.Sleep(test.every) {
				calls++
				if _, e := get(t, c); e != nil {
					t.Fatal(e)
				}
			}
			if i.issued != test.want || i.calls != calls {
				t.Errorf("life %s, a call every %s: %d tokens, %d of %d calls", test.life, test.every, i.issued, i.calls, calls)
			}
			if form := i.sent[0]; form.Get("grant_type") != "refresh_token" || form.Get("client_id") != "id" || form.Get("client_secret") != clientSecret {
				t.Errorf("%v", form)
			}
		})
	}
}

func TestReissuedRefreshTokensAreUsedAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		i := &issuer{life: 2 * time.Minute, rotate: true}
		c := granted(t, i, func(c *Config) { c.Observe = seen.add })
		for range 10 {
			if _, e := get(t, c); e != nil {
				t.Fatal(e)
			}
			time.Sleep(time.Minute)
		}
		notices := of[crm.Notice](&seen)
		if len(notices) != i.issued || i.issued < 5 {
			t.Fatalf("%d notices of %d tokens", len(notices), i.issued)
		}
		for _, n := range notices {
			mustHide(t, n.Message+n.Fix, refreshToken, clientSecret, i.refresh)
			mustHave(t, n.Fix, "ACME_REFRESH_TOKEN")
		}
	})
}

func TestOneCallerRenewsForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{life: 30 * time.Minute}
		if failed := together(t, granted(t, i, nil), 20); failed != nil || i.issued != 1 || i.calls != 20 {
			t.Errorf("%v, %d tokens, %d calls", failed, i.issued, i.calls)
		}
	})
}

func TestARefusedGrantSaysWhatToSet(t *testing.T) {
	i := &issuer{refresh: "another"}
	c := granted(t, i, func(c *Config) { c.Retries = 5 })
	e := mustFail(t, c, crm.CodeAuth)
	mustHave(t, e.Error(), "acme gives no access for the refresh token (400 Bad Request)", "bad refresh token")
	mustHave(t, e.Fix, "ACME_CLIENT_ID and so on")
	mustHide(t, e.Error()+e.Fix, refreshToken, clientSecret) // L8
	if len(i.sent) != 1 || e.Retryable {
		t.Errorf("%d attempts, retryable %t", len(i.sent), e.Retryable)
	}
}

func TestAGrantThatFailsForAMomentIsTriedAgain(t *testing.T) {
	for name, first := range map[string]struct {
		code int
		body string
	}{
		"down": {503, "x"}, "limit": {429, "x"}, "no JSON": {200, "<html>"}, "no token": {200, "{}"}, "a token that no header carries": {200, `{"access_token":"a\nb"}`},
	} {
		synctest.Test(t, func(t *testing.T) {
			i := &issuer{life: time.Hour, answer: func(n int) (int, string) {
				if n == 1 {
					return first.code, first.body
				}
				return 0, ""
			}}
			if _, e := get(t, granted(t, i, func(c *Config) { c.Retries = 1 })); e != nil || len(i.sent) != 2 {
				t.Errorf("%s: %v after %d attempts", name, e, len(i.sent))
			}
		})
	}
	i := &issuer{answer: func(int) (int, string) { return 200, `{"refresh_token":"` + clientSecret + `"}` }}
	e := mustFail(t, granted(t, i, nil), crm.CodeBadAnswer)
	mustHide(t, e.Error(), clientSecret)
}

func TestATokenWithoutALifeIsRenewedSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{}
		i.answer = func(int) (int, string) {
			i.issued++
			i.until = time.Now().Add(time.Hour)
			return 200, fmt.Sprintf(`{"access_token":"access-%d-0123456789"}`, i.issued)
		}
		c := granted(t, i, nil)
		for range 3 {
			if _, e := get(t, c); e != nil {
				t.Fatal(e)
			}
			time.Sleep(3 * time.Minute)
		}
		if i.issued != 2 {
			t.Errorf("%d tokens", i.issued)
		}
	})
}

// L8: what the source echoes of a token that it has issued is in no message.
func TestIssuedTokensAreInNoMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{life: time.Hour}
		c := granted(t, i, nil)
		_, _ = get(t, c)
		i.until = time.Time{}
		e := mustFail(t, c, crm.CodeAuth)
		mustHide(t, e.Error(), "access-1-0123456789")
		mustHave(t, e.Error(), "refuses the token")
	})
}

func TestReissuedTokensAreInNoMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{life: 2 * time.Minute, rotate: true}
		c := granted(t, i, nil)
		_, _ = get(t, c)
		i.refresh = "another"
		time.Sleep(time.Hour)
		e := mustFail(t, c, crm.CodeAuth)
		mustHide(t, e.Error(), "rotated-1-0123456789") // L8
		mustHave(t, e.Error(), "bad refresh token")
	})
}

func TestACallerThatLeavesDoesNotWaitForTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := &issuer{life: time.Hour}
		slow := roundTrip(func(req *http.Request) (*http.Response, error) {
			time.Sleep(time.Minute)
			return i.RoundTrip(req)
		})
		c := granted(t, i, func(c *Config) { c.Transport = slow })
		var all sync.WaitGroup
		all.Go(func() { _, _ = get(t, c) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.Get(ctx, "/leads", nil, nil)
		if crm.CodeOf(err) != crm.CodeCancelled || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		all.Wait()
	})
}

func TestAGrantThatLacksSomething(t *testing.T) {
	for name, g := range map[string]Grant{
		"id":      {Path: "/t", ClientSecret: Bearer("s"), RefreshToken: Bearer("r")},
		"secret":  {Path: "/t", ClientID: "i", RefreshToken: Bearer("r")},
		"refresh": {Path: "/t", ClientID: "i", ClientSecret: Bearer("s")},
		"path":    {ClientID: "i", ClientSecret: Bearer("s"), RefreshToken: Bearer("r")},
	} {
		if _, err := New(Config{Source: "acme", BaseURL: "https://x.example", Grant: &g}); crm.CodeOf(err) != crm.CodeConfig {
			t.Errorf("%s: %v", name, err)
		}
	}
}
