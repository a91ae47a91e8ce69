package salesrabbit

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

func TestParseTrapsReadsWhatItWrites(t *testing.T) {
	list := "latency=20ms,rate=50,429=10,retryafter=date:2s,500=0.01,503=page:2:3,html=page:4,truncate=page:3:always,reset=7,slow=1s," +
		"gzip,skew=-5m0s,expire=100,shifting,ignoresort,shuffleties,ignoreperpage,repeat,usersrepeat,nometa,lag=10s,exclusive,nohistories,nostatuses,dirty=0.02,churn=3"
	set, err := ParseTraps(list)
	if err != nil {
		t.Fatal(err)
	}
	if got := set.String(); got != list {
		t.Errorf("read\n%s\nwrote\n%s", list, got)
	}
	for _, h := range TrapHelp() {
		if !strings.Contains(","+list, ","+h.Name) || len(h.Help) < 20 {
			t.Errorf("trap %q: %q", h.Name, h.Help)
		}
	}
	if got := len(TrapHelp()); got != strings.Count(list, ",")+1 {
		t.Errorf("%d traps have help; the list has %d", got, strings.Count(list, ",")+1)
	}
	if _, err := ParseTraps("latensy=20ms"); crm.CodeOf(err) != crm.CodeUsage {
		t.Errorf("unknown name: %v", err)
	}
}

func TestTrapShifting(t *testing.T) {
	s := start(t, 30, "shifting")
	first := idsOf(s.page("/leads?perPage=10").Data)
	moved := s.page("/leads?perPage=10&page=3").Data[9]["id"].(float64)
	s.Change(These(int64(moved)))
	second := idsOf(s.page("/leads?perPage=10&page=2").Data)
	if second[0] != first[9] {
		t.Errorf("page 2 begins with %d; want %d, pushed down from page 1", second[0], first[9])
	}
	if got := idsOf(s.page("/leads?perPage=10&sortBy=id").Data); !slices.IsSorted(got) {
		t.Errorf("an order that is asked for is not kept: %v", got)
	}
	if got := idsOf(s.page("/api/leads?limit=10").Data); got[0] != int64(moved) {
		t.Errorf("the specification's list begins with %d; want %d", got[0], int64(moved))
	}
}

func TestTrapShuffleTies(t *testing.T) {
	s := start(t, 30, "shuffleties")
	before := idsOf(s.page("/leads?sortBy=dateCreated").Data)
	imported := s.Insert(20)
	first, again := idsOf(s.page("/leads?sortBy=dateCreated").Data), idsOf(s.page("/leads?sortBy=dateCreated").Data)
	for _, list := range [][]int64{first, again} {
		if !slices.Equal(list[:30], before) {
			t.Errorf("leads of different seconds are not in order: %v", list[:30])
		}
		if slices.Equal(list[30:], imported) || !slices.Equal(slices.Sorted(slices.Values(list[30:])), imported) {
			t.Errorf("leads of one second: %v", list[30:])
		}
	}
	if slices.Equal(first, again) {
		t.Error("two calls have leads of one second in the same order")
	}
	for _, by := range []string{"dateModified", "statusModified"} {
		if got := idsOf(s.page("/leads?perPage=20&page=2&sortBy=" + by).Data); slices.IsSorted(got) {
			t.Errorf("by %s leads of one second are in order: %v", by, got)
		}
	}
}

func TestTrapIgnoreSort(t *testing.T) {
	s := start(t, 30, "ignoresort")
	last := s.Change(Random(1))[0]
	for _, path := range []string{"/leads?sortBy=id&order=desc", "/leads", "/api/leads?sort=id&order=desc"} {
		if got := idsOf(s.page(path).Data); got[29] != last {
			t.Errorf("%s ends with %d; want %d, the newest", path, got[29], last)
		}
	}
}

func TestTrapIgnorePerPage(t *testing.T) {
	s := start(t, 30, "ignoreperpage")
	if p := s.page("/leads?perPage=10"); len(p.Data) != 30 || p.Meta.ResultsPerPage != 2000 || p.Meta.MorePages {
		t.Errorf("%d rows, %+v", len(p.Data), *p.Meta)
	}
	if p := s.page("/api/leads?limit=10"); len(p.Data) != 30 {
		t.Errorf("%d rows, %+v", len(p.Data), *p.Meta)
	}
}

