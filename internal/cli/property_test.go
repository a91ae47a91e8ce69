package cli_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// A property that is archived, or made sensitive, is told of once; what its column holds
// stays there, and a property that nobody wants is none that is gone.
func TestAPropertyThatTheAccountShowsNoMore(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		const gone, back = "the account shows the field properties.days_to_close no more", "the account shows the field properties.days_to_close again"
		filled := func() string {
			return d.text("SELECT CAST(count(*) AS text) FROM ingestion_hubspot_deal WHERE days_to_close IS NOT NULL")
		}
		hub.AddProperty("deals", hubspot.Property{Name: "days_to_close", Type: "number", FieldType: "number"})
		d.run("sync", "hubspot", "deals").exits(cli.ExitOK)
		d.exec("UPDATE ingestion_hubspot_deal SET days_to_close = 7")
		before := filled()
		hub.ArchiveProperty("deals", "days_to_close")
		d.run("sync", "hubspot", "deals", "--full").exits(cli.ExitOK).warns(gone, "nothing new comes into its column days_to_close")
		d.run("sync", "hubspot", "deals", "--full").exits(cli.ExitOK).silent(gone)
		if after := filled(); after != before || after == "0" {
			t.Errorf("%s rows had a value, and %s have it", before, after)
		}
		hub.RestoreProperty("deals", "days_to_close")
		d.run("sync", "hubspot", "deals", "--full").exits(cli.ExitOK).warns(back)
		d.file("warren.yaml", "sources: {hubspot: {streams: {deals: {properties: [\"deal*\"]}}}}")
		d.run("sync", "hubspot", "deals").exits(cli.ExitOK).silent(gone, back)
	})
}

// Rows that did not change since a property came have no value in its column. verify says
// why they differ, until a full run or a repair has filled them.
func TestVerifySaysThatANewColumnIsNotFilled(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		const unfilled = "are not filled in rows that did not change since, and these differ: "
		d.run("sync", "hubspot", "deals").exits(cli.ExitOK)
		d.run("verify", "hubspot", "deals").exits(cli.ExitOK).silent(unfilled)
		for name, fills := range map[string][]string{
			"days_a": {"sync", "hubspot", "deals", "--full"}, "days_b": {"verify", "hubspot", "deals", "--repair"},
		} {
			hub.AddProperty("deals", hubspot.Property{Name: name, Type: "number", FieldType: "number"})
			d.run("sync", "hubspot", "deals").exits(cli.ExitOK).silent(unfilled)
			d.run("verify", "hubspot", "deals").warns(unfilled + name)
			d.run(fills...)
			d.run("verify", "hubspot", "deals").exits(cli.ExitOK).silent(unfilled)
		}
	})
}

// A custom field of HubSpot's is a property; one that the account does not have is said to
// be lacking.
func TestACustomFieldOfHubSpotIsAProperty(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, _ *hubspot.Server) {
		d.file("warren.yaml", `sources: {hubspot: {streams: {contacts: {custom_fields: {email: {column: mail}, emial: {column: mial}}}}}}`)
		d.run("discover", "hubspot", "contacts").exits(cli.ExitOK).says("properties.email")
		for line := range strings.Lines(d.out.String()) {
			if own := strings.Contains(line, "properties.emial") || strings.Contains(line, " properties.email "); own &&
				strings.Contains(line, "emial") != strings.Contains(line, "the account lacks it") {
				t.Error(line)
			}
		}
		d.run("sync", "hubspot", "contacts").exits(cli.ExitOK)
		if n := d.text("SELECT CAST(count(mail) AS text) FROM ingestion_hubspot_contact"); n == "0" {
			t.Error("nobody has a mail")
		}
	})
}

// What the columns of the old system hold stays as well, and a column for a part of a
// property stands beside that of the whole.
func TestADeclaredPropertyThatTheAccountShowsNoMore(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		filled := func(column string) string {
			return d.text("SELECT CAST(count(*) AS text) FROM ingestion_hubspot_contact WHERE " + column + " IS NOT NULL")
		}
		hub.AddProperty("contacts", hubspot.Property{Name: "roof_json", Type: "json", FieldType: "text"})
		d.file("warren.yaml", `sources: {hubspot: {streams: {contacts: {custom_fields: {pitch: {column: roof_pitch, from: ["properties.roof_json.pitch"]}}}}}}`)
		d.run("sync", "hubspot", "contacts").exits(cli.ExitOK)
		before := filled("city")
		hub.ArchiveProperty("contacts", "city")
		d.run("sync", "hubspot", "contacts", "--full").exits(cli.ExitOK).warns("the account shows the field properties.city no more")
		d.run("sync", "hubspot", "contacts", "--full").exits(cli.ExitOK)
		if after := filled("city"); after != before || after == "0" {
			t.Errorf("%s rows had a city, and %s have one", before, after)
		}
		d.run("verify", "hubspot", "contacts").exits(cli.ExitOK)
		d.text("SELECT CAST(count(roof_json) + count(roof_pitch) AS text) FROM ingestion_hubspot_contact")
	})
}

// A row that somebody wrote by hand, with an id that HubSpot has not, is gone from the
// source like any other, and stops nothing.
func TestARowWithAnIDThatIsNoneOfHubSpots(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		d.run("sync", "hubspot", "owners", "contacts").exits(cli.ExitOK)
		d.exec("UPDATE ingestion_hubspot_contact SET id = 'test-1' WHERE id = (SELECT min(id) FROM ingestion_hubspot_contact)")
		d.run("sync", "hubspot", "contacts", "--full").exits(cli.ExitOK).says("1 row of hubspot contacts is marked as deleted")
		if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_hubspot_contact WHERE warren_deleted_at IS NOT NULL AND id = 'test-1'"); n != "1" {
			t.Errorf("%s such rows are marked", n)
		}
	})
}
