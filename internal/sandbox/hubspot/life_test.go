package hubspot

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheSameSeedGivesTheSameData(t *testing.T) {
	dump := func(s *site) string {
		var out strings.Builder
		for _, typ := range s.Types() {
			for _, record := range s.Records(typ) {
				out.Write(record)
			}
			for _, record := range s.Archived(typ) {
				out.Write(record)
			}
		}
		return out.String()
	}
	live := func(s *site) string {
		s.Change("contacts", Random(9))
		s.Merge("contacts", s.activeIDs("contacts")[0], s.activeIDs("contacts")[1])
		s.Archive("deals", Random(3))
		s.Create("companies", 2)
		return dump(s)
	}
	a, b := start(t, 300, "dirty=0.1"), start(t, 300, "dirty=0.1")
	if x, y := dump(a), dump(b); x != y || len(x) < 100_000 {
		t.Errorf("at the start: %d and %d bytes", len(x), len(y))
	}
	if live(a) != live(b) {
		t.Error("after the same changes they differ")
	}
	other := New(Config{Records: 300, Seed: 8, Start: testStart})
	id := a.activeIDs("contacts")[20]
	x, _ := a.Record("contacts", id)
	if y, _ := other.Record("contacts", id); string(x) == string(y) {
		t.Error("another seed gives the same record")
	}
}

func TestSeededTimesLieInTheirOrder(t *testing.T) {
	s := start(t, 500, "")
	last, archivedOnes := int64(0), 0
	for _, o := range s.byName["contacts"].objects {
		if o.created < last || o.modified < o.created || o.modified > testStart.UnixMilli() || o.archivedAt != 0 && o.archivedAt < o.modified {
			t.Errorf("after %d: %+v", last, o)
		}
		last = o.created
		if o.fate == archived {
			archivedOnes++
		}
	}
	if archivedOnes == 0 || archivedOnes > 20 {
		t.Errorf("%d of 500 are archived", archivedOnes)
	}
}

func TestHowManyRecordsThereAre(t *testing.T) {
	cfg := Config{Records: 5, Counts: map[string]int{"deals": 30, "tickets": 0, "notes": -1}}
	for name, n := range map[string]int{"contacts": 5, "deals": 30, "tickets": 0, "notes": 0, "products": 1, "divisions": 1, "calls": 1} {
		if got := len(New(cfg).byName[name].objects); got != n {
			t.Errorf("%d %s; want %d", got, name, n)
		}
	}
	if got := len(New(Config{}).byName["products"].objects); got != 0 {
		t.Errorf("%d products in an empty account", got)
	}
}

func TestAChangeMovesTheModifiedTimeAndSomeProperties(t *testing.T) {
	s := startWith(t, Config{Records: 50, Properties: 100}, "")
	id := s.activeIDs("contacts")[0]
	before := s.truthOf("contacts", id)
	s.clock.Pass(1500 * time.Millisecond)
	if got := s.Change("contacts", These(id, 5, id)); !slices.Equal(got, []int64{id}) {
		t.Errorf("changed %v", got)
	}
	after := s.truthOf("contacts", id)
	if want := s.clock.Now().Format(isoLayout); after.UpdatedAt != want || after.value("lastmodifieddate") != want {
		t.Errorf("modified %s", after.UpdatedAt)
	}
	changed := 0
	for name := range after.Properties {
		if before.value(name) != after.value(name) {
			changed++
		}
	}
	if changed < 5 || changed > 50 || after.value("email") != before.value("email") || after.value("num_notes") != before.value("num_notes") {
		t.Errorf("%d of 100 properties changed", changed)
	}
}

