package hubspot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// tiedJSON is an answer with associations; ids are kept as they were written.
type tiedJSON struct {
	Status  string
	Results []struct {
		From struct{ ID string }
		To   []struct {
			ToObjectID       json.RawMessage
			AssociationTypes []struct {
				Category string
				TypeID   int
				Label    *string
			}
		}
		Paging *paging
	}
	NumErrors int
	Errors    []struct {
		Status, Category, SubCategory, Message string
		Context                                map[string][]string
	}
}

func (s *site) tied(path, inputs string, status int) tiedJSON {
	s.t.Helper()
	return parse[tiedJSON](s.t, s.post(path, `{"inputs":`+inputs+`}`), status)
}

const companiesOf = "/crm/v4/associations/contacts/companies/batch/read"

func TestAssociationsReadBothWays(t *testing.T) {
	s := start(t, 200, "")
	pairs := map[string]bool{}
	for from, others := range s.Associations("contacts", "companies") {
		for _, to := range others {
			pairs[fmt.Sprint(from, " ", to)] = true
		}
	}
	back := 0
	for from, others := range s.Associations("companies", "contacts") {
		if !slices.IsSorted(others) {
			t.Errorf("%d: %v is out of order", from, others)
		}
		for _, to := range others {
			back++
			if !pairs[fmt.Sprint(to, " ", from)] {
				t.Errorf("%d has %d, but not the other way round", from, to)
			}
		}
	}
	if back != len(pairs) || back < 100 {
		t.Errorf("%d one way, %d the other", len(pairs), back)
	}
	list := s.activeIDs("contacts")
	wire := 0
	for _, r := range s.tied(companiesOf, inputs(list), 207).Results {
		for _, to := range r.To {
			wire++
			if !pairs[r.From.ID+" "+string(to.ToObjectID)] {
				t.Errorf("%s is associated with %s on the wire only", r.From.ID, to.ToObjectID)
			}
		}
	}
	if wire != len(pairs) {
		t.Errorf("%d on the wire; want %d", wire, len(pairs))
	}
}

func TestToObjectIDIsANumberInV4AndAStringInDatedVersions(t *testing.T) {
	s := start(t, 100, "")
	var from, to int64
	for id, others := range s.Associations("contacts", "companies") {
		from, to = id, others[0]
		break
	}
	for path, want := range map[string]string{
		"/crm/v4/associations/contacts/companies/batch/read":     text(to),
		"/crm/associations/2026-03/0-1/0-2/batch/read":           `"` + text(to) + `"`,
		"/crm/associations/2026-09/contact/companies/batch/read": `"` + text(to) + `"`,
		"/crm/v4/associations/0-1/company/batch/read":            text(to),
	} {
		if got := s.tied(path, inputs([]int64{from}), 200).Results[0].To[0]; string(got.ToObjectID) != want || to < 1<<31 {
			t.Errorf("%s: %s; want %s", path, got.ToObjectID, want)
		}
	}
	if got := string(s.get("/crm/v4/objects/contacts/" + text(from) + "/associations/companies").body); !strings.Contains(got, `"toObjectId":`+text(to)+`,`) {
		t.Errorf("one record: %s", got)
	}
	if got := string(s.get("/crm/objects/2026-09/contacts/" + text(from) + "/associations/companies").body); !strings.Contains(got, `"toObjectId":"`+text(to)+`"`) {
		t.Errorf("one record, dated: %s", got)
	}
}

func TestNoAssociationsFoundIs207WithTheRecordAbsent(t *testing.T) {
	s := start(t, 100, "")
	alone := s.Create("deals", 1)[0]
	got := s.tied("/crm/v4/associations/deals/companies/batch/read", inputs([]int64{alone}), 207)
	if len(got.Results) != 0 || got.NumErrors != 1 || got.Status != "COMPLETE" {
		t.Fatalf("got %+v", got)
	}
	e := got.Errors[0]
	if e.Category != "OBJECT_NOT_FOUND" || e.SubCategory != "crm.associations.NO_ASSOCIATIONS_FOUND" || e.Message != "No company is associated with deal "+text(alone)+"." ||
		e.Context["fromObjectId"][0] != text(alone) || e.Context["fromObjectType"][0] != "deal" || e.Context["toObjectType"][0] != "company" {
		t.Errorf("error %+v", e)
	}
	if got := s.get("/crm/v4/objects/deals/" + text(alone) + "/associations/companies"); string(got.body) != `{"results":[]}` {
		t.Errorf("one record: %s", got.body)
	}
	if got := s.get("/crm/v4/objects/deals/5/associations/companies"); got.status != 404 {
		t.Errorf("a record that never was: %d", got.status)
	}
	if got := s.get("/crm/v4/objects/deals/" + text(alone) + "/associations/companies?limit=501"); got.status != 400 {
		t.Errorf("limit 501: %d", got.status)
	}
}

func TestAssociationsOfOneRecordArePaged(t *testing.T) {
	s := start(t, 100, "linkpage=3")
	company := s.activeIDs("companies")[0]
	var want []int64
	for id, others := range s.Associations("companies", "contacts") {
		if id == company {
			want = others
		}
	}
	for _, id := range s.activeIDs("contacts")[90:] {
		s.Associate("companies", company, "contacts", id)
		want = append(want, id)
	}
	var got []int64
	after := ""
	for range 20 {
		page := s.tied("/crm/v4/associations/companies/contacts/batch/read", `[{"id":"`+text(company)+`"`+after+`}]`, 200).Results[0]
		for _, to := range page.To {
			got = append(got, mustID(t, string(to.ToObjectID)))
		}
		if page.Paging == nil {
			break
		}
		after = `,"after":"` + page.Paging.Next.After + `"`
	}
	if !slices.Equal(got, want) || len(want) < 10 {
		t.Errorf("walked %v; want %v", got, want)
	}
}

