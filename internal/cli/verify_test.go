package cli_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// verifiedJSON is what verify --output json prints, as a script reads it.
type verifiedJSON struct {
	OK       bool
	Repaired bool
	Streams  []struct {
		runJSON

		Deleted int64
		Check   *struct {
			Compared, Right, Pending, Nulled, Held, Missing, Stale, Different, Extra int64
			First, Unlooked                                                          string
			Score                                                                    float64
		}
		Findings []struct {
			Kind, ID string
			Fields   []struct{ Column, Source, Warehouse string }
		}
		LeftOut int `json:"findings_left_out"`
	}
}

// The first leads of every account.
const (
	first  = 10_000_001
	second = 10_000_002
	third  = 10_000_003
	fourth = 10_000_004
)

// spoilt is a desk whose warehouse has one wrong row of each kind.
func spoilt(t *testing.T, d *desk) {
	t.Helper()
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.exec(fmt.Sprintf("UPDATE ingestion_salesrabbit_lead SET first_name = 'Edited' WHERE id = %d", first))
	d.exec(fmt.Sprintf("DELETE FROM ingestion_salesrabbit_lead WHERE id = %d", second))
	d.exec(fmt.Sprintf("UPDATE ingestion_salesrabbit_lead SET last_name = 'Old', date_modified = '2001-01-01T00:00:00Z' WHERE id = %d", third))
	d.crm.Delete(salesrabbit.These(fourth), salesrabbit.Gone)
}

// contents is all that the warehouse holds, as text.
func (d *desk) contents() string {
	d.t.Helper()
	address := d.env["DATABASE_URL"]
	if file, is := strings.CutPrefix(address, "sqlite:///"); is {
		bytes, err := os.ReadFile(file)
		if err != nil {
			d.t.Fatal(err)
		}
		return string(bytes) + strings.Join(list(d.t, d.world.Dir), " ")
	}
	var all strings.Builder
	for _, table := range d.column("SELECT CAST(table_name AS text) FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1") {
		all.WriteString(table + "\n" + strings.Join(d.column(`SELECT CAST(t AS text) FROM "`+table+`" t ORDER BY 1`), "\n"))
	}
	return all.String()
}

// column returns the texts that a query yields.
func (d *desk) column(query string) []string {
	d.t.Helper()
	db := d.db()
	defer func() { _ = db.Close() }()
	rows, err := db.Query(d.t.Context(), query)
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	var texts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			d.t.Fatal(err)
		}
		texts = append(texts, text)
	}
	if err := rows.Err(); err != nil {
		d.t.Fatal(err)
	}
	return texts
}

// fits fails the test if a line of the output, other than a sentence about a
// stream or an address, is wider than a terminal.
func (d *desk) fits() *desk {
	d.t.Helper()
	for line := range strings.Lines(d.out.String()) {
		if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > 80 && !strings.HasPrefix(line, "salesrabbit ") && !strings.Contains(line, "://") {
			d.t.Errorf("warren %s: wider than 80 columns: %q", strings.Join(d.world.Args, " "), line)
		}
	}
	return d
}

func TestVerifyOfARightWarehouse(t *testing.T) {
	both(t, salesrabbit.Config{Records: 60, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync").exits(cli.ExitOK)
		before := d.contents()
		d.run("verify", "salesrabbit").exits(cli.ExitOK).fits().warns("INF Comparing salesrabbit leads with the source: 60 records").silent("Starting", "Completed")
		d.says("leads is as the source has it.", "salesrabbit leadStatusHistories is as the source has it.", "100%")
		d.run("verify", "salesrabbit", "leads", "users", "--quiet").exits(cli.ExitOK)
		if d.out.String()+d.err.String() != "" {
			t.Errorf("a warehouse that is right says %q", d.out.String())
		}
		if d.contents() != before {
			t.Error("verify wrote something")
		}
	})
}

