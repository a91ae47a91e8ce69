package hubspot

import (
	"strings"
	"testing"
)

type ownerJSON struct {
	ID, Email, FirstName, LastName, Type string
	UserID, UserIDIncludingInactive      *int
	Archived                             bool
	Teams                                []struct{ ID, Name string }
}

func (s *site) owners(query string) (all []ownerJSON) {
	s.t.Helper()
	after := ""
	for range 100 {
		p := parse[struct {
			Results []ownerJSON
			Paging  *paging
		}](s.t, s.get("/crm/v3/owners?"+query+after), 200)
		all = append(all, p.Results...)
		if p.Paging == nil {
			return all
		}
		after = "&after=" + p.Paging.Next.After
	}
	s.t.Fatal("the walk found no end")
	return nil
}

func TestDeactivatedOwnersComeInASecondWalk(t *testing.T) {
	s := start(t, 5, "")
	active, gone := s.owners("limit=5"), s.owners("limit=5&archived=true")
	if len(active)+len(gone) != 24 || len(gone) != 3 {
		t.Fatalf("%d active, %d archived", len(active), len(gone))
	}
	for _, o := range gone {
		if !o.Archived || o.UserID != nil || o.UserIDIncludingInactive == nil {
			t.Errorf("archived: %+v", o)
		}
	}
	kinds := map[string]int{}
	for _, o := range active {
		kinds[o.Type]++
		if (o.Type == "QUEUE") != (o.UserID == nil) {
			t.Errorf("active: %+v", o)
		}
	}
	if kinds["QUEUE"] == 0 || kinds["PERSON"] < 10 {
		t.Errorf("types %v", kinds)
	}
	id := mustID(t, active[0].ID)
	if !s.DeactivateOwner(id) || s.DeactivateOwner(id) || s.DeactivateOwner(1) {
		t.Error("an owner can be deactivated once")
	}
	if len(s.owners("archived=true")) != 4 {
		t.Error("the owner is not among the archived")
	}
	if got := s.owners("email=" + active[1].Email); len(got) != 1 || got[0].ID != active[1].ID {
		t.Errorf("by e-mail: %+v", got)
	}
	if r := s.get("/crm/owners/2026-09/" + active[1].ID); r.status != 200 || !strings.Contains(string(r.body), active[1].Email) {
		t.Errorf("one owner: %d %s", r.status, r.body)
	}
	if r := s.get("/crm/v3/owners/7"); r.status != 404 {
		t.Errorf("an owner that never was: %d", r.status)
	}
}

func TestOwnersComeInPagesOfUpTo500(t *testing.T) {
	s := startWith(t, Config{Owners: 700}, "")
	for query, want := range map[string]int{"limit=500": 500, "": 100} {
		if got := s.page("/crm/v3/owners?" + query); len(got.Results) != want || got.Paging == nil {
			t.Errorf("%q: %d", query, len(got.Results))
		}
	}
	if r := s.get("/crm/v3/owners?limit=501"); r.status != 400 {
		t.Errorf("limit 501: %d", r.status)
	}
}

func TestPipelinesComeInOnePage(t *testing.T) {
	s := start(t, 5, "")
	type pipelines struct {
		Results []struct {
			ID, Label, CreatedAt string
			Stages               []struct {
				ID       string
				Metadata map[string]string
			}
		}
	}
	for _, path := range []string{"/crm/v3/pipelines/deals", "/crm/pipelines/2026-03/0-3", "/crm/pipelines/2026-09/deals"} {
		got := parse[pipelines](t, s.get(path), 200).Results
		if len(got) != 2 || got[0].CreatedAt != "1970-01-01T00:00:00.000Z" || got[1].CreatedAt <= "2000" || got[0].Stages[2].Metadata["isClosed"] != "true" {
			t.Errorf("%s: %+v", path, got)
		}
	}
	for typ, want := range map[string]int{"tickets": 1, "appointments": 1, "contacts": 0} {
		if got := parse[pipelines](t, s.get("/crm/v3/pipelines/"+typ), 200).Results; len(got) != want {
			t.Errorf("%s: %+v", typ, got)
		}
	}
}

func TestSchemasAreThoseOfTheCompanysOwnTypes(t *testing.T) {
	s := start(t, 5, "")
	type schema struct {
		ID, ObjectTypeID, Name, FullyQualifiedName string
		Properties                                 []propertyJSON
		Associations                               []struct{ FromObjectTypeID, ToObjectTypeID, Name string }
	}
	for _, path := range []string{"/crm-object-schemas/v3/schemas", "/crm-object-schemas/2026-09/schemas"} {
		got := parse[struct{ Results []schema }](t, s.get(path), 200).Results
		if len(got) != 2 || got[0].ObjectTypeID != "2-37778609" || got[0].Name != "divisions" || got[0].FullyQualifiedName != "p7012345_divisions" ||
			len(got[0].Properties) < 10 || len(got[0].Associations) != 2 {
			t.Errorf("%s: %+v", path, got)
		}
		one := parse[schema](t, s.get(path+"/2-42119425"), 200)
		if one.Name != "genius_users" || one.Associations[0].ToObjectTypeID != "2-37778609" {
			t.Errorf("one: %+v", one)
		}
	}
	other := startWith(t, Config{Records: 100, Custom: []CustomType{{"2-5", "roofs", "roof"}}}, "")
	if got := other.page("/crm/v3/objects/roofs"); len(got.Results) != 2 {
		t.Errorf("a type of the test's own: %+v", got)
	}
	if got := strings.Join(other.Types(), " "); !strings.HasSuffix(got, "tasks roofs") {
		t.Errorf("types %s", got)
	}
}