func TestTrapRepeat(t *testing.T) {
	s := start(t, 30, "repeat")
	for _, path := range []string{"/leads?perPage=10", "/leadStatusHistories?perPage=10"} {
		first, ninth := s.get(path), s.get(path+"&page=9")
		if string(first.body) != string(ninth.body) || !strings.Contains(string(ninth.body), `"morePages":true`) {
			t.Errorf("%s: %.60s... and %.60s...", path, first.body, ninth.body)
		}
	}
	if p := s.page("/leads?page=2"); len(p.Data) != 30 || !p.Meta.MorePages {
		t.Errorf("a page with all: %d rows, %+v", len(p.Data), *p.Meta)
	}
	if a, b := s.get("/api/leads?limit=10"), s.get("/api/leads?limit=10&page=2"); string(a.body) != string(b.body) {
		t.Error("the specification's list does not repeat")
	}
}

func TestTrapUsersRepeat(t *testing.T) {
	s := start(t, 5, "usersrepeat")
	if p := s.page("/users?page=7"); len(p.Data) != 20 || !p.Meta.MorePages || p.Meta.CurrentPage != 7 {
		t.Errorf("%d users, %+v", len(p.Data), *p.Meta)
	}
}

func TestTrapNoMeta(t *testing.T) {
	s := start(t, 5, "nometa")
	for _, path := range []string{"/leads", "/users", "/api/leads", "/leadStatusHistories"} {
		if r := s.get(path); strings.Contains(string(r.body), `"meta"`) || !json.Valid(r.body) {
			t.Errorf("%s: %.100s", path, r.body)
		}
	}
}

func TestTrapLag(t *testing.T) {
	s := start(t, 30, "lag=10s")
	since := text(s.clock.Now())
	old := s.ask(firstID + 3)
	s.Change(These(firstID + 3))
	s.clock.pass(4 * time.Second)
	s.Change(These(firstID + 3))
	gone, added := s.Delete(These(firstID+5), Gone)[0], s.Insert(1)[0]

	for _, query := range []string{"", "?sortBy=dateModified", "?sortBy=statusModified&order=desc", "?perPage=30"} {
		p := s.page("/leads" + query)
		ids := idsOf(p.Data)
		if len(ids) != 30 || !slices.Contains(ids, gone) || slices.Contains(ids, added) || p.Meta.MorePages {
			t.Errorf("%q at once: %d leads, the gone %v, the new %v", query, len(ids), slices.Contains(ids, gone), slices.Contains(ids, added))
		}
	}
	if got := s.page("/leads").Data[3]; got["dateModified"] != old["dateModified"] {
		t.Errorf("the list shows %v; want %v still", got["dateModified"], old["dateModified"])
	}
	if r := s.get("/leads", "If-Modified-Since", since); r.status != http.StatusNotModified {
		t.Errorf("changes at once: %d", r.status)
	}
	if one := s.get("/leads/10000004"); strings.Contains(string(one.body), old["dateModified"].(string)+`","deletedAt`) {
		t.Error("the lead itself lags too")
	}
	s.clock.pass(6 * time.Second)
	if got := s.page("/leads", "If-Modified-Since", since).Data; len(got) != 1 || got[0]["dateModified"] != since {
		t.Errorf("after the first lag: %v; want the first change alone", got)
	}
	s.clock.pass(4 * time.Second)
	if got := idsOf(s.page("/leads", "If-Modified-Since", since).Data); !slices.Equal(got, []int64{firstID + 3, added}) {
		t.Errorf("after all lags: %v", got)
	}
	if ids := idsOf(s.page("/leads").Data); slices.Contains(ids, gone) || len(ids) != 30 {
		t.Errorf("after all lags: %v", ids)
	}
}

func TestTrapExclusive(t *testing.T) {
	s := start(t, 30, "exclusive")
	at := s.clock.Now()
	s.Change(Random(2))
	if r := s.get("/leads", "If-Modified-Since", text(at)); r.status != http.StatusNotModified {
		t.Errorf("the very second: %d", r.status)
	}
	if p := s.page("/leads", "If-Modified-Since", text(at.Add(-time.Second))); len(p.Data) != 2 {
		t.Errorf("a second earlier: %d leads", len(p.Data))
	}
}

