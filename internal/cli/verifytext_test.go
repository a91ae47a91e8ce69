package cli_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

func TestVerifySaysWhatItCompared(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 60, Users: 3, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "all records, field by field"},
		{[]string{"--sample", "7"}, "a sample of about 7 records of each stream, field by field; extra rows were not looked for"},
	} {
		d.run(append([]string{"verify", "salesrabbit", "leads"}, c.args...)...).exits(cli.ExitOK)
		want := fmt.Sprintf("Comparison of the warehouse with its source\n  warehouse  %s\n  source     salesrabbit at http://ADDRESS\n  begun      WHEN\n  compared   %s\n\nstream",
			d.env["DATABASE_URL"], c.want)
		if got := steady(d.out.String()); !strings.HasPrefix(got, want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	type about struct {
		Warehouse, Begun string
		Sample           int
		Streams          []struct{ Source, Endpoint string }
	}
	got := answer[about](d.run("verify", "salesrabbit", "leads", "--sample", "7", "--output", "json").exits(cli.ExitOK))
	if got.Warehouse != d.env["DATABASE_URL"] || got.Begun == "" || got.Sample != 7 ||
		len(got.Streams) != 1 || got.Streams[0].Source != "salesrabbit" || got.Streams[0].Endpoint != d.env["SALESRABBIT_API_URL"] {
		t.Errorf("%+v", got)
	}
	if got := answer[about](d.run("verify", "salesrabbit", "leads", "--output", "json")); got.Sample != 0 {
		t.Errorf("%+v", got)
	}
}

// Nothing was compared where every stream failed, and not everything where some
// did or were left out.
func TestVerifyDoesNotSayThatItComparedWhatFailed(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Users: 3, Seed: 1, Traps: salesrabbit.Traps{NoStatuses: true}})
	d.run("sync").exits(cli.ExitOK)
	d.run("verify", "salesrabbit").exits(cli.ExitOK).says("  compared   all records of each stream that could be compared, field by field\n")
	d.run("verify", "salesrabbit", "--sample", "5").exits(cli.ExitOK).
		says("  compared   a sample of about 5 records of each stream that could be compared, field by field; extra rows were not looked for\n")
	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	d.run("verify", "salesrabbit", "leads").exits(cli.ExitFailed).says("Comparison of the warehouse with its source").silent("field by field")
}

// An interrupted sync is gone on with by the next one, a comparison is not.
func TestAnInterruptedVerifyBeginsAnew(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 200, Seed: 1, MaxPerPage: 20})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	interrupted := func(args ...string) *desk {
		t.Helper()
		ctx, interrupt := context.WithCancel(t.Context())
		defer interrupt()
		d.err.when("Comparing salesrabbit leads", 1, interrupt)
		return d.runIn(ctx, append([]string{"verify", "salesrabbit", "leads"}, args...)...).exits(cli.ExitInterrupted).silent("goes on where", "field by field")
	}
	for _, args := range [][]string{nil, {"--repair"}} {
		interrupted(args...).says("salesrabbit leads could not be compared: the run was interrupted", "Fix:   Run it again; it begins anew.")
	}
	got := answer[verifiedJSON](interrupted("--output", "json"))
	if s := got.Streams[0]; got.OK || s.Status != "cancelled" || s.Error == nil || s.Error.Fix != "Run it again; it begins anew." {
		t.Errorf("%+v", got)
	}
}

