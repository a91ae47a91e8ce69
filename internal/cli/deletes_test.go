package cli_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// deletionsJSON is what a script reads of rows that are gone.
type deletionsJSON struct {
	Runs []struct {
		runJSON

		Deleted int64
		Check   *struct{ Compared, Right, Rows, Calls int64 }
	}
}

const (
	countLeads  = "SELECT CAST(count(*) AS text) FROM ingestion_salesrabbit_lead"
	countMarked = countLeads + " WHERE warren_deleted_run IS NOT NULL AND warren_deleted_at IS NOT NULL"
	keepNone    = "sources: {salesrabbit: {streams: {leads: {deletes: hard}}}}"
)

func TestFullSyncMarksWhatIsGone(t *testing.T) {
	both(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).silent("marked", "no longer has")
		gone := d.crm.Delete(salesrabbit.Random(1), salesrabbit.Gone)
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).says("incremental").silent("marked", "no longer has")
		d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK).
			says("1 row of salesrabbit leads is marked as deleted (warren_deleted_run = 3): the source no longer has its record.",
				"\nSalesRabbit sync completed: 0 created, 0 updated, 0 failed, 1 deleted\n").
			warns("Completed salesrabbit leads sync: 0 created, 0 updated, 0 failed, 1 deleted\n")
		d.crm.Delete(salesrabbit.Random(2), salesrabbit.Gone)
		d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK).
			says("2 rows of salesrabbit leads are marked as deleted (warren_deleted_run = 4): the source no longer has their records.")
		if n, marked := d.text(countLeads), d.text(countMarked); n != "40" || marked != "3" {
			t.Errorf("%s leads, %s of them marked", n, marked)
		}
		d.run("history", "4").exits(cli.ExitOK).says("2 rows that the source has no record of any more", "20 records read again, all as the source has them")

		d.crm.Restore(salesrabbit.These(gone...))
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).says("0 created, 1 updated, 0 failed")
		if marked := d.text(countMarked); marked != "2" {
			t.Errorf("%s leads are marked after one came back", marked)
		}
	})
}

func TestFullSyncDeletesWhatIsGoneWhereThatIsSet(t *testing.T) {
	both(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.file("warren.yaml", keepNone)
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.crm.Delete(salesrabbit.Random(2), salesrabbit.Gone)
		d.run("sync", "salesrabbit", "leads", "--full", "--dry-run").exits(cli.ExitOK).
			says("2 rows of salesrabbit leads would be deleted: the source no longer has their records.", "Dry run: nothing was written.")
		if n := d.text(countLeads); n != "40" {
			t.Errorf("a dry run left %s leads", n)
		}
		d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK).
			says("2 rows of salesrabbit leads are deleted: the source no longer has their records.").silent("warren_deleted_run")
		if n := d.text(countLeads); n != "38" {
			t.Errorf("%s leads are left", n)
		}
	})
}

func TestL6DryRunTellsWhatWouldBeMarked(t *testing.T) {
	both(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.crm.Delete(salesrabbit.Random(1), salesrabbit.Gone)
		before := d.contents()
		d.run("sync", "salesrabbit", "leads", "--full", "--dry-run").exits(cli.ExitOK).
			says("1 row of salesrabbit leads would be marked as deleted: the source no longer has its record.").silent("warren_deleted_run")
		d.crm.Delete(salesrabbit.Random(30), salesrabbit.Gone)
		d.run("sync", "salesrabbit", "leads", "--full", "--dry-run").exits(cli.ExitOK).
			says("salesrabbit leads would not be complete, since deletes would be refused: 31 of 40 rows are gone from the source",
				"--delete-limit 78%", "deletes_refused").silent("row would be marked", "rows would be marked")
		d.run("sync", "salesrabbit", "leads", "--full", "--dry-run", "--fail-on-partial").exits(cli.ExitPartial).says("deletes would be refused")
		if d.contents() != before {
			t.Error("a dry run wrote something")
		}
	})
}

func TestTheBrakeOnDeletes(t *testing.T) {
	both(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("status").exits(cli.ExitOK).silent("gone from the source")
		d.crm.Delete(salesrabbit.Random(9), salesrabbit.Gone)
		refusal := "salesrabbit leads is not complete: 9 of 40 rows are gone from the source, more than the 20"
		d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK).says(refusal, "--full --delete-limit 23%", "deletes_refused").silent("marked as deleted (")
		d.run("sync", "salesrabbit", "leads", "--full", "--fail-on-partial").exits(cli.ExitPartial).says(refusal)
		d.run("sync", "salesrabbit", "leads", "--full", "--quiet").exits(cli.ExitOK).says(refusal, "SalesRabbit sync incomplete: 0 created, 0 updated, 0 failed\n").silent("fetched", "sync completed")
		got := answer[deletionsJSON](d.run("sync", "salesrabbit", "leads", "--full", "--output", "json").exits(cli.ExitOK)).Runs[0]
		if e := got.Error; got.Status != "partial" || got.Deleted != 0 || e == nil || e.Code != "deletes_refused" || e.Fix == "" || e.Retryable {
			t.Errorf("%+v", got)
		}
		if marked := d.text(countMarked); marked != "0" {
			t.Errorf("%s leads are marked", marked)
		}
		d.run("status").exits(cli.ExitOK).says("Next:", "salesrabbit leads: 9 of 40 rows are gone from the source",
			"salesrabbit leads: fix: Look whether the source shows all there is", "idle")
		if next := answer[statusJSON](d.run("status", "--output", "json")).Streams[0].Next; !strings.Contains(strings.Join(next, "\n"), "none was marked") {
			t.Errorf("%q", next)
		}

		got = answer[deletionsJSON](d.run("sync", "salesrabbit", "leads", "--full", "--delete-limit", "0.5", "--output", "json").exits(cli.ExitOK)).Runs[0]
		if got.Status != "success" || got.Deleted != 9 || got.Error != nil || got.Check == nil || got.Check.Compared == 0 || got.Check.Right != got.Check.Compared ||
			got.Check.Rows != 31 || got.Check.Calls != 1 {
			t.Errorf("%+v, check %+v", got, got.Check)
		}
		d.run("status").exits(cli.ExitOK).silent("were not marked")
	})
}