func TestVerifyListsWhatIsWrongAndWritesNothing(t *testing.T) {
	both(t, salesrabbit.Config{Records: 60, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		spoilt(t, d)
		before := d.contents()
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitPartial).says(
			"different  10000001\n    first_name: source ", ", warehouse Edited\n", "missing    10000002\n",
			"stale      10000003\n    last_name: source ", ", warehouse Old\n", "    date_modified: source ", "extra      10000004\n",
			"salesrabbit leads: 4 rows are not what the source says; nothing was changed",
			"To mend it: warren verify salesrabbit leads --repair", "warehouse_inconsistent")
		want := "stream compared pending missing stale different extra score\nleads 59 0 1 1 1 1 93.33%\n"
		if !strings.Contains(squeezed(d.out.String()), want) {
			t.Errorf("got\n%s\nwant\n%s", squeezed(d.out.String()), want)
		}
		d.run("verify", "salesrabbit", "leads", "--limit", "3", "--quiet").exits(cli.ExitPartial).
			says("  … and 1 more; --limit 0 lists all\n", "warren verify salesrabbit leads --repair").silent("10000004", "compared  pending", "as the source has it")
		d.run("verify", "salesrabbit", "leads", "--limit", "0").exits(cli.ExitPartial).says("10000004").silent("more;")
		if d.contents() != before {
			t.Error("verify without --repair wrote something")
		}
	})
}

func TestVerifyRepairs(t *testing.T) {
	both(t, salesrabbit.Config{Records: 60, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		spoilt(t, d)
		d.run("verify", "salesrabbit", "leads", "--repair", "--quiet").exits(cli.ExitOK).
			says("different  10000001", "salesrabbit leads is mended: 1 created, 2 updated, 1 marked as deleted (run 2).").
			silent("nothing was changed", "Fix:", "stream  compared")
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).says("salesrabbit leads is as the source has it.")
		for query, want := range map[string]string{
			"SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead WHERE first_name = 'Edited' OR last_name = 'Old'":                      "0",
			"SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead WHERE id = 10000002":                                                   "1",
			"SELECT CAST(warren_deleted_run AS text) FROM ingestion_salesrabbit_lead WHERE id = 10000004":                                         "2",
			"SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead WHERE warren_deleted_run IS NOT NULL OR warren_deleted_at IS NOT NULL": "1",
		} {
			if got := d.text(query); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		type runs struct{ Runs []runJSON }
		got := answer[runs](d.run("history", "--output", "json").exits(cli.ExitOK)).Runs
		if len(got) != 2 || got[0].Mode != "verify" || got[0].Status != "success" || got[0].Created != 1 || got[0].Updated != 2 {
			t.Errorf("%+v", got)
		}
		d.run("history", "2").exits(cli.ExitOK).says("records compared with their rows, and the rows mended",
			"1 row that the source has no record of any more", "59 records read again, 4 rows wrong, the first: record 10000001 is different")
		d.run("status").exits(cli.ExitOK).says("idle")
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).says("incremental")
	})
}

