package salesrabbit

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestTokenIsAskedFor(t *testing.T) {
	s := start(t, 3, "")
	for _, path := range []string{"/leads", "/leads/10000001", "/users", "/leadStatuses", "/leadStatusHistories", "/api/leads", "/nowhere"} {
		for _, token := range []string{"", "Bearer wrong", "Token " + DefaultToken} {
			r := s.get(path, "Authorization", token)
			var body struct{ Errors map[string][]string }
			if err := json.Unmarshal(r.body, &body); r.status != http.StatusUnauthorized || err != nil || len(body.Errors["id"]) == 0 {
				t.Errorf("%s with %q: %d %s", path, token, r.status, r.body)
			}
		}
	}
}

func TestUnknownAddressIsAnErrorInJSON(t *testing.T) {
	s := start(t, 3, "")
	for path, want := range map[string]int{"/v1/users/me": 404, "/leads/20000000": 404, "/leads/abc": 400} {
		r := s.get(path)
		if r.status != want || !json.Valid(r.body) || !strings.Contains(string(r.body), `"errors"`) {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

func TestPaging(t *testing.T) {
	s := start(t, 25, "")
	for _, tc := range []struct {
		query string
		rows  int
		want  meta
	}{
		{"", 25, meta{ResultsPerPage: 2000, CurrentPage: 1}},
		{"perPage=10", 10, meta{ResultsPerPage: 10, MorePages: true, CurrentPage: 1}},
		{"perPage=10&page=3", 5, meta{ResultsPerPage: 10, CurrentPage: 3}},
		{"perPage=25&page=1", 25, meta{ResultsPerPage: 25, CurrentPage: 1}},
		{"perPage=10&page=4", 0, meta{ResultsPerPage: 10, CurrentPage: 4}},
		{"perPage=10&page=999999999999", 10, meta{ResultsPerPage: 10, MorePages: true, CurrentPage: 1}},
		{"perPage=2001", 25, meta{ResultsPerPage: 2000, CurrentPage: 1}},
		{"perPage=0", 25, meta{ResultsPerPage: 2000, CurrentPage: 1}},
		{"perPage=x&page=-1", 25, meta{ResultsPerPage: 2000, CurrentPage: 1}},
		{"limit=5&pageSize=5&per_page=5&offset=5&modifiedAfter=2026-01-01&sortDir=desc", 25, meta{ResultsPerPage: 2000, CurrentPage: 1}},
	} {
		p := s.page("/leads?" + tc.query)
		if len(p.Data) != tc.rows || *p.Meta != tc.want {
			t.Errorf("%s: %d rows, %+v; want %d, %+v", tc.query, len(p.Data), *p.Meta, tc.rows, tc.want)
		}
	}
}

func TestWalksBringEachLeadOnce(t *testing.T) {
	s := start(t, 57, "")
	s.Delete(Random(3), Gone)
	s.Change(Random(20))
	s.TouchStatus(Random(10))
	for _, query := range []string{"", "&sortBy=dateModified", "&sortBy=dateModified&order=desc", "&sortBy=statusModified", "&sortBy=dateCreated&order=desc", "&sortBy=nonsense"} {
		ids := s.walk("/leads?perPage=10" + query)
		slices.Sort(ids)
		if n := len(slices.Compact(slices.Clone(ids))); len(ids) != 54 || n != 54 {
			t.Errorf("%q: %d rows, %d leads; want 54", query, len(ids), n)
		}
	}
}

func TestTheLastFullPageSaysSo(t *testing.T) {
	s := start(t, 40, "")
	since := text(s.clock.Now())
	s.Change(Random(20))
	for _, query := range []string{"", "&sortBy=dateModified", "&sortBy=statusModified"} {
		for page, more := range map[string]bool{"1": true, "2": false} {
			p := s.page("/leads?perPage=10&page="+page+query, "If-Modified-Since", since)
			if len(p.Data) != 10 || p.Meta.MorePages != more {
				t.Errorf("%q page %s: %d rows, %+v", query, page, len(p.Data), *p.Meta)
			}
		}
	}
}

func TestAChangeMovesItsLeadInTheOrder(t *testing.T) {
	s := start(t, 30, "")
	for range 3 { // the orders stand from the first walk on, and must follow
		for _, sortBy := range []string{"dateModified", "statusModified"} {
			ids := s.walk("/leads?perPage=7&sortBy=" + sortBy)
			slices.Sort(ids)
			if len(ids) != 30 || len(slices.Compact(ids)) != 30 {
				t.Errorf("by %s: %d rows", sortBy, len(ids))
			}
		}
		changed, touched := s.Change(Random(1))[0], s.TouchStatus(Random(1))[0]
		if got := idsOf(s.page("/leads?sortBy=dateModified").Data); got[29] != changed {
			t.Errorf("by dateModified the last is %d; want %d", got[29], changed)
		}
		if got := idsOf(s.page("/leads?sortBy=statusModified").Data); got[29] != touched {
			t.Errorf("by statusModified the last is %d; want %d", got[29], touched)
		}
	}
}

func TestSorting(t *testing.T) {
	s := start(t, 200, "")
	s.Change(Random(10))
	s.clock.pass(time.Minute)
	s.TouchStatus(Random(10))
	for _, tc := range []struct {
		query, field string
		descending   bool
	}{
		{"sortBy=dateModified", "dateModified", false},
		{"sortBy=dateModified&order=desc", "dateModified", true},
		{"sortBy=statusModified&order=asc", "statusModified", false},
		{"sortBy=statusModified&order=desc", "statusModified", true},
		{"sortBy=dateCreated&order=asc", "dateCreated", false},
		{"sortBy=dateCreated&order=desc", "dateCreated", true},
		{"", "dateCreated", false},
	} {
		var times []string
		for _, r := range s.page("/leads?" + tc.query).Data {
			times = append(times, r[tc.field].(string))
		}
		if tc.descending {
			slices.Reverse(times)
		}
		if len(times) != 200 || !slices.IsSorted(times) {
			t.Errorf("%q: %d rows, not in the order of %s", tc.query, len(times), tc.field)
		}
	}
}

func TestStatusFilter(t *testing.T) {
	s := start(t, 300, "")
	p := s.page("/leads?status=Not+Home")
	if len(p.Data) == 0 || len(p.Data) == 300 {
		t.Fatalf("%d of 300 leads are Not Home", len(p.Data))
	}
	for _, r := range p.Data {
		if r["status"] != "Not Home" {
			t.Errorf("lead %v has status %v", r["id"], r["status"])
		}
	}
	if p := s.page("/leads?status=Unheard+Of"); len(p.Data) != 0 {
		t.Errorf("%d leads have a status that nobody made", len(p.Data))
	}
}

func TestIfModifiedSince(t *testing.T) {
	s := start(t, 40, "")
	at := s.clock.Now()
	want := s.Change(Random(4))
	s.clock.pass(10 * time.Second)
	want = append(want, s.Insert(1)...)
	slices.Sort(want)
	want = slices.Compact(want)
	for _, value := range []string{
		text(at), at.Format("2006-01-02T15:04:05.000Z"), at.In(time.FixedZone("", -7*3600)).Format(time.RFC3339),
		at.Format(http.TimeFormat), text(at) + "+00:00", text(at.Add(-time.Hour)),
	} {
		for _, sort := range []string{"", "&sortBy=dateModified", "&sortBy=statusModified"} {
			got := idsOf(s.page("/leads?x=1"+sort, "If-Modified-Since", value).Data)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("since %s%s: %v; want %v", value, sort, got, want)
			}
		}
	}
	if p := s.page("/leads", "If-Modified-Since", text(at.Add(time.Second))); len(p.Data) != 1 {
		t.Errorf("one second later: %d leads; want the inserted one", len(p.Data))
	}
	if p := s.page("/leads", "If-Modified-Since", at.Add(time.Millisecond).Format(time.RFC3339Nano)); len(p.Data) != 1 {
		t.Errorf("one millisecond later: %d leads; want the inserted one", len(p.Data))
	}
	if p := s.page("/leads", "If-Modified-Since", "yesterday"); len(p.Data) != 41 {
		t.Errorf("a time that is none: %d leads; want all", len(p.Data))
	}
	if p := s.page("/leads?perPage=2&page=9", "If-Modified-Since", text(at)); len(p.Data) != 0 || p.Meta.MorePages {
		t.Errorf("a page behind the last: %d leads, %+v", len(p.Data), *p.Meta)
	}
}

func TestNothingModifiedIs304WithoutBody(t *testing.T) {
	s := start(t, 40, "")
	now := text(s.clock.Now())
	for _, path := range []string{"/leads", "/leads?page=2", "/leads?sortBy=dateModified", "/leadStatusHistories"} {
		for _, header := range []string{"If-Modified-Since", "If-Status-Modified-Since"} {
			if r := s.get(path, header, now); r.status != http.StatusNotModified || len(r.body) != 0 {
				t.Errorf("%s %s: %d %q", path, header, r.status, r.body)
			}
		}
	}
	if r := start(t, 0, "").get("/leads"); r.status != http.StatusOK || !strings.Contains(string(r.body), `{"data":[],"meta"`) {
		t.Errorf("no leads, no header: %d %s", r.status, r.body)
	}
}

func TestIfStatusModifiedSince(t *testing.T) {
	s := start(t, 40, "")
	at := s.clock.Now()
	before := s.page("/leads").Data
	want := s.TouchStatus(Random(5))
	for _, path := range []string{"/leads", "/leads?sortBy=statusModified"} {
		got := s.page(path, "If-Status-Modified-Since", text(at)).Data
		ids := idsOf(got)
		slices.Sort(ids)
		if !slices.Equal(ids, want) {
			t.Fatalf("%s: %v; want %v", path, ids, want)
		}
		for _, r := range got {
			old := before[int64(r["id"].(float64))-firstID]
			if r["dateModified"] != old["dateModified"] || r["status"] == old["status"] || r["statusModified"] != text(at) {
				t.Errorf("lead %v: %v %v %v, was %v %v", r["id"], r["dateModified"], r["status"], r["statusModified"], old["dateModified"], old["status"])
			}
		}
	}
	if r := s.get("/leads", "If-Modified-Since", text(at)); r.status != http.StatusNotModified {
		t.Errorf("a change of status alone shows under If-Modified-Since: %d", r.status)
	}
	s.Change(These(want[0]))
	if got := s.page("/leads", "If-Modified-Since", text(at), "If-Status-Modified-Since", text(at)); len(got.Data) != 1 {
		t.Errorf("both headers: %d leads; want the one that meets both", len(got.Data))
	}
}

func TestOneLeadIsTheOneOfTheList(t *testing.T) {
	s := start(t, 10, "")
	want := s.page("/leads").Data[4]
	id := strconv.FormatInt(int64(want["id"].(float64)), 10)
	var got struct{ Data record }
	if r := s.get("/leads/" + id); r.status != http.StatusOK || json.Unmarshal(r.body, &got) != nil {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	if a, b := encode(t, got.Data), encode(t, want); a != b {
		t.Errorf("one: %s\nlist: %s", a, b)
	}
}

func TestUsersIgnorePaging(t *testing.T) {
	s := start(t, 5, "")
	first, second := s.page("/users?page=1&perPage=5"), s.page("/users?page=2&perPage=5")
	if len(first.Data) != 20 || len(second.Data) != 20 || first.Meta.MorePages || second.Meta.MorePages {
		t.Errorf("%d and %d users, %+v and %+v", len(first.Data), len(second.Data), first.Meta, second.Meta)
	}
	reps := s.page("/users?role=Rep").Data
	if len(reps) == 0 || len(reps) == 20 {
		t.Fatalf("%d of 20 users are Rep", len(reps))
	}
	for _, u := range reps {
		if u["role"] != "Rep" {
			t.Errorf("user %v has role %v", u["id"], u["role"])
		}
	}
}

func TestStatuses(t *testing.T) {
	s := start(t, 100, "")
	p := s.page("/leadStatuses")
	if p.Meta != nil {
		t.Errorf("meta is %+v", p.Meta)
	}
	names := map[any]bool{}
	for _, st := range p.Data {
		names[st["name"]] = st["id"].(float64) > 0
	}
	for _, r := range s.page("/leads").Data {
		if !names[r["status"]] {
			t.Errorf("lead %v has status %q, which is not in the list", r["id"], r["status"])
		}
	}
}

type historyPage struct {
	Data map[string][]record `json:"data"`
	Meta meta                `json:"meta"`
}

func (s *site) histories(path string, headers ...string) historyPage {
	s.t.Helper()
	var p historyPage
	r := s.get(path, headers...)
	if err := json.Unmarshal(r.body, &p); err != nil || r.status != http.StatusOK {
		s.t.Fatalf("%s: %d, %v: %.200s", path, r.status, err, r.body)
	}
	return p
}

func TestHistoriesAreKeyedByLead(t *testing.T) {
	s := start(t, 30, "")
	added := s.Insert(1)[0]
	leads := s.page("/leads").Data
	first, rest := s.histories("/leadStatusHistories?perPage=20"), s.histories("/leadStatusHistories?perPage=20&page=2")
	if len(first.Data) != 20 || len(rest.Data) != 11 || !first.Meta.MorePages || rest.Meta.MorePages {
		t.Fatalf("%d and %d leads, %+v, %+v", len(first.Data), len(rest.Data), first.Meta, rest.Meta)
	}
	for _, lead := range leads {
		key := strconv.FormatInt(int64(lead["id"].(float64)), 10)
		events := first.Data[key]
		if events == nil {
			events = rest.Data[key]
		}
		if len(events) == 0 {
			t.Fatalf("lead %s has no history", key)
		}
		last := events[len(events)-1]
		if last["name"] != lead["status"] || last["statusUpdated"] != lead["statusModified"] || last["leadModified"] != lead["dateModified"] {
			t.Errorf("lead %s is %v since %v; its history ends with %v", key, lead["status"], lead["statusModified"], last)
		}
		if _, isText := last["changedByUserId"].(string); !isText {
			t.Errorf("changedByUserId is %v", last["changedByUserId"])
		}
	}
	if got := len(rest.Data[strconv.FormatInt(added, 10)]); got != 1 {
		t.Errorf("a new lead has %d events", got)
	}
}

func TestHistoriesHoldEventsBeforeTheHeader(t *testing.T) {
	s := start(t, 30, "")
	at := s.clock.Now()
	id := s.TouchStatus(Random(1))[0]
	key := strconv.FormatInt(id, 10)
	before := len(s.histories("/leadStatusHistories").Data[key])
	s.clock.pass(time.Minute)
	s.TouchStatus(These(id))
	p := s.histories("/leadStatusHistories", "If-Status-Modified-Since", text(at.Add(time.Second)))
	events := p.Data[key]
	if len(p.Data) != 1 || len(events) != before+1 || events[0]["statusUpdated"].(string) >= text(at) {
		t.Errorf("%d leads, %d events (%d before), the first at %v", len(p.Data), len(events), before, events[0]["statusUpdated"])
	}
}

func TestEmptyHistoriesAreAnArray(t *testing.T) {
	s := start(t, 5, "")
	if r := s.get("/leadStatusHistories?page=9"); !strings.HasPrefix(string(r.body), `{"data":[],"meta":`) {
		t.Errorf("got %s", r.body)
	}
}

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
