package client

import (
	"errors"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// bodies notes what was sent, and lets a source answer.
type bodies struct {
	*source

	sent []string
}

func (b *bodies) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	b.sent = append(b.sent, string(body))
	return b.source.RoundTrip(req)
}

func ask(t *testing.T, c *Client, q Question) (*Response, *crm.Error) {
	t.Helper()
	resp, err := c.Ask(t.Context(), q)
	e, _ := err.(*crm.Error) //nolint:errorlint // it has to be one itself
	if err != nil && e == nil {
		t.Fatalf("%T is no *crm.Error: %v", err, err)
	}
	return resp, e
}

func TestAQuestionWithABodyIsAskedAgainWithTheSameBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &bodies{source: play(status(503), broken(errors.New("reset")), ok("{}"))}
		resp, e := ask(t, dial(t, s, func(c *Config) { c.Retries = 2 }), Question{Path: "/find", Body: []byte(`{"a":1}`)})
		if e != nil || string(resp.Body) != "{}" {
			t.Fatalf("%+v, %v", resp, e)
		}
		if !slices.Equal(s.sent, []string{`{"a":1}`, `{"a":1}`, `{"a":1}`}) {
			t.Errorf("sent %q", s.sent)
		}
		for _, req := range s.asked {
			if req.Method != http.MethodPost || req.ContentLength != 7 || req.Header.Get("Content-Type") != "application/json" ||
				req.Header.Get("Authorization") != "Bearer "+token {
				t.Errorf("%s of %d bytes, %v", req.Method, req.ContentLength, req.Header)
			}
		}
	})
}

func TestABodyThatCannotBeHadAgainIsAnError(t *testing.T) {
	c := dial(t, play(ok("{}")), nil)
	req := Question{Body: []byte("x")}.request(t.Context(), c.base, http.Header{})
	req.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("no body") }
	if _, err := c.first.Do(req); err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("%v", err)
	}
}

// L3: a status that the question accepts is a whole answer, and is judged as one.
func TestAcceptedStatusesAreWholeAnswers(t *testing.T) {
	long := `{"results":"` + strings.Repeat("x", 2*maxErrorBody) + `"}`
	q := Question{Path: "/batch", Body: []byte("{}"), Accept: []int{207}}
	resp, e := ask(t, dial(t, play(answer{status: 207, body: long}), nil), q)
	if e != nil || resp.Status != 207 || string(resp.Body) != long {
		t.Errorf("%v", e)
	}
	if _, e := ask(t, dial(t, play(answer{status: 207, body: long}), func(c *Config) { c.MaxResponse = 100 }), q); e == nil || e.Code != crm.CodeTooLarge {
		t.Errorf("%v", e)
	}
	q.Accept = nil
	if _, e := ask(t, dial(t, play(answer{status: 207, body: long}), nil), q); e == nil || e.Code != crm.CodeBadAnswer {
		t.Errorf("%v", e)
	}
}

func TestClassesOfCallsDoNotHoldEachOtherUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refusal := asking(429, "30")
		s := play(refusal, ok("{}"))
		c := dial(t, s, func(c *Config) { c.Rate, c.Classes, c.Retries = 2, map[string]float64{"search": 1}, 0 })
		start := time.Now()
		if _, e := ask(t, c, Question{Path: "/find", Class: "search"}); e == nil {
			t.Fatal("no refusal")
		}
		for range 3 {
			if _, e := ask(t, c, Question{Path: "/list"}); e != nil {
				t.Fatal(e)
			}
		}
		if took := time.Since(start); took != sec { // three of two a second, whatever befell the search
			t.Errorf("the others took %s", took)
		}
		if _, e := ask(t, c, Question{Path: "/find", Class: "search"}); e != nil || time.Since(start) != 30*sec {
			t.Errorf("%v after %s", e, time.Since(start))
		}
		if _, e := ask(t, c, Question{Path: "/list", Class: "unknown"}); e != nil { // counts with all others
			t.Error(e)
		}
	})
}

func TestAClassKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(ok("{}"))
		c := dial(t, s, func(c *Config) { c.Classes = map[string]float64{"search": 4, "slow": 0.05} })
		for range 5 {
			_, _ = ask(t, c, Question{Class: "search"})
		}
		for _, gap := range s.gaps() {
			if gap != sec/4 {
				t.Errorf("gap %s", gap)
			}
		}
	})
	for _, rate := range []float64{-1, math.Inf(1), math.NaN()} {
		_, err := New(Config{Source: "acme", BaseURL: "https://x.example", Classes: map[string]float64{"search": rate}})
		if crm.CodeOf(err) != crm.CodeConfig {
			t.Errorf("%g: %v", rate, err)
		}
	}
}

// weighing is a client whose source judges its refusals so.
func weighing(t *testing.T, s http.RoundTripper, weigh func(Refusal) Verdict) *Client {
	return dial(t, s, func(c *Config) { c.Retries, c.Weigh = 3, weigh })
}

