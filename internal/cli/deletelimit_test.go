package cli_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

func TestADeleteLimitIsNotIgnoredInSilence(t *testing.T) {
	const idle = "WRN --delete-limit had no effect: only runs that read everything look for records that are gone"
	d := at(t, salesrabbit.Config{Records: 40, Users: 3, Seed: 1})
	d.run("sync", "salesrabbit", "leads", "--delete-limit", "50%").exits(cli.ExitOK).says("full").silent("had no effect")
	d.run("sync", "salesrabbit", "leads", "--delete-limit", "50%").exits(cli.ExitOK).says("incremental").warns(idle, "fix=\"add --full\"")
	d.run("sync", "salesrabbit", "leads", "--delete-limit", "50%", "--output", "json").exits(cli.ExitOK).warns(idle)
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK).says("incremental").silent("had no effect")
	d.run("sync", "salesrabbit", "leads", "--delete-limit", "50%", "--full").exits(cli.ExitOK).silent("had no effect")
	d.run("sync", "salesrabbit", "leads", "users", "--delete-limit", "50%").exits(cli.ExitOK).silent("had no effect")
	for _, part := range [][]string{{"--since", "2026-01-01"}, {"--until", "2026-01-01"}, {"--max-records", "5"}, {"--max-records", "5", "--full"}} {
		d.run(append([]string{"sync", "salesrabbit", "leads", "--delete-limit", "50%"}, part...)...).exits(cli.ExitUsage).
			warns("--delete-limit is for runs that read everything, and --since, --until and --max-records read only a part", "Leave out --delete-limit")
	}
}
