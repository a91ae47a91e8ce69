package cli_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// runsJSON is what sync --output json prints, as a script reads it.
type runsJSON struct {
	Warehouse string    `json:"warehouse"`
	Runs      []runJSON `json:"runs"`
}

type runJSON struct {
	Source    string     `json:"source"`
	Stream    string     `json:"stream"`
	RunID     int64      `json:"run_id"`
	Mode      string     `json:"mode"`
	Status    string     `json:"status"`
	DryRun    bool       `json:"dry_run"`
	Fetched   int64      `json:"fetched"`
	Created   int64      `json:"created"`
	Updated   int64      `json:"updated"`
	Unchanged int64      `json:"unchanged"`
	Failed    int64      `json:"failed"`
	Watermark *time.Time `json:"watermark"`
	Skipped   string     `json:"skipped"`
	Error     *errorJSON `json:"error"`
}

type errorJSON struct {
	Code, Origin, Message, Fix string
	Retryable                  bool
}

func TestSyncFromNothingThenWhatChanged(t *testing.T) {
	both(t, salesrabbit.Config{Records: 1000, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.warns("INF Starting salesrabbit leads sync with 1000 records\n",
			"INF Completed salesrabbit leads sync: 1000 created, 0 updated, 0 failed\n")
		if got := d.lastLine(); got != "SalesRabbit sync completed: 1000 created, 0 updated, 0 failed" {
			t.Errorf("the last line is %q", got)
		}
		d.says("Calls: salesrabbit ", "Warehouse: ", "values of salesrabbit leads look wrong; the records are loaded: warren issues salesrabbit leads")

		d.crm.Change(salesrabbit.Random(5))
		d.crm.Insert(10)
		d.crm.Put(salesrabbit.Fields{"id": []byte("null")})
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.warns("Completed salesrabbit leads sync: 10 created, 5 updated, 1 failed\n")
		d.says("incremental", "1 record of salesrabbit leads could not be written and is kept in the quarantine: warren quarantine list salesrabbit leads")
		if got := d.lastLine(); got != "SalesRabbit sync completed: 10 created, 5 updated, 1 failed" {
			t.Errorf("the last line is %q", got)
		}
		if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead"); n != "1010" {
			t.Errorf("%s leads", n)
		}
	})
}

func TestSyncJSON(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 60, Users: 3, Seed: 1})
	d.crm.Put(salesrabbit.Fields{"id": []byte(`"none"`)})
	got := answer[runsJSON](d.run("sync", "salesrabbit", "leads", "users", "--parallel", "1", "--output", "json").exits(cli.ExitOK))
	if got.Warehouse != d.env["DATABASE_URL"] || len(got.Runs) != 2 {
		t.Fatalf("%+v", got)
	}
	leads, users := got.Runs[0], got.Runs[1]
	if leads.Stream != "leads" || leads.Mode != "full" || leads.Status != "partial" || leads.Fetched != 61 || leads.Created != 60 ||
		leads.Failed != 1 || leads.RunID != 1 || leads.Watermark == nil || leads.Error != nil {
		t.Errorf("%+v", leads)
	}
	if users.Stream != "users" || users.Status != "success" || users.Created != 3 {
		t.Errorf("%+v", users)
	}
}

func TestExitCodes(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Users: 2, Seed: 1})
	d.crm.Put(salesrabbit.Fields{"id": []byte("null")})
	d.run("sync", "salesrabbit", "leads", "--fail-on-partial").exits(cli.ExitPartial)
	d.run("sync", "salesrabbit", "users", "--fail-on-partial").exits(cli.ExitOK)
	d.run("sync", "salesrabbit", "leads", "--batch-size", "0").exits(cli.ExitUsage).warns("--batch-size", "from 1 to 10000", "Code: usage")

	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	d.run("sync", "salesrabbit", "--parallel", "1").exits(cli.ExitFailed).says("salesrabbit leads failed: salesrabbit refuses the token",
		"Set SALESRABBIT_API_KEY", "source_auth", "not begun").silent("wrong-token")
	if got := d.lastLine(); got != "SalesRabbit sync failed: 0 created, 0 updated, 0 failed" {
		t.Errorf("the last line is %q", got)
	}
	delete(d.env, "SALESRABBIT_API_KEY")
	d.run("sync", "salesrabbit").exits(cli.ExitUsage).warns("salesrabbit has no token", "SALESRABBIT_API_KEY")
	d.run("sync").exits(cli.ExitUsage).warns("no source is configured", "SALESRABBIT_API_KEY")
}

