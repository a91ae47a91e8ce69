package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

func TestDeletesOfTheFlagTheStreamAndAllStreams(t *testing.T) {
	soft := crm.DeletePolicy{How: crm.DeletesSoft, Limit: config.DefaultDeleteLimit}
	hard := func(limit float64) crm.DeletePolicy { return crm.DeletePolicy{How: crm.DeletesHard, Limit: limit} }
	for _, tc := range []struct {
		name, file, flag    string
		leads, users, other crm.DeletePolicy
	}{
		{"default", "", "", soft, soft, soft},
		{"all streams", "sync: {deletes: hard, delete_limit: 0.3}", "", hard(0.3), hard(0.3), hard(0.3)},
		{
			"hard for one stream only", "sources: {salesrabbit: {streams: {lead: {deletes: hard}}}, east: {type: salesrabbit}}", "",
			hard(0.2), soft, soft,
		},
		{
			"the stream wins, each key for itself", "sync: {deletes: off, delete_limit: 5%}\nsources: {salesrabbit: {streams: {leads: {deletes: hard}, users: {delete_limit: 100%}}}, east: {type: salesrabbit}}", "",
			hard(0.05), crm.DeletePolicy{How: crm.DeletesOff, Limit: 1}, crm.DeletePolicy{How: crm.DeletesOff, Limit: 0.05},
		},
		{
			"the flag wins over all limits", "sync: {delete_limit: 5%}\nsources: {salesrabbit: {streams: {leads: {deletes: hard, delete_limit: 1%}}}, east: {type: salesrabbit}}", " 60 % ",
			hard(0.6), crm.DeletePolicy{How: crm.DeletesSoft, Limit: 0.6}, crm.DeletePolicy{How: crm.DeletesSoft, Limit: 0.6},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := config.Load(config.Input{Dir: dir(t, tc.file), Sources: sources(), Overrides: config.Overrides{DeleteLimit: tc.flag}})
			if err != nil {
				t.Fatal(err)
			}
			a := account(t, c, "salesrabbit")
			got, want := []crm.DeletePolicy{a.Deletes("leads"), a.Deletes("users")}, []crm.DeletePolicy{tc.leads, tc.users}
			if east, ok := c.Account("east"); ok {
				got, want = append(got, east.Deletes("leads"), c.Sync.Deletes), append(want, tc.other, tc.other)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("want (-), got (+):\n%s", diff)
			}
		})
	}
}

func TestSharesOfDeletes(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "0%": 0, "0.2": 0.2, "20%": 0.2, "12.5%": 0.125, "1": 1, "100%": 1, `" 7 % "`: 0.07, "${LIMIT}": 0.4,
	} {
		c := mustLoad(t, "sync:\n  delete_limit: "+text, map[string]string{"LIMIT": "40%"})
		if got := c.Sync.Deletes.Limit; got < want-1e-12 || got > want+1e-12 {
			t.Errorf("%s is %g, want %g", text, got, want)
		}
	}
	for _, text := range []string{"20", "1.01", "101%", "-1%", "-0.1", "half", "NaN", "Inf", "%", "20%%", "0x1p-1%z"} {
		_, err := load(t, "sync:\n  delete_limit: "+fmt.Sprintf("%q", text), nil)
		e := failure(t, err, crm.CodeConfig)
		if !strings.HasPrefix(e.Message, "warren.yaml:2:3: sync.delete_limit: ") || !strings.Contains(e.Message, `"`+text+`" is not a share`) {
			t.Errorf("%s: message %q", text, e.Message)
		}
	}
}

// What stands in the environment may be a secret in the wrong place.
func TestL8AWrongShareFromAVariableIsNotShown(t *testing.T) {
	_, err := load(t, "sync: {delete_limit: \"${SECRET}\"}", map[string]string{"SECRET": marker})
	if e := failure(t, err, crm.CodeConfig); strings.Contains(e.Error(), marker) || !strings.Contains(e.Message, "sync.delete_limit: the value is not a share") {
		t.Errorf("message %q", e.Message)
	}
}

func TestCheckSample(t *testing.T) {
	for text, want := range map[string]int{"": 20, "sync: {check_sample: 0}": 0, "sync: {check_sample: 1000}": 1000} {
		if got := mustLoad(t, text, nil).Sync.Check; got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

func TestTheExampleAndTheSchemaHaveDeletes(t *testing.T) {
	example := string(config.Example(sources()))
	for _, want := range []string{
		"#   check_sample: 20\n", "#   deletes: soft\n", "#   delete_limit: \"20%\"\n", "#         deletes: soft\n", "#         delete_limit: \"20%\"\n",
		"soft marks them, hard deletes them, off does not look. Rows that were marked before stay, whatever is set later. One of soft, hard, off.\n", "0 for none. From 0 to 1000.\n",
	} {
		if !strings.Contains(example, want) {
			t.Errorf("the example lacks %q", want)
		}
	}
	s := schemaOf(t)
	leads := s.object(s.Defs["account_salesrabbit"].Properties["streams"]).Properties["leads"].Properties
	for where, properties := range map[string]map[string]described{"sync": s.Defs["sync"].Properties, "streams": leads} {
		if d := properties["deletes"]; len(d.AnyOf) == 0 || !cmp.Equal(d.AnyOf[0].Enum, crm.DeletesNames()) || d.Default != "soft" || d.Description == "" {
			t.Errorf("%s: deletes is %+v", where, d)
		}
		if d := properties["delete_limit"]; d.Default != "20%" || d.Description == "" {
			t.Errorf("%s: delete_limit is %+v", where, d)
		}
	}
	if d := s.Defs["sync"].Properties["check_sample"]; d.AnyOf[0].Minimum != 0 || d.AnyOf[0].Maximum != 1000 || d.Default != "20" {
		t.Errorf("check_sample is %+v", d)
	}
}
