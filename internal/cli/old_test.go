package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestOldCommandsSync(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1})
	d.run("sync_salesrabbit_leads", "--force-full", "--batch-size", "10").exits(cli.ExitOK)
	if got := d.lastLine(); got != "SalesRabbit sync completed: 40 created, 0 updated, 0 failed" {
		t.Errorf("the last line is %q", got)
	}
	d.run("sync_salesrabbit_leads_new", "--start_date", "2020-01-01", "--end_date", "2020-01-02", "--test").exits(cli.ExitOK).says("range")
	d.run("sync_salesrabbit_users", "--dry-run").exits(cli.ExitOK).says("3 created").silent("leads")
	d.run("sync_salesrabbit_all", "--skip-leads").exits(cli.ExitOK).silent("salesrabbit leads sync").says("users", "leadStatuses")
	d.run("sync_salesrabbit_all", "--skip-users", "--skip-lead-statuses", "--full").exits(cli.ExitOK).says("leadStatusHistories").
		silent("salesrabbit users sync", "salesrabbit leadStatuses sync")
	d.run("sync_salesrabbit_lead_statuses").exits(cli.ExitOK)
	d.run("sync_salesrabbit_leads", "users").exits(cli.ExitUsage).warns(`does not know what to do with "users"`)
	d.run("sync_salesrabbit_all", "--batch-size", "99999").exits(cli.ExitUsage)
	d.run("--help").exits(cli.ExitOK).silent("sync_salesrabbit", "cleanup_stale")
}

// deadProcess has this process's number, but is of another time.
func deadProcess() ledger.Owner {
	dead := ledger.ThisProcess()
	id, _, _ := strings.Cut(dead.Process, "@")
	dead.Process = id + "@1"
	return dead
}

func TestOldCleanupClosesRunsOfDeadProcesses(t *testing.T) {
	both(t, salesrabbit.Config{}, func(t *testing.T, d *desk) {
		d.run("cleanup_stale_syncs").exits(cli.ExitOK).says("0 stale runs closed as failed.")
		d.hold("leads", deadProcess(), time.Hour)
		d.hold("users", ledger.ThisProcess(), time.Hour)
		d.run("cleanup_stale_syncs").exits(cli.ExitOK).says("0 stale runs") // it has just begun
		d.run("cleanup_stale_syncs", "--minutes", "0", "--dry-run").exits(cli.ExitOK).says("run 1 of salesrabbit leads", "1 stale run would be closed as failed.")
		if status := d.text("SELECT status FROM ingestion_sync_history WHERE id = 1"); status != "running" {
			t.Errorf("a dry run made it %s", status)
		}
		type closed struct {
			Closed []runJSON
		}
		got := answer[closed](d.run("cleanup_stale_syncs", "--minutes", "0", "--output", "json").exits(cli.ExitOK))
		if len(got.Closed) != 1 || got.Closed[0].Stream != "leads" || got.Closed[0].Status != "failed" || got.Closed[0].Error.Code != "process_died" {
			t.Errorf("%+v", got)
		}
		if status := d.text("SELECT status FROM ingestion_sync_history WHERE id = 1"); status != "failed" {
			t.Errorf("it is %s", status)
		}
		if status := d.text("SELECT status FROM ingestion_sync_history WHERE id = 2"); status != "running" {
			t.Errorf("the run of a living process is %s", status)
		}
		d.run("status").exits(cli.ExitOK).says("running", "being synced by process")
		d.run("cleanup_stale_syncs", "--minutes", "-1").exits(cli.ExitUsage)
	})
}
