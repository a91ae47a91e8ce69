package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// row returns the line of a table that begins with the word, squeezed.
func (d *desk) row(word string) string {
	d.t.Helper()
	for line := range strings.Lines(squeezed(d.out.String())) {
		if strings.HasPrefix(strings.TrimSpace(line), word+" ") {
			return strings.TrimSpace(line)
		}
	}
	d.t.Errorf("warren %s: no row of %s in\n%s", strings.Join(d.world.Args, " "), word, d.out.String())
	return ""
}

// A repair that compared everything has looked for what is gone as a full run does.
func TestARepairOfAllCountsAsAFullRun(t *testing.T) {
	both(t, salesrabbit.Config{Records: 50, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.crm.Delete(salesrabbit.Random(20), salesrabbit.Gone)
		d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK)
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("status").says("had its deletes refused")
		d.run("verify", "salesrabbit", "leads", "--repair", "--sample", "10")
		d.run("status").says("had its deletes refused")
		d.run("verify", "salesrabbit", "leads", "--repair", "--delete-limit", "100%").exits(cli.ExitOK)
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("status").says("20 rows gone").silent("had its deletes refused")
	})
}

func TestStatusTellsOfTheLastFullRun(t *testing.T) {
	both(t, salesrabbit.Config{Records: 50, Seed: 1}, func(t *testing.T, d *desk) {
		refused := func() {
			d.crm.Delete(salesrabbit.Random(20), salesrabbit.Gone)
			d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK)
		}
		d.run("status").exits(cli.ExitOK)
		if got, want := squeezed(d.row("leads")), "leads never never - never synced 0 0"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		for _, c := range []struct {
			name  string
			after func()
			row   string
			next  string
		}{
			{"capped", func() { d.run("sync", "salesrabbit", "leads", "--max-records", "5").exits(cli.ExitOK) }, "leads never just now, not all - idle 0 0", ""},
			{"complete", func() { d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK) }, "leads just now just now WHEN idle 0 1", ""},
			{"one gone", func() {
				d.crm.Delete(salesrabbit.Random(1), salesrabbit.Gone)
				d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK)
			}, "leads just now just now, 1 row gone WHEN idle 0 1", ""},
			{"refused", refused, "leads just now just now, refused WHEN idle 0 1", ""},
			{"incremental after it", func() { d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK) }, "leads just now just now, refused WHEN idle 0 1",
				"the last full run (4, just now) had its deletes refused, so what was deleted outright is not marked\n" +
					"  salesrabbit leads: fix: Look whether the source shows all there is (the right account, the rights of the token); " +
					"if the records are really gone, run once more with --full --delete-limit 41%.\n"},
			{"failed", func() {
				d.exec("UPDATE ingestion_sync_history SET status = 'failed', error_code = 'source_down' WHERE id = 4")
			},
				"leads just now just now, failed WHEN idle 0 1", "the last full run (4, just now) failed (source_down), so what was deleted outright is not marked\n" +
					"  salesrabbit leads: fix: warren sync salesrabbit leads --full\n"},
			{"interrupted", func() {
				d.exec("UPDATE ingestion_sync_history SET status = 'cancelled', error_code = 'cancelled' WHERE id = 4")
			},
				"leads just now just now, cancelled WHEN idle 0 1", "the last full run (4, just now) was interrupted, so what was deleted outright is not marked"},
			{"died", func() {
				d.exec("UPDATE ingestion_sync_history SET status = 'failed', error_code = 'process_died' WHERE id = 4")
			},
				"leads just now just now, failed WHEN idle 0 1", "the last full run (4, just now) died on the way, so what was deleted outright is not marked"},
		} {
			c.after()
			d.status().exits(cli.ExitOK)
			if got := squeezed(steady(d.row("leads"))); got != c.row {
				t.Errorf("%s: %q, want %q", c.name, got, c.row)
			}
			if c.next == "" {
				d.silent("the last full run")
			} else {
				d.says("salesrabbit leads: " + c.next)
			}
		}
		type state struct {
			Streams []struct {
				LastFull *runJSON `json:"last_full_run"`
			}
		}
		if got := answer[state](d.run("status", "--output", "json")).Streams[0].LastFull; got == nil || got.RunID != 4 || got.Mode != "full" {
			t.Errorf("%+v", got)
		}
	})
}

// A run whose process is gone does not run, whatever its row in the history
// says.
func TestHistoryTellsOfARunThatDied(t *testing.T) {
	both(t, salesrabbit.Config{Records: 5, Seed: 1}, func(t *testing.T, d *desk) {
		d.hold("leads", far, time.Hour)
		d.hold("users", deadProcess(), time.Hour)
		d.run("history").exits(cli.ExitOK)
		for stream, want := range map[string]string{"1 leads": "1 leads full WHEN TIME 0 0 0 0 0 0 running", "2 users": "2 users full WHEN 0 0 0 0 0 0 died"} {
			if got := squeezed(steady(d.row(stream))); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		d.run("history", "1").exits(cli.ExitOK).says("  status     running\n", "  took ")
		d.run("history", "2").exits(cli.ExitOK).says("  status     died on the way: its process is gone; the next run of the stream closes it as failed\n").silent("  took ")
		type runs struct {
			Runs []struct {
				Status string
				Dead   bool
			}
		}
		got := answer[runs](d.run("history", "--output", "json").exits(cli.ExitOK)).Runs
		if len(got) != 2 || got[1].Dead || !got[0].Dead || got[0].Status != "running" {
			t.Errorf("%+v", got)
		}
		if got := answer[struct{ Dead bool }](d.run("history", "2", "--output", "json").exits(cli.ExitOK)); !got.Dead {
			t.Errorf("%+v", got)
		}
	})
}
