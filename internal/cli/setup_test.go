package cli_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

func TestConfigShow(t *testing.T) {
	d := at(t, salesrabbit.Config{})
	d.env["SALESRABBIT_API_KEY"] = "geheim"
	d.env["ENTERPRISE_VALIDATION_STRICTMODE"] = "true"
	d.file("warren.yaml", "log: {format: auto}\nsync: {batch_size: 100, check_sample: 7, deletes: soft, delete_limit: 35%}\n"+
		"sources: {salesrabbit: {page_size: 500, timeout: 120s, streams: {users: {enabled: false}, leadStatuses: {deletes: soft}, lead: {deletes: hard, delete_limit: 0.1}}}}")
	type shown struct {
		File     string
		Settings []struct{ Name, Value, From string }
	}
	got := answer[shown](d.run("config", "show", "--output", "json", "--log-level", "warn").exits(cli.ExitOK))
	settings := map[string][2]string{}
	for _, s := range got.Settings {
		settings[s.Name] = [2]string{s.Value, s.From}
	}
	for name, want := range map[string][2]string{
		"database":          {d.env["DATABASE_URL"], "DATABASE_URL"},
		"log.level":         {"warn", "a flag"},
		"log.format":        {"auto", "warren.yaml"},
		"sync.batch_size":   {"100", "warren.yaml"},
		"sync.overlap":      {"5m0s", "default"},
		"sync.check_sample": {"7", "warren.yaml"},
		"sync.deletes":      {"soft", "warren.yaml"},
		"sync.delete_limit": {"35%", "warren.yaml"},
		"sources.salesrabbit.streams.leads.deletes":             {"hard", "warren.yaml"},
		"sources.salesrabbit.streams.leads.delete_limit":        {"10%", "warren.yaml"},
		"sources.salesrabbit.streams.leadStatuses.deletes":      {"soft", "warren.yaml"},
		"sources.salesrabbit.streams.leadStatuses.delete_limit": {"", ""},
		"sources.salesrabbit.token":                             {"xxxxx", "SALESRABBIT_API_KEY"},
		"sources.salesrabbit.page_size":                         {"500", "warren.yaml"},
		"sources.salesrabbit.timeout":                           {"120s", "warren.yaml"},
		"sources.salesrabbit.retries":                           {"2", "SALESRABBIT_RETRIES"},
		"sources.salesrabbit.max_response":                      {"64MiB", "default"},
		"sources.salesrabbit.url":                               {d.env["SALESRABBIT_API_URL"], "SALESRABBIT_API_URL"},
		"sources.salesrabbit.streams.users":                     {"off", "warren.yaml"},
		"sources.salesrabbit.streams.leads":                     {"on", ""},
	} {
		if settings[name] != want {
			t.Errorf("%s: %q, want %q", name, settings[name], want)
		}
	}
	d.run("config", "show").exits(cli.ExitOK).says("sources.salesrabbit.token", "xxxxx", "ENTERPRISE_VALIDATION_STRICTMODE has no effect").silent("geheim")
	d.run("config", "show", "--database", "x.db", "--debug").exits(cli.ExitOK).says("--database", "debug")
	delete(d.env, "SALESRABBIT_API_KEY")
	d.run("config", "show").exits(cli.ExitOK).says("(not set)", "set SALESRABBIT_API_KEY")
}

func TestConfigExampleAndSchema(t *testing.T) {
	d := bare(t)
	d.run("config", "example").exits(cli.ExitOK).says("# sources:", "SALESRABBIT_API_KEY")
	d.file("warren.yaml", d.out.String())
	d.run("config", "show").exits(cli.ExitOK)
	d.run("config", "example", "--output", "json").exits(cli.ExitOK).says(`"example": "`, "batch_size")
	type schema struct {
		Title string
		Defs  map[string]json.RawMessage `json:"$defs"`
	}
	if got := answer[schema](d.run("config", "schema").exits(cli.ExitOK)); got.Title != "warren.yaml" || len(got.Defs) == 0 {
		t.Errorf("%+v", got)
	}
	d.run("config").exits(cli.ExitOK).says("warren config [command]")
	d.run("config", "shw").exits(cli.ExitUsage).warns("Did you mean warren config show?")
}

