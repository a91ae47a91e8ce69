package hubspot_test

import (
	"io"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

func column(t *testing.T, st crm.Stream, property string) crm.Field {
	t.Helper()
	i := slices.IndexFunc(st.Fields, func(f crm.Field) bool { return slices.Contains(f.Paths, "properties."+property) })
	if i < 0 {
		t.Fatalf("no column for %s", property)
	}
	return st.Fields[i]
}

func TestPropertiesBecomeTypedColumns(t *testing.T) {
	s := account(t, sandbox.Config{Records: 50}, "", map[string]string{"sweep_every": "6h"})
	st := s.described("contacts")
	for property, want := range map[string]crm.Type{
		"num_notes": crm.TypeDecimal, "hs_email_optout": crm.TypeBoolean, "lead_estimate_date": crm.TypeDate, "notes_last_contacted": crm.TypeTimestamp,
		"lead_raw": crm.TypeJSON, "lifecyclestage": crm.TypeText, "product_interest": crm.TypeText, "mobilephone": crm.TypeText,
		// Those of the contract keep their own type.
		"lead_id": crm.TypeInteger, "price": crm.TypeDecimal, "createdate": crm.TypeTimestamp,
	} {
		if f := column(t, st, property); f.Type != want || f.Column != property {
			t.Errorf("%s: %+v, want %s", property, f, want)
		}
	}
	if f := column(t, st, "lead_raw"); !f.DecodeText || f.EmptyObject || !f.Discovered {
		t.Errorf("%+v", f)
	}
	for _, f := range st.Fields {
		if slices.Contains(f.Paths, "properties.ssn_last_four") {
			t.Error("a sensitive property has a column")
		}
	}
	if st.RecordURL != "https://app.hubspot.com/contacts/7012345/record/0-1/{id}" || st.FullEvery != 6*time.Hour {
		t.Errorf("%s, %s", st.RecordURL, st.FullEvery)
	}
	again := s.described("contacts")
	if st.Asked != 2 || again.Asked != 1 {
		t.Errorf("%d and then %d calls, want the properties and, once, the account", st.Asked, again.Asked)
	}
	again.Asked = st.Asked
	if !reflect.DeepEqual(st, again) {
		t.Error("the same account gives another stream")
	}
	for _, name := range []string{"owners", "pipelines", "deals_contacts"} {
		plain := s.stream(name)
		if got := s.described(name); !reflect.DeepEqual(got.Fields, plain.Fields) || got.FullEvery != min(plain.FullEvery, 6*time.Hour) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNewAndArchivedPropertiesComeAndGo(t *testing.T) {
	s := account(t, sandbox.Config{Records: 50}, "", nil)
	before := s.described("deals")
	s.AddProperty("deals", sandbox.Property{Name: "roof_age", Type: "number", FieldType: "number"})
	s.ArchiveProperty("deals", "days_to_close")
	after := s.described("deals")
	if f := column(t, after, "roof_age"); f.Type != crm.TypeDecimal || len(after.Fields) != len(before.Fields) {
		t.Errorf("%+v, %d and then %d fields", f, len(before.Fields), len(after.Fields))
	}
	if slices.ContainsFunc(after.Fields, func(f crm.Field) bool { return f.Column == "days_to_close" }) {
		t.Error("an archived property has a column")
	}
	for _, r := range s.mustRead(after, crm.Request{}).records {
		if _, ok := r.Properties["roof_age"]; !ok {
			t.Fatal("the new property is not read")
		}
	}
}

// The address is that of all accounts; which one it is the account tells, unless the
// token may not ask.
func TestStreamsAreOfAnAccount(t *testing.T) {
	s := account(t, sandbox.Config{Records: 5}, "", nil)
	for _, want := range []string{"7012345", ""} {
		for _, name := range []string{"contacts", "owners", "deals_contacts"} {
			if got := s.described(name).Account; got != want {
				t.Errorf("%s is of the account %q, want %q", name, got, want)
			}
		}
		s.answering("/account-info/", 403, `{"status":"error","category":"MISSING_SCOPES","message":"no"}`)
		s.reconnect()
	}
}

// A column of the source's own is there whether or not the account has the property,
// and it is told which of them it has.
func TestDeclaredPropertiesComeAndGo(t *testing.T) {
	s := account(t, sandbox.Config{Records: 5}, "", nil)
	for _, want := range []bool{true, false} {
		st := s.described("contacts")
		if has := slices.Contains(st.Described, "properties.email"); has != want || st.FieldIndex("email") < 0 {
			t.Errorf("described %t, want %t", has, want)
		}
		s.ArchiveProperty("contacts", "email")
	}
}

// Trap: names that are not known are ignored without a word. Those that the account
// does not have are not even asked for.
func TestTrapUnknownPropertiesAreNotAskedFor(t *testing.T) {
	s := account(t, sandbox.Config{Records: 50}, "", nil)
	for described, want := range map[bool]bool{false: true, true: false} {
		asked := false
		s.reconnect()
		st := s.stream("contacts")
		if described {
			st = s.described("contacts")
		}
		s.before(func(r *http.Request) { asked = asked || strings.Contains(r.URL.RawQuery, "lead_viewed_on") })
		s.mustRead(st, crm.Request{})
		if asked != want {
			t.Errorf("described %t: asked for a property that is not there: %t", described, asked)
		}
	}
}

func TestPatternsLimitTheProperties(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	for _, test := range []struct {
		patterns  []string
		in, out   string
		whichever bool
	}{
		{patterns: []string{"num_*"}, in: "num_notes", out: "mobilephone"},
		{patterns: []string{"mobilephone", "*_notes"}, in: "num_notes", out: "lifecyclestage"},
		{patterns: []string{"n*_*tes"}, in: "num_notes", out: "notes_last_contacted"},
		{patterns: []string{"num_notes_*"}, out: "num_notes", in: "lastmodifieddate"},
		{patterns: []string{"*s*s*t*"}, in: "num_associated_deals", out: "num_notes", whichever: true},
		{patterns: []string{"*"}, in: "num_notes", out: "nothing"},
	} {
		st := s.stream("contacts")
		st.Properties = test.patterns
		st, err := s.Connector.(crm.Describer).Describe(t.Context(), st)
		if err != nil {
			t.Fatal(err)
		}
		has := func(name string) bool {
			return slices.ContainsFunc(st.Fields, func(f crm.Field) bool { return slices.Contains(f.Paths, "properties."+name) })
		}
		if !test.whichever && !has(test.in) || has(test.out) {
			t.Errorf("%v: %s %t, %s %t", test.patterns, test.in, has(test.in), test.out, has(test.out))
		}
		told := 0
		for _, n := range s.notices() {
			if n.ID.Stream == "contacts" && strings.HasPrefix(n.Message, "the account has no property "+test.patterns[0]) {
				told++
			}
		}
		if want := test.patterns[0] == "num_notes_*"; (told > 0) != want {
			t.Errorf("%v: told %d times that there is no such property", test.patterns, told)
		}
		if _, ok := st.Field("email"); !ok {
			t.Errorf("%v: a column of the contract is gone", test.patterns)
		}
	}
}

// Names that cannot be a column's get one that no other property can take, whatever
// else there is.
func TestColumnsOfStrangeNames(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	strange := []string{
		"data", "created_at", "warren_hash", "Roof Age", "roof-age", "roof.age", "2nd_phone", "Email", "archived", "id", "sqlite_x", "über",
		strings.Repeat("long_", 30), strings.Repeat("long_", 30) + "2", "archived_at", "data_",
	}
	alone := map[string]string{}
	for _, name := range strange {
		one := account(t, sandbox.Config{}, "", nil)
		one.AddProperty("contacts", sandbox.Property{Name: name, Type: "string", FieldType: "text"})
		alone[name] = propertyColumn(t, one.described("contacts"), name)
		s.AddProperty("contacts", sandbox.Property{Name: name, Type: "string", FieldType: "text"})
	}
	st := s.described("contacts")
	good := regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	taken := map[string]bool{}
	for _, f := range st.Fields {
		if !good.MatchString(f.Column) || taken[f.Column] || strings.HasPrefix(f.Column, "warren_") || f.Column == "data" || f.Column == "created_at" {
			t.Errorf("%+v", f)
		}
		taken[f.Column] = true
	}
	for _, name := range strange {
		if got := propertyColumn(t, st, name); got != alone[name] {
			t.Errorf("%s is the column %s, and %s where it is alone", name, got, alone[name])
		}
	}
	// And their values are read.
	s.Create("contacts", 1)
	for _, r := range s.mustRead(st, crm.Request{}).records {
		for _, name := range strange {
			if _, ok := r.Properties[name]; !ok {
				t.Errorf("%s is not read", name)
			}
		}
	}
}

func propertyColumn(t *testing.T, st crm.Stream, property string) string {
	t.Helper()
	return column(t, st, strings.NewReplacer(`\`, `\\`, ".", `\.`).Replace(property)).Column
}

// The old system's columns with a customer's own name before the property's.
func TestSourcesWithTheCompanysOwnName(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	s.AddProperty("contacts", sandbox.Property{Name: "acme_primary_source", Type: "string", FieldType: "text"})
	st := s.described("contacts")
	f, _ := st.Field("primary_source")
	if !slices.Equal(f.Paths, []string{"properties.primary_source", "properties.acme_primary_source"}) {
		t.Errorf("%v", f.Paths)
	}
	if _, twice := st.Field("acme_primary_source"); twice {
		t.Error("it has a column of its own besides")
	}
	if f, _ := st.Field("secondary_source"); len(f.Paths) != 1 {
		t.Errorf("%v", f.Paths)
	}
}

// Whatever the order in which properties are told, and however often.
func TestTheOrderOfPropertiesIsTheirNames(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	s.answering("/properties/", 200, `{"results":[{"name":"hs_object_id"},{"name":"hs_lastmodifieddate"},{"name":"zeta","type":"number"},{"name":"old","archived":true},{"name":"alpha"},{"name":"zeta"},{"name":""},
		{"name":"omega","type":"object_coordinates","hidden":true,"calculated":true}]}`)
	st := s.described("notes")
	var found []string
	for _, f := range st.Fields[len(s.stream("notes").Fields):] {
		found = append(found, f.Column)
	}
	if !slices.Equal(found, []string{"alpha", "omega", "zeta"}) {
		t.Errorf("%v", found)
	}
}

func TestDescribeOfWhatCannotBeRead(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	for _, answer := range []string{`{"results":[1]}`, `{"results":{}}`, `{}`, `no`, `{"results":[]}`, `{"results":[{"name":"dealname"}]}`, `{"results":[{"name":"hs_object_id"}]}`,
		`{"results":[{"name":"hs_object_id"},{"name":"hs_lastmodifieddate"}],"paging":{"next":{"after":"7"}}}`} {
		s.answering("/properties/", 200, answer)
		_, err := s.Connector.(crm.Describer).Describe(t.Context(), s.stream("deals"))
		mustFail(t, err, crm.CodeBadAnswer)
	}
	s.front = front{}
	s.traps("forbidden=properties")
	_, err := s.Connector.(crm.Describer).Describe(t.Context(), s.stream("deals"))
	mustFail(t, err, crm.CodeStreamAbsent, "crm.objects.properties.read")
	_, err = s.Connector.(crm.Describer).Describe(t.Context(), s.stream("contacts"))
	mustFail(t, err, crm.CodeForbidden, "crm.objects.properties.read")
}

// What is told of the account is worth a call, and no run.
func TestAnAccountThatDoesNotTellOfItself(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	for answer, status := range map[string]int{`{"category":"MISSING_SCOPES","message":"no"}`: 403, `{}`: 200, `{"portalId":-1}`: 200, `x`: 404} {
		s.answering("/account-info/", status, answer)
		s.reconnect()
		if st := s.described("deals"); st.RecordURL != "" {
			t.Errorf("%s: %s", answer, st.RecordURL)
		}
	}
	s.answering("/account-info/", 200, `{"portalId":5,"uiDomain":"evil.example/x"}`)
	s.reconnect()
	if st := s.described("deals"); st.RecordURL != "https://app.hubspot.com/contacts/5/record/0-3/{id}" {
		t.Errorf("%s", st.RecordURL)
	}
	s.answering("/account-info/", 200, `{"portalId":5,"uiDomain":"app-eu1.hubspot.com"}`)
	s.reconnect()
	if st := s.described("deals"); st.RecordURL != "https://app-eu1.hubspot.com/contacts/5/record/0-3/{id}" {
		t.Errorf("%s", st.RecordURL)
	}
	for _, answer := range []string{`{"portalId":"x"}`, `<html></html>`, `{"portalId":5,"uiDo`} {
		s.answering("/account-info/", 200, answer)
		s.reconnect()
		_, err := s.Connector.(crm.Describer).Describe(t.Context(), s.stream("deals"))
		mustFail(t, err, crm.CodeBadAnswer)
	}
	s.front = front{}
	cut := false
	s.front.add("/account-info/", func(w http.ResponseWriter, _ *http.Request) bool {
		if cut {
			return false
		}
		cut = true
		_, err := io.WriteString(w, `{"portalId":5,"uiDo`)
		return err == nil
	})
	s.reconnect()
	if st := s.described("deals"); st.RecordURL == "" || !cut {
		t.Error("an answer that was cut once costs the run")
	}
}
