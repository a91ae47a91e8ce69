package hubspot_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/processor"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// L5, and the trap of values that are not what the property is declared as: each
// one that is not in its column has an issue, "" of a typed one is null, and no
// record is lost.
func TestTrapDirtyValuesL5(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 400, "appointments": 200}}, "dirty=0.5", nil)
	for _, name := range []string{"contacts", "appointments"} {
		st := s.described(name)
		p, err := processor.New(st, processor.Options{SkipRules: true})
		if err != nil {
			t.Fatal(err)
		}
		kinds := map[crm.Type]int{}
		for _, raw := range s.mustRead(st, crm.Request{}).raw {
			var row crm.Row
			if reject := p.Identify([]byte(raw), &row); reject != nil {
				t.Fatalf("%+v", reject)
			}
			issues, reject := p.Map(&row, nil)
			if reject != nil {
				t.Fatalf("%+v", reject)
			}
			if !row.Cursor.Valid {
				t.Fatal("no cursor")
			}
			one := recordOf(t, []byte(raw))
			for i, f := range st.Fields {
				property, is := strings.CutPrefix(f.Paths[0], "properties.")
				value := one.Properties[property]
				if !is || value == nil || *value == "" || row.Values[i].Valid {
					continue
				}
				kinds[f.Type]++
				if !slices.ContainsFunc(issues, func(issue crm.Issue) bool { return issue.Column == f.Column && issue.Value != "" }) {
					t.Errorf("%s: %q became NULL without an issue", f.Column, *value)
				}
			}
		}
		for _, typ := range []crm.Type{crm.TypeDecimal, crm.TypeBoolean, crm.TypeDate, crm.TypeTimestamp} {
			if kinds[typ] == 0 && (name == "contacts" || typ == crm.TypeDate) {
				t.Errorf("%s: no dirty value of type %s: the trap was not sprung", name, typ)
			}
		}
	}
}
