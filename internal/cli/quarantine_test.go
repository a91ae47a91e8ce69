package cli_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

type entriesJSON struct {
	More    bool
	Entries []struct {
		ID                                                 int64
		Stream, Record, Status, Reason, Field, Value, Link string
		Size, Attempts                                     int64
	}
}

// strict makes the e-mail address a rule that fails the record.
const strict = "sources: {salesrabbit: {streams: {leads: {fields: {email: {strict: true}}}}}}"

// quarantined is a desk with two records in the quarantine: lead 7, whose
// address breaks a strict rule, and one without an id.
func quarantined(t *testing.T, d *desk) {
	t.Helper()
	d.file("warren.yaml", strict)
	d.crm.Put(salesrabbit.Fields{"id": []byte("7"), "email": []byte(`"x"`)})
	d.crm.Put(salesrabbit.Fields{"id": []byte("null")})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).says("2 records of salesrabbit leads could not be written and are kept in the quarantine")
}

func TestQuarantineListAndShow(t *testing.T) {
	both(t, salesrabbit.Config{Records: 5, Seed: 1}, func(t *testing.T, d *desk) {
		d.run("quarantine", "list").exits(cli.ExitOK)
		quarantined(t, d)
		d.run("quarantine", "list").exits(cli.ExitOK).says("the primary key id is missing", "(no id)", "One of them in full: warren quarantine show 1")
		got := answer[entriesJSON](d.run("quarantine", "list", "salesrabbit", "lead", "--output", "json").exits(cli.ExitOK))
		if len(got.Entries) != 2 || got.More {
			t.Fatalf("%+v", got)
		}
		byRecord := got.Entries[0]
		if byRecord.Record != "7" {
			byRecord = got.Entries[1]
		}
		if byRecord.Record != "7" || byRecord.Field != "email" || byRecord.Value != "x" || byRecord.Status != "open" ||
			byRecord.Link != "https://app.salesrabbit.com/leads/7" || byRecord.Size == 0 {
			t.Errorf("%+v", byRecord)
		}
		d.run("quarantine", "list", "--limit", "1").exits(cli.ExitOK).says("There are more; --limit 0 lists all.")
		one := answer[entriesJSON](d.run("quarantine", "list", "--record", "7", "--output", "json").exits(cli.ExitOK))
		if len(one.Entries) != 1 {
			t.Errorf("%+v", one)
		}
		d.run("quarantine", "list", "salesrabbit", "users").exits(cli.ExitOK).says("The quarantine has no such record.")
		d.run("quarantine", "list", "salesrabbit", "usrs").exits(cli.ExitUsage).warns("Did you mean users?")
		d.run("quarantine", "list", "--limit", "9223372036854775807").exits(cli.ExitOK).silent("There are more")
		d.run("quarantine", "list", "--status", "lost").exits(cli.ExitUsage)

		id := itoa(byRecord.ID)
		d.run("quarantine", "show", id).exits(cli.ExitOK).says("salesrabbit leads, record 7", "https://app.salesrabbit.com/leads/7",
			"email", "The record as it came (", "\n  \"id\": 7,\n", "Once it is mended at the source, the next sync that reads it takes it out of here.", "in the warehouse: warren quarantine replay "+id)
		d.run("quarantine", "show", itoa(3-byRecord.ID)).exits(cli.ExitOK).says("record (no id)", "warren quarantine discard "+itoa(3-byRecord.ID)).silent("replay")
		type whole struct {
			Raw, Reason string
			Bytes       []byte `json:"raw_base64"`
		}
		if got := answer[whole](d.run("quarantine", "show", id, "--output", "json").exits(cli.ExitOK)); !strings.HasPrefix(got.Raw, `{"id":7,`) || got.Bytes != nil {
			t.Errorf("%+v", got)
		}
		d.run("quarantine", "show", "99").exits(cli.ExitUsage).warns("the quarantine has no entry 99")
		d.run("quarantine", "show", "x").exits(cli.ExitUsage).warns(`"x" is not the number of an entry`)
		d.run("quarantine", "show").exits(cli.ExitUsage)
		d.run("quarantine", "show", "1", "2").exits(cli.ExitUsage)
	})
}

func TestQuarantineShowsBytesThatAreNoText(t *testing.T) {
	d := at(t, salesrabbit.Config{Seed: 1})
	d.crm.PutWhole([]byte("{\"id\": null, \"notes\": \"\xff\"}"))
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	type whole struct {
		Bytes []byte `json:"raw_base64"`
	}
	if got := answer[whole](d.run("quarantine", "show", "1", "--output", "json").exits(cli.ExitOK)); !strings.Contains(string(got.Bytes), "\xff") {
		t.Errorf("%q", got.Bytes)
	}
	d.run("quarantine", "show", "1").exits(cli.ExitOK).says("\"notes\": \"�\"")
}