func TestDeleteLimit(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	for _, wrong := range []string{"50", "101%", "-1%", "some", "%", "1e9", "NaN"} {
		d.run("sync", "salesrabbit", "leads", "--delete-limit", wrong).exits(cli.ExitUsage).
			warns(`--delete-limit: "`+wrong+`" is not a share`, "Fix: Write a share such as 20% or 0.2; 100% lifts the limit.", "Code: usage")
	}
	for _, limit := range []string{"25%", " 25 % ", "0.25", "1", "100%"} {
		d.crm.Delete(salesrabbit.Random(2), salesrabbit.Gone)
		d.run("sync", "salesrabbit", "leads", "--full", "--delete-limit", limit).exits(cli.ExitOK).says("2 rows of salesrabbit leads are marked as deleted")
	}
	d.crm.Delete(salesrabbit.Random(2), salesrabbit.Gone)
	d.run("sync", "salesrabbit", "leads", "--full", "--delete-limit", "0%").exits(cli.ExitOK).says("2 of 30 rows are gone from the source")
	d.file("warren.yaml", "sync: {delete_limit: 60%}")
	d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK).says("2 rows of salesrabbit leads are marked as deleted")
	d.run("sync", "--help").exits(cli.ExitOK).says("--delete-limit", "such as 50% (default 20%)")
}

func TestTheCheckAtTheEndOfARunCanBeSwitchedOff(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.run("history", "1").exits(cli.ExitOK).says("20 records read again, all as the source has them")
	d.file("warren.yaml", "sync: {check_sample: 1}")
	d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK)
	d.run("history", "2").exits(cli.ExitOK).says("1 record read again, as the source has it")
	d.file("warren.yaml", "sync: {check_sample: 0}")
	d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK)
	d.run("history", "3").exits(cli.ExitOK).silent("checked")
}

// A row that someone has edited is not found by what has changed at the
// source, but by the look at the end of the run.
func TestTheCheckAtTheEndOfARunFindsEditedRows(t *testing.T) {
	both(t, salesrabbit.Config{Records: 10, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.exec("UPDATE ingestion_salesrabbit_lead SET first_name = 'Edited' WHERE id = 10000001")
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).warns("are not in the warehouse as the source has them: record 10000001 is different",
			"warren verify salesrabbit leads")
		d.run("history", "2").exits(cli.ExitOK).says("10 records read again, 1 row wrong, the first: record 10000001 is different: first_name is")

		// A later run that happens to look at others takes nothing back.
		const found = "found rows that are not as the source has them"
		d.run("status").exits(cli.ExitOK).says("are not in the warehouse as the source has them").silent(found)
		d.file("warren.yaml", "sync: {check_sample: 0}")
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("verify", "salesrabbit", "leads", "--repair", "--sample", "1").exits(cli.ExitOK)
		d.run("status").exits(cli.ExitOK).says("run 2 (just now) "+found, "warren verify salesrabbit leads --repair")
		if next := answer[statusJSON](d.run("status", "--output", "json").exits(cli.ExitOK)); next.Streams[0].LastWrong == nil || next.Streams[0].LastWrong.RunID != 2 {
			t.Errorf("%+v", next.Streams[0])
		}
		d.run("verify", "salesrabbit", "leads", "--repair").exits(cli.ExitOK)
		d.run("status").exits(cli.ExitOK).silent(found)
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.run("status").exits(cli.ExitOK).silent(found)
	})
}

// Rows that were marked stay when deletes: hard is set later; only what is
// found from then on is deleted.
func TestRowsThatWereMarkedStayWhenDeletesBecomeHard(t *testing.T) {
	both(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		d.crm.Delete(salesrabbit.Random(2), salesrabbit.Gone)
		d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK)
		d.file("warren.yaml", keepNone)
		d.crm.Delete(salesrabbit.Random(1), salesrabbit.Gone)
		d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK).says("1 row of salesrabbit leads is deleted")
		if n, marked := d.text(countLeads), d.text(countMarked); n != "39" || marked != "2" {
			t.Errorf("%s leads, %s of them marked; want 39 and 2", n, marked)
		}
	})
}

// The tables have a column for deleted rows where a run looked for them.
func TestTheColumnOfDeletedRows(t *testing.T) {
	const without, with = "unchanged failed issues time\n", "unchanged deleted failed issues time\n"
	d := at(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1})
	header := func(want string, args ...string) {
		t.Helper()
		if d.run(args...).exits(cli.ExitOK); !strings.Contains(squeezed(d.out.String()), want) {
			t.Errorf("%v: no %q in\n%s", args, want, d.out.String())
		}
	}
	header(with, "sync", "salesrabbit", "leads")
	header(without, "sync", "salesrabbit", "leads")
	header(with, "sync", "salesrabbit", "leads", "users")
	d.crm.Delete(salesrabbit.Random(3), salesrabbit.Gone)
	header(with+"leads full 37 0 0 37 3 0 0", "sync", "salesrabbit", "leads", "--full", "--dry-run")
	header(with+"leads full 37 0 0 37 3 0 0", "sync", "salesrabbit", "leads", "--full")
	header("unchanged deleted failed status error\n 5 ", "history")
	d.file("warren.yaml", "sync: {deletes: off}")
	header(without, "sync", "salesrabbit", "leads", "--full")
}
