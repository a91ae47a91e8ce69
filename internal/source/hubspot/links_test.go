package hubspot_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// pair is one row of associations.
type pair struct{ from, to string }

// pairs reads associations; their labels come along.
func (s *site) pairs(name, from, to string, req crm.Request) (map[pair][]string, reading) {
	s.t.Helper()
	got := s.mustRead(s.stream(name), req)
	all := map[pair][]string{}
	for _, raw := range got.raw {
		var row map[string]json.RawMessage
		if err := json.Unmarshal([]byte(raw), &row); err != nil || len(row) != 3 {
			s.t.Fatalf("%v: %s", err, raw)
		}
		var p pair
		var types []struct {
			Category string
			TypeID   int `json:"typeId"`
			Label    *string
		}
		for field, into := range map[string]any{from: &p.from, to: &p.to, "types": &types} {
			if err := json.Unmarshal(row[field], into); err != nil {
				s.t.Fatalf("%s: %v: %s", field, err, raw)
			}
		}
		if _, twice := all[p]; twice {
			s.t.Errorf("%v is there twice", p)
		}
		all[p] = []string{}
		for _, typ := range types {
			if typ.Category == "" || typ.TypeID == 0 {
				s.t.Errorf("no type: %s", raw)
			}
			all[p] = append(all[p], text(typ.Label))
		}
	}
	return all, got
}

func (s *site) truePairs(from, to string) map[pair]bool {
	all := map[pair]bool{}
	for id, others := range s.Associations(from, to) {
		for _, other := range others {
			all[pair{fmt.Sprint(id), fmt.Sprint(other)}] = true
		}
	}
	return all
}

func (s *site) comparePairs(got map[pair][]string, want map[pair]bool) {
	s.t.Helper()
	if len(got) != len(want) {
		s.t.Errorf("%d associations, want %d", len(got), len(want))
	}
	for p := range want {
		if len(got[p]) == 0 {
			s.t.Fatalf("%v is missing", p)
		}
	}
}

func TestAssociationsOfEveryVersion(t *testing.T) {
	for _, version := range []string{"v3", "2026-03", "2026-09"} {
		for trap, page := range map[string]string{"numbers or texts as ids of 64 bits": "", "associations of one record in pages": "linkpage=1"} {
			t.Run("trap "+trap+" "+version, func(t *testing.T) {
				s := account(t, sandbox.Config{Records: 1500}, page, map[string]string{
					"api_version": version, "custom_objects": custom, "associations": "companies-contacts,contacts-divisions,deals-line_items",
				})
				for _, l := range [][4]string{
					{"companies", "contacts", "company_id", "contact_id"}, {"contacts", "divisions", "contact_id", "division_id"},
					{"deals", "line_items", "deal_id", "line_item_id"},
				} {
					got, _ := s.pairs(l[0]+"_"+l[1], l[2], l[3], crm.Request{})
					s.comparePairs(got, s.truePairs(l[0], l[1]))
				}
			})
		}
	}
}

func TestLabelsOfAnAssociationAreInOneOrder(t *testing.T) {
	s := account(t, sandbox.Config{Records: 2000}, "", nil)
	got, _ := s.pairs("contacts_companies", "contact_id", "company_id", crm.Request{})
	kinds := map[string]int{}
	for _, labels := range got {
		kinds[fmt.Sprint(labels)]++
	}
	if len(kinds) != 2 { // of HubSpot, and of HubSpot and a user
		t.Errorf("%v", kinds)
	}
}