func TestAnImportFillsOneMillisecond(t *testing.T) {
	s := start(t, 20, "")
	added := s.Import("contacts", 10_500)
	at := s.clock.Now()
	got := s.find(`{"filters":[{"propertyName":"lastmodifieddate","operator":"BETWEEN","value":"` + ms(at) + `","highValue":"` + ms(at) + `"}]}`)
	if got.Total != 10_500 || len(added) != 10_500 {
		t.Errorf("%d records in the millisecond", got.Total)
	}
	if r := s.truthOf("contacts", added[0]); r.value("hs_was_imported") != "true" || r.CreatedAt != at.Format(isoLayout) {
		t.Errorf("record %+v", r)
	}
	// The way through: by id.
	last, seen := int64(0), 0
	for {
		page := s.find(`{"limit":200,"filters":[{"propertyName":"lastmodifieddate","operator":"EQ","value":"` + ms(at) +
			`"},{"propertyName":"hs_object_id","operator":"GT","value":"` + text(last) + `"}],"sorts":[{"propertyName":"hs_object_id","direction":"ASCENDING"}]}`)
		if len(page.Results) == 0 {
			break
		}
		seen += len(page.Results)
		last = mustID(t, page.Results[len(page.Results)-1].ID)
	}
	if seen != 10_500 {
		t.Errorf("walked %d by id", seen)
	}
}

func TestArchivingDoesNotMoveTheModifiedTime(t *testing.T) {
	s := start(t, 100, "")
	id := s.activeIDs("contacts")[0]
	before := s.truthOf("contacts", id)
	s.clock.Pass(time.Hour)
	s.Archive("contacts", These(id))
	all := s.walk("/crm/v3/objects/contacts?archived=true&limit=100")
	i := slices.IndexFunc(all, func(r record) bool { return r.ID == text(id) })
	if i < 0 || !all[i].Archived || all[i].UpdatedAt != before.UpdatedAt || all[i].ArchivedAt != s.clock.Now().Format(isoLayout) {
		t.Fatalf("archived: %+v", all)
	}
	if slices.Contains(s.activeIDs("contacts"), id) {
		t.Error("it is still among the active")
	}
	if got := s.Archive("contacts", These(id)); len(got) != 0 {
		t.Error("it was archived twice")
	}
}

func TestRestoreKeepsTheOldModifiedTime(t *testing.T) {
	s := start(t, 100, "")
	id := s.activeIDs("contacts")[0]
	before, _ := s.Record("contacts", id)
	s.Archive("contacts", These(id))
	s.clock.Pass(time.Hour)
	if got := s.Restore("contacts", These(id)); !slices.Equal(got, []int64{id}) {
		t.Fatalf("restored %v", got)
	}
	if after, _ := s.Record("contacts", id); string(after) != string(before) {
		t.Errorf("before %s\nafter %s", before, after)
	}
}

func TestNothingRemainsOfAnArchivedRecordAfter90Days(t *testing.T) {
	s := start(t, 100, "")
	id := s.Archive("contacts", Random(1))[0]
	archivedIDs := func() []int64 { return ids(s.walk("/crm/v3/objects/contacts?archived=true&limit=100")) }
	s.clock.Pass(90*24*time.Hour - time.Millisecond)
	if !slices.Contains(archivedIDs(), id) {
		t.Error("it is gone before its time")
	}
	s.clock.Pass(time.Millisecond)
	if slices.Contains(archivedIDs(), id) || len(s.Restore("contacts", These(id))) != 0 {
		t.Error("it is still there")
	}
}

func TestPurgeLeavesNothing(t *testing.T) {
	s := start(t, 100, "")
	id := s.activeIDs("contacts")[0]
	old := s.Archive("contacts", Random(1))[0]
	if got := s.Purge("contacts", These(id, old)); len(got) != 2 {
		t.Errorf("purged %v", got)
	}
	for _, path := range []string{contactsRead, contactsRead + "?archived=true"} {
		if got := s.read(path, []int64{id, old}); len(got.Results) != 0 {
			t.Errorf("%s: %+v", path, got.Results)
		}
	}
}

