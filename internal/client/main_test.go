package client

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/warren-sync/warren/internal/crm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "sr_live_0123456789/abc+def=="

// answer is one scripted step of a source: a delay, then an answer or an error.
type answer struct {
	after  time.Duration
	status int
	header http.Header
	body   string
	err    error
}

func ok(body string) answer                    { return answer{status: 200, body: body} }
func status(s int) answer                      { return answer{status: s} }
func broken(err error) answer                  { return answer{err: err} }
func asking(s int, retryAfter string) answer   { return with(status(s), "Retry-After", retryAfter) }
func with(a answer, name, value string) answer { a.header = http.Header{name: {value}}; return a }
func times(n int, a answer) []answer {
	list := make([]answer, n)
	for i := range list {
		list[i] = a
	}
	return list
}

// source is a RoundTripper that plays a script; the last step repeats.
type source struct {
	mu     sync.Mutex
	script []answer
	asked  []*http.Request
	at     []time.Time
}

func play(script ...answer) *source { return &source{script: script} }

func (s *source) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	step := s.script[min(len(s.asked), len(s.script)-1)]
	s.asked = append(s.asked, req)
	s.at = append(s.at, time.Now())
	s.mu.Unlock()
	if err := (crm.SystemClock{}).Wait(req.Context(), step.after); err != nil {
		return nil, err
	}
	if step.err != nil {
		return nil, step.err
	}
	header := step.header
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{
		StatusCode:    step.status,
		Header:        header,
		Body:          io.NopCloser(strings.NewReader(step.body)),
		ContentLength: int64(len(step.body)),
		Request:       req,
	}, nil
}

func (s *source) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

// gaps returns the time between one call and the next.
func (s *source) gaps() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gaps []time.Duration
	for i := 1; i < len(s.at); i++ {
		gaps = append(gaps, s.at[i].Sub(s.at[i-1]))
	}
	return gaps
}

// events collects what is observed.
type events struct {
	mu   sync.Mutex
	list []crm.Event
}

func (e *events) add(ev crm.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, ev)
}

// of returns the events of one kind.
func of[E crm.Event](e *events) (found []E) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range e.list {
		if ev, ok := ev.(E); ok {
			found = append(found, ev)
		}
	}
	return found
}

// dial returns a client of s with the longest jitter, changed by change.
func dial(t *testing.T, s http.RoundTripper, change func(*Config)) *Client {
	t.Helper()
	c := Config{
		Source:    "acme",
		BaseURL:   "https://api.example.com",
		Auth:      Bearer(token),
		TokenHint: "ACME_TOKEN",
		URLHint:   "ACME_URL",
		Transport: s,
		Random:    func() float64 { return 1 },
	}
	if change != nil {
		change(&c)
	}
	client, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// get asks for /leads and returns the answer and the *crm.Error, one of them nil.
func get(t *testing.T, c *Client) (*Response, *crm.Error) {
	t.Helper()
	resp, err := c.Get(t.Context(), "/leads", nil, nil)
	if err == nil {
		return resp, nil
	}
	var e *crm.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %T is no *crm.Error: %v", err, err)
	}
	if e.Message == "" || e.Fix == "" || e.Origin == "" {
		t.Errorf("error without message, fix or origin: %+v", *e)
	}
	return nil, e
}

// mustFail is get for a call that has to fail with code.
func mustFail(t *testing.T, c *Client, code crm.Code) *crm.Error {
	t.Helper()
	_, e := get(t, c)
	if e == nil {
		t.Fatalf("got an answer, want an error with code %s", code)
	}
	if e.Code != code {
		t.Fatalf("code %s, want %s: %v", e.Code, code, e)
	}
	return e
}

// mustHave fails unless text holds every part.
func mustHave(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q does not say %q", text, p)
		}
	}
}
