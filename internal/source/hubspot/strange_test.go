package hubspot_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// searched lets searches of the account be answered by something else.
func (s *site) searched(answer func(body []byte) (status int, out string)) {
	s.front.add("/search", func(w http.ResponseWriter, r *http.Request) bool {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return false
		}
		code, out := answer(body)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, out)
		return true
	})
}

// unsorted is a search that ignores what it was told of the order, and shows so many
// records at most.
type unsorted struct {
	at    map[uint64]int64 // when each record was changed, by id
	page  int
	calls int
}

func (u *unsorted) answer(body []byte) (status int, out string) {
	u.calls++
	var q struct {
		FilterGroups []struct {
			Filters []struct{ PropertyName, Operator, Value string }
		}
	}
	if json.Unmarshal(body, &q) != nil {
		return 400, "{}"
	}
	var found []uint64
	for id, at := range u.at {
		fits := true
		for _, f := range q.FilterGroups[0].Filters {
			n, _ := strconv.ParseInt(f.Value, 10, 64)
			fits = fits && map[string]bool{"GTE": at >= n, "LT": at < n, "GT": int64(id) > n}[f.Operator]
		}
		if fits {
			found = append(found, id)
		}
	}
	slices.SortFunc(found, func(a, b uint64) int { return strings.Compare(fmt.Sprint(a%7, a), fmt.Sprint(b%7, b)) })
	total := len(found)
	found = found[:min(total, u.page)]
	var list []string
	for _, id := range found {
		changed := time.UnixMilli(u.at[id]).UTC().Format("2006-01-02T15:04:05.000Z")
		list = append(list, fmt.Sprintf(`{"id":"%d","properties":{},"updatedAt":"%s","archived":false}`, id, changed))
	}
	return 200, fmt.Sprintf(`{"total":%d,"results":[%s]}`, total, strings.Join(list, ","))
}

// Trap: a sort that is not an object, or not liked, is ignored without a word. Then
// no page tells what comes behind it, and time is all that is left to part by.
func TestTrapASortThatIsIgnored(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	since := s.clock.Now()
	u := &unsorted{at: map[uint64]int64{}, page: 20}
	for id := uint64(1); id <= 300; id++ {
		u.at[id] = since.UnixMilli() + int64(id*7919%3_000_000)
	}
	s.clock.Pass(time.Hour)
	s.searched(u.answer)
	got := s.mustRead(s.stream("notes"), crm.Request{Since: since})
	if len(got.records) != 300 || got.calls != u.calls {
		t.Errorf("%d records in %d of %d calls", len(got.records), got.calls, u.calls)
	}
	for id := range u.at {
		u.at[id] = since.UnixMilli() + 5 // one millisecond, which nothing parts
	}
	_, err := s.read(s.stream("notes"), crm.Request{Since: since}, 0)
	mustFail(t, err, crm.CodeBadAnswer, "another order")
}

// A search that counts less than there is says with its next page that there is more.
func TestL3ASearchThatCountsTooFewIsReadOn(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	since := s.clock.Now()
	s.clock.Pass(time.Hour)
	at := since.Add(time.Minute).UTC().Format(time.RFC3339)
	calls := 0
	s.searched(func(body []byte) (int, string) {
		record := func(id string) string {
			return `{"id":"` + id + `","properties":{"hs_lastmodifieddate":"` + at + `"},"updatedAt":"` + at + `"}`
		}
		if calls++; calls == 1 {
			return 200, `{"total":2,"results":[` + record("1") + `,` + record("2") + `],"paging":{"next":{"after":"2"}}}`
		}
		return 200, `{"total":1,"results":[` + record("9") + `]}`
	})
	if got := s.mustRead(s.stream("notes"), crm.Request{Since: since}); len(got.records) != 3 {
		t.Errorf("%d records in %d calls", len(got.records), calls)
	}
}

