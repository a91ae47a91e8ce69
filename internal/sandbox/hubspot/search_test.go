package hubspot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func ms(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// modifiedSince is a search for what was modified from an instant on.
func modifiedSince(t time.Time) string {
	return `{"limit":200,"filterGroups":[{"filters":[{"propertyName":"lastmodifieddate","operator":"GTE","value":"` + ms(t) + `"}]}]}`
}

func TestSearchFindsWhatWasModified(t *testing.T) {
	s := start(t, 500, "")
	changed := s.Change("contacts", Random(7))
	s.clock.Pass(time.Hour)
	for _, body := range []string{
		modifiedSince(s.clock.Now().Add(-time.Hour)),
		strings.Replace(modifiedSince(testStart), ms(testStart), s.clock.Now().Add(-time.Hour).Format(time.RFC3339), 1),
		strings.Replace(modifiedSince(testStart), ms(testStart), s.clock.Now().Add(-time.Hour).Format("2006-01-02T15:04:05")+".0009Z", 1),
		`{"limit":200,"filters":[{"propertyName":"lastmodifieddate","operator":"BETWEEN","value":"` + ms(s.clock.Now().Add(-time.Hour)) +
			`","highValue":"` + ms(s.clock.Now()) + `"}]}`,
	} {
		got := s.find(body)
		if got.Total != 7 || !slices.Equal(ids(got.Results), changed) || got.Paging != nil || got.Results[0].Archived {
			t.Errorf("%s: total %d, %v; want %v", body, got.Total, ids(got.Results), changed)
		}
	}
	if got := s.find(modifiedSince(s.clock.Now().Add(-time.Hour).Add(time.Millisecond))); got.Total != 0 {
		t.Errorf("a millisecond later: %d", got.Total)
	}
}

func TestSearchPagesByOffsetUpToTheCap(t *testing.T) {
	s := startWith(t, Config{Counts: map[string]int{"contacts": 11_000}}, "")
	active := s.State().Types["contacts"].Active
	last := s.find(`{"limit":200,"after":"9800"}`)
	if last.Total != active || len(last.Results) != 200 || last.Paging.Next.After != "10000" {
		t.Errorf("total %d of %d, %d records, %+v", last.Total, active, len(last.Results), last.Paging)
	}
	for body, want := range map[string]int{
		`{"limit":200,"after":"9801"}`: 400, `{"limit":1,"after":"10000"}`: 400, `{"limit":1,"after":"9999"}`: 200, `{"limit":200,"after":9800}`: 200,
		`{"limit":201}`: 400, `{"limit":0}`: 400, `{"after":"x"}`: 400, `{"after":"-1"}`: 400, `{"after":null}`: 200, `{"after":{}}`: 400, `{`: 400,
		`{"query":"` + strings.Repeat("x", 3001) + `"}`: 400,
	} {
		if got := s.post("/crm/v3/objects/contacts/search", body); got.status != want {
			t.Errorf("%.60s: %d; want %d", body, got.status, want)
		}
	}
	first := s.find(`{}`)
	if len(first.Results) != 10 || first.Paging.Next.After != "10" || first.Results[0].ID != text(s.activeIDs("contacts")[0]) {
		t.Errorf("the usual page: %+v", first.Paging)
	}
}

func TestSearch100TrapLowersTheLimit(t *testing.T) {
	s := start(t, 20, "search100")
	if got := s.post("/crm/v3/objects/contacts/search", `{"limit":101}`); got.status != 400 {
		t.Errorf("limit 101: %d", got.status)
	}
	if got := s.post("/crm/v3/objects/contacts/search", `{"limit":100}`); got.status != 200 {
		t.Errorf("limit 100: %d", got.status)
	}
}

func TestSearchOperators(t *testing.T) {
	s := start(t, 40, "")
	list := s.activeIDs("contacts")
	plant := func(i int, price, stage, city, interest *string) {
		s.Set("contacts", list[i], map[string]*string{"price": price, "lifecyclestage": stage, "city": city, "product_interest": interest, "division": str("Test")})
	}
	plant(0, str("10"), str("lead"), str("Fort Worth"), str("Bath;Roof"))
	plant(1, str("20"), str("customer"), str("Akron"), str("Windows"))
	plant(2, str("3092;388"), str("lead"), str("Worthington"), nil)
	plant(3, nil, nil, str(""), str(""))
	for _, tc := range []struct {
		filter string
		want   []int
	}{
		{`"propertyName":"price","operator":"EQ","value":"10.0"`, []int{0}},
		{`"propertyName":"price","operator":"EQ","value":10`, []int{0}},
		{`"propertyName":"price","operator":"NEQ","value":"10"`, []int{1, 2, 3}},
		{`"propertyName":"price","operator":"LT","value":"20"`, []int{0}},
		{`"propertyName":"price","operator":"LTE","value":"20"`, []int{0, 1}},
		{`"propertyName":"price","operator":"GT","value":"10"`, []int{1}},
		{`"propertyName":"price","operator":"GTE","value":"10"`, []int{0, 1}},
		{`"propertyName":"price","operator":"BETWEEN","value":"10","highValue":"19"`, []int{0}},
		{`"propertyName":"price","operator":"IN","values":["20","30"]`, []int{1}},
		{`"propertyName":"price","operator":"HAS_PROPERTY"`, []int{0, 1, 2}},
		{`"propertyName":"price","operator":"NOT_HAS_PROPERTY"`, []int{3}},
		{`"propertyName":"lifecyclestage","operator":"EQ","value":"LEAD"`, []int{0, 2}},
		{`"propertyName":"lifecyclestage","operator":"IN","values":["lead","other"]`, []int{0, 2}},
		{`"propertyName":"lifecyclestage","operator":"NOT_IN","values":["lead"]`, []int{1, 3}},
		{`"propertyName":"product_interest","operator":"IN","values":["roof"]`, []int{0}},
		{`"propertyName":"city","operator":"CONTAINS_TOKEN","value":"worth"`, []int{0}},
		{`"propertyName":"city","operator":"CONTAINS_TOKEN","value":"worth*"`, []int{0, 2}},
		{`"propertyName":"city","operator":"NOT_CONTAINS_TOKEN","value":"worth*"`, []int{1, 3}},
		{`"propertyName":"hs_object_id","operator":"GT","value":"` + text(list[1]) + `"`, []int{2, 3}},
	} {
		got := s.find(`{"filterGroups":[{"filters":[{"propertyName":"division","operator":"EQ","value":"test"},{` + tc.filter + `}]}]}`)
		want := []int64{}
		for _, i := range tc.want {
			want = append(want, list[i])
		}
		if !slices.Equal(ids(got.Results), want) || got.Total != len(want) {
			t.Errorf("%s: %v; want %v", tc.filter, ids(got.Results), want)
		}
	}
	either := s.find(`{"filterGroups":[{"filters":[{"propertyName":"price","operator":"EQ","value":"10"},{"propertyName":"division","operator":"EQ","value":"Test"}]},
		{"filters":[{"propertyName":"hs_object_id","operator":"EQ","value":"` + text(list[9]) + `"}]}]}`)
	if !slices.Equal(ids(either.Results), []int64{list[0], list[9]}) {
		t.Errorf("two groups: %v", ids(either.Results))
	}
}

func TestSearchRefusesWhatItDoesNotUnderstand(t *testing.T) {
	s := start(t, 20, "")
	one := `{"propertyName":"city","operator":"HAS_PROPERTY"}`
	group := func(n int) string { return `{"filters":[` + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + `]}` }
	for body, want := range map[string]int{
		`{"filters":[{"propertyName":"city","operator":"SAME","value":"x"}]}`:                   400,
		`{"filters":[{"propertyName":"city","operator":"EQ"}]}`:                                 400,
		`{"filters":[{"propertyName":"city","operator":"IN"}]}`:                                 400,
		`{"filters":[{"propertyName":"createdate","operator":"BETWEEN","value":"1"}]}`:          400,
		`{"filters":[{"propertyName":"createdate","operator":"GT","value":"soon"}]}`:            400,
		`{"filters":[{"propertyName":"city","operator":"GT","value":"1"}]}`:                     400,
		`{"filterGroups":[` + group(10) + `]}`:                                                  200,
		`{"filterGroups":[` + group(11) + `]}`:                                                  400,
		`{"filterGroups":[` + group(9) + `,` + group(9) + `,` + group(8) + `]}`:                 400,
		`{"filterGroups":[` + strings.TrimSuffix(strings.Repeat(group(1)+",", 5), ",") + `]}`:   200,
		`{"filterGroups":[` + strings.TrimSuffix(strings.Repeat(group(1)+",", 6), ",") + `]}`:   400,
		`{"filters":[{"propertyName":"createdate","operator":"NEQ","value":"0"}],"sorts":null}`: 200,
	} {
		if got := s.post("/crm/v3/objects/contacts/search", body); got.status != want {
			t.Errorf("%.90s: %d; want %d: %s", body, got.status, want, got.body)
		}
	}
}

// A sort that is no object is ignored without a word. The records come all the same, in
// no order, so that whoever relies on one is found out.
func TestTrapASortThatIsATextIsIgnored(t *testing.T) {
	s := start(t, 100, "")
	byID := ids(s.find(`{"limit":200}`).Results)
	for _, sorts := range []string{`["hs_object_id"]`, `["-hs_object_id"]`, `["{\"propertyName\":\"hs_object_id\"}"]`, `[{"propertyName":"nonsense"}]`} {
		body := `{"limit":200,"sorts":` + sorts + `}`
		first, second := ids(s.find(body).Results), ids(s.find(body).Results)
		if slices.Equal(first, byID) || slices.Equal(first, second) || !slices.Equal(sorted(first), byID) || !slices.Equal(sorted(second), byID) {
			t.Errorf("%s: %v, then %v", sorts, first, second)
		}
	}
}

func TestSearchRefusesSortsOfAnotherShape(t *testing.T) {
	s := start(t, 20, "")
	for sorts, want := range map[string]string{
		`{"propertyName":"city"}`:      "Invalid input JSON",
		`"city"`:                       "Invalid input JSON",
		`[7]`:                          "a sort must be an object",
		`[null]`:                       "a sort must be an object",
		`[["city","ASCENDING"]]`:       "a sort must be an object",
		`[{"propertyName":7}]`:         "a sort must be an object",
		`[{"propertyName":"city"},[]]`: "a sort must be an object",
		`[{}]`:                         "[propertyName]",
		`[{"property":"city","direction":"ASCENDING"}]`:     "[propertyName]",
		`[{"propertyName":"city","direction":"ASC"}]`:       "[ASCENDING, DESCENDING]",
		`[{"propertyName":"city","direction":"ascending"}]`: "[ASCENDING, DESCENDING]",
	} {
		got := s.post("/crm/v3/objects/contacts/search", `{"sorts":`+sorts+`}`)
		if got.status != 400 || !strings.Contains(string(got.body), want) {
			t.Errorf("%s: %d %s", sorts, got.status, got.body)
		}
	}
}

func TestTheWrongModifiedPropertyFindsNothing(t *testing.T) {
	s := start(t, 100, "")
	s.Change("contacts", Random(5))
	s.Change("deals", Random(5))
	filter := `{"filters":[{"propertyName":"%s","operator":"GTE","value":"1"}]}`
	for _, tc := range []struct {
		typ, property string
		found         bool
	}{
		{"contacts", "lastmodifieddate", true},
		{"contacts", "hs_lastmodifieddate", false},
		{"deals", "hs_lastmodifieddate", true},
		{"deals", "lastmodifieddate", false},
	} {
		got := parse[answer](t, s.post("/crm/v3/objects/"+tc.typ+"/search", fmt.Sprintf(filter, tc.property)), 200)
		if (got.Total > 0) != tc.found {
			t.Errorf("%s by %s: %d", tc.typ, tc.property, got.Total)
		}
	}
}

func TestSearchHonoursOneSortOfTheObjectForm(t *testing.T) {
	s := start(t, 100, "")
	byID := ids(s.find(`{"limit":200}`).Results)
	descending := slices.Clone(byID)
	slices.Reverse(descending)
	for sorts, want := range map[string][]int64{
		`[{"propertyName":"hs_object_id","direction":"DESCENDING"}]`:                         descending,
		`[{"propertyName":"hs_object_id","direction":"ASCENDING"}]`:                          byID,
		`[{"propertyName":"hs_object_id","direction":"DESCENDING"},{"propertyName":"city"}]`: descending,
		`[{"propertyName":"hs_object_id","direction":null}]`:                                 byID,
		`[{"propertyName":"hs_object_id"},"-city"]`:                                          byID,
		`[{"propertyName":"hs_was_imported"}]`:                                               byID,
		`[]`:                                                                                 byID,
	} {
		if got := ids(s.find(`{"limit":200,"sorts":` + sorts + `}`).Results); !slices.Equal(got, want) {
			t.Errorf("%s: %v", sorts, got)
		}
	}
	var times []string
	for _, r := range s.find(`{"limit":200,"sorts":[{"propertyName":"lastmodifieddate","direction":"ASCENDING"}]}`).Results {
		times = append(times, r.UpdatedAt)
	}
	if !slices.IsSorted(times) || len(times) < 90 {
		t.Errorf("by modified time: %v", times)
	}
	var cities []string
	for _, r := range s.find(`{"limit":200,"properties":["city"],"sorts":[{"propertyName":"city","direction":"ASCENDING"}]}`).Results {
		cities = append(cities, r.value("city"))
	}
	if !slices.IsSorted(cities) {
		t.Errorf("by city: %v", cities)
	}
}

func TestSearchQueryLooksInTheDefaultProperties(t *testing.T) {
	s := start(t, 100, "")
	id := s.activeIDs("contacts")[3]
	s.Set("contacts", id, map[string]*string{"lastname": str("Zyxwvut"), "city": str("Qqq")})
	if got := s.find(`{"query":"zyxwvut"}`); !slices.Equal(ids(got.Results), []int64{id}) {
		t.Errorf("found %v", ids(got.Results))
	}
	if got := s.find(`{"query":"qqq"}`); got.Total != 0 {
		t.Errorf("another property: %d", got.Total)
	}
}

func TestSearchNeverShowsAssociations(t *testing.T) {
	s := start(t, 100, "")
	r := s.post("/crm/v3/objects/contacts/search", `{"limit":100,"associations":["companies"]}`)
	if got := parse[answer](t, r, 200); strings.Contains(string(r.body), "associations") || len(got.Results) < 90 {
		t.Errorf("%d records: %.300s", len(got.Results), r.body)
	}
}

func TestSearchNeverShowsArchivedRecords(t *testing.T) {
	s := start(t, 100, "")
	gone := s.Archive("contacts", Random(5))
	for _, r := range s.find(`{"limit":200}`).Results {
		if slices.Contains(gone, mustID(t, r.ID)) {
			t.Errorf("found %s", r.ID)
		}
	}
}

func TestLagTrapShowsChangesLateAndOutOfOrder(t *testing.T) {
	s := start(t, 400, "lag=1h")
	asked := s.clock.Now()
	var order []int64
	for i := range 20 {
		order = append(order, s.Change("contacts", These(s.activeIDs("contacts")[i*3]))...)
		s.clock.Pass(time.Second)
	}
	created := s.Create("contacts", 1)[0]
	if got := s.find(modifiedSince(asked)); got.Total > 3 {
		t.Errorf("at once: %d", got.Total)
	}
	var seen []int64
	for range 60 {
		s.clock.Pass(time.Minute)
		for _, id := range ids(s.find(modifiedSince(asked)).Results) {
			if !slices.Contains(seen, id) {
				seen = append(seen, id)
			}
		}
	}
	s.clock.Pass(time.Minute)
	if got := s.find(modifiedSince(asked)); got.Total != 21 || len(seen) != 21 || !slices.Contains(seen, created) {
		t.Errorf("after an hour: %d, seen %d", got.Total, len(seen))
	}
	if slices.Equal(seen[:20], order) {
		t.Error("the changes became visible in the order in which they were made")
	}
}

func TestLagTrapShowsOldValuesMeanwhile(t *testing.T) {
	s := start(t, 50, "lag=1h")
	id := s.activeIDs("contacts")[0]
	before := s.truthOf("contacts", id)
	s.Set("contacts", id, map[string]*string{"city": str("Erewhon")})
	s.Archive("contacts", These(s.activeIDs("contacts")[1]))
	body := `{"properties":["city"],"filters":[{"propertyName":"hs_object_id","operator":"EQ","value":"` + text(id) + `"}]}`
	if got := s.find(body).Results[0]; got.value("city") != before.value("city") || got.UpdatedAt != before.UpdatedAt {
		t.Errorf("search shows %+v", got)
	}
	if got := parse[record](t, s.get("/crm/v3/objects/contacts/"+text(id)+"?properties=city"), 200); got.value("city") != "Erewhon" {
		t.Errorf("the list shows %+v", got)
	}
	s.clock.Pass(2 * time.Hour)
	if got := s.find(body).Results[0]; got.value("city") != "Erewhon" {
		t.Errorf("search shows %+v later", got)
	}
	s.SetTraps(Traps{})
	if n := len(s.byName["contacts"].shadows); n != 0 {
		t.Errorf("%d records are still kept as they were", n)
	}
}

func TestALaterChangeShowsAnEarlierOne(t *testing.T) {
	list := []shadow{{until: 50}, {until: 20}, {until: 90}}
	for now, want := range map[int64]int{10: 0, 20: 2, 49: 2, 50: 2, 90: 3} {
		if got := visible(list, now); got != want {
			t.Errorf("at %d: %d changes are visible; want %d", now, got, want)
		}
	}
}

func TestLagTrapForgetsWhatSearchHasCaughtUpWith(t *testing.T) {
	s := start(t, 20, "lag=1m")
	id := s.activeIDs("contacts")[0]
	for range 50 {
		s.Change("contacts", These(id))
		s.clock.Pass(30 * time.Second)
	}
	for row, list := range s.byName["contacts"].shadows {
		if len(list) > 5 {
			t.Errorf("row %d: %d versions are kept", row, len(list))
		}
	}
}

func TestOutsideTrapFindsRecordsBesideTheWindow(t *testing.T) {
	s := start(t, 400, "outside=10s")
	at := s.clock.Now()
	s.Change("contacts", Random(200))
	strict := s.find(modifiedSince(at))
	beside := s.find(modifiedSince(at.Add(5 * time.Second)))
	if strict.Total != 200 || beside.Total == 0 || beside.Total > 100 {
		t.Errorf("in the window %d, beside it %d", strict.Total, beside.Total)
	}
	if got := s.find(modifiedSince(at.Add(11 * time.Second))); got.Total != 0 {
		t.Errorf("far outside: %d", got.Total)
	}
	before := `{"filters":[{"propertyName":"lastmodifieddate","operator":"%s","value":"%s","highValue":"%s"}]}`
	for _, op := range []string{"LT", "LTE", "BETWEEN"} {
		got := s.find(fmt.Sprintf(before, op, "1", ms(at.Add(-5*time.Second))))
		if op != "BETWEEN" {
			got = s.find(fmt.Sprintf(before, op, ms(at.Add(-5*time.Second)), ""))
		}
		if others := s.State().Types["contacts"].Active - 200; got.Total <= others {
			t.Errorf("%s: %d; %d lie inside", op, got.Total, others)
		}
	}
}

func TestDisorderTrapShufflesWhatIsSortedByTime(t *testing.T) {
	s := start(t, 150, "disorder=1000h")
	body := `{"limit":200,"sorts":[{"propertyName":"lastmodifieddate","direction":"ASCENDING"}]}`
	a, b := ids(s.find(body).Results), ids(s.find(body).Results)
	if slices.Equal(a, b) || !slices.Equal(sorted(a), sorted(b)) {
		t.Error("the order is the same twice, or records are lacking")
	}
	byID := `{"limit":200,"sorts":[{"propertyName":"hs_object_id","direction":"ASCENDING"}]}`
	if got := ids(s.find(byID).Results); !slices.IsSorted(got) {
		t.Error("by id it is out of order, too")
	}
}

func TestEpochTrapIs500(t *testing.T) {
	s := start(t, 20, "epoch")
	body := `{"filters":[{"propertyName":"lastmodifieddate","operator":"GTE","value":"%s"}]}`
	if got := s.post("/crm/v3/objects/contacts/search", fmt.Sprintf(body, "0")); got.status != 500 {
		t.Errorf("0: %d", got.status)
	}
	if got := s.post("/crm/v3/objects/contacts/search", fmt.Sprintf(body, "1000")); got.status != 200 {
		t.Errorf("one second: %d", got.status)
	}
}
