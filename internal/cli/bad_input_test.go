package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// The list of what a CRM, a network and a user do wrong. Each ends in a clear
// message, the rest of the records loaded, and the bad one in the quarantine or
// as an issue with record id, field and value.

// badRecord is one record that is not as it should be, among good ones.
type badRecord struct {
	name   string
	fields salesrabbit.Fields // shown by the bad lead; its id is 7 unless they say otherwise
	whole  []string           // in place of fields: whole records

	issue      issueWant         // the issue; no field means none
	quarantine issueWant         // the entry in the quarantine; no field means none
	row        map[string]string // columns of lead 7, or of rowID
	rowID      string
	says       string // in the log
}

type issueWant struct{ record, field, value, effect string }

func badRecords() []badRecord {
	return []badRecord{
		{name: "id null", fields: salesrabbit.Fields{"id": []byte(`null`)}, quarantine: issueWant{field: "id", value: "null"},
			says: "the primary key id is missing"},
		{name: "id absent", whole: []string{`{"firstName":"Ann","dateModified":"2026-05-01T00:00:00+00:00"}`},
			quarantine: issueWant{field: "id", value: ""}, says: "the primary key id is missing"},
		{name: "id text", fields: salesrabbit.Fields{"id": []byte(`"abc"`)}, quarantine: issueWant{field: "id", value: `"abc"`}},
		{name: "id above 2^53", fields: salesrabbit.Fields{"id": []byte(`9007199254740993`)},
			rowID: "9007199254740993", row: map[string]string{"first_name": "Ann"}},
		{name: "id above 2^63", fields: salesrabbit.Fields{"id": []byte(`9223372036854775808`)},
			quarantine: issueWant{field: "id", value: "9223372036854775808"}},
		{name: "not a record", whole: []string{`"surprise"`}, quarantine: issueWant{value: `"surprise"`}, says: "is not a JSON object"},
		{name: "a date that is none", fields: salesrabbit.Fields{"dateOfBirth": []byte(`"2026-02-30"`)},
			issue: issueWant{"7", "dateOfBirth", "2026-02-30", "nulled"}, row: map[string]string{"date_of_birth": "NULL", "first_name": "Ann"}},
		{name: "a NUL in a note", fields: salesrabbit.Fields{"notes": []byte(`"a\u0000b"`)},
			issue: issueWant{"7", "notes", `"a\u0000b"`, "cleaned"}, row: map[string]string{"notes": "a\ufffdb"}},
		{name: "a lone surrogate", fields: salesrabbit.Fields{"notes": []byte(`"a\ud800b"`)},
			issue: issueWant{"7", "notes", `"a\ud800b"`, "cleaned"}, row: map[string]string{"notes": "a\ufffdb"}},
		{name: "a note of 5 MB", fields: salesrabbit.Fields{"notes": []byte(`"` + strings.Repeat("x", 5<<20) + `"`)},
			row: map[string]string{"notes": strings.Repeat("x", 5<<20)}},
		{name: "customFields as an object", fields: salesrabbit.Fields{"customFields": []byte(`{"RoofAge":"7"}`)},
			row: map[string]string{"custom_fields": `{"RoofAge":"7"}`}},
		{name: "customFields as a text", fields: salesrabbit.Fields{"customFields": []byte(`"{}"`)}, row: map[string]string{"custom_fields": `{}`}},
		{name: "customFields as a list", fields: salesrabbit.Fields{"customFields": []byte(`[]`)}, row: map[string]string{"custom_fields": `{}`}},
		{name: "the same id twice, the older last", whole: []string{
			`{"id":7,"firstName":"Ann","dateModified":"2026-05-02T00:00:00+00:00"}`,
			`{"id":7,"firstName":"Old","dateModified":"2026-05-01T00:00:00+00:00"}`},
			row: map[string]string{"first_name": "Ann"}},
		{name: "latitude 999", fields: salesrabbit.Fields{"latitude": []byte(`999`)},
			issue: issueWant{"7", "latitude", "999", "nulled"}, row: map[string]string{"latitude": "NULL", "first_name": "Ann"}},
		{name: "an unknown field", fields: salesrabbit.Fields{"shoeSize": []byte(`44`)},
			row: map[string]string{"first_name": "Ann"}, says: "fields that have no column: shoeSize"},
	}
}

func TestBadRecords(t *testing.T) {
	for _, c := range badRecords() {
		t.Run(c.name, func(t *testing.T) {
			both(t, salesrabbit.Config{Records: 20, Seed: 1}, func(t *testing.T, d *desk) { c.test(t, d) })
		})
	}
}

