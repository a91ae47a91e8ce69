package cli_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// synced is a desk after a full run, an incremental run and one that failed.
func synced(t *testing.T, d *desk) {
	t.Helper()
	d.crm.Put(salesrabbit.Fields{"id": []byte("null"), "notes": []byte(`"x"`)})
	d.run("sync", "salesrabbit", "leads", "users").exits(cli.ExitOK)
	d.crm.Change(salesrabbit.Random(2))
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	token := d.env["SALESRABBIT_API_KEY"]
	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitFailed)
	d.env["SALESRABBIT_API_KEY"] = token
}

func TestHistory(t *testing.T) {
	both(t, salesrabbit.Config{Records: 50, Users: 2, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("history").exits(cli.ExitOK)
		if d.env["DATABASE_URL"][:6] == "sqlite" {
			d.says("There is no warehouse yet at")
		} else {
			d.says("No such run yet.")
		}
		d.file("warren.yaml", "sync: {parallel: 1}") // the runs are numbered in their order
		synced(t, d)
		d.run("history").exits(cli.ExitOK)
		want := `run  stream  mode         started (UTC)  took   fetched  created  updated  unchanged  deleted  failed  status   error
  4  leads   incremental  WHEN           TIME         0        0        0          0        0       0  failed   source_auth
  3  leads   incremental  WHEN           TIME         4        0        2          1        0       1  partial
  2  users   full         WHEN           TIME         2        2        0          0        0       0  success
  1  leads   full         WHEN           TIME        51       50        0          0        0       1  partial

The error of run 4: salesrabbit refuses the token (401 Unauthorized): The token is missing or not valid.
All of it: warren history 4
`
		if got := squeezed(steady(d.out.String())); got != squeezed(want) {
			t.Errorf("got\n%s\nwant\n%s", got, squeezed(want))
		}
		type runs struct{ Runs []runJSON }
		for _, c := range []struct {
			args []string
			want []int64
		}{
			{nil, []int64{4, 3, 2, 1}},
			{[]string{"--limit", "2"}, []int64{4, 3}},
			{[]string{"--status", "partial"}, []int64{3, 1}},
			{[]string{"salesrabbit"}, []int64{4, 3, 2, 1}},
			{[]string{"salesrabbit", "user"}, []int64{2}},
			{[]string{"salesrabbit", "leads", "--status", "failed"}, []int64{4}},
			{[]string{"salesrabbit", "leadStatuses"}, []int64{}},
		} {
			got := answer[runs](d.run(append(append([]string{"history"}, c.args...), "--output", "json")...).exits(cli.ExitOK))
			if ids := runIDs(got.Runs); !equal(ids, c.want) {
				t.Errorf("%v: %v, want %v", c.args, ids, c.want)
			}
		}
		d.run("history", "--limit", "3").exits(cli.ExitOK).says("\nThere are more; --limit 0 lists all.\n")
		d.run("history", "--limit", "4").exits(cli.ExitOK).silent("There are more")
		d.run("history", "--limit", "0").exits(cli.ExitOK).silent("There are more")
		d.run("history", "--limit", "9223372036854775807").exits(cli.ExitOK).silent("There are more")
		for _, list := range [][]string{{"history"}, {"issues"}, {"quarantine", "list"}} {
			for limit, says := range map[string]string{
				"-3": "--limit is negative", "x": `--limit takes a whole number, and not "x"`, "1e3": "takes a whole number",
				"9223372036854775808": "--limit: 9223372036854775808 is too large",
			} {
				d.run(append(list, "--limit", limit)...).exits(cli.ExitUsage).warns(says, "Fix: ", "Code: usage")
			}
			d.run(append(list, "--help")...).exits(cli.ExitOK).says("--limit int", "to list; 0 for all (default ")
		}
		for limit, more := range map[string]bool{"3": true, "4": false, "0": false} {
			got := answer[struct{ More bool }](d.run("history", "--limit", limit, "--output", "json").exits(cli.ExitOK))
			if got.More != more {
				t.Errorf("--limit %s: there are more is %t", limit, got.More)
			}
		}
		d.run("history", "--status", "died").exits(cli.ExitUsage).warns("a run that died is kept as running", "Use --status running.")
		d.run("history", "salesrabbit", "leadStatuses").exits(cli.ExitOK).says("No such run yet.")
		d.run("history", "salesrabit").exits(cli.ExitUsage).warns("Did you mean salesrabbit?")
		d.run("history", "salesrabbit", "leeds").exits(cli.ExitUsage).warns("Did you mean leads?")
		d.run("history", "--status", "bad").exits(cli.ExitUsage).warns("Use running, success, partial, failed or cancelled.")
		d.run("history", "a", "b", "c").exits(cli.ExitUsage)
	})
}

func TestHistoryOfOneRun(t *testing.T) {
	both(t, salesrabbit.Config{Records: 50, Users: 2, Seed: 1}, func(t *testing.T, d *desk) {
		synced(t, d)
		d.run("history", "3").exits(cli.ExitOK).says("Run 3 of salesrabbit leads", "records changed since ", " before, ", " after",
			"4 records in 3 calls, 1.5 a changed record", "0 created, 2 updated, 1 unchanged, 1 failed", "batch_size=500", d.env["SALESRABBIT_API_URL"])
		d.run("history", "1").exits(cli.ExitOK).says("all records", "none before, ")
		d.run("history", "4").exits(cli.ExitOK).says("and not moved", "source_auth", "Set SALESRABBIT_API_KEY to a token")
		type run struct {
			runJSON
			WatermarkBefore string         `json:"watermark_before"`
			Endpoint        string         `json:"endpoint"`
			Configuration   map[string]any `json:"configuration"`
		}
		got := answer[run](d.run("history", "3", "--output", "json").exits(cli.ExitOK))
		if got.RunID != 3 || got.Updated != 2 || got.WatermarkBefore == "" || got.Endpoint == "" || got.Configuration["batch_size"] != 500.0 {
			t.Errorf("%+v", got)
		}
		d.run("history", "99").exits(cli.ExitUsage).warns("the history has no run 99", "warren history")
		d.run("history", "99", "--database", "none.db").exits(cli.ExitUsage).warns("there is no warehouse yet")

		d.run("sync", "salesrabbit", "leads", "--since", "2026-01-01", "--until", "2026-01-02").exits(cli.ExitOK)
		d.run("history", "5").exits(cli.ExitOK).says("records changed from 2026-01-01 00:00:00 UTC to before 2026-01-02 00:00:00 UTC", "outside the range asked for")
		d.run("sync", "salesrabbit", "leads", "--until", "2020-01-02").exits(cli.ExitOK)
		d.run("history", "6").exits(cli.ExitOK).says("records changed before 2020-01-02 00:00:00 UTC")
		d.run("quarantine", "replay").exits(cli.ExitOK)
		d.run("history", "7").exits(cli.ExitOK).says("records in the quarantine")
	})
}

func runIDs(runs []runJSON) []int64 {
	ids := []int64{}
	for _, r := range runs {
		ids = append(ids, r.RunID)
	}
	return ids
}
