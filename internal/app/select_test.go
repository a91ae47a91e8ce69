package app_test

import (
	"os"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSelect(t *testing.T) {
	a := (&script{}).open(t, "x.db", `
sources:
  acme: {token: t}
  west: {type: acme, table_prefix: west_, token: t, streams: {parts: {enabled: false}}}
`)
	for name, c := range map[string]struct {
		sel  app.Selection
		want string
		code crm.Code
		fix  string
	}{
		"all":                   {app.Selection{}, "acme things, acme parts, west things", "", ""},
		"an account":            {app.Selection{Account: "acme"}, "acme things, acme parts", "", ""},
		"a stream, by alias":    {app.Selection{Account: "acme", Streams: []string{"THING"}}, "acme things", "", ""},
		"in their own order":    {app.Selection{Account: "acme", Streams: []string{"parts", "things"}}, "acme things, acme parts", "", ""},
		"all but one":           {app.Selection{Account: "acme", Except: []string{"things"}}, "acme parts", "", ""},
		"no such account":       {app.Selection{Account: "acne"}, "", crm.CodeUsage, "Did you mean acme? Known are acme, west."},
		"nothing like it":       {app.Selection{Account: "zzz"}, "", crm.CodeUsage, "Known are acme, west."},
		"no such stream":        {app.Selection{Account: "acme", Streams: []string{"thinks"}}, "", crm.CodeUsage, "Did you mean things? Known are things, parts, people."},
		"no such exception":     {app.Selection{Account: "acme", Except: []string{"prts"}}, "", crm.CodeUsage, "Did you mean parts? Known are things, parts, people."},
		"a stream switched off": {app.Selection{Account: "west", Streams: []string{"parts"}}, "", crm.CodeConfig, "Set sources.west.streams.parts.enabled to true."},
	} {
		targets, err := a.Select(c.sel)
		if c.code != "" {
			wantCode(t, err, c.code)
			if got := fixOf(err); got != c.fix {
				t.Errorf("%s: fix %q, want %q", name, got, c.fix)
			}
			continue
		}
		var got []string
		for _, target := range targets {
			got = append(got, target.ID().String())
		}
		if err != nil || strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, %v; want %s", name, got, err, c.want)
		}
	}
}

func TestFind(t *testing.T) {
	a := (&script{}).open(t, "x.db", withToken)
	if id, err := a.Find("acme", "thing"); err != nil || id != (crm.StreamID{Source: "acme", Stream: "things"}) {
		t.Errorf("%v, %v", id, err)
	}
	if id, err := a.Find("acme", ""); err != nil || id != (crm.StreamID{Source: "acme"}) {
		t.Errorf("%v, %v", id, err)
	}
	_, err := a.Find("acme", "x")
	wantCode(t, err, crm.CodeUsage)
	_, err = a.Find("x", "")
	wantCode(t, err, crm.CodeUsage)
}

func TestNothingConfigured(t *testing.T) {
	a := (&script{}).open(t, "x.db", "log: {level: info}")
	_, err := a.Select(app.Selection{})
	wantCode(t, err, crm.CodeConfig)
	if got := fixOf(err); !strings.Contains(got, "Set ACME_TOKEN in the environment") {
		t.Errorf("fix %q", got)
	}
}

// The rows of one account would take the place of the other's.
func TestTwoAccountsDoNotShareATable(t *testing.T) {
	a := (&script{}).open(t, "x.db", "sources:\n  acme: {token: t}\n  west: {type: acme, token: t}")
	_, err := a.Select(app.Selection{})
	wantCode(t, err, crm.CodeConfig)
	if fix := fixOf(err); !strings.Contains(fix, "sources.west.table_prefix") {
		t.Errorf("the fix is %q", fix)
	}
}