func (c *badRecord) test(t *testing.T, d *desk) {
	t.Helper()
	for _, record := range c.whole {
		d.crm.PutWhole([]byte(record))
	}
	if c.whole == nil {
		fields := salesrabbit.Fields{
			"id": []byte("7"), "firstName": []byte(`"Ann"`), "phonePrimary": []byte(`null`), "phoneAlternate": []byte(`null`), "email": []byte("null"),
			"state": []byte(`"OH"`), "zip": []byte(`"44101"`),
		}
		for name, value := range c.fields {
			fields[name] = value
		}
		d.crm.Put(fields)
	}
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).warns(c.says)
	if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead WHERE id >= 10000000 AND id < 20000000"); n != "20" {
		t.Errorf("%s of the 20 good leads are loaded", n)
	}
	id := c.rowID
	if id == "" {
		id = "7"
	}
	for column, want := range c.row {
		if got := d.text("SELECT CAST(" + column + " AS text) FROM ingestion_salesrabbit_lead WHERE id = " + id); strings.ReplaceAll(got, " ", "") != want {
			t.Errorf("%s is %.60q, want %.60q", column, got, want)
		}
	}
	c.wantIssue(t, d)
	c.wantEntry(t, d)
}

func (c *badRecord) wantIssue(t *testing.T, d *desk) {
	t.Helper()
	got := answer[issuesJSON](d.run("issues", "salesrabbit", "leads", "--record", "7", "--output", "json").exits(cli.ExitOK))
	if c.issue.field == "" {
		if len(got.Issues) > 0 {
			t.Errorf("issues: %+v", got.Issues)
		}
		return
	}
	if len(got.Issues) != 1 {
		t.Fatalf("issues: %+v", got.Issues)
	}
	i := got.Issues[0]
	if (issueWant{i.Record, i.Field, i.Value, i.Effect}) != c.issue || i.Message == "" {
		t.Errorf("%+v, want %+v", i, c.issue)
	}
}

func (c *badRecord) wantEntry(t *testing.T, d *desk) {
	t.Helper()
	got := answer[entriesJSON](d.run("quarantine", "list", "--output", "json").exits(cli.ExitOK))
	if c.quarantine == (issueWant{}) {
		if len(got.Entries) > 0 {
			t.Errorf("quarantine: %+v", got.Entries)
		}
		return
	}
	if len(got.Entries) != 1 {
		t.Fatalf("quarantine: %+v", got.Entries)
	}
	e := got.Entries[0]
	if e.Field != c.quarantine.field || e.Value != c.quarantine.value || e.Reason == "" || e.Size == 0 {
		t.Errorf("%+v, want %+v", e, c.quarantine)
	}
	d.run("quarantine", "show", itoa(e.ID)).exits(cli.ExitOK).says("The record as it came")
}

// badWire is something between Warren and the CRM that is not as it should be.
type badWire struct {
	name  string
	env   map[string]string
	traps string
	code  int
	says  []string
	leads string // how many of the 1000 leads are loaded; "some" for neither none nor all
}

// Once the fault is gone, the same command loads the rest.

func TestBadWire(t *testing.T) {
	for _, c := range []badWire{
		{name: "a wrong token", env: map[string]string{"SALESRABBIT_API_KEY": "wrong-token"}, code: cli.ExitFailed,
			says: []string{"refuses the token (401 Unauthorized)", "Set SALESRABBIT_API_KEY to a token that is valid", "source_auth"}, leads: "0"},
		{name: "a wrong path", env: map[string]string{"SALESRABBIT_API_URL": "/nowhere"}, code: cli.ExitFailed,
			says: []string{"GET /nowhere/leads with 404", "Check SALESRABBIT_API_URL", "source_not_found"}, leads: "0"},
		{name: "nothing listens", env: map[string]string{"SALESRABBIT_API_URL": "http://127.0.0.1:1"}, code: cli.ExitFailed,
			says: []string{"nothing listens at http://127.0.0.1:1", "Check SALESRABBIT_API_URL", "source_unreachable"}, leads: "0"},
		{name: "an address that is none", env: map[string]string{"SALESRABBIT_API_URL": "salesrabbit"}, code: cli.ExitUsage,
			says: []string{"SALESRABBIT_API_URL", "does not begin with https://"}},
		{name: "500 on page 7", traps: "500=page:7:always", code: cli.ExitFailed,
			says: []string{"500 Internal Server Error", "after 3 attempts", "source_down"}, leads: "some"},
		{name: "500 on page 7, once", traps: "500=page:7", code: cli.ExitOK, says: []string{"1000 created"}, leads: "1000"},
		{name: "HTML in place of JSON", traps: "html=page:3:always", code: cli.ExitFailed,
			says: []string{"a web page titled", "source_bad_answer"}, leads: "some"},
		{name: "a body cut in the middle", traps: "truncate=page:3:always", code: cli.ExitFailed,
			says: []string{"after 3 attempts", "a body that was cut off", "source_bad_answer"}, leads: "some"},
		{name: "a body cut in the middle, once", traps: "truncate=page:3", code: cli.ExitOK, says: []string{"1000 created"}, leads: "1000"},
		{name: "429 until the patience runs out", traps: "429=1,retryafter=1s", code: cli.ExitFailed,
			says: []string{"429 Too Many Requests", "source_rate_limit"}, leads: "0"},
		{name: "429 now and then", traps: "429=3,retryafter=date:1s", code: cli.ExitOK, says: []string{"1000 created"}, leads: "1000"},
		{name: "a token that expires", traps: "expire=4", code: cli.ExitFailed, says: []string{"source_auth"}, leads: "some"},
		{name: "pages that shift", traps: "ignoresort,shifting,churn=1", code: cli.ExitOK, says: []string{"completed"}},
		{name: "a server that ignores the page", traps: "repeat", code: cli.ExitFailed, says: []string{"source_bad_answer"}},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t) })
	}
}

