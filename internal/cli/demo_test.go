package cli_test

import (
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/cli"
)

const demoText = `1. Three simulated CRMs run on this machine
   SalesRabbit with 401 leads and 20 users; SalesPro with 100 customers, behind a
   simulated Athena and S3; HubSpot with 398 contacts. Their people are invented.
   Some records hold values that make no sense, and one lead has no id.

2. First sync: everything is new
SalesRabbit
stream mode fetched created updated unchanged deleted failed issues time
leads full 401 400 0 0 0 1 13 TIME
users full 20 20 0 0 0 0 1 TIME
SalesPro
`

func TestDemo(t *testing.T) {
	d := bare(t)
	d.run("demo", "--records", "400").exits(cli.ExitOK)
	if d.err.String() != "" {
		t.Errorf("errors: %s", d.err.String())
	}
	if got := squeezed(steady(d.out.String())); !strings.HasPrefix(got, squeezed(demoText)) {
		t.Errorf("got\n%s\nwant\n%s", got, squeezed(demoText))
	}
	d.says("changed  1", "added    1", "deleted  1", "gone     1", `latitude "999" is greater than 90`, "the primary key id is missing",
		"The data is in warren-demo.db. Try next:", "sqlite3 warren-demo.db", "warren history --database warren-demo.db")
	for line := range strings.Lines(d.out.String()) {
		if n := utf8.RuneCountInString(line); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	// The commands that it names work as they stand.
	for _, line := range regexp.MustCompile(`(?m)^  warren (.*)$`).FindAllStringSubmatch(d.out.String(), -1) {
		other := bare(t)
		other.world.Dir = d.world.Dir
		other.run(strings.Fields(line[1])...).exits(cli.ExitOK)
	}
}

func TestDemoBeginsAnewAndNamesItsFile(t *testing.T) {
	d := bare(t)
	elsewhere := filepath.Join(t.TempDir(), "a b")
	mkdir(t, elsewhere)
	d.world.Program = "bin/warren"
	d.run("demo", "--records", "50", "--dir", elsewhere).exits(cli.ExitOK).says("'"+filepath.Join(elsewhere, "warren-demo.db")+"'", "  bin/warren status").
		silent("earlier demo")
	d.run("demo", "--records", "50", "--dir", elsewhere).exits(cli.ExitOK).says("The warren-demo.db of an earlier demo is replaced.")
	d.world.Program = "/tmp/go-build123/b001/exe/warren"
	d.run("demo", "--records", "1", "--debug").exits(cli.ExitOK).says("  go run ./cmd/warren status").warns("DBG")
}

func TestDemoJSON(t *testing.T) {
	d := bare(t)
	type result struct {
		Changed, Inserted, Deleted, Gone int
		First, Second, Third             runsJSON
	}
	got := answer[result](d.run("demo", "--records", "100", "--output", "json").exits(cli.ExitOK))
	if got.Changed != 2 || got.Inserted != 1 || got.Deleted != 1 || got.First.Runs[0].Created != 100 || got.Second.Runs[0].Created != 1 ||
		got.Gone != 1 || got.Third.Runs[0].Mode != "full" || got.Third.Runs[0].Fetched != 100 {
		t.Errorf("%+v", got)
	}
}

func TestDemoKeepsTheCRMRunning(t *testing.T) {
	d, user := bare(t), bare(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	ready, done := make(chan struct{}), make(chan struct{})
	d.out.when("  warren sync\n", 1, func() { close(ready) })
	go func() {
		defer close(done)
		d.runIn(ctx, "demo", "--records", "60", "--keep")
	}()
	<-ready
	for _, e := range regexp.MustCompile(`export (\w+_\w+)=(\S+)`).FindAllStringSubmatch(d.out.String(), -1) {
		user.env[e[1]] = e[2]
	}
	user.run("sync", "--database", filepath.Join(d.world.Dir, "warren-demo.db")).exits(cli.ExitOK).
		says("salesrabbit leads", "salespro user_activity", "hubspot tickets")
	interrupt()
	<-done
	d.exits(cli.ExitOK)
}

func TestDemoMistakes(t *testing.T) {
	d := bare(t)
	d.run("demo", "--records", "0").exits(cli.ExitUsage).warns("from 1 to")
	d.run("demo", "--dir", "nowhere").exits(cli.ExitUsage).warns("there is no directory", "--dir")
	mkdir(t, filepath.Join(d.world.Dir, "warren-demo.db", "full"))
	d.run("demo").exits(cli.ExitFailed).warns("the file of an earlier demo cannot be removed")
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	bare(t).runIn(ctx, "demo", "--records", "5").exits(cli.ExitInterrupted)
}