func TestDiscover(t *testing.T) {
	d := bare(t)
	d.run("discover").exits(cli.ExitOK).silent("ready to sync").says("salesrabbit: ", "(not set up yet)", "ingestion_salesrabbit_lead ", "date_modified", "(read whole)",
		"lead_id, status_id, status_updated", "The columns of each: warren discover salesrabbit")
	d.file("warren.yaml", `
sources:
  salesrabbit:
    token: t
    streams:
      leads:
        fields:
          email: {strict: true, normalize: lower}
          status: {rule: {type: choice, choices: [New, Sold], required: true}}
          first_name: {rule: {type: string, min_length: 2, max_length: 50, pattern: "[A-Z].*"}}
        custom_fields:
          "Roof Age": {column: roof_age, type: integer}
`)
	d.run("discover", "salesrabbit", "lead").exits(cli.ExitOK).says("ready to sync", "customFields", "roof_age", "decimal, from -90 to 90",
		"email, strict, written as lower", "choice, required, one of New, Sold", "at least 2 characters, at most 50 characters, like [A-Z].*",
		"the whole record as it came").silent("users:")
	type discovery struct {
		Sources []struct {
			Name    string
			Ready   bool
			Streams []struct {
				Name, Table, Cursor   string
				PrimaryKey            []string `json:"primary_key"`
				Incremental, Optional bool
				Columns               []struct{ Name, Type, Rule string }
			}
		}
	}
	got := answer[discovery](d.run("discover", "salesrabbit", "leads", "--output", "json").exits(cli.ExitOK))
	s := got.Sources[0]
	if len(got.Sources) != 1 || !s.Ready || len(s.Streams) != 1 || s.Streams[0].Table != "ingestion_salesrabbit_lead" ||
		s.Streams[0].Cursor != "date_modified" || !equal(s.Streams[0].PrimaryKey, []string{"id"}) || s.Streams[0].Columns[0].Type != "integer" {
		t.Errorf("%+v", got)
	}
	d.run("discover", "salesrabbit", "leeds").exits(cli.ExitUsage).warns("Did you mean leads?")
}

// What only the account knows is shown where it can be asked, and marked; where it
// cannot, that is said, and what the source declares is shown all the same.
func TestDiscoverAsksTheAccount(t *testing.T) {
	d, hub := atAll(t)
	type discovery struct {
		Sources []struct {
			Streams []struct {
				Name        string
				Undescribed *errorJSON
				Columns     []struct {
					Name, Type string
					Discovered bool
				}
			}
		}
	}
	columns := func(args ...string) (declared, own []string, why *errorJSON) {
		t.Helper()
		s := answer[discovery](d.run(append([]string{"discover", "--output", "json", "hubspot"}, args...)...).exits(cli.ExitOK)).Sources[0].Streams[0]
		for _, c := range s.Columns {
			if c.Discovered {
				own = append(own, c.Name+" "+c.Type)
			} else {
				declared = append(declared, c.Name)
			}
		}
		return declared, own, s.Undescribed
	}
	declared, own, why := columns("contacts")
	if !slices.Contains(declared, "firstname") || !slices.Contains(own, "num_notes decimal") || why != nil {
		t.Errorf("declared %q, the account's %q, %+v", declared, own, why)
	}
	d.run("discover", "hubspot", "contacts").exits(cli.ExitOK).says("num_notes", "properties.num_notes", "discovered").silent("not known")
	d.run("discover", "hubspot", "deals_contacts").exits(cli.ExitOK).silent("discovered", "not known")
	calls := hub.Requests()
	d.run("discover").exits(cli.ExitOK)
	if now := hub.Requests(); !maps.Equal(calls, now) {
		t.Errorf("the list of sources asked the account: %v, before %v", now, calls)
	}
	for name, set := range map[string]string{"HUBSPOT_API_TOKEN": "pat-na1-wrong", "HUBSPOT_API_URL": "http://127.0.0.1:1"} {
		was := d.env[name]
		d.env[name] = set
		if got, own, why := columns("contacts"); !equal(got, declared) || len(own) > 0 || why == nil || why.Fix == "" {
			t.Errorf("%s: declared %q, the account's %q, %+v", name, got, own, why)
		}
		d.env[name] = was
	}
	delete(d.env, "HUBSPOT_API_TOKEN")
	d.run("discover", "hubspot").exits(cli.ExitOK).says("firstname", "deals_contacts: ", "Which fields the account itself has is not known: ", "HUBSPOT_API_TOKEN")
	if n := strings.Count(d.out.String(), "not known"); n != 1 {
		t.Errorf("it is said %d times", n)
	}
}

