package cli_test

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

type statusJSON struct {
	Exists  bool
	Streams []struct {
		Stream, State, Holder string
		Configured, Dead      bool
		Quarantine, Issues    int64
		Next                  []string
		LastRun               *runJSON `json:"last_run"`
		LastWrong             *runJSON `json:"last_inconsistent_run"`
	}
}

func TestStatusOfANewcomer(t *testing.T) {
	d := bare(t)
	d.run("status").exits(cli.ExitOK).says("There is no warehouse yet at sqlite:///", "No source is configured yet. Set SALESRABBIT_API_KEY", "never synced").
		silent("Next:")
	if found := list(t, d.world.Dir); len(found) > 0 {
		t.Errorf("it left %v", found)
	}
	d = at(t, salesrabbit.Config{})
	d.run("status").exits(cli.ExitOK).says("Next:\n  salesrabbit leads: warren sync salesrabbit leads\n")
	got := answer[statusJSON](d.run("status", "--output", "json").exits(cli.ExitOK))
	if got.Exists || len(got.Streams) != 4 || got.Streams[0].State != "never synced" || !got.Streams[0].Configured || len(got.Streams[0].Next) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestStatus(t *testing.T) {
	both(t, salesrabbit.Config{Records: 50, Users: 2, Seed: 1}, func(t *testing.T, d *desk) {
		synced(t, d)
		d.status().exits(cli.ExitOK).says("just now", "failed", "idle", "never synced",
			"salesrabbit leads: the last run failed (source_auth): salesrabbit refuses the token",
			"salesrabbit leads: fix: Set SALESRABBIT_API_KEY",
			"salesrabbit leads: 1 record in the quarantine: warren quarantine list salesrabbit leads",
			": warren issues salesrabbit leads")
		got := answer[statusJSON](d.run("status", "--output", "json").exits(cli.ExitOK))
		leads := got.Streams[0]
		if !got.Exists || leads.State != "failed" || leads.Quarantine != 1 || leads.Issues == 0 || leads.LastRun.RunID != 4 {
			t.Errorf("%+v", leads)
		}
		d.hold("leads", deadProcess(), time.Hour)
		d.hold("users", ledger.ThisProcess(), time.Hour)
		d.status().exits(cli.ExitOK).says("just now, died", "salesrabbit leads: run 5 (full) died on the way; the next sync goes on where it stopped: warren sync salesrabbit leads",
			"running", "salesrabbit users: being synced by process ")
		got = answer[statusJSON](d.run("status", "--output", "json").exits(cli.ExitOK))
		if !got.Streams[0].Dead || got.Streams[1].State != "running" || got.Streams[1].Holder == "" {
			t.Errorf("%+v", got)
		}
	})
}

func TestStatusOfAStreamThatWasTakenOut(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Users: 1, Seed: 1})
	d.run("sync", "salesrabbit", "users").exits(cli.ExitOK)
	d.file("warren.yaml", "sources: {salesrabbit: {streams: {users: {enabled: false}}}}")
	d.run("status").exits(cli.ExitOK).says("not configured")
}

func TestStatusOfAnInterruptedStream(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.exec("UPDATE ingestion_sync_history SET status = 'cancelled'")
	d.run("status").exits(cli.ExitOK).says("the last run was interrupted; go on with it: warren sync salesrabbit leads")
}

func TestTheHelpSaysWhatTheWordsMean(t *testing.T) {
	for command, says := range map[string][]string{
		"status": {"The watermark is the newest change seen, less the overlap"},
		"sync":   {"Deleted are rows whose records the source no longer shows", "marked as deleted, is updated."},
		"verify": {"extra: verify after a full run.", "more than about 50,000 records"},
	} {
		bare(t).run(command, "--help").exits(cli.ExitOK).says(says...)
	}
}
