package hubspot

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// control calls an address of the controls, without a token, and returns the
// ids in its answer.
func (s *site) control(path, body string) []int64 {
	s.t.Helper()
	r := s.call(http.MethodPost, "/sandbox/"+path, body, "Authorization", "")
	return parse[changedIDs](s.t, r, 200).IDs
}

func TestControlsChangeTheAccount(t *testing.T) {
	s := start(t, 40, "500=1,daily=1") // no trap applies to the controls
	id := s.activeIDs("contacts")[0]
	one := `{"ids":[` + text(id) + `]}`
	for _, tc := range []struct {
		path, body string
		want       int
	}{
		{"contacts/change", `{"n":3}`, 3},
		{"0-1/change", one, 1},
		{"contacts/create", `{"n":2}`, 2},
		{"deals/import", `{"n":4}`, 4},
		{"contacts/recalculate", one, 1},
		{"contacts/archive", one, 1},
		{"contacts/restore", one, 1},
		{"contacts/set", `{"id":` + text(id) + `,"values":{"city":"Erewhon","zip":null}}`, 1},
		{"contacts/purge", one, 1},
		{"contacts/change", ``, 0},
	} {
		if got := s.control(tc.path, tc.body); got == nil || len(got) != tc.want {
			t.Errorf("%s %s: %v", tc.path, tc.body, got)
		}
	}
	list := s.activeIDs("contacts")
	r := s.post("/sandbox/contacts/merge", `{"winner":`+text(list[0])+`,"losers":[`+text(list[1])+`]}`)
	if got := parse[identity](t, r, 200); got.ID != list[0] {
		t.Errorf("merge: %s", r.body)
	}
	company := s.activeIDs("companies")[0]
	for _, remove := range []string{"false", "true"} {
		r = s.post("/sandbox/associations/contacts/companies", `{"from":`+text(list[0])+`,"to":`+text(company)+`,"remove":`+remove+`}`)
		linked := false
		for id, others := range s.Associations("contacts", "companies") {
			linked = linked || id == list[0] && slices.Contains(others, company)
		}
		if r.status != 200 || linked != (remove == "false") {
			t.Errorf("remove %s: %d, linked %t", remove, r.status, linked)
		}
	}
	for _, body := range []string{
		`{"name":"roof_pitch","type":"number","fieldType":"number"}`, `{"name":"roof_pitch","type":"string","fieldType":"text","retype":true}`,
		`{"name":"roof_pitch","archive":true}`, `{"name":"roof_pitch","restore":true}`,
	} {
		if r := s.post("/sandbox/contacts/properties", body); r.status != 200 {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if p, ok := s.byName["contacts"].property("roof_pitch"); !ok || p.form.typ != "string" {
		t.Errorf("the property is %+v", p)
	}
	if r := s.post("/sandbox/owners/deactivate", `{"id":`+text(ownerID(0))+`}`); r.status != 200 || !s.Account.owners[0].archived {
		t.Errorf("owner: %d %s", r.status, r.body)
	}
}

func TestControlsTellWebhooks(t *testing.T) {
	s, r := start(t, 40, ""), receive(t)
	s.post("/sandbox/webhooks", `{"url":"`+r.url+`","secret":"x"}`)
	s.control("contacts/create", `{"n":2}`)
	if got := parse[Delivery](t, s.post("/sandbox/webhooks/tell", ``), 200); got.Events != 2 || len(r.take()) != 2 {
		t.Errorf("delivery %+v", got)
	}
}

func TestControlsRefuseWhatTheyDoNotKnow(t *testing.T) {
	s := start(t, 5, "")
	for _, tc := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"contacts/change", `{"count":3}`, 400, "count"},
		{"contacts/change", `nonsense`, 400, "usage"},
		{"leads/change", `{"n":1}`, 404, "contacts, companies"},
		{"traps", `{"traps":"lagg=1s"}`, 400, "Did you mean lag?"},
		{"contacts/set", `{"id":7}`, 404, "contacts.ndjson"},
		{"contacts/merge", `{"winner":7,"losers":[8]}`, 404, "contacts.ndjson"},
		{"contacts/properties", `{"name":"x","retype":true}`, 404, "properties/contacts"},
		{"associations/contacts/companies", `{"from":7,"to":8}`, 404, "contacts.ndjson"},
		{"owners/deactivate", `{"id":7}`, 404, "owners"},
	} {
		r := s.post("/sandbox/"+tc.path, tc.body)
		if r.status != tc.status || !strings.Contains(string(r.body), tc.want) || !json.Valid(r.body) {
			t.Errorf("%s %s: %d %s", tc.path, tc.body, r.status, r.body)
		}
	}
	for _, path := range []string{"nowhere", "leads.ndjson", "associations/contacts/companies", "associations/x/contacts.ndjson"} {
		if r := s.get("/sandbox/" + path); r.status != 404 {
			t.Errorf("%s: %d", path, r.status)
		}
	}
}