func TestVerifyJSON(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 60, Users: 3, Seed: 1})
	d.run("sync", "salesrabbit", "users").exits(cli.ExitOK)
	spoilt(t, d)
	got := answer[verifiedJSON](d.run("verify", "salesrabbit", "leads", "users", "--output", "json", "--limit", "3").exits(cli.ExitPartial))
	if got.OK || got.Repaired || len(got.Streams) != 2 {
		t.Fatalf("%+v", got)
	}
	leads, users := got.Streams[0], got.Streams[1]
	if leads.Mode != "verify" || !leads.DryRun || leads.RunID != 0 || leads.LeftOut != 1 || len(leads.Findings) != 3 ||
		leads.Status != "partial" || leads.Created+leads.Updated+leads.Deleted != 0 {
		t.Errorf("%+v", leads)
	}
	if c := leads.Check; c == nil || c.Compared != 59 || c.Right != 56 || c.Missing != 1 || c.Stale != 1 || c.Different != 1 || c.Extra != 1 ||
		c.Score < 93.33 || c.Score > 93.34 || !strings.HasPrefix(c.First, "record 10000001 is different: first_name") {
		t.Errorf("%+v", c)
	}
	if f := leads.Findings[0]; f.Kind != "different" || f.ID != "10000001" || len(f.Fields) != 1 || f.Fields[0].Column != "first_name" ||
		f.Fields[0].Warehouse != "Edited" || f.Fields[0].Source == "" || f.Fields[0].Source == "Edited" {
		t.Errorf("%+v", f)
	}
	if e := leads.Error; e == nil || e.Code != "warehouse_inconsistent" || e.Origin != "warehouse" || e.Fix == "" {
		t.Errorf("%+v", e)
	}
	if users.Status != "success" || users.Error != nil || users.Check.Score != 100 || users.Findings == nil || len(users.Findings) != 0 || users.LeftOut != 0 {
		t.Errorf("%+v", users)
	}
	got = answer[verifiedJSON](d.run("verify", "salesrabbit", "leads", "--repair", "--output", "json").exits(cli.ExitOK))
	if s := got.Streams[0]; !got.OK || !got.Repaired || s.Status != "success" || s.RunID != 3 || s.DryRun || s.Created != 1 || s.Updated != 2 || s.Deleted != 1 || s.Error != nil || len(s.Findings) != 4 {
		t.Errorf("%+v", got)
	}
}

func TestVerifyOfASample(t *testing.T) {
	both(t, salesrabbit.Config{Records: 300, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.crm.Delete(salesrabbit.These(fourth), salesrabbit.Gone)
		d.run("verify", "salesrabbit", "leads", "--sample", "50").exits(cli.ExitOK).
			says("salesrabbit leads is as the source has it, as far as it was compared (50 records).").silent("\n  extra")
		d.exec("UPDATE ingestion_salesrabbit_lead SET first_name = 'Edited'")
		d.run("verify", "salesrabbit", "leads", "--sample", "50").exits(cli.ExitPartial).says("salesrabbit leads: 50 rows are not what the source says", "… and 30 more")
		d.run("verify", "salesrabbit", "leads", "--sample", "50", "--repair").exits(cli.ExitOK).says("is mended: 0 created, 50 updated, 0 marked as deleted")
		if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead WHERE first_name = 'Edited'"); n != "250" {
			t.Errorf("%s rows are still edited, want 250", n)
		}
	})
}

// What no column holds is NULL, which is not what the source says: that is told.
func TestVerifyTellsOfValuesThatNoColumnHolds(t *testing.T) {
	both(t, salesrabbit.Config{Records: 4, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.crm.Put(salesrabbit.Fields{"id": []byte("7"), "latitude": []byte(`"north"`), "longitude": []byte(`"west"`)})
		d.crm.Put(salesrabbit.Fields{"id": []byte("8"), "email": []byte(`"no address"`)}) // kept as it is
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).says("salesrabbit leads is as the source has it.",
			"1 record of salesrabbit leads with values that their columns cannot hold: those are NULL, and the column data has them: warren issues salesrabbit leads")
		if check := answer[verifiedJSON](d.run("verify", "salesrabbit", "leads", "--output", "json").exits(cli.ExitOK)).Streams[0].Check; check == nil || check.Nulled != 1 {
			t.Errorf("%+v", check)
		}
		d.crm.Put(salesrabbit.Fields{"id": []byte("7"), "latitude": []byte("40")})
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).silent("cannot hold")
	})
}