func TestTrapAbsentEndpoints(t *testing.T) {
	s := start(t, 3, "nohistories,nostatuses")
	for path, want := range map[string]int{"/leadStatusHistories": 404, "/leadStatuses": 404, "/leads": 200} {
		if r := s.get(path); r.status != want || !json.Valid(r.body) {
			t.Errorf("%s: %d; want %d", path, r.status, want)
		}
	}
}

func TestTrapDirty(t *testing.T) {
	clean, some, all := start(t, 400, ""), start(t, 400, "dirty=0.1"), start(t, 400, "dirty=1")
	differ := func(s *site) (n int, raw string) {
		want := clean.page("/leads").Data
		for i, r := range s.page("/leads").Data {
			if got := encode(t, r); got != encode(t, want[i]) {
				n++
				raw += got
			}
		}
		return n, raw
	}
	if n, _ := differ(some); n < 20 || n > 70 {
		t.Errorf("%d of 400 are dirty; want about 40", n)
	}
	n, raw := differ(all)
	if n < 380 {
		t.Errorf("%d of 400 are dirty; want all", n)
	}
	for _, value := range []string{`"latitude":999`, `"0000-00-00"`, `"Salt Lake City"`, `"none@"`, `ask for Bob`} {
		if !strings.Contains(raw, value) {
			t.Errorf("no lead holds %s", value)
		}
	}
	for _, r := range all.page("/api/leads").Data {
		if r["latitude"] != nil || r["address"].(record)["city"] == nil {
			t.Fatalf("dirt of a nested record lies flat: %v", r)
		}
	}
}

