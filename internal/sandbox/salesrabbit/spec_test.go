package salesrabbit

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"
	"time"
)

func TestSpecRecordsAreNested(t *testing.T) {
	s := start(t, 5, "")
	live, spec := s.page("/leads").Data[2], s.page("/api/leads").Data[2]
	address, _ := spec["address"].(record)
	coordinates, _ := spec["coordinates"].(record)
	for _, name := range []string{"street1", "street2", "city", "state", "zip", "country"} {
		if address[name] != live[name] || spec[name] != nil {
			t.Errorf("%s: %v nested, %v flat, %v beside", name, address[name], live[name], spec[name])
		}
	}
	for _, name := range []string{"latitude", "longitude"} {
		if v, ok := coordinates[name]; !ok || v != live[name] {
			t.Errorf("%s: %v nested, %v flat", name, v, live[name])
		}
	}
	var one struct{ Data record }
	if r := s.get("/api/leads/10000003"); json.Unmarshal(r.body, &one) != nil || one.Data["address"] == nil {
		t.Errorf("one lead: %s", r.body)
	}
}

func TestSpecPagingAndCount(t *testing.T) {
	s := start(t, 25, "")
	p := s.page("/api/leads?page=3&limit=10")
	if want := (meta{Total: 25, Page: 3, Limit: 10}); len(p.Data) != 5 || *p.Meta != want {
		t.Errorf("%d rows, %+v", len(p.Data), *p.Meta)
	}
	if p := s.page("/api/leads"); p.Meta.Limit != specLimit || len(p.Data) != 25 {
		t.Errorf("%d rows, limit %d", len(p.Data), p.Meta.Limit)
	}
	if r := s.get("/api/leads/count"); string(r.body) != `{"count":25}` {
		t.Errorf("count: %s", r.body)
	}
	if p := s.page("/api/users?page=2"); len(p.Data) != 20 {
		t.Errorf("%d users", len(p.Data))
	}
}

func TestSpecModifiedSince(t *testing.T) {
	s := start(t, 25, "")
	at := s.clock.Now()
	want := s.Change(Random(3))
	s.clock.pass(time.Minute)
	want = append(want, s.Insert(2)...)
	query := "/api/leads?sort=date_modified&order=asc&modified_since="
	// The second forgets to escape the plus, which then means a space.
	for _, value := range []string{url.QueryEscape(text(at)), text(at), at.Format("2006-01-02")} {
		if got := idsOf(s.page(query + value).Data); !slices.Equal(got, want) {
			t.Errorf("since %s: %v; want %v", value, got, want)
		}
	}
	if got := idsOf(s.page("/api/leads?sort=date_modified&order=desc").Data); got[0] != want[4] || got[1] != want[3] {
		t.Errorf("descending order begins with %v; want %v", got[:2], want[3:])
	}
	if p := s.page("/api/leads?limit=1&modified_since=" + url.QueryEscape(text(at))); p.Meta.Total != 5 {
		t.Errorf("total of the first page: %d; want 5", p.Meta.Total)
	}
	if r := s.get("/api/leads/count?modified_since=" + url.QueryEscape(text(at))); string(r.body) != `{"count":5}` {
		t.Errorf("count since: %s", r.body)
	}
	if p := s.page("/api/leads?modified_since=" + url.QueryEscape(text(at.Add(time.Hour)))); p.Data == nil || len(p.Data) != 0 {
		t.Errorf("nothing modified: %v; want an empty list", p.Data)
	}
}
