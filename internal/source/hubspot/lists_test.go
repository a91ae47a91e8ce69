package hubspot_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// Trap: owners who were deactivated come only when they are asked for.
func TestTrapOwnersThatWereDeactivated(t *testing.T) {
	s := account(t, sandbox.Config{Owners: 1200}, "", nil)
	s.DeactivateOwner(80_000_001)
	got := s.mustRead(s.stream("owners"), crm.Request{})
	if len(got.records)+len(got.archive) != 1200 || !got.archive["80000001"].Archived || got.calls != 4 {
		t.Errorf("%d active and %d archived owners in %d calls", len(got.records), len(got.archive), got.calls)
	}
	for _, raw := range got.raw {
		if want, _ := s.Owner(ownerID(t, raw)); raw != string(want) {
			t.Fatalf("%s, want %s", raw, want)
		}
	}
}

func ownerID(t *testing.T, raw string) (id int64) {
	t.Helper()
	if _, err := fmt.Sscan(recordOf(t, []byte(raw)).ID, &id); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestPipelinesAndTheirStages(t *testing.T) {
	s := account(t, sandbox.Config{}, "", map[string]string{"custom_objects": custom})
	read := func(name string) (rows map[string]map[string]any) {
		rows = map[string]map[string]any{}
		st := s.stream(name)
		got := s.mustRead(st, crm.Request{})
		for _, raw := range got.raw {
			var row map[string]any
			if err := json.Unmarshal([]byte(raw), &row); err != nil {
				t.Fatal(err)
			}
			key := ""
			for _, column := range st.PrimaryKey {
				f, _ := st.Field(column)
				key += fmt.Sprint(row[f.Paths[0]]) + "/"
			}
			rows[key] = row
		}
		if len(rows) != len(got.raw) {
			t.Errorf("%s: %d rows, %d keys", name, len(got.raw), len(rows))
		}
		return rows
	}
	pipelines := read("pipelines")
	if len(pipelines) != 4 || pipelines["deals/default/"]["label"] != "Sales Pipeline" || !strings.Contains(fmt.Sprint(pipelines["deals/default/"]["stages"]), "closedlost") {
		t.Errorf("%v", pipelines)
	}
	stages := read("pipeline_stages")
	won := stages["deals/default/closedwon/"]
	if len(stages) != 12 || fmt.Sprint(won["metadata"]) != "map[isClosed:true probability:1.0]" || stages["appointments/90445566/scheduled/"] == nil {
		t.Errorf("%v", stages)
	}
}

func TestPipelinesOfATypeThatIsForbiddenAreToldOf(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	s.answering("/pipelines/tickets", 403, `{"status":"error","category":"MISSING_SCOPES","message":"no"}`)
	got := s.mustRead(s.stream("pipelines"), crm.Request{})
	notices := 0
	for _, p := range got.pages {
		if p.Notice != "" {
			notices++
		}
	}
	if len(got.raw) != 3 || notices != 1 {
		t.Errorf("%d pipelines, %d notices", len(got.raw), notices)
	}
	s.front = front{}
	s.traps("forbidden=pipelines")
	_, err := s.read(s.stream("pipelines"), crm.Request{}, 0)
	mustFail(t, err, crm.CodeStreamAbsent, "crm.objects.pipelines.read")
	s.traps("")
	for _, answer := range []string{`{"results":[],"paging":{"next":{"after":"7"}}}`, `{"results":[1]}`, `{"results":[{"id":"1"}]}`, `{"results":[{"id":"1","stages":[2]}]}`} {
		s.answering("/pipelines/", 200, answer)
		_, err := s.read(s.stream("pipeline_stages"), crm.Request{}, 0)
		mustFail(t, err, crm.CodeBadAnswer)
	}
	s.answering("/pipelines/", 200, `{"results":[{}]}`)
	if got := s.mustRead(s.stream("pipelines"), crm.Request{}); got.raw[0] != `{"objectType":"deals"}` {
		t.Errorf("%s", got.raw[0])
	}
}
