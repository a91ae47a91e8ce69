package cli_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// How often a source was called is told after a sync, and what a change took.
func TestCallsAreTold(t *testing.T) {
	d, hub := atAll(t)
	d.run("sync", "hubspot", "contacts").exits(cli.ExitOK)
	hub.Change("contacts", hubspot.Random(10))
	d.run("sync", "hubspot", "contacts").exits(cli.ExitOK).says("Calls: hubspot ", " a changed record")
	d.run("sync", "hubspot", "contacts").exits(cli.ExitOK).says("Calls: hubspot ").silent("a changed record")
	d.run("sync").exits(cli.ExitOK).says("Calls: salespro 9, ", "; hubspot ")
	d.run("sync", "hubspot", "contacts", "--quiet").exits(cli.ExitOK).silent("Calls:")
}