func TestASearchThatHidesWhatItCounts(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	s.searched(func([]byte) (int, string) { return 200, `{"total":3,"results":[]}` })
	got := s.mustRead(s.stream("notes"), crm.Request{Since: begin})
	if len(got.pages) != 1 || !strings.Contains(got.pages[0].Notice, "3 more notes have changed") {
		t.Errorf("%+v", got.pages)
	}
	s.searched(func([]byte) (int, string) { return 200, `{"total":10001,"results":[]}` }) // parting it would have no end
	_, err := s.read(s.stream("notes"), crm.Request{Since: begin}, 0)
	mustFail(t, err, crm.CodeBadAnswer, "shows none")
	s.searched(func([]byte) (int, string) { return 200, `{"results":[]}` })
	_, err = s.read(s.stream("notes"), crm.Request{Since: begin}, 0)
	mustFail(t, err, crm.CodeBadAnswer, "how many")
	s.searched(func([]byte) (int, string) { return 304, `` })
	_, err = s.read(s.stream("notes"), crm.Request{Since: begin}, 0)
	mustFail(t, err, crm.CodeBadAnswer, "304")
	s.searched(func([]byte) (int, string) { return 400, `{"message":"limit must be less"}` })
	_, err = s.read(s.stream("notes"), crm.Request{Since: begin}, 0)
	mustFail(t, err, crm.CodeSourceRefused, "limit must be less")
}

// L3: of every record that a batch was asked for it has to be known what became of
// it.
func TestL3ABatchThatLeavesARecordOutWithoutAWord(t *testing.T) {
	const list = `{"results":[{"id":"1"},{"id":"2"}]}`
	for answer, good := range map[string]bool{
		`{"status":"COMPLETE","results":[{"id":"2"},{"id":"1"}]}`:                                                              true,
		`{"status":"COMPLETE","results":[{"id":"2"},{"id":"1"},{"id":"3"}]}`:                                                   true, // not asked for
		`{"status":"COMPLETE","results":[{"id":"2"}]}`:                                                                         false,
		`{"status":"COMPLETE","results":[{"id":"2"}],"errors":[{"category":"OBJECT_NOT_FOUND","context":{"ids":["1"]}}]}`:      true,
		`{"status":"COMPLETE","results":[{"id":"2"}],"errors":[{"category":"OBJECT_NOT_FOUND","context":{"ids":["7","x"]}}]}`:  false,
		`{"status":"COMPLETE","results":[{"id":"2"}],"errors":[{"category":"OBJECT_NOT_FOUND"}]}`:                              true, // of whom, it does not say
		`{"status":"COMPLETE","results":[{"id":"2"}],"errors":[{"category":"VALIDATION_ERROR"}]}`:                              false,
		`{"status":"COMPLETE","results":[{"id":"2","properties":{"hs_merged_object_ids":"1"}}]}`:                               true,
		`{"status":"CANCELED","results":[{"id":"2"},{"id":"1"}]}`:                                                              false,
		`{"results":[{"id":"2"},{"id":"1"}]}`:                                                                                  false,
		`{"status":"COMPLETE","results":[{"id":"2"},{"id":"1"}],"errors":[{"category":"OBJECT_NOT_FOUND"}],"completedAt":"x"}`: true,
	} {
		s := account(t, sandbox.Config{}, "", nil)
		s.front.add("/objects/notes", func(w http.ResponseWriter, r *http.Request) bool {
			text := `{"results":[]}`
			if r.URL.Query().Get("archived") == "true" {
				text = list
			}
			if r.Method == http.MethodPost {
				text = answer
				w.WriteHeader(207)
			}
			_, _ = io.WriteString(w, text)
			return true
		})
		_, err := s.read(s.stream("notes"), crm.Request{}, 0)
		if (err == nil) != good {
			t.Errorf("%s: %v", answer, err)
		}
		if err != nil {
			mustFail(t, err, crm.CodeBadAnswer)
		}
	}
}

// A record without an id is nobody's to lose: the engine puts it into the
// quarantine.
func TestL3ARecordWithoutAnIDIsHandedOn(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	s.answering("/objects/notes", 200, `{"results":[{"properties":{}},7]}`)
	count := 0
	for page, err := range s.Read(t.Context(), s.stream("notes"), crm.Request{}) {
		if err != nil {
			t.Fatal(err)
		}
		count += len(page.Records)
	}
	if count != 4 { // of either list
		t.Errorf("%d records", count)
	}
	s.answering("/objects/deals", 200, `{"results":[{"properties":{}}]}`)
	_, err := s.read(s.stream("deals_contacts"), crm.Request{}, 0)
	mustFail(t, err, crm.CodeBadAnswer, "no id")
}

