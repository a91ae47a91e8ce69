package cli_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// A run that may not do all that belongs to its end has failed, and does not look as if it
// went on; the next one goes on where it stopped.
func TestARunThatCannotBeClosedAsItShouldHasFailed(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Seed: 1})
	owner := pgtest.URL(t)
	d.env["DATABASE_URL"] = owner
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	role, writer := d.writer()
	d.exec("REVOKE DELETE ON warren_seen FROM " + role)

	d.env["DATABASE_URL"] = writer
	d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitFailed).warns("warehouse_forbidden", "warren_seen")
	d.run("history", "salesrabbit", "leads").says("failed", "warren_seen").silent("running")
	d.run("status").says("failed").silent("running")

	d.env["DATABASE_URL"] = owner
	d.exec("GRANT DELETE ON warren_seen TO " + role)
	d.env["DATABASE_URL"] = writer
	d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK).says("0 failed").silent("died")
	d.env["DATABASE_URL"] = owner
	d.exec("DROP OWNED BY " + role)
	d.exec("DROP ROLE " + role)
}