// verify alone compares all that sync alone syncs.
func TestVerifyOfAllSources(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Users: 2, Seed: 1})
	d.file("warren.yaml", `
sources:
  salesrabbit:
    streams: {leadStatuses: {enabled: false}, leadStatusHistories: {enabled: false}}
  west:
    type: salesrabbit
    table_prefix: west_
    url: `+d.env["SALESRABBIT_API_URL"]+`
    token: `+salesrabbit.DefaultToken+`
    rate: 0
    streams: {leads: {enabled: false}, leadStatuses: {enabled: false}, leadStatusHistories: {enabled: false}}
`)
	d.run("sync", "--quiet").exits(cli.ExitOK)
	d.run("verify", "--quiet").exits(cli.ExitOK)
	if said := d.out.String() + d.err.String(); said != "" {
		t.Errorf("warehouses that are right say %q", said)
	}
	d.run("verify").exits(cli.ExitOK).says("  source     salesrabbit at http://", "  source     west at http://", "  compared   all records, field by field\n",
		"salesrabbit leads is as the source has it.", "salesrabbit users is as", "west users is as the source has it.")
	d.exec("DELETE FROM west_ingestion_salesrabbit_user")
	d.run("verify", "--quiet").exits(cli.ExitPartial).says("west users: 1 row is not what the source says", "warren verify west users --repair").silent("salesrabbit leads")
	d.run("verify", "--repair", "--quiet").exits(cli.ExitOK).says("west users is mended: 2 created, 0 updated, 0 marked as deleted")
}

// A sample that had to be smaller than it was asked for says so.
func TestVerifySaysHowManyRecordsTheSampleHad(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 50, Users: 3, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.run("verify", "salesrabbit", "leads", "--sample", "7").exits(cli.ExitOK).says("as far as it was compared (7 records).")
	d.run("verify", "salesrabbit", "leads", "--sample", "500").exits(cli.ExitOK).says("as far as it was compared (50 of the 500 records asked for).")
	d.crm.Delete(salesrabbit.Random(50), salesrabbit.Gone)
	d.run("verify", "salesrabbit", "leads", "--sample", "5").exits(cli.ExitOK).says("salesrabbit leads: the source shows no record to compare.")
}

func TestL8VerifyShowsNoPassword(t *testing.T) {
	both(t, salesrabbit.Config{Records: 5, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		if !strings.HasPrefix(d.env["DATABASE_URL"], "postgres") {
			return // a file has no password
		}
		address, err := url.Parse(d.env["DATABASE_URL"])
		if err != nil {
			t.Fatal(err)
		}
		password, _ := address.User.Password()
		if password == "" {
			t.Fatal("the test's database has no password")
		}
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).says("warehouse  postgres://", ":xxxxx@").silent(":" + password + "@")
	})
}

func TestVerifyRepairDeletesWhereThatIsSet(t *testing.T) {
	both(t, salesrabbit.Config{Records: 60, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.file("warren.yaml", keepNone)
		spoilt(t, d)
		d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitOK).
			says("salesrabbit leads is mended: 1 created, 2 updated, 1 deleted (run 2).").silent("marked")
		if n := d.text(countLeads); n != "59" {
			t.Errorf("%s leads", n)
		}
	})
}

// What a repair had mended when its source died stays mended, and is told.
func TestVerifyTellsWhatWasMendedBeforeTheSourceDied(t *testing.T) {
	both(t, salesrabbit.Config{Records: 300, Users: 3, Seed: 1, MaxPerPage: 50}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.exec("UPDATE ingestion_salesrabbit_lead SET first_name = 'Edited'")
		traps, err := salesrabbit.ParseTraps("500=page:4:always")
		if err != nil {
			t.Fatal(err)
		}
		d.crm.SetTraps(traps)
		d.run("verify", "salesrabbit", "leads", "--repair", "--batch-size", "40", "--limit", "1").exits(cli.ExitFailed).says("salesrabbit leads could not be compared: ")
		left := d.text("SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead WHERE first_name = 'Edited'")
		mended := 0
		if _, err := fmt.Sscan(left, &mended); err != nil || mended == 0 || mended == 300 {
			t.Fatalf("%s rows are still edited: the test does not show what it is to", left)
		}
		d.says(fmt.Sprintf("  What had been mended by then stays: 0 created, %d updated, 0 marked as deleted (run 2).\n", 300-mended))

		d.exec("UPDATE ingestion_salesrabbit_lead SET first_name = 'Edited'")
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitFailed).silent("had been mended")
		d.env["SALESRABBIT_API_KEY"] = "wrong-token"
		d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitFailed).silent("had been mended")
	})
}