// A source that shows older versions than it did lags, or was set back: which, time tells.
// No sync brings them, and nobody is told that one does.
func TestVerifyTellsOfRowsThatAreNewerThanTheSource(t *testing.T) {
	both(t, salesrabbit.Config{Records: 6, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		now := d.world.Clock.Now()
		d.exec(fmt.Sprintf("UPDATE ingestion_salesrabbit_lead SET first_name = 'Newer', warren_hash = NULL, date_modified = '%s' WHERE id IN (%d, %d)",
			now.Format("2006-01-02 15:04:05.000000Z"), first, second))
		for _, args := range [][]string{{"verify", "salesrabbit", "leads"}, {"verify", "salesrabbit", "leads", "--repair"}} {
			d.run(args...).exits(cli.ExitOK).says("salesrabbit leads is as the source has it, but for records of which it showed newer versions before.",
				"2 records of salesrabbit leads are newer in the warehouse than at the source, which lags behind or was set back.",
				"this writes what the source shows then: warren verify salesrabbit leads --repair").silent("changed since the last run", "warren sync")
		}
		if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead WHERE first_name = 'Newer'"); n != "2" {
			t.Errorf("%s rows are as they were, want 2", n)
		}
		settled := regexp.MustCompile(`(?s)so after (\S+ \S+) UTC`).FindStringSubmatch(d.out.String())
		if settled == nil {
			t.Fatalf("it does not say when that is settled:\n%s", d.out.String())
		}
		until, err := time.Parse(time.DateTime, settled[1])
		if err != nil || !until.After(now) {
			t.Fatalf("settled at %s, %v", settled[1], err)
		}
		d.world.Clock = standing{d.world.Clock, until.Add(time.Second)}
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitPartial).says("salesrabbit leads: 2 rows are not what the source says").silent("newer in the warehouse")
		d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitOK).says("is mended: 0 created, 2 updated").silent("newer in the warehouse")
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).says("salesrabbit leads is as the source has it.")
	})
}

func TestVerifyCountsWhatTheNextRunBringsAsPending(t *testing.T) {
	both(t, salesrabbit.Config{Records: 60, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.crm.Change(salesrabbit.Random(3))
		d.crm.Insert(2)
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).says("salesrabbit leads is as the source has it.", "100%",
			"5 records of salesrabbit leads changed since the last run; the next brings them: warren sync salesrabbit leads").silent("\n  missing", "\n  stale", "nothing was changed")
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).says("2 created, 3 updated")
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).silent("changed since")
		d.crm.Change(salesrabbit.Random(4))
		d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitOK).
			says("4 records of salesrabbit leads changed since the last run: written as well.").silent("the next brings them")
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).silent("changed since")
	})
}

func TestVerifyTellsOfTheQuarantine(t *testing.T) {
	both(t, salesrabbit.Config{Records: 20, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.file("warren.yaml", strict)
		d.crm.Put(salesrabbit.Fields{"id": []byte("7"), "email": []byte(`"x"`)})
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).says("salesrabbit leads is as the source has it, but for what cannot be written.",
			"1 record of salesrabbit leads cannot be written: warren quarantine list salesrabbit leads").silent("\n  missing")
		d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitOK).says("1 record of salesrabbit leads cannot be written").silent("not mended")
	})
}

// A record without a key could be that of any row that was not shown. Where each was
// shown there is none to be looked for.
func TestVerifySaysThatItCouldNotLookForExtraRows(t *testing.T) {
	both(t, salesrabbit.Config{Records: 20, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		const why = "extra rows could not be looked for: a record came without a primary key"
		quarantined(t, d)
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).says("salesrabbit leads is as the source has it, but for what cannot be written.").silent("extra rows")
		d.crm.Delete(salesrabbit.These(fourth), salesrabbit.Gone)
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitPartial).says("salesrabbit leads: what was compared is as the source has it, but "+why,
			"deletes_refused", "run once more with --repair", "2 records of salesrabbit leads cannot be written: warren quarantine list salesrabbit leads").silent("is as the source has it.\n")
		if got := squeezed(d.row("leads")); got != "leads 20 0 0 0 0 - 95%" {
			t.Errorf("%q", got)
		}
		got := answer[verifiedJSON](d.run("verify", "salesrabbit", "leads", "--output", "json").exits(cli.ExitPartial))
		if s := got.Streams[0]; got.OK || s.Error == nil || s.Error.Code != "deletes_refused" || s.Status != "partial" || !strings.HasPrefix(s.Check.Unlooked, "a record came without a primary key") {
			t.Errorf("%+v", got)
		}
		d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitPartial).
			says("salesrabbit leads: it is not mended whole: a record came without a primary key", "deletes_refused", "2 records of salesrabbit leads cannot be written")
		d.run("history", "2").exits(cli.ExitOK).says("  checked    20 records read again, all as the source has them; " + why)
		d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK).says("salesrabbit leads is not complete: a record came without a primary key",
			"\nSalesRabbit sync incomplete: 0 created, 0 updated, 2 failed\n")
	})
}

