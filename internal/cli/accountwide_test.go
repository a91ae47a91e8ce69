package cli_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// times fails the test unless output and errors have each text so many times, all in
// all.
func (d *desk) times(n int, texts ...string) *desk {
	d.t.Helper()
	for _, text := range texts {
		if all := d.out.String() + d.err.String(); strings.Count(all, text) != n {
			d.t.Errorf("warren %s: %q is there %d times, want %d\n%s", strings.Join(d.world.Args, " "), text, strings.Count(all, text), n, all)
		}
	}
	return d
}

// One cause is one error, in the log and in the report; what was not asked is named.
func TestACauseOfTheWholeAccountIsToldOnce(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Users: 2, Seed: 1})
	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	for _, command := range []string{"sync salesrabbit", "sync_salesrabbit_all", "sync salesrabbit --quiet", "sync salesrabbit --dry-run", "sync"} {
		d.run(append(strings.Fields(command), "--parallel=1")...).exits(cli.ExitFailed).
			says("salesrabbit leads failed: salesrabbit refuses the token (401 Unauthorized)",
				"  3 other streams of salesrabbit were not asked, since the answer would be the same: users, leadStatuses, leadStatusHistories.\n").
			times(1, " ERR ", "  Code:  source_auth", "  Fix:   ").
			silent("wrong-token", "asked at the same time")
		if strings.Contains(command, "quiet") {
			d.silent("not begun", " WRN ")
		} else {
			d.times(3, "not begun").times(1, " WRN ",
				" WRN salesrabbit users: not asked, nor is any other stream of salesrabbit from here on: the answer would be the same as for salesrabbit leads\n")
		}
		if got := d.lastLine(); got != "SalesRabbit sync failed: 0 created, 0 updated, 0 failed" {
			t.Errorf("%s: the last line is %q", command, got)
		}
	}
	if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_sync_history WHERE sync_type <> 'leads'"); n != "0" {
		t.Errorf("%s runs of streams that were not begun", n)
	}
	d.run("sync", "salesrabbit", "leads", "users", "--parallel", "1").exits(cli.ExitFailed).says("  1 other stream of salesrabbit was not asked, since the answer would be the same: users.\n")
	d.run("sync", "salesrabbit", "users").exits(cli.ExitFailed).says("salesrabbit users failed: salesrabbit refuses the token").silent("not begun", "not asked")
	d.env["SALESRABBIT_API_KEY"] = salesrabbit.DefaultToken
	d.run("sync").exits(cli.ExitOK).says("SalesRabbit sync completed: ").silent("not begun", "not asked")
}

func TestACauseOfTheWholeAccountInJSON(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Users: 2, Seed: 1})
	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	got := answer[runsJSON](d.run("sync", "--parallel", "1", "--output", "json").exits(cli.ExitFailed))
	if len(got.Runs) != 4 {
		t.Fatalf("%+v", got)
	}
	first := got.Runs[0]
	if e := first.Error; e == nil || e.Code != "source_auth" || first.RunID == 0 || strings.Contains(e.Message, "not asked") {
		t.Errorf("%+v", first)
	}
	for _, r := range got.Runs[1:] {
		want := "salesrabbit " + r.Stream + " was not asked: the answer would be the same as for salesrabbit leads: salesrabbit refuses the token (401 Unauthorized)"
		if e := r.Error; e == nil || e.Code != "source_auth" || e.Origin != "source" || e.Fix != first.Error.Fix || !strings.HasPrefix(e.Message, want) ||
			r.Status != "failed" || r.RunID != 0 || r.Mode != "" {
			t.Errorf("%+v: %+v", r, r.Error)
		}
	}
}

