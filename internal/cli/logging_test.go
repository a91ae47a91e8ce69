package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// The lines of the specification, to the letter.
func TestLogLines(t *testing.T) {
	d := at(t, salesrabbit.Config{Seed: 1})
	d.crm.Put(salesrabbit.Fields{"id": []byte("7"), "email": []byte(`"x"`)})
	d.crm.Put(salesrabbit.Fields{"id": []byte(`null`)})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.warns(" INF Starting salesrabbit leads sync with 2 records\n",
		" WRN Validation warning for field 'email' with value 'x' (Record: id=7): ",
		" ERR Error processing leads (no id): the primary key id is missing code=record_without_key\n",
		" INF Completed salesrabbit leads sync: 1 created, 0 updated, 1 failed\n")
	d.silent("\x1b[")
}

func TestLogFormats(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 3, Seed: 1})
	d.run("sync", "salesrabbit", "leads", "--log-format", "auto").exits(cli.ExitOK).warns("INF Starting")
	d.run("sync", "salesrabbit", "leads", "--full", "--log-format", "json").exits(cli.ExitOK)
	for line := range strings.Lines(d.err.String()) {
		var entry struct{ Level, Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Msg == "" {
			t.Errorf("%q: %v", line, err)
		}
	}
	d.warns(`"msg":"Completed salesrabbit leads sync: 0 created, 0 updated, 0 failed"`)
	d.run("sync", "salesrabbit", "leads", "--log-format", "text", "--log-level", "warn").exits(cli.ExitOK).silent("INF ")
}

func TestColours(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 3, Seed: 1})
	d.world.StderrTerminal = true
	d.run("sync", "salesrabbit", "leads", "--no-progress").exits(cli.ExitOK).warns("\x1b[")
	for name, value := range map[string]string{"NO_COLOR": "1", "TERM": "dumb"} {
		d.env[name] = value
		d.run("sync", "salesrabbit", "leads", "--no-progress").exits(cli.ExitOK).silent("\x1b[")
		delete(d.env, name)
	}
}

func TestManyIssuesDoNotDrownTheLog(t *testing.T) {
	d := at(t, salesrabbit.Config{Seed: 1})
	for range 70 {
		d.crm.Put(salesrabbit.Fields{"email": []byte(`"x"`), "phonePrimary": []byte("null"), "phoneAlternate": []byte("null"), "state": []byte(`"OH"`)})
	}
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).warns("further validation warnings are not shown here; warren issues salesrabbit leads lists all")
	if n := strings.Count(d.err.String(), "for field 'email'"); n != 5 {
		t.Errorf("%d lines", n)
	}
	d.run("sync", "salesrabbit", "leads", "--full", "--dry-run", "--debug", "--database", "other.db").exits(cli.ExitOK)
	if n := strings.Count(d.err.String(), "for field 'email'"); n != 70 {
		t.Errorf("%d lines with --debug", n)
	}
}

// What a source sends must not take control of the terminal.
func TestControlCharactersAreWrittenOut(t *testing.T) {
	d := at(t, salesrabbit.Config{Seed: 1})
	d.crm.Put(salesrabbit.Fields{"id": []byte("7"), "email": []byte(`"a\u001b[31mred\u0007"`)})
	d.crm.Put(salesrabbit.Fields{"id": []byte(`"\u001b[31m"`)})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).warns(`\u001b[31mred\u0007`).silent("\x1b", "\a")
	d.run("issues").exits(cli.ExitOK).silent("\x1b", "\a").says(`\u001b[31mred`)
	d.run("quarantine", "show", "1").exits(cli.ExitOK).silent("\x1b", "\a")
}

func TestRetriesAreLogged(t *testing.T) {
	traps, err := salesrabbit.ParseTraps("500=page:1,429=page:2,retryafter=1s")
	if err != nil {
		t.Fatal(err)
	}
	d := at(t, salesrabbit.Config{Records: 150, Seed: 1, MaxPerPage: 100, Traps: traps})
	d.run("sync", "salesrabbit", "leads", "--debug").exits(cli.ExitOK)
	d.warns("WRN salesrabbit: attempt 1 failed, next in ", "500 Internal Server Error", "429 Too Many Requests", "call answered", "page of 100 records", "full run")
}

func TestDeadRunIsTold(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 3, Seed: 1})
	d.hold("leads", deadProcess(), 0)
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).warns("WRN salesrabbit leads: run 1, begun", "is now closed as failed")
}

func TestUnknownFieldIsTold(t *testing.T) {
	d := at(t, salesrabbit.Config{Seed: 1})
	d.crm.Put(salesrabbit.Fields{"shoeSize": []byte("44")})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).warns("the source sends fields that have no column: shoeSize", "fix=")
}