func (c *badWire) test(t *testing.T) {
	t.Helper()
	traps, err := salesrabbit.ParseTraps(c.traps)
	if err != nil {
		t.Fatal(err)
	}
	d := at(t, salesrabbit.Config{Records: 1000, Seed: 1, MaxPerPage: 100, Traps: traps})
	good := map[string]string{}
	for name, value := range c.env {
		good[name] = d.env[name]
		if strings.HasPrefix(value, "/") {
			value = d.env[name] + value
		}
		d.env[name] = value
	}
	d.run("sync", "salesrabbit", "leads").exits(c.code).silent("wrong-token", salesrabbit.DefaultToken)
	d.has("output or errors", d.out.String()+d.err.String(), c.says)
	if c.leads != "" {
		if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead"); n != c.leads && (c.leads != "some" || n == "0" || n == "1000") {
			t.Errorf("%s leads are loaded, want %s", n, c.leads)
		}
	}
	if c.code == cli.ExitOK {
		return
	}
	for name, value := range good {
		d.env[name] = value
	}
	d.crm.SetTraps(salesrabbit.Traps{})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead"); n != "1000" {
		t.Errorf("%s leads are loaded once it is mended", n)
	}
}

// A database that is full says so once the first lead is written.
func TestFullDatabase(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 10, Seed: 1})
	d.env["DATABASE_URL"] = pgtest.URL(t)
	d.run("migrate").exits(cli.ExitOK)
	d.exec(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`)
	d.exec("CREATE TRIGGER full_disk BEFORE INSERT ON ingestion_salesrabbit_lead FOR EACH STATEMENT EXECUTE FUNCTION full_disk()")
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitFailed).says("warehouse_full", "Fix:")
	d.exec("DROP TRIGGER full_disk ON ingestion_salesrabbit_lead")
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).says("10 created")
}

func TestDatabaseThatRefusesThePassword(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 10, Seed: 1})
	rules := filepath.Join(public(t), "pg_hba.conf")
	write(t, rules, "host all postgres all trust\nlocal all all trust\nhost all all all scram-sha-256\n")
	chmod(t, rules, 0o644)
	server := pgtest.Dedicated(t, pgtest.Setting("hba_file", rules))
	d.env["DATABASE_URL"] = server.URL("postgres")
	d.exec("CREATE ROLE clerk LOGIN PASSWORD 'right'")
	d.env["DATABASE_URL"] = as(t, server.URL("postgres"), "clerk")
	for _, args := range [][]string{{"sync", "salesrabbit", "leads"}, {"check"}, {"status"}} {
		d.run(args...).exits(cli.ExitFailed).silent("geheim").has("output or errors", d.out.String()+d.err.String(),
			[]string{"password", "clerk", "DATABASE_URL"})
	}
}

func TestDatabaseThatIsAway(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 10, Seed: 1})
	d.env["DATABASE_URL"] = "postgres://nobody:geheim@127.0.0.1:1/x"
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitFailed).warns("PostgreSQL at 127.0.0.1:1 refuses the connection", "DATABASE_URL").silent("geheim")
}

func TestMisspeltKey(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 10, Seed: 1})
	d.file("warren.yaml", "sources:\n  salesrabbit:\n    tokn: geheim\n")
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitUsage).
		warns(`warren.yaml:3:5: there is no key "tokn" in sources.salesrabbit; did you mean "token"?`, "Write token instead of tokn.").silent("geheim")
	got := answer[struct{ Error errorJSON }](d.run("sync", "--output", "json").exits(cli.ExitUsage))
	if got.Error.Code != "config_invalid" || got.Error.Origin != "config" || got.Error.Retryable {
		t.Errorf("%+v", got)
	}
}
