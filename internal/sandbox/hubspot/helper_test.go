package hubspot

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm/crmtest"
)

// testStart is the newest time in the data of the tests; their clock starts a
// day later.
var testStart = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newClock() *crmtest.Clock { return crmtest.NewClock(testStart.Add(24 * time.Hour)) }

// site is a server under test.
type site struct {
	*Server
	t     *testing.T
	url   string
	token string
	clock *crmtest.Clock
}

func start(t *testing.T, records int, traps string) *site {
	t.Helper()
	return startWith(t, Config{Records: records}, traps)
}

func startWith(t *testing.T, cfg Config, traps string) *site {
	t.Helper()
	set, err := ParseTraps(traps)
	if err != nil {
		t.Fatal(err)
	}
	c := newClock()
	cfg.Seed, cfg.Clock, cfg.Start, cfg.Traps = 7, c, testStart, set
	s := New(cfg)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return &site{Server: s, t: t, url: web.URL, token: DefaultToken, clock: c}
}

// reply is what came back; err is of the call or of reading the body.
type reply struct {
	status int
	header http.Header
	body   []byte
	err    error
}

func (s *site) call(method, path, body string, headers ...string) reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
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

func (s *site) get(path string) reply { s.t.Helper(); return s.call(http.MethodGet, path, "") }

func (s *site) post(path, body string) reply {
	s.t.Helper()
	return s.call(http.MethodPost, path, body)
}

// record is a record as answers have it.
type record struct {
	ID           string             `json:"id"`
	Properties   map[string]*string `json:"properties"`
	CreatedAt    string             `json:"createdAt"`
	UpdatedAt    string             `json:"updatedAt"`
	Archived     bool               `json:"archived"`
	ArchivedAt   string             `json:"archivedAt"`
	Associations map[string]struct {
		Results []struct{ ID, Type string }
		Paging  *paging
	} `json:"associations"`
	History map[string][]struct{ Value, Timestamp, SourceType string } `json:"propertiesWithHistory"`
}

func (r record) value(name string) string {
	if v := r.Properties[name]; v != nil {
		return *v
	}
	return "null"
}

type paging struct {
	Next struct{ After, Link string }
}

// answer is any answer with results.
type answer struct {
	Status    string
	Total     int
	Results   []record
	Paging    *paging
	NumErrors int
	Errors    []struct {
		Status, Category, SubCategory, Message string
		Context                                map[string][]string
	}
}

func parse[T any](t *testing.T, r reply, status int) T {
	t.Helper()
	var out T
	if r.err != nil || r.status != status {
		t.Fatalf("status %d, %v; want %d: %.500s", r.status, r.err, status, r.body)
	}
	if err := json.Unmarshal(r.body, &out); err != nil {
		t.Fatalf("%v in %.500s", err, r.body)
	}
	return out
}

func (s *site) page(path string) answer { s.t.Helper(); return parse[answer](s.t, s.get(path), 200) }

func (s *site) find(body string) answer {
	s.t.Helper()
	return parse[answer](s.t, s.post("/crm/v3/objects/contacts/search", body), 200)
}

// walk reads all pages of a list.
func (s *site) walk(path string) []record {
	s.t.Helper()
	var all []record
	after := ""
	for range 1000 {
		p := s.page(path + after)
		all = append(all, p.Results...)
		if p.Paging == nil {
			return all
		}
		after = "&after=" + p.Paging.Next.After
	}
	s.t.Fatal("the walk found no end in 1000 pages")
	return nil
}

func ids(records []record) []int64 {
	out := []int64{}
	for _, r := range records {
		id, _ := strconv.ParseInt(r.ID, 10, 64)
		out = append(out, id)
	}
	return out
}

func (s *site) activeIDs(typ string) []int64 {
	out := []int64{}
	for id := range s.Records(typ) {
		out = append(out, id)
	}
	return out
}

func text(id int64) string { return strconv.FormatInt(id, 10) }

func sorted(list []int64) []int64 { return slices.Sorted(slices.Values(list)) }

// truth returns a record as the model has it.
func (s *site) truthOf(typ string, id int64) record {
	s.t.Helper()
	raw, ok := s.Record(typ, id)
	var r record
	if err := json.Unmarshal(raw, &r); !ok || err != nil {
		s.t.Fatalf("%s %d: %t, %v", typ, id, ok, err)
	}
	return r
}

func inputs(list []int64) string {
	var parts []string
	for _, id := range list {
		parts = append(parts, `{"id":"`+text(id)+`"}`)
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func (s *site) read(path string, list []int64) answer {
	s.t.Helper()
	r := s.post(path, `{"inputs":`+inputs(list)+`,"properties":[],"propertiesWithHistory":[]}`)
	if r.status != 207 {
		return parse[answer](s.t, r, 200)
	}
	return parse[answer](s.t, r, 207)
}

const contactsRead = "/crm/v3/objects/contacts/batch/read"

func str(text string) *string { return &text }
