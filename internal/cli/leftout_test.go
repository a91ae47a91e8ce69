package cli_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
)

// atHubSpot runs a test with a HubSpot account of few records, on SQLite and on
// PostgreSQL.
func atHubSpot(t *testing.T, test func(t *testing.T, d *desk, hub *hubspot.Server)) {
	t.Helper()
	for name, database := range map[string]func(*testing.T, *desk) string{
		"sqlite":   func(_ *testing.T, d *desk) string { return "sqlite:///" + filepath.Join(d.world.Dir, "here.db") },
		"postgres": func(t *testing.T, _ *desk) string { return pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			d := bare(t)
			url, hub := sandboxtest.HubSpot(t, hubspot.Config{Records: 20, Seed: 1})
			d.env["HUBSPOT_API_URL"], d.env["HUBSPOT_API_TOKEN"] = url, hubspot.DefaultToken
			d.env["HUBSPOT_RATE"], d.env["HUBSPOT_SEARCH_RATE"] = "0", "0"
			d.env["DATABASE_URL"] = database(t, d)
			test(t, d, hub)
		})
	}
}

// facing lets the calls to HubSpot come to a handler.
func facing(t *testing.T, d *desk, handler http.HandlerFunc) {
	t.Helper()
	front := httptest.NewServer(handler)
	t.Cleanup(front.Close)
	d.env["HUBSPOT_API_URL"] = front.URL
}

const dealsScope = "the token may not read deals: it lacks the scope crm.objects.deals.read"

// Trap: a token without a right gets 403. A stream that was never synced is left out,
// is tried again by each sync, and is there as soon as the right is.
func TestTrapAMissingScopeLeavesOutWhatWasNeverSynced(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		hub.SetTraps(hubspot.Traps{Forbidden: "deals+owners"})
		check := func() {
			t.Helper()
			d.run("check", "hubspot").exits(cli.ExitOK).says("- hubspot deals: "+dealsScope+"; it is left out\n", "- hubspot owners: ", "✓ hubspot tickets: ")
		}
		check()
		d.run("check", "hubspot", "deals").exits(cli.ExitFailed).says("✗ hubspot deals: " + dealsScope) // somebody asked for it
		for range 2 {
			d.run("sync", "hubspot").exits(cli.ExitOK).says("hubspot deals is left out: " + dealsScope)
		}
		check()
		d.run("status").exits(cli.ExitOK).says("hubspot deals: "+dealsScope, "each sync tries it again", "Give the service key").silent("name it to try it again")
		hub.SetTraps(hubspot.Traps{})
		d.run("check", "hubspot").exits(cli.ExitOK).says("✓ hubspot deals: ").silent("left out")
		d.run("sync", "hubspot").exits(cli.ExitOK).silent("left out")
		if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_hubspot_deal"); n == "0" {
			t.Error("there are no deals")
		}
		d.run("status").exits(cli.ExitOK).silent("left out", dealsScope)
	})
}

// Trap: a right is taken away. A stream that was synced before has failed, and says
// what to give.
func TestTrapAScopeThatIsTakenAwayIsAFailure(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		d.run("sync", "hubspot").exits(cli.ExitOK).silent("left out")
		hub.SetTraps(hubspot.Traps{Forbidden: "deals"})
		for range 2 { // not the first time only
			d.run("sync", "hubspot").exits(cli.ExitFailed).says(dealsScope+", though the stream was synced before", "source_forbidden").silent("left out")
		}
		got := answer[runsJSON](d.run("sync", "hubspot", "deals", "--output", "json").exits(cli.ExitFailed))
		want := "Give the service key (or the private app) the scope crm.objects.deals.read, in HubSpot under Settings > Integrations, and run it again."
		if e := got.Runs[0].Error; e == nil || e.Code != "source_forbidden" || e.Fix != want || got.Runs[0].Skipped != "" {
			t.Errorf("%+v", got.Runs[0])
		}
		d.run("check", "hubspot").exits(cli.ExitFailed).says("✗ hubspot deals: "+dealsScope, "source_forbidden", "✓ hubspot owners: ", "✗ hubspot deals_contacts: ")
		d.run("status").exits(cli.ExitOK).says("hubspot deals: the last run failed (source_forbidden)").silent("left out")
		hub.SetTraps(hubspot.Traps{})
		d.run("sync", "hubspot").exits(cli.ExitOK)
	})
}
