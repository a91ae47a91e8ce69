package salespro

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// What is new in a table is what no field takes and nobody has said to leave out. The
// share as it is known has nothing of the kind, partitions are none of its fields, and
// letters do not matter.
func TestTheColumnsThatNoFieldTakes(t *testing.T) {
	for _, s := range Source().Streams {
		if s.FromFile {
			continue
		}
		table := described(s, nil)
		table.Partitions = []athena.Column{{Name: "dt", Type: "string"}}
		for i := range table.Columns {
			table.Columns[i].Name = strings.ToUpper(table.Columns[i].Name)
		}
		if got := unmapped(s, table); len(got) > 0 {
			t.Errorf("%s: %+v", s.Name, got)
		}
		added := []athena.Column{{Name: "tip_amount", Type: "decimal(12,2)"}, {Name: "device", Type: "struct<name:string>"}}
		table.Columns = append(table.Columns, append(added, athena.Column{Name: "Ignored", Type: "string"})...)
		s.Unmapped = append(s.Unmapped, "ignored")
		if diff := cmp.Diff(added, unmapped(s, table)); diff != "" {
			t.Errorf("%s: %s", s.Name, diff)
		}
		s.Fields = append(s.Fields, crm.Field{Column: "device_name", Paths: []string{"device.name"}, Type: crm.TypeText})
		if diff := cmp.Diff(added[:1], unmapped(s, table)); diff != "" {
			t.Errorf("%s, one is mapped: %s", s.Name, diff)
		}
	}
}

// They are told, with what to do about them, or fail the run where its contract says so.
func TestWhatIsToldOfColumnsThatNoFieldTakes(t *testing.T) {
	many := make([]athena.Column, 23)
	for i := range many {
		many[i] = athena.Column{Name: fmt.Sprint("c", i), Type: "int"}
	}
	for _, c := range []struct {
		reaction crm.Reaction
		columns  []athena.Column
		says     string // "" for nothing
		fails    bool
	}{
		{"", nil, "", false},
		{crm.ReactFreeze, nil, "", false},
		{"", many[:2], "the table payments has columns that no field takes: c0 (int), c1 (int); they are not asked for", false},
		{crm.ReactEvolve, many[:1], "no field takes: c0 (int); they are not asked for", false},
		{crm.ReactQuarantine, many[:1], "no field takes: c0 (int); they are not asked for", false},
		{crm.ReactDrop, many, "c18 (int), c19 (int), 3 more; they are", false},
		{crm.ReactFreeze, many[:1], "no field takes: c0 (int), and the stream's contract is to freeze", true},
	} {
		var told []crm.Notice
		con := &connector{account: "acme", observe: func(e crm.Event) {
			if n, is := e.(crm.Notice); is {
				told = append(told, n)
			}
		}}
		s := payments()
		s.NewField = c.reaction
		err := con.tellUnmapped(s, c.columns)
		if c.fails {
			if crm.CodeOf(err) != crm.CodeSchema || !strings.Contains(err.Error(), c.says) || len(told) > 0 {
				t.Errorf("%s: %v, %+v", c.reaction, err, told)
			}
			continue
		}
		if err != nil || c.says == "" != (len(told) == 0) {
			t.Fatalf("%s: %v, %+v", c.reaction, err, told)
		}
		for _, n := range told {
			if !strings.Contains(n.Message, c.says) || n.ID.String() != "acme payments" || !strings.Contains(n.Fix, "sources.acme.streams.payments.fields") {
				t.Errorf("%s: %+v", c.reaction, n)
			}
		}
	}
}