func lines(r reply) (list []string) {
	scan := bufio.NewScanner(bytes.NewReader(r.body))
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		list = append(list, scan.Text())
	}
	return list
}

func TestTruthIsWhatTheAPIShows(t *testing.T) {
	s := start(t, 1200, "dirty=0.05")
	s.Change("contacts", Random(30))
	s.Archive("contacts", Random(9))
	all := lines(s.get("/sandbox/contacts.ndjson"))
	if len(all) != s.State().Types["contacts"].Active {
		t.Fatalf("%d lines", len(all))
	}
	var names []string
	for _, p := range s.byName["contacts"].properties {
		names = append(names, p.name)
	}
	for i := 0; i < len(all); i += 100 {
		var r record
		if err := json.Unmarshal([]byte(all[i]), &r); err != nil {
			t.Fatal(err)
		}
		if got := string(s.get("/crm/v3/objects/contacts/" + r.ID + "?properties=" + strings.Join(names, ",")).body); got != all[i] {
			t.Errorf("truth %s\nAPI %s", all[i], got)
		}
	}
	if got := lines(s.get("/sandbox/contacts.ndjson?archived=true")); len(got) != len(s.walk("/crm/v3/objects/contacts?archived=true&limit=100")) || len(got) < 9 {
		t.Errorf("%d archived", len(got))
	}
	if got := lines(s.get("/sandbox/associations/deals/contacts.ndjson")); len(got) < 200 || !strings.HasPrefix(got[0], `{"from":`) {
		t.Errorf("%d lines of associations: %.100s", len(got), got)
	}
	if _, ok := s.Record("nonsense", 1); ok {
		t.Error("a record of no type")
	}
}

func TestTrapsSwitchAtRunTime(t *testing.T) {
	s := start(t, 5, "429=1")
	if f := parse[failureJSON](t, s.get("/crm/v3/owners"), 429); f.PolicyName != "TEN_SECONDLY_ROLLING" {
		t.Errorf("refused with %+v", f)
	}
	got := parse[State](t, s.post("/sandbox/traps", `{"traps":"lag=30s,502=page:1,forbidden=deals"}`), 200)
	if got.Traps != "502=page:1,forbidden=deals,lag=30s" {
		t.Errorf("traps %q", got.Traps)
	}
	s.SetTraps(Traps{Gateway: wire.When{Every: 2}})
	first := s.get("/crm/v3/owners").status
	s.SetTraps(Traps{Gateway: wire.When{Every: 2}})
	if again, second := s.get("/crm/v3/owners").status, s.get("/crm/v3/owners").status; first != 200 || again != 200 || second != 502 {
		t.Errorf("every second call since the traps were switched: %d, %d, %d", first, again, second)
	}
	s.post("/sandbox/traps", `{"traps":""}`)
	if r := s.get("/crm/v3/objects/deals"); r.status != 200 {
		t.Errorf("status %d", r.status)
	}
}

func TestStatusTrapsOfHubSpot(t *testing.T) {
	for _, tc := range []struct {
		traps    string
		status   int
		category string
		after    string
	}{
		{"423=1", 423, "RESOURCE_LOCKED", ""},
		{"423=1,retryafter=2s", 423, "RESOURCE_LOCKED", "2"},
		{"477=1", 477, "MIGRATION_IN_PROGRESS", "1"},
		{"477=1,retryafter=1h", 477, "MIGRATION_IN_PROGRESS", "3600"},
		{"502=1", 502, "", ""},
		{"520=1,retryafter=3s", 520, "", "3"},
		{"500=1", 500, "INTERNAL_ERROR", ""},
		{"503=1", 503, "INTERNAL_ERROR", "1"},
		{"expire=0", 200, "", ""},
	} {
		s := start(t, 5, tc.traps)
		r := s.get("/crm/v3/owners")
		if r.status != tc.status || r.header.Get("Retry-After") != tc.after {
			t.Errorf("%s: %d %v", tc.traps, r.status, r.header)
		}
		if html := strings.Contains(string(r.body), "<html>"); html != (tc.status == 502 || tc.status == 520) ||
			!strings.Contains(string(r.body), tc.category) {
			t.Errorf("%s: %s", tc.traps, r.body)
		}
	}
}

