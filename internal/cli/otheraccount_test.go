package cli_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// All of HubSpot's accounts have one address, and ids that are alike. A token for another
// one writes nothing over the rows that are there, unless that is asked for.
func TestATokenForAnotherAccount(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		other := hubspot.New(hubspot.Config{Records: 10, Seed: 2, PortalID: 99})
		var swapped atomic.Bool
		facing(t, d, func(w http.ResponseWriter, r *http.Request) {
			if swapped.Load() {
				other.ServeHTTP(w, r)
				return
			}
			hub.ServeHTTP(w, r)
		})
		contents := func() string { return d.text("SELECT CAST(max(synced_at) AS text) FROM ingestion_hubspot_contact") }
		d.run("sync", "hubspot", "contacts").exits(cli.ExitOK)
		before := contents()
		swapped.Store(true)
		const says = "the rows are those of the account 7012345, and the source is read as the account 99"
		for _, args := range [][]string{{"sync", "hubspot"}, {"sync", "hubspot", "contacts", "--id", "1"}, {"sync", "hubspot", "contacts", "--dry-run"}, {"verify", "hubspot", "contacts", "--repair"}} {
			d.run(args...).exits(cli.ExitFailed).says(says, "Set the token of the account 7012345", "source_other_account")
		}
		if contents() != before {
			t.Error("rows were written")
		}
		swapped.Store(false)
		d.run("sync", "hubspot", "contacts").exits(cli.ExitOK).says("contacts  incremental")
		swapped.Store(true)
		d.run("sync", "hubspot", "contacts", "--full").exits(cli.ExitOK)
		d.run("sync", "hubspot", "contacts").exits(cli.ExitOK).says("contacts  incremental")
	})
}