func TestMigrate(t *testing.T) {
	both(t, salesrabbit.Config{Records: 3, Seed: 1}, func(t *testing.T, d *desk) {
		token := d.env["SALESRABBIT_API_KEY"]
		delete(d.env, "SALESRABBIT_API_KEY")
		d.run("migrate").exits(cli.ExitOK).says("warren_stream", "made", "No source is configured, so no table of a stream was looked at.")
		d.env["SALESRABBIT_API_KEY"] = token
		d.exec("CREATE TABLE ingestion_salesrabbit_user (id bigint PRIMARY KEY, email text)")
		type migrations struct {
			Warehouse string
			Tables    []struct {
				Table, Stream string
				Created       bool
				Added         []string
			}
		}
		got := answer[migrations](d.run("migrate", "--output", "json").exits(cli.ExitOK))
		what := map[string]string{}
		for _, m := range got.Tables {
			what[m.Table] = strings.TrimSpace(map[bool]string{true: "made"}[m.Created] + " " + strings.Join(m.Added, " "))
		}
		if what["warren_stream"] != "" || what["ingestion_salesrabbit_lead"] != "made" || !strings.Contains(what["ingestion_salesrabbit_user"], "first_name") ||
			strings.Contains(what["ingestion_salesrabbit_user"], "email") {
			t.Errorf("%v", what)
		}
		d.run("migrate").exits(cli.ExitOK).says("up to date").silent("made", "added")
		d.exec("ALTER TABLE ingestion_salesrabbit_lead RENAME COLUMN zip TO postcode")
		d.run("migrate").exits(cli.ExitOK).says("added zip")
	})
	d := bare(t)
	d.run("migrate", "--database", "/no/such/place/x.db").exits(cli.ExitFailed).warns("/no/such/place")
}

func TestVersionAndHelp(t *testing.T) {
	d := bare(t)
	d.run("version").exits(cli.ExitOK).says("warren 1.2.3 (go")
	if got := answer[map[string]string](d.run("version", "--output", "json").exits(cli.ExitOK)); got["version"] != "1.2.3" || got["platform"] == "" {
		t.Errorf("%v", got)
	}
	d.run("--version").exits(cli.ExitOK).says("1.2.3")
	d.run("version", "x").exits(cli.ExitUsage).warns(`does not know what to do with "x"`)
	d.run().exits(cli.ExitOK).says("Every day:", "When something is wrong:", "Setting up:", "Trying it out:", "\n  sync        Copy what changed")
	d.run("syn").exits(cli.ExitUsage).warns(`there is no command "warren syn"`, "Did you mean warren sync?")
	d.run("nonsense").exits(cli.ExitUsage).warns("See warren --help.")
	d.run("nonsense", "--output", "json").exits(cli.ExitUsage)
	if got := answer[struct{ Error errorJSON }](d); got.Error.Code != "usage" || got.Error.Fix == "" || got.Error.Origin != "config" {
		t.Errorf("%+v", got)
	}
}

// Every command explains itself, with an example that begins with its name.
func TestEveryCommandHasHelp(t *testing.T) {
	d := bare(t)
	for _, name := range []string{
		"sync", "status", "history", "check", "verify", "issues", "quarantine list", "quarantine show", "quarantine replay", "quarantine discard",
		"config show", "config example", "config schema", "discover", "migrate", "version", "demo", "sandbox salesrabbit", "cleanup_stale_syncs",
	} {
		d.run(append(strings.Fields(name), "--help")...).exits(cli.ExitOK).says("Examples:\n  warren "+name, "--database")
	}
}

func TestCompletion(t *testing.T) {
	d := bare(t)
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"sync", ""}, []string{"salesrabbit", "salespro", "hubspot"}},
		{[]string{"sync", "salesrabbit", ""}, []string{"leads", "users", "leadStatuses", "leadStatusHistories"}},
		{[]string{"sync", "salesrabbit", "lead", ""}, []string{"users", "leadStatuses", "leadStatusHistories"}},
		{[]string{"sync", "other", ""}, nil},
		{[]string{"history", "salesrabbit", "leads", ""}, nil},
		{[]string{"issues", "salesrabbit", ""}, []string{"leads", "users", "leadStatuses", "leadStatusHistories"}},
		{[]string{"verify", ""}, []string{"salesrabbit", "salespro", "hubspot"}},
		{[]string{"verify", "salesrabbit", "users", ""}, []string{"leads", "leadStatuses", "leadStatusHistories"}},
		{[]string{"sync", "--output", ""}, []string{"text", "json"}},
		{[]string{"quarantine", ""}, []string{"discard", "list", "replay", "show"}},
	} {
		d.run(append([]string{"__complete"}, c.args...)...).exits(cli.ExitOK)
		var got []string
		for line := range strings.Lines(d.out.String()) {
			if word, _, _ := strings.Cut(strings.TrimSpace(line), "\t"); word != "" && !strings.HasPrefix(word, ":") {
				got = append(got, word)
			}
		}
		if !equal(got, c.want) {
			t.Errorf("%v: %q, want %q", c.args, got, c.want)
		}
	}
	d.run("__complete", "sandbox", "salesrabbit", "--trap", "").exits(cli.ExitOK).says("latency\t")
	d.run("completion", "bash").exits(cli.ExitOK).says("bash completion")
	d.file("warren.yaml", "sources: [")
	d.run("__complete", "sync", "").exits(cli.ExitOK).silent("salesrabbit")
}
