package salesrabbit

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"
)

func (s *site) ask(id int64) record {
	s.t.Helper()
	raw, ok := s.Lead(id)
	if !ok {
		s.t.Fatalf("there is no lead %d", id)
	}
	var r record
	if err := json.Unmarshal(raw, &r); err != nil {
		s.t.Fatal(err)
	}
	return r
}

func TestChange(t *testing.T) {
	s := start(t, 100, "")
	before := map[int64]string{}
	for id, raw := range s.Leads() {
		before[id] = string(raw)
	}
	changed := s.Change(Random(7))
	if len(changed) != 7 || !slices.IsSorted(changed) || len(slices.Compact(slices.Clone(changed))) != 7 {
		t.Fatalf("changed %v", changed)
	}
	for id, raw := range s.Leads() {
		if differs := string(raw) != before[id]; differs != slices.Contains(changed, id) {
			t.Errorf("lead %d differs: %v", id, differs)
		}
	}
	for _, id := range changed {
		if got := s.ask(id)["dateModified"]; got != text(s.clock.Now()) {
			t.Errorf("lead %d modified %v; want now", id, got)
		}
	}
	if got := s.Change(These(changed[0], changed[0], 5, 99_999_999)); !slices.Equal(got, changed[:1]) {
		t.Errorf("by id: %v", got)
	}
	if got := s.Change(Random(1000)); len(got) != s.alive {
		t.Errorf("asked for more than there are: %d of %d", len(got), s.alive)
	}
	if got := s.Change(Random(0)); len(got) != 0 {
		t.Errorf("asked for none: %v", got)
	}
}

func TestChangesAreTheSameForTheSameSeed(t *testing.T) {
	run := func() string {
		s := start(t, 100, "churn=5")
		s.Change(Random(10))
		s.Insert(5)
		s.Delete(Random(3), Gone)
		s.TouchStatus(Random(4))
		s.page("/leads")
		s.page("/leads")
		return string(s.get("/sandbox/leads.ndjson").body)
	}
	if a, b := run(), run(); a != b || a == "" {
		t.Errorf("two runs of one seed end in %d and %d bytes that differ", len(a), len(b))
	}
}

func TestTimesNeverGoBack(t *testing.T) {
	s := start(t, 10, "")
	first := s.Change(Random(1))[0]
	at := s.ask(first)["dateModified"]
	s.clock.pass(-48 * time.Hour)
	second := s.Insert(1)[0]
	if got := s.ask(second)["dateModified"]; got != at {
		t.Errorf("after the clock went back: %v; want %v", got, at)
	}
}

func TestDeleteAndRestore(t *testing.T) {
	s := start(t, 50, "")
	listed := func(id int64) record {
		for _, r := range s.page("/leads?sortBy=dateModified").Data {
			if int64(r["id"].(float64)) == id {
				return r
			}
		}
		return nil
	}
	for _, how := range []Deletion{Soft, Gone} {
		id := s.Delete(Random(1), how)[0]
		r := listed(id)
		switch how {
		case Soft:
			if r == nil || r["deletedAt"] != text(s.clock.Now()) || r["dateModified"] != text(s.clock.Now()) {
				t.Errorf("softly deleted lead is listed as %v", r)
			}
		case Gone:
			if r != nil {
				t.Errorf("lead %d is gone and listed", id)
			}
		}
		path := "/leads/" + strconv.FormatInt(id, 10)
		if r := s.get(path); r.status != http.StatusNotFound || !json.Valid(r.body) {
			t.Errorf("deleted lead: %d %s", r.status, r.body)
		}
		if got := s.Change(These(id)); len(got) != 0 {
			t.Errorf("a deleted lead was changed")
		}
		s.clock.pass(time.Minute)
		if got := s.Restore(These(id)); !slices.Equal(got, []int64{id}) {
			t.Fatalf("restored %v", got)
		}
		if r := listed(id); r == nil || r["deletedAt"] != nil || r["dateModified"] != text(s.clock.Now()) {
			t.Errorf("restored lead is listed as %v", r)
		}
		if r := s.get(path); r.status != http.StatusOK {
			t.Errorf("restored lead: %d", r.status)
		}
	}
	state := s.State()
	if state.Leads != 50 || state.Gone != 0 {
		t.Errorf("state %+v", state)
	}
	gone := s.Delete(Random(40), Gone)
	if got := s.walk("/leads?perPage=7&sortBy=statusModified"); len(got) != 50-len(gone) {
		t.Errorf("%d leads are listed; want %d", len(got), 50-len(gone))
	}
	if got := s.Restore(Random(100)); len(got) < 40 {
		t.Errorf("restored %d", len(got))
	}
	if got := s.walk("/leads?perPage=7&sortBy=statusModified"); len(got) != 50 {
		t.Errorf("%d leads are listed; want 50", len(got))
	}
}

