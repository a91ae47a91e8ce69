package hubspot

import (
	"slices"
	"strings"
	"testing"
)

func TestBatchReadBringsWhatWasAskedForInNoOrder(t *testing.T) {
	s := start(t, 300, "")
	want := s.activeIDs("contacts")[:100]
	got := s.read(contactsRead, want)
	if got.Status != "COMPLETE" || len(got.Errors) != 0 || slices.Equal(ids(got.Results), want) || !slices.Equal(sorted(ids(got.Results)), want) {
		t.Errorf("%s, %d records, %v", got.Status, len(got.Results), got.Errors)
	}
	again := s.read(contactsRead, want)
	if slices.Equal(ids(again.Results), ids(got.Results)) {
		t.Error("the order is the same the second time")
	}
}

func TestBatchReadWithAbsentRecordsIs207(t *testing.T) {
	s := start(t, 30, "")
	there := s.activeIDs("contacts")[:3]
	away := s.Archive("contacts", These(there[0]))[0]
	r := s.post(contactsRead, `{"inputs":`+inputs(append(there, 5))+`,"properties":["email"],"propertiesWithHistory":[]}`)
	got := parse[answer](t, r, 207)
	if !slices.Equal(sorted(ids(got.Results)), there[1:]) || got.NumErrors != 1 {
		t.Fatalf("got %+v", got)
	}
	if e := got.Errors[0]; e.Category != "OBJECT_NOT_FOUND" || e.Status != "error" || !slices.Equal(e.Context["ids"], []string{text(away), "5"}) {
		t.Errorf("error %+v", e)
	}
	if got := s.read(contactsRead+"?archived=true", there); !slices.Equal(ids(got.Results), there[:1]) || !got.Results[0].Archived {
		t.Errorf("archived: %+v", got)
	}
}

func TestBatchReadByAUniqueProperty(t *testing.T) {
	s := start(t, 300, "")
	s.Set("contacts", s.activeIDs("contacts")[5], map[string]*string{"email": str("Planted@Example.com")})
	r := s.post(contactsRead, `{"idProperty":"email","inputs":[{"id":"planted@example.com"},{"id":"nobody@example.com"}],"properties":["email"]}`)
	got := parse[answer](t, r, 207)
	if len(got.Results) != 1 || got.Results[0].value("email") != "Planted@Example.com" || got.Errors[0].Context["ids"][0] != "nobody@example.com" {
		t.Errorf("got %+v", got)
	}
	r = s.post(contactsRead, `{"idProperty":"city","inputs":[{"id":"Akron"}]}`)
	if got := parse[answer](t, r, 207); len(got.Results) != 0 {
		t.Errorf("a property that is not unique: %+v", got)
	}
}

func TestBatchReadRefusesTooManyInputs(t *testing.T) {
	s := start(t, 300, "")
	list := s.activeIDs("contacts")
	for _, tc := range []struct {
		inputs, rest string
		want         int
	}{
		{inputs(list[:100]), "", 200},
		{inputs(list[:101]), "", 400},
		{inputs(list[:50]), `,"propertiesWithHistory":["phone"]`, 200},
		{inputs(list[:51]), `,"propertiesWithHistory":["phone"]`, 400},
		{`[{"id":5}]`, "", 400},
		{`nonsense`, "", 400},
	} {
		if got := s.post(contactsRead, `{"inputs":`+tc.inputs+tc.rest+`}`); got.status != tc.want {
			t.Errorf("%.40s%s: %d; want %d: %.200s", tc.inputs, tc.rest, got.status, tc.want, got.body)
		}
	}
}

func TestPendingTrapAnswersBeforeTheBatchIsDone(t *testing.T) {
	s := start(t, 30, "pending")
	if got := s.read(contactsRead, s.activeIDs("contacts")[:2]); got.Status != "PROCESSING" || len(got.Results) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestBatchErrorTrapFailsOneRecord(t *testing.T) {
	s := start(t, 30, "batcherror")
	list := s.activeIDs("contacts")[:3]
	r := s.post(contactsRead, `{"inputs":`+inputs(list)+`}`)
	got := parse[answer](t, r, 207)
	if len(got.Results) != 2 || len(got.Errors) != 1 || got.Errors[0].Category != "INTERNAL_ERROR" {
		t.Fatalf("got %+v", got)
	}
	if slices.Contains(ids(got.Results), mustID(t, got.Errors[0].Context["ids"][0])) {
		t.Error("the failed record is among the results")
	}
}

func mustID(t *testing.T, text string) int64 {
	t.Helper()
	id, ok := parseID(text)
	if !ok {
		t.Fatalf("%q is no id", text)
	}
	return id
}

func TestWideRecordsComeWholeByPost(t *testing.T) {
	s := startWith(t, Config{Records: 40, Properties: 200}, "")
	var names []string
	for _, p := range s.byName["contacts"].properties {
		names = append(names, p.name)
	}
	if len(names) != 200 {
		t.Fatalf("%d properties", len(names))
	}
	id := s.activeIDs("contacts")[0]
	body := `{"inputs":` + inputs([]int64{id}) + `,"properties":["` + strings.Join(names, `","`) + `"]}`
	got := parse[answer](t, s.post(contactsRead, body), 200).Results[0]
	want := s.truthOf("contacts", id)
	for _, name := range names {
		if got.value(name) != want.value(name) {
			t.Errorf("%s: %q; want %q", name, got.value(name), want.value(name))
		}
	}
	if len(got.Properties) != 200 {
		t.Errorf("%d properties came", len(got.Properties))
	}
}
