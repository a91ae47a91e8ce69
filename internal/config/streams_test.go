package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
)

const everyOverride = `
sources:
  salesrabbit:
    normalize: {phone: e164}
    streams:
      leads:
        batch_size: 1000
        fields:
          email: {from: [contact.email, email], rule: {type: email, required: true}, strict: true, normalize: lower, empty_as_null: true}
          phone_alternate: {normalize: none}
          state: {rule: none, strict: false}
          status: {rule: {type: choice, choices: [new, contacted], ignore_case: true, min_length: 1, places: 2}}
        custom_fields:
          "Roof Age": {column: roof_age, type: integer, rule: {type: integer, min: "0"}}
          a.b\c: {column: odd, rule: phone}
      users: {enabled: false}
`

func TestATablePrefixSetsAccountsApart(t *testing.T) {
	c := mustLoad(t, "sources: {salesrabbit: {table_prefix: east_}}", nil)
	account, _ := c.Account("salesrabbit")
	for _, s := range account.Streams {
		if !strings.HasPrefix(s.Table, "east_") || s.TableAliases != nil {
			t.Errorf("%s is %v %v", s.Name, s.Table, s.TableAliases)
		}
	}
}

func TestOverridesChangeTheFields(t *testing.T) {
	a := account(t, mustLoad(t, everyOverride, nil), "salesrabbit")
	leads := stream(t, a, "leads")
	two := 2
	for _, want := range []crm.Field{
		{Column: "email", Paths: []string{"contact.email", "email"}, Rule: crm.Rule{Type: "email", Required: true}, Strict: true, Normalize: "lower", EmptyNull: true},
		{Column: "phone_primary", Paths: []string{"phonePrimary"}, Rule: crm.Rule{Type: "phone"}, Normalize: "e164"},
		{Column: "phone_alternate", Paths: []string{"phoneAlternate"}, Rule: crm.Rule{Type: "phone"}},
		{Column: "state", Paths: []string{"state", "address.state"}},
		{Column: "status", Paths: []string{"status"}, Rule: crm.Rule{Type: "choice", Choices: []string{"new", "contacted"}, IgnoreCase: true, MinLength: 1, Places: &two}},
		{Column: "roof_age", Paths: []string{"customFields.Roof Age"}, Type: crm.TypeInteger, Rule: crm.Rule{Type: "integer", Min: "0"}},
		{Column: "odd", Paths: []string{`customFields.a\.b\\c`}, Rule: crm.Rule{Type: "phone"}, Normalize: "e164"},
	} {
		if diff := cmp.Diff(want, field(t, leads, want.Column)); diff != "" {
			t.Errorf("%s: %s", want.Column, diff)
		}
	}
	if a.BatchSize("leads") != 1000 || a.BatchSize("users") != 500 || a.BatchSize("no such stream") != 500 {
		t.Errorf("batch sizes %d and %d", a.BatchSize("leads"), a.BatchSize("users"))
	}
}

// A line may go back by several levels at once, as often as there are accounts.
func TestManyAccountsAreNotNestedInEachOther(t *testing.T) {
	var file strings.Builder
	file.WriteString("sources:\n")
	for i := range 200 {
		fmt.Fprintf(&file, "  a%d:\n    type: salesrabbit\n    table_prefix: a%d_\n    streams:\n      users:\n        enabled: false\n", i, i)
	}
	c := mustLoad(t, file.String(), nil)
	last, known := c.Account("a199")
	if !known || len(last.Streams) != 1 || last.Streams[0].Table != "a199_ingestion_salesrabbit_lead" {
		t.Errorf("the last of 200 accounts is %+v", last.Streams)
	}
}

func TestDisabledStreamsAreLeftOutButKnown(t *testing.T) {
	a := account(t, mustLoad(t, everyOverride, nil), "salesrabbit")
	if len(a.Streams) != 1 || a.Streams[0].Name != "leads" || !cmp.Equal(a.Disabled, []string{"users"}) {
		t.Errorf("streams %v, disabled %v", a.Streams, a.Disabled)
	}
}