func TestReappearKeepsEveryTime(t *testing.T) {
	s := start(t, 50, "")
	lists := []string{"/leads?sortBy=dateModified", "/leads?sortBy=statusModified", "/leads?sortBy=dateCreated"}
	before := make([][]record, len(lists))
	for i, list := range lists {
		before[i] = s.page(list).Data
	}
	kept := s.Delete(Random(1), Soft)
	gone := s.Delete(Random(9), Gone)
	for _, list := range lists {
		if got := idsOf(s.page(list).Data); slices.ContainsFunc(got, func(id int64) bool { return slices.Contains(gone, id) }) {
			t.Errorf("%s shows leads that are gone: %v", list, got)
		}
	}
	s.clock.pass(time.Hour)
	if got := s.Reappear(These(append(gone, kept...)...)); !slices.Equal(slices.Sorted(slices.Values(got)), gone) {
		t.Errorf("%v reappear, want %v", got, gone)
	}
	untouched := func(all []record) []record {
		return slices.DeleteFunc(all, func(r record) bool { return int64(r["id"].(float64)) == kept[0] })
	}
	for i, list := range lists {
		if got := untouched(s.page(list).Data); !reflect.DeepEqual(got, untouched(before[i])) {
			t.Errorf("%s shows something else than before", list)
		}
	}
	if s.State().Gone != 0 {
		t.Errorf("%d are gone", s.State().Gone)
	}
}

func TestRandomFindsTheFewThatLive(t *testing.T) {
	s := start(t, 400, "")
	s.Delete(Random(s.alive-8), Gone)
	if got := s.Change(Random(2)); len(got) != 2 {
		t.Errorf("changed %v", got)
	}
	if got := s.Restore(Random(1)); len(got) != 1 {
		t.Errorf("restored %v", got)
	}
}

func TestInsertComesLast(t *testing.T) {
	s := start(t, 10, "")
	added := s.Insert(3)
	if want := []int64{firstID + 10, firstID + 11, firstID + 12}; !slices.Equal(added, want) {
		t.Fatalf("added %v", added)
	}
	for _, query := range []string{"sortBy=id", "sortBy=dateModified", "sortBy=dateCreated", "sortBy=statusModified"} {
		if got := idsOf(s.page("/leads?" + query).Data); !slices.Equal(got[10:], added) {
			t.Errorf("%s ends with %v", query, got[10:])
		}
	}
	if r := s.ask(added[0]); r["dateCreated"] != text(s.clock.Now()) {
		t.Errorf("created %v", r["dateCreated"])
	}
}

func TestChangeUsers(t *testing.T) {
	s := start(t, 0, "")
	before := s.page("/users").Data
	ids := s.ChangeUsers(3)
	differ := 0
	for i, u := range s.page("/users").Data {
		if encode(t, u) == encode(t, before[i]) {
			continue
		}
		differ++
		if !slices.Contains(ids, int64(u["id"].(float64))) || u["dateModified"] != text(s.clock.Now()) || u["lastName"] != before[i]["lastName"] {
			t.Errorf("user %v changed into %v", before[i], u)
		}
	}
	if differ != 3 {
		t.Errorf("%d users changed", differ)
	}
}

func TestLeadsCanBeLeft(t *testing.T) {
	s := start(t, 10, "")
	n := 0
	for range s.Leads() {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("yielded %d", n)
	}
}
