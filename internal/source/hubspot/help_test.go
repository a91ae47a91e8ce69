package hubspot_test

import (
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/source/hubspot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// begin is the newest time in the data of the tests; their clock starts a day
// later.
var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// site is an account and a connector to it.
type site struct {
	*sandbox.Server
	crm.Connector

	t      *testing.T
	clock  *crmtest.Clock
	plan   map[string]string // the settings
	front  front
	mu     sync.Mutex
	events []crm.Event
}

func (s *site) traps(list string) {
	s.t.Helper()
	set, err := sandbox.ParseTraps(list)
	if err != nil {
		s.t.Fatal(err)
	}
	s.SetTraps(set)
}

// account opens the connector on an account.
func account(t *testing.T, cfg sandbox.Config, traps string, settings map[string]string) *site {
	t.Helper()
	s := &site{t: t, clock: crmtest.NewClock(begin.Add(24 * time.Hour))}
	cfg.Seed, cfg.Clock, cfg.Start = 7, s.clock, begin
	s.Server = sandbox.New(cfg)
	s.traps(traps)
	s.Connector = s.connect(settings)
	return s
}

// connect opens one more connector, as another process would.
func (s *site) connect(settings map[string]string) crm.Connector {
	s.t.Helper()
	c, err := s.tryConnect(settings)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *site) tryConnect(settings map[string]string) (crm.Connector, error) {
	s.plan = values(settings)
	source := hubspot.Source()
	return source.Open(crm.Settings{Account: "hubspot", Values: s.plan}, crm.Deps{
		Clock: s.clock, Transport: s.network(), Log: slog.New(slog.DiscardHandler),
		Observe: func(e crm.Event) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.events = append(s.events, e)
		},
	})
}

// values are the defaults of the options with settings over them.
func values(settings map[string]string) map[string]string {
	source := hubspot.Source()
	all := map[string]string{}
	for _, o := range source.Options {
		all[o.Name] = o.Default
	}
	all["token"], all["retries"], all["rate"], all["search_rate"] = sandbox.DefaultToken, "3", "0", "0"
	maps.Copy(all, settings)
	return all
}

// notices are the remarks that a person has seen.
func (s *site) notices() (list []crm.Notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if n, ok := e.(crm.Notice); ok {
			list = append(list, n)
		}
	}
	return list
}

// stream returns a stream as the account's settings make it.
func (s *site) stream(name string) crm.Stream {
	s.t.Helper()
	source := hubspot.Source()
	more, err := source.More(crm.Settings{Values: s.plan})
	if err != nil {
		s.t.Fatal(err)
	}
	source.Streams = append(source.Streams, more...)
	st, ok := source.Stream(name)
	if !ok {
		s.t.Fatalf("no stream %s", name)
	}
	return st
}

// described returns a stream with the fields that the account adds.
func (s *site) described(name string) crm.Stream {
	s.t.Helper()
	st, err := s.Connector.(crm.Describer).Describe(s.t.Context(), s.stream(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// record is a record as answers have it.
type record struct {
	ID         string             `json:"id"`
	Properties map[string]*string `json:"properties"`
	UpdatedAt  string             `json:"updatedAt"`
	Archived   bool               `json:"archived"`
	ArchivedAt string             `json:"archivedAt"`
}

func recordOf(t *testing.T, raw []byte) record {
	t.Helper()
	var r record
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return r
}

// reading is what a walk has yielded.
type reading struct {
	records map[string]record // by id, the last of each
	archive map[string]record // those of them that are archived
	raw     []string
	count   int
	gone    map[string]bool
	pages   []crm.Page
	calls   int
}

// read walks a stream, at most as many pages as are wanted; 0 for all.
func (s *site) read(st crm.Stream, req crm.Request, most int) (reading, error) {
	s.t.Helper()
	r := reading{records: map[string]record{}, archive: map[string]record{}, gone: map[string]bool{}}
	for page, err := range s.Read(s.t.Context(), st, req) {
		if err != nil {
			return r, err
		}
		r.pages = append(r.pages, page)
		r.calls += page.Requests
		for _, raw := range page.Records {
			one := recordOf(s.t, raw)
			r.count++
			r.raw = append(r.raw, string(raw))
			if one.Archived {
				r.archive[one.ID] = one
			} else {
				r.records[one.ID] = one
			}
		}
		for _, raw := range page.Gone {
			r.gone[recordOf(s.t, raw).ID] = true
		}
		if len(r.pages) == most {
			return r, nil
		}
		if len(r.pages) > 2000 {
			s.t.Fatal("the walk does not end")
		}
	}
	if last := r.pages[len(r.pages)-1]; !last.Last {
		s.t.Error("the last page does not say so")
	}
	return r, nil
}

func (s *site) mustRead(st crm.Stream, req crm.Request) reading {
	s.t.Helper()
	r, err := s.read(st, req, 0)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// truth are the active records of a type, by id.
func (s *site) truth(typ string) map[string]record {
	all := map[string]record{}
	for id, raw := range s.Records(typ) {
		all[strconv.FormatInt(id, 10)] = recordOf(s.t, slices.Clone(raw))
	}
	return all
}

func (s *site) archived(typ string) map[string]record {
	all := map[string]record{}
	for id, raw := range s.Archived(typ) {
		all[strconv.FormatInt(id, 10)] = recordOf(s.t, slices.Clone(raw))
	}
	return all
}

// compare fails where records are not what they are at the source, in the
// properties that were read.
func (s *site) compare(got, want map[string]record) {
	s.t.Helper()
	if len(got) != len(want) {
		s.t.Errorf("%d records, want %d", len(got), len(want))
	}
	for id, w := range want {
		g, ok := got[id]
		if !ok {
			s.t.Fatalf("%s is missing", id)
		}
		if g.UpdatedAt != w.UpdatedAt || g.Archived != w.Archived || g.ArchivedAt != w.ArchivedAt {
			s.t.Fatalf("%s is %+v, want %+v", id, g, w)
		}
		for name, value := range g.Properties {
			if other, known := w.Properties[name]; !known || text(value) != text(other) {
				s.t.Fatalf("%s: %s is %s, want %s", id, name, text(value), text(other))
			}
		}
	}
}

func text(value *string) string {
	if value == nil {
		return "null"
	}
	return strconv.Quote(*value)
}

// requests counts the calls of which the route has that in it and the status is
// that, in any case where it is "".
func (s *site) requests(route, status string) int {
	n := 0
	for name, count := range s.Requests() {
		if strings.Contains(name, route) && strings.HasSuffix(name, status) {
			n += count
		}
	}
	return n
}

func ids(list ...int64) (out []string) {
	for _, id := range list {
		out = append(out, strconv.FormatInt(id, 10))
	}
	return out
}

func pages(n int) int { return (n + 99) / 100 }

// mustFail returns the error as what it has to be.
func mustFail(t *testing.T, err error, code crm.Code, says ...string) crm.Error {
	t.Helper()
	e, ok := err.(*crm.Error) //nolint:errorlint // it has to be one itself
	if !ok || e.Code != code {
		t.Fatalf("%v, want code %s", err, code)
	}
	if e.Fix == "" || e.Origin == "" {
		t.Errorf("no fix or origin: %+v", e)
	}
	for _, part := range says {
		if !strings.Contains(e.Error()+" "+e.Fix, part) {
			t.Errorf("%q and %q do not say %q", e.Error(), e.Fix, part)
		}
	}
	return *e
}

func recordedWindow(t *testing.T, checkpoint string) [2]int64 {
	t.Helper()
	from, to := hubspot.Window(checkpoint)
	return [2]int64{from, to}
}