func TestAssociationReadTakesAThousandInputs(t *testing.T) {
	s := startWith(t, Config{Records: 1300}, "")
	list := s.activeIDs("contacts")
	if got := s.tied(companiesOf, inputs(list[:1000]), 207); len(got.Results)+len(got.Errors) != 1000 {
		t.Errorf("%d results, %d errors", len(got.Results), len(got.Errors))
	}
	if got := s.post(companiesOf, `{"inputs":`+inputs(list[:1001])+`}`); got.status != 400 {
		t.Errorf("1001 inputs: %d", got.status)
	}
	if got := s.post(companiesOf, `nonsense`); got.status != 400 {
		t.Errorf("no JSON: %d", got.status)
	}
	if got := s.post("/crm/v4/associations/contacts/nonsense/batch/read", `{}`); got.status != 400 {
		t.Errorf("an unknown type: %d", got.status)
	}
}

func TestAssociatingDoesNotMoveTheModifiedTime(t *testing.T) {
	s := start(t, 100, "")
	contact, company := s.activeIDs("contacts")[0], s.activeIDs("companies")[7]
	before, _ := s.Record("contacts", contact)
	s.clock.Pass(time.Hour)
	linked := func() bool {
		for id, others := range s.Associations("companies", "contacts") {
			if id == company && slices.Contains(others, contact) {
				return true
			}
		}
		return false
	}
	if linked() || !s.Associate("contacts", contact, "companies", company) || !linked() {
		t.Error("not associated")
	}
	s.Associate("contacts", contact, "companies", company)
	if !s.Dissociate("companies", company, "contacts", contact) || linked() {
		t.Error("not dissociated")
	}
	if !s.Associate("contacts", contact, "companies", company) || !linked() {
		t.Error("not associated again")
	}
	if after, _ := s.Record("contacts", contact); string(after) != string(before) {
		t.Errorf("before %s\nafter %s", before, after)
	}
	if s.Associate("contacts", 5, "companies", company) || s.Associate("contacts", contact, "nonsense", company) {
		t.Error("what is not there was associated")
	}
}

func TestDissociateEndsASeededAssociation(t *testing.T) {
	s := start(t, 100, "")
	for contact, others := range s.Associations("contacts", "companies") {
		s.Dissociate("contacts", contact, "companies", others[0])
		if got := s.tied(companiesOf, inputs([]int64{contact}), 207); len(got.Results) != 0 {
			t.Errorf("still there: %+v", got.Results)
		}
		return
	}
}

func TestTheSurvivorTakesOverAssociations(t *testing.T) {
	for _, traps := range []string{"", "newid"} {
		s := start(t, 100, traps)
		all := map[int64][]int64{}
		for id, others := range s.Associations("contacts", "deals") {
			all[id] = others
		}
		var list []int64
		for id := range all {
			list = append(list, id)
		}
		slices.Sort(list)
		survivor, _ := s.Merge("contacts", list[0], list[1])
		want := sorted(append(slices.Clone(all[list[0]]), all[list[1]]...))
		for id, others := range s.Associations("contacts", "deals") {
			if id == survivor && !slices.Equal(others, want) {
				t.Errorf("%q: %v; want %v", traps, others, want)
			}
			if id == list[1] {
				t.Errorf("%q: the loser still has associations", traps)
			}
		}
		back := map[int64][]int64{}
		for id, others := range s.Associations("deals", "contacts") {
			back[id] = others
		}
		for _, id := range want {
			if !slices.Equal(back[id], []int64{survivor}) {
				t.Errorf("%q: deal %d belongs to %v", traps, id, back[id])
			}
		}
		if !s.Dissociate("contacts", survivor, "deals", want[len(want)-1]) {
			t.Fatal("not dissociated")
		}
		for id, others := range s.Associations("contacts", "deals") {
			if id == survivor && len(others) != len(want)-1 {
				t.Errorf("%q: after the end of one: %v", traps, others)
			}
		}
	}
}

func TestLabels(t *testing.T) {
	s := start(t, 300, "")
	type labels struct {
		Results []struct {
			Category string
			TypeID   int
			Label    *string
		}
	}
	for path, want := range map[string]string{
		"/crm/v4/associations/contacts/companies/labels":      "USER_DEFINED 979 Decision maker, HUBSPOT_DEFINED 1 Primary, HUBSPOT_DEFINED 279 -",
		"/crm/associations/2026-09/companies/contacts/labels": "USER_DEFINED 980 Decision maker, HUBSPOT_DEFINED 2 Primary, HUBSPOT_DEFINED 280 -",
		"/crm/v4/associations/appointments/contacts/labels":   "HUBSPOT_DEFINED 906 -",
		"/crm/v4/associations/0-1/0-421/labels":               "HUBSPOT_DEFINED 907 -",
		"/crm/v4/associations/contacts/2-37778609/labels":     "USER_DEFINED 35 -",
		"/crm/v4/associations/products/contacts/labels":       "USER_DEFINED 1320 -",
	} {
		var got []string
		for _, l := range parse[labels](t, s.get(path), 200).Results {
			name := "-"
			if l.Label != nil {
				name = *l.Label
			}
			got = append(got, fmt.Sprint(l.Category, " ", l.TypeID, " ", name))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %v; want %s", path, got, want)
		}
	}
	counts := map[int]int{}
	for _, r := range s.tied(companiesOf, inputs(s.activeIDs("contacts")), 207).Results {
		for _, to := range r.To {
			counts[len(to.AssociationTypes)]++
		}
	}
	if counts[3] == 0 || counts[2] < counts[3] {
		t.Errorf("kinds of association: %v", counts)
	}
}