func TestOverridesLeaveTheRegistrationAlone(t *testing.T) {
	registered := sources()
	c, err := loadWith(t, everyOverride+"  east: {type: salesrabbit}\n", registered)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sources()[0].Streams, registered[0].Streams); diff != "" {
		t.Errorf("the registration changed: %s", diff)
	}
	if diff := cmp.Diff(sources()[0].Streams, account(t, c, "east").Streams); diff != "" {
		t.Errorf("one account's changes reached another: %s", diff)
	}
}

// Hundreds of accounts are configured in one file, and the fields of a stream are many.
func TestAccountsThatChangeNothingShareTheFields(t *testing.T) {
	registered := sources()
	c, err := loadWith(t, everyOverride+"  east: {type: salesrabbit, table_prefix: east_}\n  west: {type: salesrabbit, table_prefix: west_, strict: true}\n", registered)
	if err != nil {
		t.Fatal(err)
	}
	declared := registered[0].Streams[0].Fields
	for name, shares := range map[string]bool{"east": true, "west": false, "salesrabbit": false} {
		if fields := account(t, c, name).Streams[0].Fields; (&fields[0] == &declared[0]) != shares {
			t.Errorf("%s shares the fields: %v, want %v", name, !shares, shares)
		}
	}
}

func TestARuleKnowsItsPlaceInTheFile(t *testing.T) {
	a := account(t, mustLoad(t, everyOverride, nil), "salesrabbit")
	at, ok := a.RuleAt("leads", "email")
	if want := "warren.yaml:9:49: sources.salesrabbit.streams.leads.fields.email.rule"; !ok || at.String() != want {
		t.Errorf("rule at %q, want %q", at, want)
	}
	if at, ok := a.RuleAt("leads", "roof_age"); !ok || at.Line != 14 {
		t.Errorf("custom rule at %q", at)
	}
	if at, ok := a.RuleAt("leads", "phone_primary"); ok || at.String() != "" {
		t.Errorf("the source's own rule has a place: %q", at)
	}
}

func TestStrict(t *testing.T) {
	for _, tc := range []struct {
		name, file          string
		email, state, phone bool
	}{
		{"as declared", "sources: {salesrabbit: {}}", false, true, false},
		{"whole account", "sources: {salesrabbit: {strict: true}}", true, true, true},
		{"all but one field", "sources: {salesrabbit: {strict: true, streams: {leads: {fields: {email: {strict: false}}}}}}", false, true, true},
		{"one field", "sources: {salesrabbit: {strict: false, streams: {lead: {fields: {email: {strict: true}}}}}}", true, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			leads := stream(t, account(t, mustLoad(t, tc.file, nil), "salesrabbit"), "leads")
			for column, want := range map[string]bool{"email": tc.email, "state": tc.state, "phone_primary": tc.phone} {
				if got := field(t, leads, column).Strict; got != want {
					t.Errorf("%s: strict is %v, want %v", column, got, want)
				}
			}
		})
	}
}

func TestCustomFieldsOfAStreamWithoutSuchAColumnStandBesideTheOthers(t *testing.T) {
	users := stream(t, account(t, mustLoad(t,
		"sources: {salesrabbit: {streams: {users: {custom_fields: {shoe.size: {column: shoe_size}, b: {column: b, from: properties.b}}}}}}", nil), "salesrabbit"), "users")
	if f := field(t, users, "shoe_size"); !cmp.Equal(f.Paths, []string{`shoe\.size`}) || f.Type != crm.TypeText {
		t.Errorf("field %+v", f)
	}
	if f := field(t, users, "b"); !cmp.Equal(f.Paths, []string{"properties.b"}) {
		t.Errorf("field %+v", f)
	}
}

func TestAWrongColumnNamesSomeOfMany(t *testing.T) {
	many := sources()
	for i := range 20 {
		many[0].Streams[1].Fields = append(many[0].Streams[1].Fields, crm.Field{Column: fmt.Sprintf("column_%02d", i)})
	}
	_, err := loadWith(t, "sources: {salesrabbit: {streams: {users: {fields: {nowhere: {strict: true}}}}}}", many)
	e := failure(t, err, crm.CodeConfig)
	if !strings.Contains(e.Message, "known are id, email, column_00, ") || !strings.Contains(e.Message, "column_13 …\n") {
		t.Errorf("message %q", e.Message)
	}
}
