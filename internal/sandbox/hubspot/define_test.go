package hubspot

import (
	"slices"
	"strings"
	"testing"
	"time"
)

type propertyJSON struct {
	Name, Type, FieldType, DataSensitivity, ReferencedObjectType, UpdatedAt, ArchivedAt string
	Calculated, HubspotDefined, HasUniqueValue, Archived                                bool
	Options                                                                             []struct{ Value, Label string }
}

func (s *site) properties(path string) map[string]propertyJSON {
	s.t.Helper()
	out := parse[struct {
		Results []propertyJSON
		Paging  *paging
	}](s.t, s.get(path), 200)
	list := map[string]propertyJSON{}
	for _, p := range out.Results {
		list[p.Name] = p
	}
	if out.Paging != nil {
		s.t.Error("properties are paged")
	}
	return list
}

func TestPropertiesOfEveryType(t *testing.T) {
	s := start(t, 20, "")
	for _, k := range s.cfg.kinds() {
		for _, path := range []string{"/crm/v3/properties/", "/crm/properties/2026-03/", "/crm/properties/2026-09/"} {
			list := s.properties(path + k.typeID)
			if list[k.modified].Type != "datetime" || list["hs_object_id"].Type != "number" || !list["num_notes"].Calculated ||
				list["hubspot_owner_id"].ReferencedObjectType != "OWNER" || !list["external_id"].HasUniqueValue || list["external_id"].HubspotDefined {
				t.Errorf("%s%s: %+v", path, k.name, list)
			}
		}
	}
	p := s.properties("/crm/v3/properties/contacts")["product_interest"]
	if p.FieldType != "checkbox" || p.Type != "enumeration" || len(p.Options) != 5 || p.Options[0].Value != "Bath" {
		t.Errorf("checkbox %+v", p)
	}
	if one := parse[propertyJSON](t, s.get("/crm/v3/properties/contacts/email"), 200); one.Name != "email" || !one.HasUniqueValue {
		t.Errorf("one property %+v", one)
	}
	if got := s.get("/crm/v3/properties/contacts/nonsense"); got.status != 404 {
		t.Errorf("an unknown property: %d", got.status)
	}
}

func TestSensitivePropertiesComeOnlyWhenAskedFor(t *testing.T) {
	s := start(t, 20, "")
	for query, want := range map[string][2]bool{
		"": {false, false}, "?dataSensitivity=non_sensitive": {false, false}, "?dataSensitivity=sensitive": {true, false}, "?dataSensitivity=highly_sensitive": {false, true},
	} {
		list := s.properties("/crm/v3/properties/contacts" + query)
		_, sensitive := list["ssn_last_four"]
		_, highly := list["medical_note"]
		_, plain := list["email"]
		if sensitive != want[0] || highly != want[1] || plain == (sensitive || highly) {
			t.Errorf("%q: %t %t %t", query, plain, sensitive, highly)
		}
	}
	if got := s.get("/crm/v3/properties/contacts?dataSensitivity=very"); got.status != 400 {
		t.Errorf("status %d", got.status)
	}
}

func TestPropertiesComeAndGoAndChangeTheirTypes(t *testing.T) {
	s := start(t, 20, "")
	s.clock.Pass(time.Hour)
	id := s.activeIDs("deals")[0]
	before := s.truthOf("deals", id)
	if !s.AddProperty("deals", Property{Name: "roof_pitch", Type: "enumeration", FieldType: "select", Options: []string{"low", "steep"}}) {
		t.Fatal("not added")
	}
	if p := s.properties("/crm/v3/properties/deals")["roof_pitch"]; p.Type != "enumeration" || len(p.Options) != 2 || p.UpdatedAt != s.clock.Now().Format(isoLayout) {
		t.Errorf("added: %+v", p)
	}
	if r := s.truthOf("deals", id); !slices.Contains([]string{"low", "steep", "null"}, r.value("roof_pitch")) || r.UpdatedAt != before.UpdatedAt {
		t.Errorf("record %+v", r)
	}
	if !s.RetypeProperty("deals", "amount", "string", "text") {
		t.Fatal("not retyped")
	}
	if p := s.properties("/crm/v3/properties/deals")["amount"]; p.Type != "string" || p.FieldType != "text" {
		t.Errorf("retyped: %+v", p)
	}
	if r := s.truthOf("deals", id); r.value("amount") != before.value("amount") {
		t.Errorf("its value is %s; was %s", r.value("amount"), before.value("amount"))
	}
	if !s.ArchiveProperty("deals", "amount") {
		t.Fatal("not archived")
	}
	if _, ok := s.properties("/crm/v3/properties/deals")["amount"]; ok {
		t.Error("an archived property is listed")
	}
	if p := s.properties("/crm/v3/properties/deals?archived=true")["amount"]; !p.Archived || p.ArchivedAt == "" {
		t.Errorf("archived: %+v", p)
	}
	if _, ok := s.page("/crm/v3/objects/deals?properties=amount").Results[0].Properties["amount"]; ok {
		t.Error("an archived property has values")
	}
	if !s.RestoreProperty("deals", "amount") || s.truthOf("deals", id).value("amount") != before.value("amount") {
		t.Error("not restored")
	}
	for _, done := range []bool{
		s.AddProperty("deals", Property{}), s.AddProperty("nonsense", Property{Name: "x"}), s.RetypeProperty("deals", "nonsense", "string", "text"),
		s.ArchiveProperty("nonsense", "amount"),
	} {
		if done {
			t.Error("what is not there was changed")
		}
	}
}

func TestAddPropertyTakesThePlaceOfItsNamesake(t *testing.T) {
	s := start(t, 20, "")
	s.AddProperty("contacts", Property{Name: "city", Type: "number", FieldType: "number"})
	if p := s.properties("/crm/v3/properties/contacts")["city"]; p.Type != "number" {
		t.Errorf("city is %+v", p)
	}
	if n := strings.Count(string(s.get("/crm/v3/properties/contacts").body), `"name":"city"`); n != 1 {
		t.Errorf("city is there %d times", n)
	}
}