func TestQuarantineReplay(t *testing.T) {
	both(t, salesrabbit.Config{Records: 5, Seed: 1}, func(t *testing.T, d *desk) {
		quarantined(t, d)
		d.run("quarantine", "replay", "--fail-on-partial").exits(cli.ExitPartial)
		if got := d.lastLine(); got != "SalesRabbit sync completed: 0 created, 0 updated, 2 failed" {
			t.Errorf("the last line is %q", got)
		}
		d.file("warren.yaml", "sources: {salesrabbit: {streams: {leads: {fields: {email: {strict: false}}}}}}")
		d.run("quarantine", "replay", "salesrabbit", "leads").exits(cli.ExitOK).says("replay")
		if got := d.lastLine(); got != "SalesRabbit sync completed: 1 created, 0 updated, 1 failed" {
			t.Errorf("the last line is %q", got)
		}
		if email := d.text("SELECT email FROM ingestion_salesrabbit_lead WHERE id = 7"); email != "x" {
			t.Errorf("email %s", email)
		}
		got := answer[entriesJSON](d.run("quarantine", "list", "--status", "all", "--output", "json").exits(cli.ExitOK))
		open, closed := 0, ""
		for _, e := range got.Entries {
			if e.Status == "open" {
				open++
				closed = itoa(e.ID)
			}
		}
		if open != 1 || len(got.Entries) != 2 {
			t.Errorf("%+v", got)
		}
		d.run("quarantine", "discard", closed, "--yes").exits(cli.ExitOK).says("1 entry given up.")
		d.run("quarantine", "replay").exits(cli.ExitOK).says("The quarantine has nothing to replay.")
		d.run("quarantine", "replay", closed).exits(cli.ExitUsage).warns("is not open: it was discarded")
		d.run("quarantine", "replay", "99").exits(cli.ExitUsage).warns("has no entry 99")
		d.run("quarantine", "replay", "1x").exits(cli.ExitUsage)
		d.run("quarantine", "replay", "salesrabit").exits(cli.ExitUsage).warns("Did you mean salesrabbit?")
		d.run("quarantine", "replay", "a", "b", "c").exits(cli.ExitUsage)
		d.run("quarantine", "replay", "--database", "none.db").exits(cli.ExitUsage).warns("there is no warehouse yet")
	})
}

func TestQuarantineReplayOfOneEntry(t *testing.T) {
	d := at(t, salesrabbit.Config{Seed: 1})
	quarantined(t, d)
	d.file("warren.yaml", "log: {level: info}")
	got := answer[entriesJSON](d.run("quarantine", "list", "--record", "7", "--output", "json"))
	report := answer[runsJSON](d.run("quarantine", "replay", itoa(got.Entries[0].ID), "--output", "json").exits(cli.ExitOK))
	if len(report.Runs) != 1 || report.Runs[0].Mode != "replay" || report.Runs[0].Created != 1 || report.Runs[0].Failed != 0 {
		t.Errorf("%+v", report)
	}
}

func TestQuarantineReplayOfAStreamThatWasTakenOut(t *testing.T) {
	d := at(t, salesrabbit.Config{Seed: 1})
	quarantined(t, d)
	d.file("warren.yaml", "sources: {salesrabbit: {streams: {leads: {enabled: false}}}}")
	d.run("quarantine", "replay").exits(cli.ExitUsage).says("switched off in warren.yaml")
}

func TestQuarantineDiscardAsks(t *testing.T) {
	d := at(t, salesrabbit.Config{Seed: 1})
	d.run("quarantine", "discard", "1", "--yes").exits(cli.ExitUsage).warns("there is no warehouse yet")
	quarantined(t, d)
	d.run("quarantine", "discard", "1").exits(cli.ExitUsage).warns("there is nobody to ask", "Add --yes")
	d.world.StdinTerminal = true
	for answer, code := range map[string]int{"n\n": cli.ExitUsage, "": cli.ExitUsage, "what?\n": cli.ExitUsage} {
		d.world.Stdin = strings.NewReader(answer)
		d.run("quarantine", "discard", "1", "2").exits(code).warns("Give up 2 entries of the quarantine? [y/N] ", "nothing was done")
	}
	d.world.Stdin = strings.NewReader("Yes\n")
	d.run("quarantine", "discard", "1").exits(cli.ExitOK).says("1 entry given up.")
	type discarded struct{ Discarded int64 }
	if got := answer[discarded](d.run("quarantine", "discard", "1", "2", "--yes", "--output", "json").exits(cli.ExitOK)); got.Discarded != 1 {
		t.Errorf("%+v", got)
	}
	d.run("quarantine", "discard").exits(cli.ExitUsage)
	d.run("quarantine", "discard", "x").exits(cli.ExitUsage)
	d.run("quarantine", "discard", "99", "--yes").exits(cli.ExitUsage).warns("no entry 99")
	d.run("quarantine").exits(cli.ExitOK).says("warren quarantine [command]")
	d.run("quarantine", "shw").exits(cli.ExitUsage).warns("Did you mean warren quarantine show?")
}
