package hubspot

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestListWalksAllActiveRecordsInTheOrderOfIDs(t *testing.T) {
	s := start(t, 230, "")
	got := s.walk("/crm/v3/objects/contacts?limit=100")
	want := s.activeIDs("contacts")
	if !slices.Equal(ids(got), want) || len(want) < 200 {
		t.Fatalf("walked %d records; want %d", len(got), len(want))
	}
	for query, want := range map[string]int{"": 10, "?limit=7": 7, "?limit=100": 100} {
		if p := s.page("/crm/v3/objects/contacts" + query); len(p.Results) != want || p.Paging.Next.After != p.Results[want-1].ID {
			t.Errorf("%q: %d records, %+v", query, len(p.Results), p.Paging)
		}
	}
	first := got[0]
	if len(first.Properties) != 6 || first.value("hs_object_id") != first.ID || first.value("createdate") != first.CreatedAt ||
		first.value("lastmodifieddate") != first.UpdatedAt || first.Archived {
		t.Errorf("the first is %+v", first)
	}
	if len(got[0].ID) == len(got[len(got)-1].ID) {
		t.Error("ids all have as many digits: comparing them as texts would pass")
	}
}

func TestEveryTypeUnderEveryPathAndName(t *testing.T) {
	s := start(t, 400, "")
	for _, k := range s.cfg.kinds() {
		for _, path := range []string{"/crm/v3/objects/", "/crm/objects/2026-03/", "/crm/objects/2026-09/"} {
			for _, name := range []string{k.name, k.typeID} {
				p := s.page(path + name)
				if len(p.Results) == 0 || p.Results[0].value(k.created) == "null" || p.Results[0].value(k.modified) != p.Results[0].UpdatedAt {
					t.Errorf("%s%s: %+v", path, name, p.Results)
				}
			}
		}
	}
	if got := s.get("/crm/v3/objects/0-99"); got.status != 400 || !strings.Contains(string(got.body), "0-99") {
		t.Errorf("an unknown type: %d %s", got.status, got.body)
	}
}

func TestListRefusesWhatItCannotPage(t *testing.T) {
	s := start(t, 20, "")
	for path, want := range map[string]int{
		"?limit=100": 200, "?limit=101": 400, "?limit=0": 400, "?limit=x": 400, "?after=x": 400,
		"?limit=50&propertiesWithHistory=phone": 200, "?limit=51&propertiesWithHistory=phone": 400,
	} {
		if got := s.get("/crm/v3/objects/contacts" + path); got.status != want {
			t.Errorf("%s: %d; want %d", path, got.status, want)
		}
	}
}

func TestUnknownPropertiesAndAssociationsAreSilentlyIgnored(t *testing.T) {
	s := start(t, 20, "")
	p := s.page("/crm/v3/objects/contacts?properties=phone,nonsense&properties=city&associations=nonsense")
	var names []string
	for name := range p.Results[0].Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != "city createdate hs_object_id lastmodifieddate phone" {
		t.Errorf("properties %s", got)
	}
}

func TestLongURLIs414(t *testing.T) {
	s := start(t, 5, "")
	if got := s.get("/crm/v3/objects/contacts?properties=" + strings.Repeat("a", 8000)); got.status != 200 {
		t.Errorf("just under 8 KiB: %d", got.status)
	}
	if got := s.get("/crm/v3/objects/contacts?properties=" + strings.Repeat("a", 8200)); got.status != 414 {
		t.Errorf("over 8 KiB: %d", got.status)
	}
}