// Streams that were asked at the same time have each a run, and one error between them.
func TestStreamsThatFailAtTheSameTimeForOneCause(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Users: 2, Seed: 1})
	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	d.run("sync", "salesrabbit", "--parallel", "4").exits(cli.ExitFailed).times(1, " ERR ", "  Code:  source_auth").silent("wrong-token")
	runs := d.text("SELECT CAST(count(*) AS text) FROM ingestion_sync_history WHERE error_code = 'source_auth'")
	if tables := regexp.MustCompile(`(?m)^\S+ +full .*, failed$`).FindAllString(d.out.String(), -1); runs != string(rune('0'+len(tables))) {
		t.Errorf("%s runs in the history, and in the table %q", runs, tables)
	}
	for _, name := range []string{"leads", "users", "leadStatuses", "leadStatusHistories"} {
		if !regexp.MustCompile(`(salesrabbit ` + name + ` failed: |(same|reason): (.*, )?` + name + `[,.])`).MatchString(d.out.String()) {
			t.Errorf("what became of %s is not told:\n%s", name, d.out.String())
		}
	}
}

// The streams of an address that cannot be reached are not tried one after the other.
func TestAnAccountThatCannotBeReachedIsAskedOnce(t *testing.T) {
	d, _ := atAll(t)
	d.env["HUBSPOT_API_URL"], d.env["HUBSPOT_RETRIES"] = "http://127.0.0.1:1", "1"
	got := answer[runsJSON](d.run("sync", "hubspot", "--parallel", "1", "--output", "json").exits(cli.ExitFailed))
	if len(got.Runs) < 20 {
		t.Errorf("%d streams", len(got.Runs))
	}
	for _, r := range got.Runs {
		if r.Error == nil || r.Error.Code != "source_unreachable" || !strings.Contains(r.Error.Message, "nothing listens at http://127.0.0.1:1") {
			t.Errorf("%s: %+v", r.Stream, r.Error)
		}
	}
	d.times(1, " ERR ", "attempt 1 failed")
}

// That a source is left alone is told once for all streams that wait for it.
func TestASourceThatIsLeftAloneIsToldOnceForAll(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Users: 2, Seed: 1})
	d.env["SALESRABBIT_API_URL"], d.env["SALESRABBIT_RETRIES"] = "http://127.0.0.1:1", "12"
	rested := regexp.MustCompile(`WRN salesrabbit failed (\d+) times in a row since \S+ \S+ UTC and is left alone; it is tried again at \S+ \S+ UTC: salesrabbit cannot be reached`)
	held := regexp.MustCompile(`attempt \d+ failed, next in \S+: salesrabbit failed \d+ times`)
	d.run("sync", "salesrabbit", "--parallel", "4").exits(cli.ExitFailed)
	told := map[string]bool{}
	for _, line := range rested.FindAllStringSubmatch(d.err.String(), -1) {
		if told[line[1]] {
			t.Errorf("told twice after %s failures:\n%s", line[1], d.err.String())
		}
		told[line[1]] = true
	}
	if len(told) == 0 || held.MatchString(d.err.String()) {
		t.Errorf("told %d times:\n%s", len(told), d.err.String())
	}
}

// The old names for all streams of a source go the same way.
func TestTheOldNamesOfAllAskAnAccountOnce(t *testing.T) {
	d, _ := atAll(t)
	d.env["HUBSPOT_API_TOKEN"], d.env["SALESPRO_ACCESS_KEY_ID"] = "pat-na1-wrong", "AKIAWRONG"
	for command, source := range map[string]string{"db_salespro_all": "salespro", "sync_hubspot_all": "hubspot"} {
		d.run(command, "--parallel=1").exits(cli.ExitFailed).times(1, "  Code:  source_auth", " ERR ").
			says("not begun", "other streams of "+source+" were not asked, since the answer would be the same: ").silent("pat-na1-wrong")
	}
}

// A comparison says it as a sync does.
func TestVerifyTellsACauseOfTheWholeAccountOnce(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Users: 2, Seed: 1})
	d.run("sync").exits(cli.ExitOK)
	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	d.file("warren.yaml", "sync: {parallel: 1}")
	d.run("verify").exits(cli.ExitFailed).times(1, "could not be compared", "  Code:  source_auth", " ERR ").times(3, "not begun").
		says("  3 other streams of salesrabbit were not asked, since the answer would be the same: users, leadStatuses, leadStatusHistories.\n")
}
