package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
)

// atAll is a desk with a small SalesPro and HubSpot configured.
func atAll(t *testing.T) (*desk, *hubspot.Server) {
	t.Helper()
	d := bare(t)
	pro, share := sandboxtest.SalesPro(t, salespro.Config{Records: 40, Seed: 1})
	hub, account := sandboxtest.HubSpot(t, hubspot.Config{Records: 40, Seed: 1})
	d.reads(share, pro)
	for name, value := range map[string]string{
		"HUBSPOT_API_URL": hub, "HUBSPOT_API_TOKEN": hubspot.DefaultToken, "HUBSPOT_RATE": "0", "HUBSPOT_SEARCH_RATE": "0",
		"HUBSPOT_CUSTOM_OBJECTS": "divisions=2-37778609,genius_users=2-42119425",
	} {
		d.env[name] = value
	}
	return d, account
}

// reads sets a share up that is behind an address, in the old system's words.
func (d *desk) reads(share *salespro.Server, url string) {
	for name, value := range map[string]string{
		"SALESPRO_ENDPOINT": url, "SALESPRO_DATABASE": share.Database(), "SALESPRO_S3_LOCATION": share.Output(),
		"SALESPRO_ACCESS_KEY_ID": salespro.DefaultAccessKey, "SALESPRO_SECRETE_ACCESS_KEY": salespro.DefaultSecretKey,
	} {
		d.env[name] = value
	}
}

// Cron lines of the old system change in one word.
func TestOldNamesOfSalesPro(t *testing.T) {
	d, _ := atAll(t)
	for command, says := range map[string]string{
		"db_salespro_customer --full --debug": "customer", "db_salespro_customers": "customer", "db_salespro_estimate": "estimate", "db_salespro_estimates --dry-run": "estimate",
		"db_salespro_creditapplication": "credit_applications", "db_salespro_creditapplications": "credit_applications",
		"db_salespro_leadresult": "lead_results", "db_salespro_leadresults --batch-size 100": "lead_results", "db_salespro_payment": "payments", "db_salespro_payments": "payments",
		"db_salespro_useractivity": "user_activity", "db_salespro_useractivities --max-records 10": "user_activity", "db_salespro_measuresheet": "measure_sheet",
		"db_salespro_measuresheets": "measure_sheet", "db_salespro_estimatepricebreakdown": "estimate_price_breakdown", "db_salespro_geographichotspot": "geographic_hotspot",
	} {
		d.run(strings.Fields(command)...).exits(cli.ExitOK).says(says, "SalesPro sync completed: ")
	}
	d.run("db_salespro_all", "--parallel", "--full").exits(cli.ExitOK).says("customer", "user_activity", "geographic_hotspot", "SalesPro sync completed: ")
	d.run("db_salespro_all", "--parallel=2").exits(cli.ExitOK)
	d.run("db_salespro_all", "--parallel=x").exits(cli.ExitUsage)
}

func TestOldNamesOfHubSpot(t *testing.T) {
	d, hub := atAll(t)
	for _, name := range []string{"contacts", "deals", "appointments", "divisions", "genius_users", "associations"} {
		d.run("sync_hubspot_" + name).exits(cli.ExitOK).says("HubSpot sync completed: ")
	}
	d.run("smart_sync_hubspot_contacts").exits(cli.ExitOK)
	d.run("check_removed_hubspot_contacts").exits(cli.ExitOK)
	hub.Purge("contacts", hubspot.Random(2))
	d.run("check_removed_hubspot_contacts").exits(cli.ExitPartial).says("extra")
	d.run("sync_hubspot_contacts_removal", "--limit", "1").exits(cli.ExitUsage).warns("--limit cannot be kept")
	d.run("sync_hubspot_contacts_removal", "--dry-run", "--batch-size", "50").exits(cli.ExitOK).says("2 rows of hubspot contacts would be")
	d.run("sync_hubspot_contacts_removal").exits(cli.ExitOK).says("2 rows of hubspot contacts are marked as deleted")
	d.run("check_removed_hubspot_appointments").exits(cli.ExitOK)
	hub.Purge("appointments", hubspot.Random(1))
	d.run("check_removed_hubspot_appointments").exits(cli.ExitPartial).says("extra")
	d.run("sync_hubspot_appointments_removal", "--batch-size", "100").exits(cli.ExitOK).says("1 row of hubspot appointments is marked as deleted")
	d.run("check_removed_hubspot_appointments").exits(cli.ExitOK)
	d.run("sync_hubspot_all", "--skip-contacts").exits(cli.ExitOK).silent("hubspot contacts sync")
	delete(d.env, "HUBSPOT_CUSTOM_OBJECTS")
	d.run("sync_hubspot_divisions").exits(cli.ExitUsage).warns("no stream of hubspot is one that sync_hubspot_divisions was for", "warren config example")
}

// The old command for associations is one for all that the account is to have, with
// its flags.
func TestOldAssociationsAreAllOfTheAccount(t *testing.T) {
	d, _ := atAll(t)
	d.env["DATABASE_URL"] = "sqlite:///" + filepath.Join(d.world.Dir, "here.db")
	d.env["HUBSPOT_ASSOCIATIONS"] = "appointments-contacts,contacts-divisions"
	d.run("sync_hubspot_associations", "--batch-size", "50").exits(cli.ExitOK).says("appointments_contacts  full", "contacts_divisions     full", "HubSpot sync completed: ").
		silent("hubspot contacts sync", "deals_contacts")
	d.run("sync_hubspot_associations").exits(cli.ExitOK).says("contacts_divisions     incremental")
	modes := func() string {
		return d.text("SELECT group_concat(mode, ' ') FROM (SELECT mode FROM ingestion_sync_history ORDER BY id DESC LIMIT 2)")
	}
	if got := modes(); got != "incremental incremental" {
		t.Errorf("without a flag: %s", got)
	}
	for _, flags := range [][]string{{"--full"}, {"--contact-id", "12345"}, {"--force"}} {
		d.run(append([]string{"sync_hubspot_associations"}, flags...)...).exits(cli.ExitOK)
		if got := modes(); got != "full full" {
			t.Errorf("%q: %s", flags, got)
		}
	}
	d.run("sync_hubspot_associations", "--dry-run", "--debug").exits(cli.ExitOK)
	d.run("sync_hubspot_associations", "--contact-id").exits(cli.ExitUsage)
	d.env["HUBSPOT_ASSOCIATIONS"] = "none"
	d.run("sync_hubspot_associations").exits(cli.ExitUsage).warns("no stream of hubspot is one that sync_hubspot_associations was for")
	d.env["HUBSPOT_ASSOCIATIONS"] = "contacts-companies"
	d.run("sync_hubspot_associations").exits(cli.ExitOK).says("contacts_companies").silent("appointments")
}

// With no argument everything that is configured is synced, each source with a last
// line of its own; one that fails does not keep the others from ending.
func TestSyncOfEverything(t *testing.T) {
	d, _ := atAll(t)
	d.run("sync").exits(cli.ExitOK).says("salespro customer", "hubspot contacts", "hubspot deals_contacts", "SalesPro sync completed: ", "HubSpot sync completed: ")
	d.env["SALESPRO_SECRETE_ACCESS_KEY"], d.env["SALESPRO_ACCESS_KEY_ID"] = "wrong", "AKIAWRONG00000000000"
	d.run("sync").exits(cli.ExitFailed).says("SalesPro sync failed: ", "HubSpot sync completed: ", "source_auth")
}
