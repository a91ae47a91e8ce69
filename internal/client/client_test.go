package client

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

func TestGetSendsPathQueryHeaderAndToken(t *testing.T) {
	s := play(ok("{}"))
	c := dial(t, s, func(c *Config) {
		c.BaseURL = "https://gateway.example.com/crm/ "
		c.Header = http.Header{"User-Agent": {"warren"}, "X-Mode": {"a"}}
	})
	_, err := c.Get(t.Context(), "leads/a%2Fb", url.Values{"page": {"1"}, "q": {"a b&c"}}, http.Header{"x-mode": {"b"}})
	if err != nil {
		t.Fatal(err)
	}
	got := s.asked[0]
	if want := "https://gateway.example.com/crm/leads/a%2Fb?page=1&q=a+b%26c"; got.URL.String() != want {
		t.Errorf("asked for %s, want %s", got.URL, want)
	}
	want := http.Header{
		"Accept":        {"application/json"},
		"Authorization": {"Bearer " + token},
		"User-Agent":    {"warren"},
		"X-Mode":        {"b"},
	}
	if diff := cmp.Diff(want, got.Header); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutTokenNoAuthorizationIsSent(t *testing.T) {
	s := play(ok("{}"))
	if _, err := get(t, dial(t, s, func(c *Config) { c.Auth = Bearer(" \n") })); err != nil {
		t.Fatal(err)
	}
	if got, sent := s.asked[0].Header["Authorization"]; sent {
		t.Errorf("Authorization %q was sent", got)
	}
}

func TestOnly200And304AreAnswers(t *testing.T) {
	for _, test := range []struct {
		status int
		code   crm.Code
		calls  int // with one retry
		retry  bool
	}{
		{200, "", 1, false},
		{304, "", 1, false},
		{201, crm.CodeBadAnswer, 1, false},
		{204, crm.CodeBadAnswer, 1, false},
		{206, crm.CodeBadAnswer, 1, false},
		{301, crm.CodeSourceRefused, 1, false},
		{400, crm.CodeSourceRefused, 1, false},
		{401, crm.CodeAuth, 1, false},
		{403, crm.CodeForbidden, 1, false},
		{404, crm.CodeNotFound, 1, false},
		{408, crm.CodeSourceDown, 2, true},
		{409, crm.CodeSourceRefused, 1, false},
		{425, crm.CodeSourceDown, 2, true},
		{429, crm.CodeRateLimit, 2, true},
		{500, crm.CodeSourceDown, 2, true},
		{503, crm.CodeSourceDown, 2, true},
		{520, crm.CodeSourceDown, 2, true},
		{524, crm.CodeSourceDown, 2, true},
	} {
		t.Run(statusText(test.status), func(t *testing.T) {
			s := play(status(test.status))
			c := dial(t, s, func(c *Config) { c.Retries = 1; c.Clock = hasty{} })
			resp, e := get(t, c)
			switch {
			case test.code == "" && e != nil:
				t.Fatalf("error %v", e)
			case test.code == "" && resp.Status != test.status:
				t.Errorf("status %d", resp.Status)
			case test.code != "" && e == nil:
				t.Fatalf("answer %+v, want an error", resp)
			case test.code != "":
				if e.Code != test.code || e.Retryable != test.retry {
					t.Errorf("code %s, retryable %v", e.Code, e.Retryable)
				}
				mustHave(t, e.Error(), statusText(test.status))
			}
			if s.calls() != test.calls {
				t.Errorf("%d calls, want %d", s.calls(), test.calls)
			}
		})
	}
}

// hasty is a clock on which every wait is over at once.
type hasty struct{ crm.SystemClock }

func (hasty) Wait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func TestRefusalsNameWhatToChange(t *testing.T) {
	for _, test := range []struct {
		name    string
		answer  answer
		change  func(*Config)
		message []string
		fix     []string
	}{
		{"401 names where the token is set", answer{status: 401, body: `{"errors":{"id":["bad key"]}}`}, nil,
			[]string{"acme refuses the token", "401", "bad key"}, []string{"ACME_TOKEN"}},
		{"401 without a token says so", status(401), func(c *Config) { c.Auth = Token{} },
			[]string{"none is set"}, []string{"Set ACME_TOKEN."}},
		{"403", status(403), nil, []string{"GET /leads", "403 Forbidden"}, []string{"right"}},
		{"404 shows the base URL", status(404), nil, []string{"404"}, []string{"ACME_URL", "https://api.example.com"}},
		{"404 shows the path of the base URL", status(404), func(c *Config) { c.BaseURL = " https://api.example.com/v9/ " },
			[]string{"GET /v9/leads", "404"}, []string{"ACME_URL, now https://api.example.com/v9."}},
		{"the source's own text", answer{status: 400, body: "ignored"},
			func(c *Config) {
				c.PrepareError = func(status int, body []byte) string { return "perPage\nis " + string(body) }
			},
			[]string{"400 Bad Request: perPage is ignored"}, nil},
		{"a long text is cut", answer{status: 400, body: strings.Repeat("long ", 1000)}, nil, []string{"long …"}, nil},
		{"escape sequences are dropped", answer{status: 400, body: "a\x1b[31mb\u202e\xff"}, nil, []string{"a [31mb"}, nil},
		{"a web page shows as its title", answer{status: 502, body: "<!DOCTYPE html><TITLE>\n Bad &amp; gone </TITLE>"}, nil,
			[]string{`web page titled "Bad & gone"`}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, e := get(t, dial(t, play(test.answer), test.change))
			if e == nil {
				t.Fatal("got an answer")
			}
			mustHave(t, e.Error(), test.message...)
			mustHave(t, e.Fix, test.fix...)
			if strings.ContainsAny(e.Error(), "\x1b\n\u202e") || len(e.Error()) > 3*words.MostQuoted {
				t.Errorf("unfit for a line: %q", e.Error())
			}
		})
	}
}

