package cli_test

import (
	"strconv"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// sync --id reads single records, marks those that are gone, and says of which there is
// nothing at all.
func TestSingleRecordsAreSynced(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		d.run("sync", "hubspot", "contacts").exits(cli.ExitOK)
		id := func(n int64) string { return strconv.FormatInt(n, 10) }
		changed, gone := hub.Change("contacts", hubspot.Random(1)), hub.Purge("contacts", hubspot.Random(1))
		d.run("sync", "hubspot", "contacts", "--id", id(changed[0]), "--id", id(gone[0])).exits(cli.ExitOK).
			says("unchanged  deleted  failed", "1 row of hubspot contacts is marked as deleted", "HubSpot sync completed: 0 created, 1 updated").silent("asked for")
		d.run("sync", "hubspot", "contacts", "--id", "7", "--id", id(changed[0]), "--id", "7").exits(cli.ExitOK).
			says("1 of the 2 records asked for: hubspot contacts has none, and there is no row to mark.")
		d.env["HUBSPOT_API_TOKEN"] = "wrong"
		d.run("sync", "hubspot", "contacts", "--id", "7").exits(cli.ExitFailed).says("hubspot refuses the token").silent("cannot be asked for single records", "asked for:")
	})
}

// What a source cannot do is refused before the warehouse is touched.
func TestSingleRecordsOfASourceThatShowsNone(t *testing.T) {
	both(t, salesrabbit.Config{Records: 5, Users: 2, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.exec("ALTER TABLE ingestion_salesrabbit_lead DROP COLUMN city")
		before := d.text("SELECT CAST(count(*) AS text) FROM ingestion_sync_history")
		d.run("sync", "salesrabbit", "leads", "--id", "10000001").exits(cli.ExitUsage).
			says("salesrabbit cannot be asked for single records", "Leave out --id", "Code:  usage").silent("lost what it held")
		if after := d.text("SELECT CAST(count(*) AS text) FROM ingestion_sync_history"); after != before {
			t.Errorf("%s runs, and %s before", after, before)
		}
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).warns("the table had lost what it held in city")
	})
}