// hold takes a stream as another process does.
func (d *desk) hold(stream string, owner ledger.Owner, lease time.Duration) {
	d.t.Helper()
	db := d.db()
	if err := db.Migrate(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	_, err := ledger.Acquire(d.t.Context(), db, ledger.Claim{
		ID: crm.StreamID{Source: "salesrabbit", Stream: stream}, SourceType: "salesrabbit", Owner: owner, Lease: lease,
		Decide: func(ledger.State) ledger.Intent { return ledger.Intent{Mode: crm.ModeFull} },
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func TestL7BusyStream(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Seed: 1})
	d.hold("leads", ledger.Owner{Host: "far", Process: "7"}, time.Hour)
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitBusy).says("leads   not begun", "salesrabbit leads skipped: run 1 (full) has salesrabbit leads since ", "stream_busy")
	got := answer[runsJSON](d.run("sync", "salesrabbit", "leads", "--output", "json").exits(cli.ExitBusy))
	if e := got.Runs[0].Error; e == nil || e.Code != "stream_busy" || !e.Retryable || e.Fix == "" || e.Origin != "warren" {
		t.Errorf("%+v", got)
	}
}

func TestInterruptedRunGoesOnWhereItStopped(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 6000, Seed: 1, MaxPerPage: 500})
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	d.err.when("batch written", 4, interrupt)
	d.runIn(ctx, "sync", "salesrabbit", "leads", "--debug").exits(cli.ExitInterrupted)
	d.says("cancelled", "the run was interrupted", "Run the same command again")
	if d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK); d.crm.State().Leads != 6000 {
		t.Fatal("the test changed the account")
	}
	d.warns("going on where the last run stopped; what has changed since 20", " UTC, when that began, comes with the run after this one; --restart begins anew")
	if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead"); n != "6000" {
		t.Errorf("%s leads", n)
	}
	ctx, interrupt = context.WithCancel(t.Context())
	interrupt()
	d.runIn(ctx, "sync", "salesrabbit", "leads").exits(cli.ExitInterrupted)
}

func TestL6DryRunWritesNothing(t *testing.T) {
	both(t, salesrabbit.Config{Records: 30, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads", "--dry-run").exits(cli.ExitOK)
		d.says("dry run", "Dry run: nothing was written.", "30 created")
		if strings.HasPrefix(d.env["DATABASE_URL"], "sqlite") {
			if found := list(t, d.world.Dir); len(found) > 0 {
				t.Errorf("a dry run left %v", found)
			}
		} else if exists, err := d.db().Exists(t.Context(), "warren_stream"); err != nil || exists {
			t.Errorf("a dry run made tables: %v %v", exists, err)
		}
		got := answer[runsJSON](d.run("sync", "salesrabbit", "leads", "--dry-run", "--output", "json").exits(cli.ExitOK))
		if r := got.Runs[0]; !r.DryRun || r.Created != 30 || r.RunID != 0 {
			t.Errorf("%+v", r)
		}
	})
}