func TestPageTrapsStrikeThePagesOfAList(t *testing.T) {
	s := start(t, 100, "502=page:3")
	after, statuses := "", []int{}
	for range 4 {
		r := s.get("/crm/v3/objects/contacts?limit=10" + after)
		statuses = append(statuses, r.status)
		if r.status == 200 {
			after = "&after=" + parse[answer](t, r, 200).Paging.Next.After
		}
	}
	if !slices.Equal(statuses, []int{200, 200, 502, 200}) {
		t.Errorf("statuses %v", statuses)
	}
	if got := s.page("/crm/v3/owners?limit=3&after=" + text(ownerID(3))); len(got.Results) != 3 {
		t.Errorf("owners are no records: %+v", got)
	}
}

func TestStateCountsRequestsByType(t *testing.T) {
	s := start(t, 12, "")
	s.get("/crm/v3/objects/contacts")
	s.get("/crm/objects/2026-09/0-1")
	s.post("/crm/v3/objects/0-1/search", `{}`)
	s.post(companiesOf, `{"inputs":[]}`)
	s.get("/crm/v3/objects/leads")
	s.get("/nowhere")
	var state State
	if err := json.Unmarshal(s.get("/sandbox/state").body, &state); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"GET /crm/v3/objects/contacts 200": 1, "GET /crm/objects/2026-09/contacts 200": 1, "POST /crm/v3/objects/contacts/search 200": 1,
		"POST /crm/v4/associations/contacts/companies/batch/read 200": 1, "GET /crm/v3/objects/{type} 400": 1, "GET /nowhere 404": 1,
	}
	a, _ := json.Marshal(state.Requests)
	if b, _ := json.Marshal(want); string(a) != string(b) {
		t.Errorf("requests %s; want %s", a, b)
	}
	if got := state.Types["contacts"]; got.Active+got.Archived != 12 || got.Properties < 30 || !state.LastModified.Equal(testStart) {
		t.Errorf("state %+v", state)
	}
}

func TestTrapListsRead(t *testing.T) {
	const list = "latency=20ms,423=10,477=page:1,502=0.01,520=page:2:always,tensecondly=190,searchrate=5,daily=1000,forbidden=deals+owners,rotate,lag=30s,outside=2s,disorder=1s,search100,epoch,newid," +
		"survivor,pending,batcherror,linkpage=3,dirty=0.1,churn=2,duplicate=0.5,unordered"
	got, err := ParseTraps(list)
	if err != nil || got.String() != list {
		t.Errorf("%v, %s", err, got)
	}
	if n := len(TrapHelp()); n != len(trapDefs()) || TrapHelp()[0].Name != "latency" {
		t.Errorf("%d traps with help", n)
	}
}

func TestConcurrentUse(t *testing.T) {
	s, r := start(t, 500, "churn=2,lag=1s,dirty=0.1,duplicate=0.1"), receive(t)
	s.Subscribe(Webhook{URL: r.url})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 8 {
				s.get("/crm/v3/objects/contacts?limit=50&associations=companies,deals")
				s.post("/crm/v3/objects/contacts/search", `{"sorts":[{"propertyName":"lastmodifieddate"}]}`)
				s.get("/sandbox/contacts.ndjson")
				s.get("/sandbox/associations/contacts/deals.ndjson")
				s.get("/crm-object-schemas/v3/schemas")
				s.Change("contacts", Random(3))
				list := s.Create("contacts", 2)
				s.Merge("contacts", list[0], list[1])
				s.Archive("contacts", Random(1))
				s.Restore("contacts", Random(1))
				s.AddProperty("contacts", Property{Name: "more", Type: "string", FieldType: "text"})
				s.clock.Pass(time.Second)
				s.Tell(t.Context())
				s.SetTraps(s.Traps())
				s.State()
			}
		})
	}
	all.Wait()
	s.SetTraps(Traps{})
	s.clock.Pass(time.Hour)
	if got, want := s.find(`{}`).Total, s.State().Types["contacts"].Active; got != want || len(s.walk("/crm/v3/objects/contacts?limit=100")) != want {
		t.Errorf("%d contacts are found; want %d", got, want)
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
