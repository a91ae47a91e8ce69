package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

func TestEverySourceHasAnAccountWithoutAFile(t *testing.T) {
	c := mustLoad(t, "", map[string]string{"SALESRABBIT_API_KEY": "abc"})
	a := account(t, c, "salesrabbit")
	if err := a.Ready(); err != nil || !a.Configured() || a.Settings.Text("token") != "abc" {
		t.Errorf("ready: %v, configured %v, token %q", err, a.Configured(), a.Settings.Text("token"))
	}
	if account(t, c, "hubspot").Configured() {
		t.Error("hubspot counts as configured though nothing is set")
	}
}

func TestAnAccountThatLacksItsTokenSaysWhatToSet(t *testing.T) {
	for _, tc := range []struct{ name, file, account, message, fix string }{
		{"named after its source", "", "salesrabbit", "salesrabbit has no token", "Set SALESRABBIT_API_KEY, or sources.salesrabbit.token in warren.yaml."},
		{"of its own name", "sources: {east: {type: salesrabbit}}", "east", "east has no token", "Set EAST_TOKEN, or sources.east.token in warren.yaml."},
		{
			"two options", "", "hubspot", "hubspot has no token and no portal",
			"Set HUBSPOT_API_TOKEN, or sources.hubspot.token in warren.yaml; set HUBSPOT_PORTAL, or sources.hubspot.portal in warren.yaml.",
		},
		{"blank in the file", "sources: {salesrabbit: {token: ' '}}", "salesrabbit", "salesrabbit has no token", "Set SALESRABBIT_API_KEY, or sources.salesrabbit.token in warren.yaml."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := failure(t, account(t, mustLoad(t, tc.file, nil), tc.account).Ready(), crm.CodeConfig)
			if e.Message != tc.message || e.Fix != tc.fix {
				t.Errorf("message %q, fix %q", e.Message, e.Fix)
			}
		})
	}
}

func TestOldNameOfTheTokenIsAnAlias(t *testing.T) {
	c := mustLoad(t, "", map[string]string{"SALESRABBIT_API_TOKEN": "old"})
	if got := account(t, c, "salesrabbit").Settings.Text("token"); got != "old" || len(c.Warnings) != 0 {
		t.Errorf("token %q, warnings %v", got, c.Warnings)
	}
	c = mustLoad(t, "", map[string]string{"SALESRABBIT_API_TOKEN": marker, "SALESRABBIT_API_KEY": "new"})
	want := []string{"environment variables SALESRABBIT_API_KEY and SALESRABBIT_API_TOKEN differ; SALESRABBIT_API_KEY is used"}
	if got := account(t, c, "salesrabbit").Settings.Text("token"); got != "new" || !cmp.Equal(c.Warnings, want) {
		t.Errorf("token %q, warnings %v", got, c.Warnings)
	}
}

func TestAPastedTokenIsTrimmed(t *testing.T) {
	for _, token := range []string{" abc ", "abc\n", "\tabc\r\n", "\ufeffabc", "abc\u200b", "\u00a0abc"} {
		c := mustLoad(t, "", map[string]string{"SALESRABBIT_API_KEY": token})
		if got := account(t, c, "salesrabbit").Settings.Text("token"); got != "abc" {
			t.Errorf("%q became %q", token, got)
		}
	}
	c := mustLoad(t, "sources:\n  salesrabbit:\n    token: |\n      abc\n", nil)
	if got := account(t, c, "salesrabbit").Settings.Text("token"); got != "abc" {
		t.Errorf("a block in the file became %q", got)
	}
	_, err := load(t, "", map[string]string{"SALESRABBIT_API_KEY": marker + "\n" + marker})
	if e := failure(t, err, crm.CodeConfig); strings.Contains(e.Error(), marker) || !strings.Contains(e.Message, "SALESRABBIT_API_KEY") {
		t.Errorf("message %q", e.Message)
	}
}

func TestFurtherAccountsHaveVariablesOfTheirOwn(t *testing.T) {
	c := mustLoad(t, "sources:\n  north-west: {type: salesrabbit, url: https://nw.example}\n  salesrabbit: {token: file}\n  south: {type: salesrabbit}\n",
		map[string]string{"NORTH_WEST_TOKEN": "nw", "NORTH_WEST_API_STYLE": "spec", "SALESRABBIT_API_URL": "https://main.example"})
	var names []string
	for _, a := range c.Accounts {
		names = append(names, a.Name)
	}
	if diff := cmp.Diff([]string{"salesrabbit", "hubspot", "north-west", "south"}, names); diff != "" {
		t.Fatal(diff)
	}
	nw, main, south := c.Accounts[2].Settings, c.Accounts[0].Settings, c.Accounts[3].Settings
	if nw.Text("token") != "nw" || nw.Text("api_style") != "spec" || nw.Text("url") != "https://nw.example" || nw.Account != "north-west" {
		t.Errorf("north-west: %v", nw)
	}
	if main.Text("token") != "file" || main.Text("url") != "https://main.example" {
		t.Errorf("salesrabbit: %v", main)
	}
	if south.Text("token") != "" || south.Text("url") != "https://api.salesrabbit.com" {
		t.Errorf("south took over what belongs to another account: %v", south)
	}
}

func TestABadVariableIsNamed(t *testing.T) {
	_, err := load(t, "", map[string]string{"SALESRABBIT_API_URL": "ftp://x.example", "DATABASE_URL": "mysql://u:" + marker + "@h/d"})
	e := failure(t, err, crm.CodeConfig)
	for _, want := range []string{"SALESRABBIT_API_URL", "DATABASE_URL", `"ftp://x.example"`} {
		if !strings.Contains(e.Message, want) {
			t.Errorf("message %q lacks %s", e.Message, want)
		}
	}
	if strings.Contains(e.Message, marker) {
		t.Errorf("message %q shows a password (L8)", e.Message)
	}
}

func TestNoWayOfPrintingShowsASecret(t *testing.T) {
	c := mustLoad(t, "sources: {east: {type: salesrabbit, token: "+marker+"}}", map[string]string{
		"SALESRABBIT_API_KEY": marker, "DATABASE_URL": "postgres://warren:" + marker + "@db.example/dw?sslpassword=" + marker,
	})
	var out bytes.Buffer
	for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		log.Info("config", "config", c, "account", c.Accounts[0], "accounts", c.Accounts, "database", c.Database)
	}
	for _, v := range []any{c, c.Accounts, c.Accounts[0], c.Database} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	if strings.Contains(out.String(), marker) {
		t.Errorf("a secret was printed (L8):\n%s", out.String())
	}
	for _, want := range []string{"db.example", "east (salesrabbit)", `"url":"https://api.salesrabbit.com"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q was not printed:\n%s", want, out.String())
		}
	}
	if account(t, c, "east").Settings.Text("token") != marker {
		t.Error("the secret itself is gone")
	}
}

func TestEnvNames(t *testing.T) {
	source := sources()[0]
	token, _ := source.Option("token")
	pages, _ := source.Option("page_size")
	for _, tc := range []struct {
		account string
		opt     crm.Option
		want    []string
	}{
		{"salesrabbit", token, []string{"SALESRABBIT_API_KEY", "SALESRABBIT_API_TOKEN"}},
		{"salesrabbit", pages, []string{"SALESRABBIT_PAGE_SIZE"}},
		{"north-west", token, []string{"NORTH_WEST_TOKEN"}},
	} {
		if diff := cmp.Diff(tc.want, config.EnvNames(tc.account, source, tc.opt)); diff != "" {
			t.Errorf("%s %s: %s", tc.account, tc.opt.Name, diff)
		}
	}
}