func TestSyncFlags(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 200, Seed: 1})
	one := func(args ...string) runJSON {
		t.Helper()
		got := answer[runsJSON](d.run(append([]string{"sync", "salesrabbit", "leads", "--output", "json"}, args...)...).exits(cli.ExitOK))
		return got.Runs[0]
	}
	if r := one("--max-records", "50"); r.Fetched != 50 || r.Watermark != nil {
		t.Errorf("capped: %+v", r)
	}
	if r := one("--full"); r.Mode != "full" || r.Fetched != 200 || r.Created != 150 || r.Unchanged != 50 {
		t.Errorf("full: %+v", r)
	}
	for _, name := range []string{"--force-full", "--force_full", "--force", "--force-overwrite"} {
		if r := one(name); r.Mode != "full" || r.Unchanged != 200 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	tomorrow := time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	for _, args := range [][]string{{"--since", tomorrow}, {"--start-date", tomorrow}, {"--start_date", tomorrow, "--force"}} {
		if r := one(args...); r.Mode != "range" || r.Fetched != 0 {
			t.Errorf("%v: %+v", args, r)
		}
	}
	for _, name := range []string{"--until", "--end-date", "--end_date"} {
		if r := one(name, tomorrow); r.Mode != "range" || r.Fetched != 200 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := one("--since", "1970-01-01"); r.Mode != "range" || r.Fetched != 200 {
		t.Errorf("since the first year: %+v", r)
	}
	d.run("sync", "salesrabbit", "leads", "--test").exits(cli.ExitOK).warns("DBG")
	for wrong, says := range map[string]string{
		"--full --since 2026-01-01":             "--full reads all records, --since and --until only some",
		"--since 2026-02-01 --until 2026-02-01": "--since is not before --until",
		"--since yesterday":                     `--since "yesterday" is no date`,
		"--until 31.12.2026":                    `--until "31.12.2026" is no date`,
		"--since 0001-01-01":                    `--since "0001-01-01" lies before 1970`,
		"--since 1969-12-31T23:59:59Z":          "To read everything leave it out and give --full.",
		"--until 1969-12-31":                    `--until "1969-12-31" lies before 1970`,
		"--max-records -1":                      "--max-records is negative",
		"--batch-size 10001":                    "a batch of 10001 records is not possible",
		"--max-records many":                    `--max-records takes a whole number, and not "many"`,
		"--max-records 99999999999999999999":    "--max-records: 99999999999999999999 is too large",
		"--full=perhaps":                        `--full takes true or false, and not "perhaps"`,
		"--ful":                                 "Did you mean --full?",
		"--nonsense":                            "warren sync has no flag --nonsense",
		"--output xml":                          `there is no output "xml"`,
		"--log-level loud":                      "--log-level",
		"--config missing.yaml":                 "there is no configuration file missing.yaml",
		"--database mysql://x":                  "mysql://",
		"nosuch":                                "there is no stream of salesrabbit named \"nosuch\"",
	} {
		d.run(append([]string{"sync", "salesrabbit", "leads"}, strings.Fields(wrong)...)...).exits(cli.ExitUsage).warns(says, "Fix: ", "Code: ")
	}
	d.run("sync", "salesrabbit", "leeds").exits(cli.ExitUsage).warns("Did you mean leads?")
	d.run("sync", "salesrabit").exits(cli.ExitUsage).warns("Did you mean salesrabbit?")
}

func TestQuiet(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 100, Seed: 1})
	d.run("sync", "salesrabbit", "leads", "--quiet").exits(cli.ExitOK)
	if got := d.out.String(); got != "" || d.err.String() != "" {
		t.Errorf("a run that went well says %q, errors %q", got, d.err.String())
	}
	d.crm.Put(salesrabbit.Fields{"id": []byte("null")})
	d.run("sync", "salesrabbit", "leads", "--quiet").exits(cli.ExitOK).says("SalesRabbit sync completed: 0 created, 0 updated, 1 failed",
		"1 record of salesrabbit leads could not be written and is kept in the quarantine: warren quarantine list salesrabbit leads\n").
		warns("ERR Error processing leads (no id): the primary key id is missing").silent("Warehouse: ")
}

func TestSkipValidation(t *testing.T) {
	d := at(t, salesrabbit.Config{Seed: 1})
	d.crm.Put(salesrabbit.Fields{"email": []byte(`"none@"`)})
	d.run("sync", "salesrabbit", "leads", "--skip-validation").exits(cli.ExitOK).silent("Validation warning", "look wrong", "looks wrong")
}

func TestStreamThatTheAccountDoesNotOffer(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Users: 1, Seed: 1, Traps: salesrabbit.Traps{NoHistories: true}})
	d.run("sync").exits(cli.ExitOK).says("left out", "salesrabbit leadStatusHistories is left out: this SalesRabbit account does not offer")
	d.warns("WRN salesrabbit leadStatusHistories is left out")
	got := answer[runsJSON](d.run("sync", "--output", "json").exits(cli.ExitOK))
	if last := got.Runs[3]; last.Status != "skipped" || last.Skipped == "" || last.Error != nil {
		t.Errorf("%+v", last)
	}
	d.run("sync", "salesrabbit", "leadStatusHistories").exits(cli.ExitFailed).says("stream_absent")
	d.run("status").exits(cli.ExitOK).says("left out", "salesrabbit leadStatusHistories: this SalesRabbit account does not offer leadStatusHistories", "each sync tries it again")
}

func TestSummaryOfSeveralAccounts(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Users: 1, Seed: 1})
	d.file("warren.yaml", `
sources:
  salesrabbit:
    streams: {leadStatuses: {enabled: false}, leadStatusHistories: {enabled: false}}
  west:
    type: salesrabbit
    table_prefix: west_
    url: `+d.env["SALESRABBIT_API_URL"]+`
    token: `+salesrabbit.DefaultToken+`
    rate: 0
    streams: {leads: {enabled: false}, leadStatuses: {enabled: false}, leadStatusHistories: {enabled: false}}
`)
	d.run("sync").exits(cli.ExitOK).says("salesrabbit leads", "west users",
		"SalesRabbit sync completed: 6 created, 0 updated, 0 failed\nwest sync completed: 1 created, 0 updated, 0 failed\n")
	d.run("sync", "west", "leads").exits(cli.ExitUsage).warns("switched off in warren.yaml", "sources.west.streams.leads.enabled")
	d.run("status").exits(cli.ExitOK).says("salesrabbit leads", "west users")
	d.run("discover").exits(cli.ExitOK).says("leadStatuses is switched off in warren.yaml.")
}