func TestVerdictsOfTheSource(t *testing.T) {
	cause := errors.New("in its own words")
	for name, test := range map[string]struct {
		answer  answer
		verdict Verdict
		code    crm.Code
		says    string
		calls   int
		took    time.Duration
		again   bool
	}{
		"none": {status(400), Verdict{}, crm.CodeSourceRefused, "400 Bad Request", 1, 0, false},
		"a refusal that passes": {
			answer{status: 423, body: "x"}, Verdict{Code: crm.CodeSourceDown, Again: true, Pause: 2 * sec, Cause: cause}, crm.CodeSourceDown, "in its own words", 4, 6 * sec, true,
		},
		"a refusal that does not": {
			status(429), Verdict{Code: crm.CodeRateLimit, Message: "has had enough for today", Fix: "Come back tomorrow.", Cause: cause},
			crm.CodeRateLimit, "acme has had enough for today: in its own words", 1, 0, true,
		},
		"a failure that means bad credentials": {status(530), Verdict{Code: crm.CodeAuth}, crm.CodeAuth, "530", 1, 0, false},
		"only a pause":                         {status(503), Verdict{Pause: 7 * sec}, crm.CodeSourceDown, "503", 4, 21 * sec, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				s := play(test.answer)
				_, e := get(t, weighing(t, s, func(r Refusal) Verdict {
					if r.Status != test.answer.status || string(r.Body) != test.answer.body {
						t.Errorf("weighs %d, %q", r.Status, r.Body)
					}
					return test.verdict
				}))
				if e == nil || e.Code != test.code || e.Retryable != test.again || s.calls() != test.calls || time.Since(start) != test.took {
					t.Fatalf("%+v after %d calls in %s", e, s.calls(), time.Since(start))
				}
				mustHave(t, e.Error(), test.says)
				if test.verdict.Cause != nil && !errors.Is(e, cause) {
					t.Error("the cause is not in the chain")
				}
				if test.verdict.Fix != "" && e.Fix != test.verdict.Fix {
					t.Errorf("fix %q", e.Fix)
				}
			})
		})
	}
}

// L8
func TestASourcesJudgementSeesNoSecret(t *testing.T) {
	_, _ = get(t, weighing(t, play(answer{status: 400, body: "your token " + token}), func(r Refusal) Verdict {
		mustHide(t, string(r.Body))
		return Verdict{}
	}))
}

func TestABreakerDoesNotCountBadCredentials(t *testing.T) {
	s := play(status(530))
	c := dial(t, s, func(c *Config) {
		c.Breaker.Failures = 2
		c.Weigh = func(Refusal) Verdict { return Verdict{Code: crm.CodeAuth} }
	})
	for range 5 {
		_ = mustFail(t, c, crm.CodeAuth)
	}
}

func TestQuotaIsSpreadBeforeItsEnd(t *testing.T) {
	for _, test := range []struct {
		quota Quota
		want  time.Duration
	}{
		{Quota{Left: 100, Most: 100, Per: 10 * sec}, 0},
		{Quota{Left: 21, Most: 100, Per: 10 * sec}, 0},
		{Quota{Left: 20, Most: 100, Per: 10 * sec}, sec / 2},
		{Quota{Left: 1, Most: 100, Per: 10 * sec}, 10 * sec},
		{Quota{Left: 0, Most: 100, Per: 10 * sec}, 10 * sec},
		{Quota{Left: 0, Most: 100, Per: 30 * 24 * time.Hour}, maxGap},
		{Quota{}, 0},
		{Quota{Left: 0, Most: 10}, 0},
	} {
		if got := test.quota.gap(); got != test.want {
			t.Errorf("%+v: gap %s, want %s", test.quota, got, test.want)
		}
	}
}

// What is left of a quota holds for all callers, those included that ask at once.
func TestTheEndOfAQuotaHoldsAllCallersBack(t *testing.T) {
	for left, gap := range map[string]time.Duration{"": 10 * sec, "xx": 5 * sec} {
		synctest.Test(t, func(t *testing.T) {
			s := play(with(ok("{}"), "Left", left), ok("{}"))
			c := dial(t, s, func(c *Config) {
				c.Quota = func(h http.Header) (Quota, bool) {
					return Quota{Left: len(h.Get("Left")), Most: 100, Per: 30 * sec / 3}, h["Left"] != nil
				}
			})
			_, _ = get(t, c)
			if failed := together(t, c, 3); failed != nil {
				t.Fatal(failed)
			}
			gaps := s.gaps()
			if gaps[0] != gap || gap < 10*sec && gaps[1] != gap {
				t.Errorf("%q left: gaps %s", left, gaps)
			}
		})
	}
}

// A source that counts the calls of ten seconds is never overrun, however fast it is
// asked, and most of what it allows is used.
func TestAQuotaIsNeitherOverrunNorWasted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 100
		var made []time.Time
		refused := 0
		s := roundTrip(func(*http.Request) (*http.Response, error) {
			time.Sleep(20 * time.Millisecond)
			now := time.Now()
			made = slices.DeleteFunc(made, func(at time.Time) bool { return now.Sub(at) >= 10*sec })
			code := 200
			if len(made) >= most {
				refused++
				code = 429
			} else {
				made = append(made, now)
			}
			header := http.Header{"Left": {strings.Repeat("x", most-len(made))}}
			return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(strings.NewReader("{}")), ContentLength: 2}, nil
		})
		c := dial(t, s, func(c *Config) {
			c.Quota = func(h http.Header) (Quota, bool) {
				return Quota{Left: len(h.Get("Left")), Most: most, Per: 10 * sec}, true
			}
		})
		start := time.Now()
		for range 1000 {
			if _, e := get(t, c); e != nil {
				t.Fatal(e)
			}
		}
		if rate := 1000 / time.Since(start).Seconds(); refused > 0 || rate < 7 || rate > 11 {
			t.Errorf("%d refused, %.1f calls a second", refused, rate)
		}
	})
}