// A thousand records in one call, whichever way they were found.
func TestCallsOfAssociationsAreTheLeastPossible(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"deals": 3000, "contacts": 3000}}, "", nil)
	active := len(s.truth("deals"))
	_, full := s.pairs("deals_contacts", "deal_id", "contact_id", crm.Request{})
	if want := pages(active) + (active+999)/1000; full.calls != want {
		t.Errorf("%d calls of a full run, want %d", full.calls, want)
	}
	since := s.clock.Now()
	s.clock.Pass(time.Second)
	s.Change("deals", sandbox.Random(900))
	_, some := s.pairs("deals_contacts", "deal_id", "contact_id", crm.Request{Since: since})
	if some.calls != 5+1 {
		t.Errorf("%d calls for 900 deals that have changed, want 6", some.calls)
	}
	t.Logf("%d deals: %d calls; 900 changed: %d calls, %.4f a record", active, full.calls, some.calls, float64(some.calls)/900)
}

// Trap: an association that is removed is shown by nothing; neither record has
// changed. A record without any is absent, with an error of its own.
func TestTrapRemovedAssociationsAreAbsent(t *testing.T) {
	s := account(t, sandbox.Config{Records: 400}, "", nil)
	before, _ := s.pairs("deals_contacts", "deal_id", "contact_id", crm.Request{})
	since := s.clock.Now()
	s.clock.Pass(time.Minute)
	var removed pair
	for deal, contacts := range s.Associations("deals", "contacts") {
		removed = pair{fmt.Sprint(deal), fmt.Sprint(contacts[0])}
		if !s.Dissociate("deals", deal, "contacts", contacts[0]) {
			t.Fatal("not removed")
		}
		break
	}
	changes, quiet := s.pairs("deals_contacts", "deal_id", "contact_id", crm.Request{Since: since})
	if len(changes) != 0 || !quiet.pages[0].Seen.Equal(s.clock.Now()) {
		t.Errorf("%v changed; seen up to %s", changes, quiet.pages[0].Seen)
	}
	after, full := s.pairs("deals_contacts", "deal_id", "contact_id", crm.Request{})
	if _, there := after[removed]; there || len(after) != len(before)-1 {
		t.Errorf("%d and then %d associations, the removed one among them: %t", len(before), len(after), there)
	}
	if s.requests("associations", "207") == 0 {
		t.Error("no record was absent")
	}
	if last := full.pages[len(full.pages)-1]; !last.Seen.Equal(full.pages[0].SourceTime) || last.Seen.IsZero() {
		t.Errorf("seen up to %s, begun at %s", last.Seen, full.pages[0].SourceTime)
	}
	// With a change of the record the others are read once more.
	ids := s.Change("deals", sandbox.Random(20))
	s.clock.Pass(time.Second)
	changes, _ = s.pairs("deals_contacts", "deal_id", "contact_id", crm.Request{Since: since})
	s.comparePairs(changes, onlyFrom(s.truePairs("deals", "contacts"), ids))
}

func onlyFrom(all map[pair]bool, from []int64) map[pair]bool {
	maps.DeleteFunc(all, func(p pair, _ bool) bool { return !slices.Contains(ids(from...), p.from) })
	return all
}