func TestInlineAssociationsHaveTheirOwnPaging(t *testing.T) {
	s := start(t, 20, "linkpage=2")
	company := s.activeIDs("companies")[0]
	contacts := s.activeIDs("contacts")
	for _, id := range contacts[:5] {
		s.Associate("companies", company, "contacts", id)
	}
	r := parse[record](t, s.get("/crm/v3/objects/companies/"+text(company)+"?associations=contacts,deals"), 200)
	got := r.Associations["contacts"]
	if len(got.Results) != 4 || got.Results[0].Type != "company_to_contact" || got.Results[1].Type != "company_to_contact_unlabeled" ||
		got.Results[0].ID != got.Results[1].ID || got.Paging == nil {
		t.Fatalf("inline associations %+v", got)
	}
	rest := s.get("/crm/v4/objects/companies/" + text(company) + "/associations/contacts?limit=500&after=" + got.Paging.Next.After)
	if n := strings.Count(string(rest.body), "toObjectId"); rest.status != 200 || n < 3 {
		t.Errorf("behind the inline page: %d %s", rest.status, rest.body)
	}
	if !strings.HasSuffix(got.Paging.Next.Link, "/companies/"+text(company)+"/associations/contacts?after="+got.Paging.Next.After) {
		t.Errorf("link %s", got.Paging.Next.Link)
	}
}

func TestRecordWithoutAssociationsHasNone(t *testing.T) {
	s := start(t, 30, "")
	contact := s.Create("contacts", 1)[0]
	r := parse[record](t, s.get("/crm/v3/objects/contacts/"+text(contact)+"?associations=companies,deals"), 200)
	if r.Associations != nil {
		t.Errorf("associations %+v", r.Associations)
	}
}

func TestHistoryListsTheValuesNewestFirst(t *testing.T) {
	s := start(t, 20, "")
	id := s.Create("contacts", 1)[0]
	begun, want := s.clock.Now(), [9]string{}
	for hour := range 8 {
		want[hour] = s.truthOf("contacts", id).value("lifecyclestage")
		s.clock.Pass(time.Hour)
		s.Change("contacts", These(id))
	}
	r := parse[record](t, s.get("/crm/v3/objects/contacts/"+text(id)+"?propertiesWithHistory=lifecyclestage,nonsense"), 200)
	got := r.History["lifecyclestage"]
	if len(r.History) != 1 || len(got) != 3 {
		t.Fatalf("history %+v", r.History)
	}
	want[8] = s.truthOf("contacts", id).value("lifecyclestage")
	if got[2].Timestamp != r.CreatedAt || got[0].Timestamp <= got[1].Timestamp {
		t.Errorf("history %+v", got)
	}
	for _, item := range got {
		at, err := time.Parse(time.RFC3339, item.Timestamp)
		if hour := int(at.Sub(begun) / time.Hour); err != nil || item.Value != strings.Replace(want[hour], "null", "", 1) {
			t.Errorf("%+v; it was %q in hour %d", item, want[hour], hour)
		}
	}
}

func TestOneRecord(t *testing.T) {
	s := start(t, 50, "")
	id := s.activeIDs("contacts")[7]
	want := s.truthOf("contacts", id)
	for _, path := range []string{"/crm/v3/objects/contacts/", "/crm/v3/objects/0-1/", "/crm/objects/2026-09/contact/"} {
		if got := parse[record](t, s.get(path+text(id)+"?properties=city"), 200); got.ID != want.ID || got.value("city") != want.value("city") {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if got := parse[record](t, s.get("/crm/v3/objects/contacts/"+want.value("external_id")+"?idProperty=external_id"), 200); got.ID != want.ID {
		t.Errorf("by a unique property: %+v", got)
	}
	s.Archive("contacts", These(id))
	if got := s.get("/crm/v3/objects/contacts/" + text(id)); got.status != http.StatusNotFound || !strings.Contains(string(got.body), "OBJECT_NOT_FOUND") {
		t.Errorf("archived: %d %s", got.status, got.body)
	}
	if got := parse[record](t, s.get("/crm/v3/objects/contacts/"+text(id)+"?archived=true"), 200); !got.Archived || got.ArchivedAt == "" {
		t.Errorf("archived: %+v", got)
	}
	if got := s.get("/crm/v3/objects/contacts/abc"); got.status != http.StatusNotFound {
		t.Errorf("no id: %d", got.status)
	}
}