// Where nothing is to be deleted, verify tells of extra rows and leaves them.
func TestVerifyWhereDeletesAreOff(t *testing.T) {
	both(t, salesrabbit.Config{Records: 20, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.file("warren.yaml", "sync: {deletes: off}")
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.crm.Delete(salesrabbit.These(fourth), salesrabbit.Gone)
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitPartial).says("extra      10000004\n", "salesrabbit leads: 1 row is not what the source says; nothing was changed\n",
			"--repair (the extra rows stay, since deletes are off)")
		d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitPartial).says("it is not mended whole: 1 row", "deletes are off")
		if n, marked := d.text(countLeads), d.text(countMarked); n != "20" || marked != "0" {
			t.Errorf("%s leads, %s of them marked", n, marked)
		}
	})
}

// What the database refuses is not mended, and says so.
func TestVerifyCannotRepairWhatTheDatabaseRefuses(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Users: 3, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.exec("UPDATE ingestion_salesrabbit_lead SET first_name = 'Edited' WHERE id IN (10000001, 10000002)")
	d.exec("CREATE TRIGGER stubborn BEFORE UPDATE ON ingestion_salesrabbit_lead WHEN OLD.id = 10000001 BEGIN SELECT RAISE(ABORT, 'stubborn'); END")
	d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitPartial).
		says("salesrabbit leads: it is not mended whole: 1 record could not be written", "warren quarantine list salesrabbit leads",
			"  What was mended: 0 created, 1 updated, 0 marked as deleted (run 2).\n").silent("is mended:")
}

func TestVerifyOfSeveralStreamsOneOfWhichFails(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Users: 3, Seed: 1, Traps: salesrabbit.Traps{NoStatuses: true}})
	d.run("sync").exits(cli.ExitOK).says("left out")
	d.run("verify", "salesrabbit").exits(cli.ExitOK).fits().says("leadStatuses", "left out", "salesrabbit leadStatuses is left out: this SalesRabbit account does not offer")
	got := answer[verifiedJSON](d.run("verify", "salesrabbit", "--output", "json").exits(cli.ExitOK))
	if s := got.Streams[2]; s.Status != "skipped" || s.Skipped == "" || s.Error != nil {
		t.Errorf("%+v", s)
	}
	d.run("verify", "salesrabbit", "leadStatuses", "users").exits(cli.ExitFailed).warns("WRN salesrabbit leadStatuses is left out").
		says("salesrabbit leadStatuses could not be compared: ", "stream_absent", "salesrabbit users is as the source has it.", "failed")
	got = answer[verifiedJSON](d.run("verify", "salesrabbit", "leadStatuses", "users", "--output", "json").exits(cli.ExitFailed))
	if e := got.Streams[1].Error; e == nil || e.Code != "stream_absent" || got.Streams[0].Error != nil {
		t.Errorf("%+v", got)
	}
	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	d.run("verify", "salesrabbit", "leads", "--quiet").exits(cli.ExitFailed).says("salesrabbit leads could not be compared: salesrabbit refuses the token", "source_auth").
		warns("ERR salesrabbit leads verify failed: ").silent("wrong-token", "compared  pending")
}