// L11: however many associations the records of one call have, no page holds them all.
// L4: a walk that ends behind such a page goes on before all of those records, and not
// before any others.
func TestL11AssociationsComeInPages(t *testing.T) {
	for name, c := range map[string]struct {
		companies, contacts int
		trap                string
		behind              []int // for each page, how many pages a walk that goes on there has behind it
	}{
		"all of one record":           {1, 15_000, "", []int{0, 2}},
		"many of each of many":        {2000, 32_000, "linkpage=4", []int{0, 2, 2, 4}},
		"no more than one call shows": {2200, 4000, "", []int{1, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			s := account(t, sandbox.Config{Counts: map[string]int{"companies": c.companies, "contacts": c.contacts}}, c.trap, map[string]string{"associations": "companies-contacts"})
			got, whole := s.pairs("companies_contacts", "company_id", "contact_id", crm.Request{})
			want := s.truePairs("companies", "contacts")
			s.comparePairs(got, want)
			if len(whole.pages) != len(c.behind) {
				t.Fatalf("%d pages, want %d", len(whole.pages), len(c.behind))
			}
			s.clock.Pass(time.Minute)
			for i, page := range whole.pages {
				if len(page.Records) > 10_000+4000 {
					t.Errorf("page %d has %d associations", i, len(page.Records))
				}
				if last := i == len(whole.pages)-1; page.Last != last || page.Seen.IsZero() == last || !page.SourceTime.Equal(whole.pages[0].SourceTime) {
					t.Errorf("page %d: last %t, seen up to %s, by the clock of %s", i, page.Last, page.Seen, page.SourceTime)
				}
				rest := s.mustRead(s.stream("companies_contacts"), crm.Request{Resume: page.Checkpoint})
				all := rest.raw
				for _, done := range whole.pages[:c.behind[i]] {
					for _, raw := range done.Records {
						all = append(all, string(raw))
					}
				}
				slices.Sort(all)
				if !slices.Equal(all, slices.Sorted(slices.Values(whole.raw))) {
					t.Errorf("behind page %d come %d associations of %d", i, rest.count, len(want))
				}
				if last := rest.pages[len(rest.pages)-1]; !last.Seen.Equal(whole.pages[0].SourceTime) {
					t.Errorf("behind page %d: seen up to %s", i, last.Seen)
				}
			}
		})
	}
}

// L11: so it is with associations that are asked for one by one; which of these are
// gone is said when it is known.
func TestL11AssociationsOfOneRecordAreFetchedInPages(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"companies": 2, "contacts": 9000}}, "", map[string]string{"associations": "companies-contacts"})
	asked, want := []string{"1/2", "01/3"}, []string{`{"company_id":"1","contact_id":"2"}`, `{"company_id":"1","contact_id":"3"}`}
	for company, contacts := range s.Associations("companies", "contacts") {
		asked = append(asked, fmt.Sprint(company, "/", contacts[0]), fmt.Sprint(company, "/", contacts[len(contacts)-1]), fmt.Sprint(company, "/5"))
		want = append(want, fmt.Sprintf(`{"company_id":"%d","contact_id":"5"}`, company))
	}
	var gone []string
	for page, err := range s.Connector.(crm.Fetcher).Fetch(t.Context(), s.stream("companies_contacts"), asked) {
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Records) > 2*500 {
			t.Errorf("a page has %d associations", len(page.Records))
		}
		for _, key := range page.Gone {
			gone = append(gone, string(key))
		}
	}
	slices.Sort(gone)
	slices.Sort(want)
	if !slices.Equal(gone, want) {
		t.Errorf("gone are %v, want %v", gone, want)
	}
}

func TestAFailedBatchOfAssociationsIsAFailedRun(t *testing.T) {
	s := account(t, sandbox.Config{Records: 400}, "", nil)
	for _, answer := range []string{
		`{"status":"PROCESSING","results":[]}`,
		`{"status":"COMPLETE","results":[],"numErrors":1,"errors":[{"category":"INTERNAL_ERROR","message":"no"}]}`,
		`{"status":"COMPLETE","results":[],"errors":"some"}`,
		`{"status":"COMPLETE"}`,
		`{"status":"COMPLETE","results":[{"to":[]}]}`,
		`{"status":"COMPLETE","results":[{"from":{"id":"1"}}]}`,
		`{"status":"COMPLETE","results":[{"from":{"id":"1"},"to":[{"toObjectId":"x","associationTypes":[]}]}]}`,
		`{"status":"COMPLETE","results":[{"from":{"id":"1"},"to":[{"toObjectId":5}]}]}`,
		`{"status":"COMPLETE","results":[]} and more`, `[]`, `{"status":"COMPLETE","results":[`,
	} {
		s.answering("/associations/", 200, answer)
		got, err := s.read(s.stream("deals_contacts"), crm.Request{}, 0)
		if e := mustFail(t, err, crm.CodeBadAnswer); !e.Retryable || got.count != 0 {
			t.Errorf("%s: %d records", answer, got.count)
		}
	}
}
