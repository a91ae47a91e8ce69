package salesrabbit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// control calls an address of the controls, without a token, and returns the
// ids in its answer.
func (s *site) control(path, body string) []int64 {
	s.t.Helper()
	r := s.call(http.MethodPost, "/sandbox/"+path, body, "Authorization", "")
	var out changedIDs
	if err := json.Unmarshal(r.body, &out); err != nil || r.status != http.StatusOK {
		s.t.Fatalf("%s: %d, %v: %s", path, r.status, err, r.body)
	}
	return out.IDs
}

func TestControlsChangeTheAccount(t *testing.T) {
	s := start(t, 20, "500=1") // no trap applies to the controls
	if got := s.control("leads/change", `{"n":3}`); len(got) != 3 {
		t.Errorf("changed %v", got)
	}
	if got := s.control("leads/change", `{"ids":[10000002]}`); len(got) != 1 || s.ask(10000002)["dateModified"] != text(s.clock.Now()) {
		t.Errorf("changed %v", got)
	}
	if got := s.control("leads/insert", `{"n":2}`); len(got) != 2 {
		t.Errorf("inserted %v", got)
	}
	if got := s.control("leads/delete", `{"ids":[10000002],"soft":true}`); len(got) != 1 {
		t.Errorf("deleted %v", got)
	}
	if got := s.control("leads/delete", `{"n":1}`); len(got) != 1 {
		t.Errorf("deleted %v", got)
	}
	if state := s.State(); state.Leads != 21 || state.Gone != 1 || state.SoftDeleted < 1 {
		t.Errorf("state %+v", state)
	}
	if got := s.control("leads/restore", `{"ids":[10000002]}`); len(got) != 1 {
		t.Errorf("restored %v", got)
	}
	if got := s.control("leads/reappear", `{"n":1}`); len(got) != 1 {
		t.Errorf("reappeared %v", got)
	}
	if got := s.control("leads/status", `{"n":4}`); len(got) != 4 {
		t.Errorf("touched %v", got)
	}
	if got := s.control("users/change", `{"n":2}`); len(got) != 2 {
		t.Errorf("changed users %v", got)
	}
	if got := s.control("leads/change", ``); got == nil || len(got) != 0 {
		t.Errorf("an empty body changed %v", got)
	}
}

func TestControlsRefuseWhatTheyDoNotKnow(t *testing.T) {
	s := start(t, 5, "")
	for _, tc := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"leads/change", `{"count":3}`, 400, "count"},
		{"leads/change", `nonsense`, 400, "usage"},
		{"traps", `{"traps":"latensy=1s"}`, 400, "Did you mean latency?"},
		{"leads/put", `{"id":7,"fields":{"notes":"x"}}`, 404, "leads.ndjson"},
	} {
		r := s.call(http.MethodPost, "/sandbox/"+tc.path, tc.body)
		if r.status != tc.status || !strings.Contains(string(r.body), tc.want) || !json.Valid(r.body) {
			t.Errorf("%s %s: %d %s", tc.path, tc.body, r.status, r.body)
		}
	}
	if r := s.get("/sandbox/nowhere"); r.status != 404 {
		t.Errorf("unknown address: %d", r.status)
	}
}

func TestTrapsSwitchAtRunTime(t *testing.T) {
	s := start(t, 5, "429=1")
	if r := s.get("/leads"); r.status != 429 {
		t.Fatalf("status %d", r.status)
	}
	r := s.call(http.MethodPost, "/sandbox/traps", `{"traps":"nometa,html=page:2"}`)
	var state State
	if err := json.Unmarshal(r.body, &state); err != nil || state.Traps != "html=page:2,nometa" {
		t.Errorf("%v: %s", err, r.body)
	}
	if r := s.get("/leads"); r.status != 200 || strings.Contains(string(r.body), "meta") {
		t.Errorf("%d %s", r.status, r.body)
	}
	s.call(http.MethodPost, "/sandbox/traps", `{"traps":""}`)
	if p := s.page("/leads"); p.Meta == nil {
		t.Error("the traps are still set")
	}
}

func TestStateCountsRequests(t *testing.T) {
	s := start(t, 12, "")
	s.get("/leads")
	s.get("/leads?page=2")
	s.get("/leads/10000001")
	s.get("/leads/1")
	s.get("/leads", "If-Modified-Since", text(s.clock.Now()))
	s.get("/nowhere", "Authorization", "")
	s.call(http.MethodPost, "/leads", "{}")
	var state State
	if err := json.Unmarshal(s.get("/sandbox/state").body, &state); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"GET /leads 200": 2, "GET /leads 304": 1, "GET /leads/{id} 200": 1, "GET /leads/{id} 404": 1, "GET /nowhere 401": 1, "POST /leads 404": 1,
	}
	if a, b := encode(t, state.Requests), encode(t, want); a != b {
		t.Errorf("requests %s; want %s", a, b)
	}
	if state.Leads != 12 || state.Users != 20 || !state.LastModified.Equal(testStart) {
		t.Errorf("state %+v", state)
	}
}

func TestTruthIsWhatTheListShows(t *testing.T) {
	s := start(t, 1200, "dirty=0.05")
	s.Change(Random(30))
	s.Delete(Random(9), Gone)
	s.Delete(Random(9), Soft)
	s.control("leads/put", `{"record": {"id" : 5,
		"notes":"over\ntwo lines"}}`)
	var list []record
	lines := bufio.NewScanner(bytes.NewReader(s.get("/sandbox/leads.ndjson").body))
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%v: %s", err, lines.Bytes())
		}
		list = append(list, r)
	}
	if a, b := encode(t, list), encode(t, s.page("/leads").Data); a != b || len(list) != 1192 {
		t.Errorf("%d records of truth (%d bytes), list of %d bytes", len(list), len(a), len(b))
	}
}

func TestConcurrentUse(t *testing.T) {
	s := start(t, 500, "churn=2,lag=1s,dirty=0.1")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 10 {
				s.get("/leads?perPage=50&sortBy=dateModified")
				s.get("/leadStatusHistories?perPage=50&sortBy=statusModified")
				s.get("/sandbox/leads.ndjson")
				s.Change(Random(3))
				s.TouchStatus(Random(3))
				s.Delete(Random(1), Gone)
				s.Restore(Random(1))
				s.clock.pass(time.Second)
				s.Edit(s.Put(Fields{"id": raw(`7`)}), Fields{"notes": raw(`"x"`)})
				s.SetTraps(s.Traps())
			}
		})
	}
	all.Wait()
	s.clock.pass(time.Hour)
	state := s.State()
	if got := len(s.walk("/leads?perPage=100&sortBy=dateModified")); got != state.Leads {
		t.Errorf("%d leads are listed; want %d", got, state.Leads)
	}
}

func TestServeStopsWithItsContext(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Records: 3})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	res, err := http.Get("http://" + ln.Addr().String() + "/sandbox/state")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	cancel()
	if err := <-done; err != nil || res.StatusCode != 200 {
		t.Errorf("status %d, then %v", res.StatusCode, err)
	}
}
