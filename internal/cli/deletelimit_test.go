package cli_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

func TestADeleteLimitIsNotIgnoredInSilence(t *testing.T) {
	const idle = "salesrabbit leads: --delete-limit has no effect: only a run that reads everything looks for records that are gone"
	d := at(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1})
	d.run("sync", "salesrabbit", "leads", "--delete-limit", "50%").exits(cli.ExitOK).says("full").silent("has no effect")
	d.run("sync", "salesrabbit", "leads", "--delete-limit", "50%").exits(cli.ExitOK).says("incremental").warns("WRN "+idle, "fix=\"add --full\"")
	if told, begun := strings.Index(d.err.String(), idle), strings.Index(d.err.String(), "Starting salesrabbit leads"); told > begun {
		t.Errorf("it is not told at the start:\n%s", d.err.String())
	}
	d.run("sync", "salesrabbit", "leads", "--delete-limit", "50%", "--output", "json").exits(cli.ExitOK).warns(idle)
	d.run("sync", "salesrabbit", "leads", "--delete-limit", "50%", "--quiet").exits(cli.ExitOK).warns("Warning: " + idle + "\n  Fix: Add --full.\n")
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).says("incremental").silent("has no effect")
	d.run("sync", "salesrabbit", "leads", "--delete-limit", "50%", "--full").exits(cli.ExitOK).silent("has no effect")
	d.run("sync", "salesrabbit", "leads", "users", "--delete-limit", "50%").exits(cli.ExitOK).warns(idle).silent("users: --delete-limit")
	for _, part := range [][]string{{"--since", "2026-01-01"}, {"--until", "2026-01-01"}, {"--max-records", "5"}, {"--max-records", "5", "--full"}} {
		d.run(append([]string{"sync", "salesrabbit", "leads", "--delete-limit", "50%"}, part...)...).exits(cli.ExitUsage).
			warns("--delete-limit is for runs that read everything, and --since, --until and --max-records read only a part", "Leave out --delete-limit")
	}
}