func TestMergeLeavesTheSurvivorOnly(t *testing.T) {
	s := start(t, 100, "")
	list := s.activeIDs("contacts")
	winner, loser, third := list[0], list[1], list[2]
	before := s.truthOf("contacts", winner)
	s.clock.Pass(time.Hour)
	survivor, ok := s.Merge("contacts", winner, loser)
	if !ok || survivor != winner {
		t.Fatalf("survivor %d, %t", survivor, ok)
	}
	if _, ok := s.Merge("contacts", third, winner); !ok {
		t.Fatal("the second merge failed")
	}
	got := s.truthOf("contacts", third)
	if got.value("hs_merged_object_ids") != text(loser)+";"+text(winner) || got.UpdatedAt != s.clock.Now().Format(isoLayout) {
		t.Errorf("survivor %+v", got)
	}
	if pairs := got.value("hs_calculated_merged_vids"); !strings.HasPrefix(pairs, text(loser)+":") {
		t.Errorf("the older form is %s", pairs)
	}
	for _, query := range []string{"", "&archived=true"} {
		for _, r := range s.walk("/crm/v3/objects/contacts?limit=100" + query) {
			if r.ID == text(loser) || r.ID == text(winner) {
				t.Errorf("%s is listed", r.ID)
			}
		}
	}
	if got := s.read(contactsRead, []int64{winner}); len(got.Results) != 0 {
		t.Errorf("reading a merged id: %+v", got.Results)
	}
	if _, ok := s.Merge("contacts", third, loser); ok {
		t.Error("a merged record was merged again")
	}
	if _, ok := s.Merge("contacts", third, third); ok {
		t.Error("a record was merged with itself")
	}
	if before.value("hs_merged_object_ids") != "null" {
		t.Errorf("before the merge: %s", before.value("hs_merged_object_ids"))
	}
}

func TestNewIDTrapGivesTheSurvivorANewID(t *testing.T) {
	s := start(t, 100, "newid")
	list := s.activeIDs("contacts")
	before := s.truthOf("contacts", list[0])
	survivor, ok := s.Merge("contacts", list[0], list[1])
	if !ok || slices.Contains(list, survivor) {
		t.Fatalf("survivor %d", survivor)
	}
	got := s.truthOf("contacts", survivor)
	if got.value("hs_merged_object_ids") != text(list[0])+";"+text(list[1]) || got.value("email") != before.value("email") || got.CreatedAt != before.CreatedAt {
		t.Errorf("survivor %+v", got)
	}
	if _, ok := s.Record("contacts", list[0]); ok {
		t.Error("the winner is still there")
	}
}