func TestRedirectIsReportedAndNeverFollowed(t *testing.T) {
	reached := make(chan http.Header, 1)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached <- r.Header }))
	defer other.Close()
	first := httptest.NewServer(http.RedirectHandler(other.URL+"/login?session="+token, http.StatusFound))
	defer first.Close()
	c := dial(t, transport(t), func(c *Config) { c.BaseURL = first.URL })
	e := mustFail(t, c, crm.CodeSourceRefused)
	mustHave(t, e.Error(), "redirect", other.URL+"/login")
	if strings.Contains(e.Message, "?") {
		t.Errorf("the query is shown: %s", e.Message)
	}
	select {
	case h := <-reached:
		t.Errorf("followed, with %v", h)
	default:
	}
}

func TestRedirectWithoutTarget(t *testing.T) {
	mustHave(t, mustFail(t, dial(t, play(status(302)), nil), crm.CodeSourceRefused).Error(), "nowhere")
}

func TestCancelledCallKeepsItsCause(t *testing.T) {
	why := errors.New("the user pressed Ctrl-C")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	s := play(ok("{}"))
	_, err := dial(t, s, nil).Get(ctx, "/leads", nil, nil)
	if crm.CodeOf(err) != crm.CodeCancelled || !errors.Is(err, why) {
		t.Errorf("error %v", err)
	}
	if s.calls() != 0 {
		t.Errorf("%d calls were sent", s.calls())
	}
}

func TestNewRefusesWhatMakesNoSense(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no name":            func(c *Config) { c.Source = "" },
		"no base URL":        func(c *Config) { c.BaseURL = "" },
		"unreadable URL":     func(c *Config) { c.BaseURL = "https://api.example.com:x" + token },
		"other scheme":       func(c *Config) { c.BaseURL = "ftp://example.com" },
		"no host":            func(c *Config) { c.BaseURL = "https://:443" },
		"password in URL":    func(c *Config) { c.BaseURL = "https://u:" + "pass_0123@example.com" },
		"query in URL":       func(c *Config) { c.BaseURL = "https://example.com?key=pass_0123" },
		"fragment in URL":    func(c *Config) { c.BaseURL = "https://example.com#x" },
		"negative rate":      func(c *Config) { c.Rate = -1 },
		"rate not a number":  func(c *Config) { c.Rate = math.NaN() },
		"endless rate":       func(c *Config) { c.MinRate = math.Inf(1) },
		"negative retries":   func(c *Config) { c.Retries = -1 },
		"negative timeout":   func(c *Config) { c.Timeout = -1 },
		"two lines of token": func(c *Config) { c.Auth = Bearer("pass_0123\npass_0123") },
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Source: "acme", BaseURL: "https://api.example.com"}
			change(&c)
			_, err := New(c)
			if crm.CodeOf(err) != crm.CodeConfig {
				t.Fatalf("error %v, want code %s", err, crm.CodeConfig)
			}
			if strings.Contains(err.Error(), "pass_0123") || strings.Contains(err.Error(), token) {
				t.Errorf("a secret is shown: %v", err)
			}
		})
	}
}

func TestNewNeedsNoMoreThanNameAndURL(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`[]`)) }))
	defer server.Close()
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	c, err := New(Config{Source: "acme", BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Get(t.Context(), "users", nil, nil)
	if err != nil || string(resp.Body) != "[]" {
		t.Errorf("answer %+v, error %v", resp, err)
	}
}
