package cli_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

type issuesJSON struct {
	More   bool
	Issues []struct {
		Stream, Record, Field, Column, Value, Rule, Message, Effect string
		RunID                                                       int64 `json:"run_id"`
	}
}

func TestIssues(t *testing.T) {
	both(t, salesrabbit.Config{Seed: 1}, func(t *testing.T, d *desk) {
		d.run("issues").exits(cli.ExitOK)
		clean := salesrabbit.Fields{"phonePrimary": []byte("null"), "phoneAlternate": []byte("null"), "state": []byte(`"OH"`), "zip": []byte(`"44101"`)}
		put := func(id, field, value string) {
			fields := salesrabbit.Fields{"id": []byte(id), field: []byte(value)}
			for name, v := range clean {
				if name != field {
					fields[name] = v
				}
			}
			d.crm.Put(fields)
		}
		put("1", "latitude", "999")
		put("2", "email", `"x"`)
		put("3", "email", `"y"`)
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("issues").exits(cli.ExitOK).says("latitude", "999", "is greater than 90", "is NULL", "kept")
		for _, c := range []struct {
			args []string
			want []string // records
			more bool
		}{
			{nil, []string{"1", "2", "3"}, false},
			{[]string{"salesrabbit", "leads"}, []string{"1", "2", "3"}, false},
			{[]string{"--field", "email"}, []string{"2", "3"}, false},
			{[]string{"--field", "email", "--limit", "1"}, []string{"2"}, true},
			{[]string{"--limit", "2"}, []string{"1", "2"}, true},
			{[]string{"--limit", "3"}, []string{"1", "2", "3"}, false},
			{[]string{"--record", "3"}, []string{"3"}, false},
			{[]string{"salesrabbit", "users"}, []string{}, false},
		} {
			got := answer[issuesJSON](d.run(append(append([]string{"issues"}, c.args...), "--output", "json")...).exits(cli.ExitOK))
			records := []string{}
			for _, i := range got.Issues {
				records = append(records, i.Record)
			}
			if !equal(records, c.want) || got.More != c.more {
				t.Errorf("%v: %v, more %v", c.args, records, got.More)
			}
		}
		got := answer[issuesJSON](d.run("issues", "--record", "1", "--output", "json"))
		if i := got.Issues[0]; i.Field != "latitude" || i.Column != "latitude" || i.Value != "999" || i.Effect != "nulled" || i.RunID != 1 || i.Stream != "leads" {
			t.Errorf("%+v", i)
		}
		d.run("issues", "--limit", "1").exits(cli.ExitOK).says("There are more; --limit 0 lists all.")
		d.run("issues", "--record", "99").exits(cli.ExitOK).says("No such issue.")
		d.run("issues", "salesrabbit", "leds").exits(cli.ExitUsage).warns("Did you mean leads?")
	})
}
