package salesrabbit

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// testStart is the newest time in the data of the tests; their clock starts a
// day later.
var testStart = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock goes on only when it is told to or waited for.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	waited time.Duration
}

func newClock() *clock { return &clock{now: testStart.Add(24 * time.Hour)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	if d > 0 {
		c.mu.Lock()
		c.waited += d
		c.mu.Unlock()
		c.pass(d)
	}
	return ctx.Err()
}

func (c *clock) waits() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waited
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// site is a server under test.
type site struct {
	*Server
	t     *testing.T
	url   string
	clock *clock
}

func start(t *testing.T, records int, traps string) *site {
	t.Helper()
	set, err := ParseTraps(traps)
	if err != nil {
		t.Fatal(err)
	}
	c := newClock()
	s := New(Config{Records: records, Seed: 7, Clock: c, Start: testStart, Traps: set})
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return &site{Server: s, t: t, url: web.URL, clock: c}
}

// reply is what came back; err is of reading the body.
type reply struct {
	status int
	header http.Header
	body   []byte
	err    error
}

// call makes a request with the token; headers are names and values in turn.
func (s *site) call(method, path, body string, headers ...string) reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+DefaultToken)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, got, err}
}

func (s *site) get(path string, headers ...string) reply {
	s.t.Helper()
	return s.call(http.MethodGet, path, "", headers...)
}

type meta struct {
	ResultsPerPage int  `json:"resultsPerPage"`
	MorePages      bool `json:"morePages"`
	CurrentPage    int  `json:"currentPage"`
	Total          int  `json:"total"`
	Page           int  `json:"page"`
	Limit          int  `json:"limit"`
}

type record = map[string]any

type page struct {
	Data []record `json:"data"`
	Meta *meta    `json:"meta"`
}

// page reads a list and fails the test when it is none.
func (s *site) page(path string, headers ...string) page {
	s.t.Helper()
	r := s.get(path, headers...)
	var p page
	if r.status != http.StatusOK {
		s.t.Fatalf("%s: status %d: %s", path, r.status, r.body)
	}
	if err := json.Unmarshal(r.body, &p); err != nil {
		s.t.Fatalf("%s: %v in %.300s", path, err, r.body)
	}
	return p
}

// walk reads all pages by morePages and returns the ids in the order they came.
func (s *site) walk(path string) []int64 {
	s.t.Helper()
	var all []int64
	for n := 1; n <= 100; n++ {
		p := s.page(path + "&page=" + strconv.Itoa(n))
		all = append(all, idsOf(p.Data)...)
		if !p.Meta.MorePages {
			return all
		}
	}
	s.t.Fatal("the walk found no end in 100 pages")
	return nil
}

func idsOf(records []record) []int64 {
	out := []int64{}
	for _, r := range records {
		id, _ := r["id"].(float64)
		out = append(out, int64(id))
	}
	return out
}

func text(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05+00:00") }