func TestSurvivorTrapShowsTheSurvivorUnderAnotherID(t *testing.T) {
	s := start(t, 100, "survivor")
	list := s.activeIDs("contacts")
	s.Merge("contacts", list[0], list[1])
	got := s.read(contactsRead, []int64{list[1], list[0]})
	if !slices.Equal(ids(got.Results), list[:1]) || len(got.Errors) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestRecalculationDoesNotMoveTheModifiedTime(t *testing.T) {
	s := start(t, 100, "")
	list := s.activeIDs("contacts")
	changed := 0
	for _, id := range list[:20] {
		before := s.truthOf("contacts", id)
		s.clock.Pass(time.Minute)
		s.Recalculate("contacts", These(id))
		after := s.truthOf("contacts", id)
		if after.UpdatedAt != before.UpdatedAt || after.value("city") != before.value("city") || after.value("phone") != before.value("phone") {
			t.Errorf("before %+v\nafter %+v", before, after)
		}
		if after.value("total_revenue") != before.value("total_revenue") {
			changed++
		}
	}
	if changed < 10 {
		t.Errorf("%d of 20 calculated values changed", changed)
	}
}

func TestSetAddsToWhatWasSet(t *testing.T) {
	s := start(t, 20, "")
	id := s.activeIDs("contacts")[0]
	s.Set("contacts", id, map[string]*string{"city": str(`"quoted" \ é`), "zip": nil})
	s.Set("contacts", id, map[string]*string{"state": str("")})
	r := s.truthOf("contacts", id)
	if r.value("city") != `"quoted" \ é` || r.value("zip") != "null" || r.value("state") != "" {
		t.Errorf("got %+v", r)
	}
	if got := s.find(`{"filters":[{"propertyName":"city","operator":"EQ","value":"\"quoted\" \\ é"}]}`); got.Total != 1 {
		t.Errorf("search finds %d", got.Total)
	}
	if s.Set("contacts", 5, nil) || s.Set("nonsense", id, nil) {
		t.Error("a record that is not there was set")
	}
}

func TestSomeTimesAlwaysComeAsMilliseconds(t *testing.T) {
	s := startWith(t, Config{Records: 60, Properties: 200}, "")
	forms := map[string]map[string]bool{}
	for _, id := range s.activeIDs("contacts") {
		r := s.truthOf("contacts", id)
		for _, p := range s.byName["contacts"].properties {
			if v := r.value(p.name); p.form.typ == "datetime" && v != "null" {
				if forms[p.name] == nil {
					forms[p.name] = map[string]bool{}
				}
				forms[p.name][shape(v)] = true
			}
		}
	}
	kinds := map[string]int{}
	for name, shapes := range forms {
		if len(shapes) != 1 {
			t.Errorf("%s comes as %v", name, shapes)
		}
		for form := range shapes {
			kinds[form]++
		}
	}
	if kinds["9"] == 0 || kinds["9-9-9a9:9:9.9a"] <= kinds["9"] || len(kinds) != 2 {
		t.Errorf("forms %v", kinds)
	}
}

func TestChurnTrapChangesRecordsBetweenPages(t *testing.T) {
	s := start(t, 100, "churn=10")
	before := s.State().Types["contacts"]
	s.get("/crm/v3/objects/contacts")
	s.find(`{}`)
	after := s.State()
	if after.Types["contacts"] == before || !after.LastModified.Equal(s.clock.Now()) {
		t.Errorf("before %+v, after %+v", before, after.Types["contacts"])
	}
}

func TestDirtyTrapSpoilsTypedValues(t *testing.T) {
	clean, dirty := startWith(t, Config{Records: 60, Properties: 60}, ""), startWith(t, Config{Records: 60, Properties: 60}, "dirty=1")
	id := clean.activeIDs("contacts")[0]
	a, b := clean.truthOf("contacts", id), dirty.truthOf("contacts", id)
	if a.value("email") != b.value("email") || a.UpdatedAt != b.UpdatedAt || a.value("lastmodifieddate") != b.value("lastmodifieddate") {
		t.Errorf("what must stay has changed: %+v", b)
	}
	forms := map[string]map[string]bool{}
	for _, id := range dirty.activeIDs("contacts") {
		r := dirty.truthOf("contacts", id)
		for _, p := range dirty.byName["contacts"].properties {
			if forms[p.form.typ] == nil {
				forms[p.form.typ] = map[string]bool{}
			}
			if p.soils() {
				forms[p.form.typ][shape(r.value(p.name))] = true
			}
		}
	}
	for typ, want := range map[string][]string{
		"number": {"9;9", "$9,9", "a", "", "9.9.9", "9a9"}, "bool": {"", "a", "9", "a a"}, "enumeration": {"a a", ";a;;a", ""},
		"date": {"9", "9-9-9", "9/9/9", ""}, "datetime": {"9", "9.9", "9/9/9 9:9 a", ""},
	} {
		for _, form := range want {
			if !forms[typ][form] {
				t.Errorf("no %s of the form %q among %v", typ, form, forms[typ])
			}
		}
	}
}

// shape writes a for letters and 9 for digits, however many.
func shape(value string) string {
	var out []rune
	for _, r := range value {
		switch {
		case r >= '0' && r <= '9':
			r = '9'
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			r = 'a'
		}
		if n := len(out); n > 0 && out[n-1] == r && (r == 'a' || r == '9') {
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

func TestPickTakesAllWhereThereAreNoMore(t *testing.T) {
	s := start(t, 40, "")
	n := s.State().Types["contacts"].Active
	if got := s.Archive("contacts", Random(1000)); len(got) != n {
		t.Errorf("archived %d of %d", len(got), n)
	}
	if got := s.Change("contacts", Random(2)); len(got) != 0 {
		t.Errorf("changed %v", got)
	}
	if got := s.Change("contacts", Random(0)); len(got) != 0 {
		t.Errorf("changed %v", got)
	}
	if got := s.Change("nonsense", Random(1)); got != nil {
		t.Errorf("changed %v", got)
	}
	if got := s.Restore("contacts", Random(3)); len(got) != 3 {
		t.Errorf("restored %v", got)
	}
}

func TestAFewActiveAmongManyAreFound(t *testing.T) {
	s := startWith(t, Config{Counts: map[string]int{"contacts": 2000}}, "")
	s.Archive("contacts", Random(1980))
	left := s.activeIDs("contacts")
	if got := s.Change("contacts", Random(100)); !slices.Equal(got, left) || len(left) == 0 {
		t.Errorf("changed %v; want %v", got, left)
	}
}