// What is too large at once is asked for in halves.
func TestAnswersThatAreTooLargeAreAskedForInHalves(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 400, "deals": 400}, Properties: wide}, "", map[string]string{"max_response": "200kB"})
	st := s.described("contacts")
	got := s.mustRead(st, crm.Request{})
	s.compare(got.records, s.truth("contacts"))
	// Halving is quick: few answers came that were of no use.
	answers := 0
	for _, n := range s.Requests() {
		answers += n
	}
	if useless := answers - got.calls - 2; useless < 2 || useless > 14 {
		t.Errorf("%d answers were too large", useless)
	}
	told := 0
	for _, p := range got.pages {
		if strings.Contains(p.Notice, "records at once") {
			told++
		}
	}
	if told == 0 || told > 8 {
		t.Errorf("told %d times", told)
	}
	since := s.clock.Now()
	s.clock.Pass(time.Second)
	s.Change("contacts", sandbox.Random(300))
	if got := s.mustRead(st, crm.Request{Since: since}); got.count != 300 {
		t.Errorf("%d changes", got.count)
	}
	// The bytes of an account whose every answer is too large are no reason to try
	// for ever.
	s.plan["max_response"] = "300B"
	s.reconnect()
	_, err := s.read(st, crm.Request{}, 0)
	mustFail(t, err, crm.CodeTooLarge)
	s.plan["max_response"] = "20kB"
	s.reconnect()
	pairs, _ := s.pairs("deals_contacts", "deal_id", "contact_id", crm.Request{})
	s.comparePairs(pairs, s.truePairs("deals", "contacts"))
}

// So is what is asked for one by one, as by a webhook.
func TestSingleRecordsThatAreTooLargeAreAskedForInHalves(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 400, "deals": 400}, Properties: wide}, "", map[string]string{"max_response": "200kB"})
	st := s.described("contacts")
	s.Archive("contacts", sandbox.Random(60))
	archived := slices.Sorted(maps.Keys(s.archived("contacts")))
	asked := slices.Concat(slices.Sorted(maps.Keys(s.truth("contacts"))), archived, []string{"5"})
	fetch := func(st crm.Stream, ids []string) (r reading, told int, err error) {
		r = reading{records: map[string]record{}, archive: map[string]record{}, gone: map[string]bool{}}
		for page, err := range s.Connector.(crm.Fetcher).Fetch(t.Context(), st, ids) {
			if err != nil {
				return r, told, err
			}
			if strings.Contains(page.Notice, "records at once") {
				told++
			}
			for _, raw := range page.Records {
				one := recordOf(t, raw)
				r.raw = append(r.raw, string(raw))
				map[bool]map[string]record{false: r.records, true: r.archive}[one.Archived][one.ID] = one
			}
			for _, raw := range page.Gone {
				r.gone[string(raw)] = true
			}
		}
		return r, told, nil
	}
	got, told, err := fetch(st, asked)
	if err != nil {
		t.Fatal(err)
	}
	s.compare(got.records, s.truth("contacts"))
	s.compare(got.archive, s.archived("contacts"))
	if len(got.raw) != len(asked)-1 || len(got.gone) != 1 || !got.gone[`{"id":"5"}`] || told == 0 {
		t.Errorf("%d records of %d, gone %v, told %d times", len(got.raw), len(asked), got.gone, told)
	}
	pairs := s.truePairs("deals", "contacts")
	asked = []string{"1/2"}
	for p := range pairs {
		asked = append(asked, p.from+"/"+p.to)
	}
	s.plan["max_response"] = "8kB"
	s.reconnect()
	got, told, err = fetch(s.stream("deals_contacts"), asked)
	if err != nil || len(got.raw) != len(pairs) || len(got.gone) != 1 || told == 0 {
		t.Errorf("%d associations of %d, gone %v, told %d times: %v", len(got.raw), len(pairs), got.gone, told, err)
	}
	s.plan["max_response"] = "300B"
	s.reconnect()
	_, _, err = fetch(st, archived)
	mustFail(t, err, crm.CodeTooLarge)
	s.plan["max_response"] = "100B"
	s.reconnect()
	_, _, err = fetch(s.stream("deals_contacts"), asked[1:])
	mustFail(t, err, crm.CodeTooLarge)
}