func TestVerifyOfAnEmptyStream(t *testing.T) {
	d := at(t, salesrabbit.Config{Users: 1, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).says("salesrabbit leads: the source shows no record to compare.")
}

func TestVerifyOfASourceThatShowsTooLittle(t *testing.T) {
	both(t, salesrabbit.Config{Records: 20, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.crm.Delete(salesrabbit.Random(12), salesrabbit.Gone)
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitPartial).
			says("salesrabbit leads: 12 rows are not what the source says; nothing was changed: 12 of 20 rows are gone from the source", "--delete-limit 60%")
		d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitPartial).
			says("salesrabbit leads: it is not mended whole: 12 of 20 rows are gone from the source", "--delete-limit 60%", "deletes_refused").silent("is mended:")
		got := answer[verifiedJSON](d.run("verify", "salesrabbit", "leads", "--repair", "--output", "json").exits(cli.ExitPartial))
		if s := got.Streams[0]; s.Status != "partial" || s.Error == nil || s.Error.Code != "deletes_refused" || s.Deleted != 0 {
			t.Errorf("%+v", s)
		}
		if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead WHERE warren_deleted_run IS NOT NULL"); n != "0" {
			t.Errorf("%s rows are marked", n)
		}
		d.run("verify", "salesrabbit", "leads", "--repair", "--delete-limit", "60%").exits(cli.ExitOK).says("0 created, 0 updated, 12 marked as deleted")
		d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK)
	})
}

func TestL7VerifyLeavesABusyStreamAlone(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Users: 3, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.hold("leads", ledger.Owner{Host: "far", Process: "7"}, time.Hour)
	d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitBusy).says("salesrabbit leads could not be compared", "process 7 on far", "stream_busy")
	d.run("verify", "salesrabbit", "leads").exits(cli.ExitOK).says("is as the source has it")
}

func TestVerifyUsage(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Users: 3, Seed: 1})
	d.run("verify", "salesrabbit", "leads").exits(cli.ExitUsage).warns("there is no warehouse yet at sqlite:///", "The first warren sync makes it")
	if found := list(t, d.world.Dir); len(found) > 0 {
		t.Errorf("it left %v", found)
	}
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	for args, says := range map[string]string{
		"salesrabbit nosuch":                                       `there is no stream of salesrabbit named "nosuch"`,
		"salesrabit":                                               "Did you mean salesrabbit?",
		"salesrabbit leads --sample -1":                            "--sample is negative",
		"salesrabbit leads --limit -1":                             "--limit is negative",
		"salesrabbit leads --batch-size 0":                         "a batch of 0 records is not possible",
		"salesrabbit leads --repair --delete-limit 50":             `--delete-limit: "50" is not a share`,
		"salesrabbit leads --repair --delete-limit half":           `--delete-limit: "half" is not a share`,
		"salesrabbit leads --full":                                 "warren verify has no flag --full",
		"salesrabbit leads --repair --sample many":                 `--sample takes a whole number, and not "many"`,
		"salesrabbit leads --repair --delete-limit -5%":            `"-5%" is not a share`,
		"salesrabbit leads --repair --delete-limit 101%":           `"101%" is not a share`,
		"salesrabbit leads --repair --delete-limit NaN":            `"NaN" is not a share`,
		"salesrabbit leads --delete-limit 50%":                     "--delete-limit is for --repair: without it nothing is deleted",
		"salesrabbit leads --repair --sample 5 --delete-limit 50%": "--delete-limit is for comparing everything",
		"salesrabbit leads --batch-size 1000000000":                "a batch of 1000000000 records is not possible",
	} {
		d.run(append([]string{"verify"}, strings.Fields(args)...)...).exits(cli.ExitUsage).warns(says, "Fix: ", "Code: usage")
	}
	d.run("verify", "salesrabbit", "leads", "--batch-size", "7").exits(cli.ExitOK).says("is as the source has it")
	d.run("verify", "--help").exits(cli.ExitOK).says("--repair", "--sample", "--limit", "--delete-limit", "Exits with 3 when rows are wrong, or when not all")
}