func TestTrapChurn(t *testing.T) {
	s := start(t, 100, "churn=20")
	before := s.State()
	at := text(s.clock.Now())
	if r := s.get("/leads", "If-Modified-Since", at); r.status != http.StatusNotModified {
		t.Fatalf("something changed before the first call: %d", r.status)
	}
	if p := s.page("/leads?sortBy=dateModified", "If-Modified-Since", at); len(p.Data) < 10 || len(p.Data) > 20 {
		t.Errorf("%d leads were changed and are listed; want most of 20", len(p.Data))
	}
	for range 5 {
		s.page("/api/leads")
		s.histories("/leadStatusHistories")
	}
	after := s.State()
	if after.Leads == before.Leads || after.Gone == 0 || after.SoftDeleted <= before.SoftDeleted {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

func TestTrapTooManyWithRetryAfter(t *testing.T) {
	for after, want := range map[string]string{"": "1", "90s": "90", "1500ms": "2", "none": "", "date:5s": "Mon, 02 Mar 2026 12:00:05 GMT"} {
		s := start(t, 3, "429=2")
		if after != "" {
			s = start(t, 3, "429=2,retryafter="+after)
		}
		first, second, third := s.get("/leads"), s.get("/leads"), s.get("/leads")
		if first.status != 200 || second.status != 429 || third.status != 200 {
			t.Errorf("%q: %d, %d, %d", after, first.status, second.status, third.status)
		}
		if got := second.header.Get("Retry-After"); got != want || !json.Valid(second.body) {
			t.Errorf("%q: Retry-After %q; want %q; body %s", after, got, want, second.body)
		}
	}
}

func TestTrapRate(t *testing.T) {
	s := start(t, 3, "rate=3")
	var got []int
	for range 5 {
		got = append(got, s.get("/leads").status)
	}
	s.clock.pass(400 * time.Millisecond)
	got = append(got, s.get("/leads").status, s.get("/leads").status)
	if want := []int{200, 200, 200, 429, 429, 200, 429}; !slices.Equal(got, want) {
		t.Errorf("got %v; want %v", got, want)
	}
}

func TestTrapServerErrors(t *testing.T) {
	s := start(t, 30, "500=page:2:2,503=page:3:always")
	path := "/leads?perPage=10&page="
	var got []int
	for _, page := range []string{"1", "2", "2", "2", "3", "3", "3"} {
		got = append(got, s.get(path+page).status)
	}
	if want := []int{200, 500, 500, 200, 503, 503, 503}; !slices.Equal(got, want) {
		t.Errorf("got %v; want %v", got, want)
	}
	if r := s.get(path + "3"); r.header.Get("Retry-After") != "1" {
		t.Errorf("503 says Retry-After %q", r.header.Get("Retry-After"))
	}
	chance := start(t, 3, "500=0.3")
	for range 200 {
		chance.get("/leads")
	}
	if n := chance.Requests()["GET /leads 500"]; n < 35 || n > 85 {
		t.Errorf("%d of 200 calls failed; want about 60", n)
	}
}

func TestTrapHTML(t *testing.T) {
	r := start(t, 3, "html=1").get("/leads")
	if r.status != 200 || json.Valid(r.body) || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		t.Errorf("%d %s %s", r.status, r.header.Get("Content-Type"), r.body)
	}
}

func TestTrapTruncate(t *testing.T) {
	s := start(t, 30, "truncate=page:3")
	if r := s.get("/leads?perPage=10&page=2"); r.err != nil {
		t.Errorf("page 2: %v", r.err)
	}
	cut := s.get("/leads?perPage=10&page=3")
	if declared, _ := strconv.Atoi(cut.header.Get("Content-Length")); cut.err != io.ErrUnexpectedEOF || len(cut.body) != declared/2 {
		t.Errorf("%d of %s bytes, error %v", len(cut.body), cut.header.Get("Content-Length"), cut.err)
	}
	if r := s.get("/leads?perPage=10&page=3"); r.err != nil || !json.Valid(r.body) {
		t.Errorf("second try: %v", r.err)
	}
}

func TestTrapReset(t *testing.T) {
	s := start(t, 3, "reset=page:2:always")
	if r := s.get("/leads"); r.err != nil {
		t.Error(r.err)
	}
	if r := s.get("/leads?page=2"); r.err == nil {
		t.Errorf("answered with %d", r.status)
	}
	// Go's client repeats a call of its own when a kept connection breaks.
	if got := s.Requests()["GET /leads dropped"]; got == 0 {
		t.Errorf("no call was dropped: %v", s.Requests())
	}
}

func TestTrapLatencyAndSlow(t *testing.T) {
	s := start(t, 3, "latency=20ms")
	s.get("/leads")
	if s.clock.waits() != 20*time.Millisecond {
		t.Errorf("waited %s", s.clock.waits())
	}
	s.SetTraps(Traps{})
	want := s.get("/leads")
	slow, _ := ParseTraps("slow=2s")
	s.SetTraps(slow)
	if got := s.get("/leads"); string(got.body) != string(want.body) || s.clock.waits() < 2*time.Second {
		t.Errorf("%d bytes of %d after %s", len(got.body), len(want.body), s.clock.waits())
	}
}

func TestTrapGzip(t *testing.T) {
	s := start(t, 30, "gzip")
	r := s.get("/leads", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(bytes.NewReader(r.body))
	if err != nil || r.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%v, Content-Encoding %q", err, r.header.Get("Content-Encoding"))
	}
	plain, err := io.ReadAll(z)
	if want := s.get("/leads", "Accept-Encoding", "identity"); err != nil || string(plain) != string(want.body) || want.header.Get("Content-Encoding") != "" {
		t.Errorf("%d bytes unpacked (%v), %d plain", len(plain), err, len(want.body))
	}
	if r := s.get("/leads", "Accept-Encoding", "gzip", "If-Modified-Since", text(s.clock.Now())); r.status != 304 || len(r.body) != 0 {
		t.Errorf("304 became %d with %d bytes", r.status, len(r.body))
	}
}

func TestTrapSkew(t *testing.T) {
	for traps, want := range map[string]string{"": "Mon, 02 Mar 2026 12:00:00 GMT", "skew=-5m": "Mon, 02 Mar 2026 11:55:00 GMT"} {
		if got := start(t, 3, traps).get("/leads").header.Get("Date"); got != want {
			t.Errorf("%q: Date %s; want %s", traps, got, want)
		}
	}
}

func TestTrapExpire(t *testing.T) {
	s := start(t, 3, "expire=2")
	got := []int{s.get("/leads").status, s.get("/users").status, s.get("/leads").status, s.get("/users").status}
	if want := []int{200, 200, 401, 401}; !slices.Equal(got, want) {
		t.Errorf("got %v; want %v", got, want)
	}
}
