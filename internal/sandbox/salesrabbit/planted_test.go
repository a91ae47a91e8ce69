package salesrabbit

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// shown returns the last record of the list as it stands there.
func (s *site) shown(path string) string {
	s.t.Helper()
	var p struct{ Data []json.RawMessage }
	if err := json.Unmarshal(s.get(path).body, &p); err != nil {
		s.t.Fatal(err)
	}
	return string(p.Data[len(p.Data)-1])
}

func TestPutShowsRawValues(t *testing.T) {
	for _, fields := range []string{
		`"id":null`, `"id":"abc"`, `"id":9007199254740993`, `"latitude":999`, `"dateModified":"0000-00-00"`, `"dateCreated":"soon"`,
		`"notes":"a\u0000b"`, `"notes":"\ud800"`, `"unheardOf":{"a":[1,2]}`, `"customFields":"{\"a\":1}"`, `"customFields":[]`, `"customFields":null`,
		`"street1":7`, `"longitude":"x"`, `"status":""`, `"notes":"` + strings.Repeat("long ", 1<<20) + `"`,
	} {
		s := start(t, 5, "")
		s.control("leads/put", `{"fields":{`+fields+`}}`)
		for _, path := range []string{"/leads", "/leads?sortBy=dateModified", "/api/leads"} {
			if got := s.shown(path); !strings.Contains(got, fields) || strings.Count(got, strings.SplitN(fields, ":", 2)[0]+":") != 1 {
				t.Errorf("%s: put %.60s; the last record is %.200s", path, fields, got)
			}
		}
	}
}

func TestPutTakesBytesThatAreNoJSON(t *testing.T) {
	s := start(t, 5, "")
	s.Put(Fields{"firstName": raw("\"\xff\"")})
	s.PutWhole([]byte(`"no object"`))
	body := string(s.get("/leads").body)
	if !strings.Contains(body, "\"firstName\":\"\xff\"") || !strings.Contains(body, `,"no object"],"meta"`) {
		t.Errorf("the list ends with %s", body[len(body)-300:])
	}
}

func TestPutTheSameIDTwiceWithTheOlderLast(t *testing.T) {
	s := start(t, 5, "")
	id := s.Put(Fields{"id": raw(`77`), "dateModified": raw(`"2026-03-02T12:00:00+00:00"`)})
	s.Put(Fields{"id": raw(`77`), "dateModified": raw(`"2020-01-01T00:00:00+00:00"`)})
	p := s.page("/leads?sortBy=dateModified", "If-Modified-Since", text(s.clock.Now()))
	if len(p.Data) != 2 || p.Data[0]["id"] != 77.0 || p.Data[1]["id"] != 77.0 || p.Data[1]["dateModified"] != "2020-01-01T00:00:00+00:00" {
		t.Errorf("got %v", p.Data)
	}
	if r := s.get("/leads/77"); !strings.Contains(string(r.body), `"dateModified":"2026-03-02T12:00:00+00:00"`) {
		t.Errorf("the id shown leads to %s", r.body)
	}
	if _, ok := s.Lead(id); ok {
		t.Error("the id that is not shown leads to the lead")
	}
	if r := s.get("/leads/78"); r.status != http.StatusNotFound {
		t.Errorf("another id: %d", r.status)
	}
}

func TestEditAddsToWhatWasPut(t *testing.T) {
	s := start(t, 5, "")
	s.clock.pass(time.Minute)
	s.control("leads/put", `{"id":10000002,"fields":{"city":"Erewhon"}}`)
	s.control("leads/put", `{"id":10000002,"fields":{"zip":"?"}}`)
	r := s.ask(10000002)
	if r["city"] != "Erewhon" || r["zip"] != "?" || r["dateModified"] != text(s.clock.Now()) {
		t.Errorf("got %v", r)
	}
	if got := s.shown("/api/leads?sort=date_modified"); !strings.Contains(got, `"city":"Erewhon"`) || strings.Count(got, "Erewhon") != 1 {
		t.Errorf("nested: %s", got)
	}
	if s.Edit(1, Fields{}) {
		t.Error("a lead that never was can be edited")
	}
}
