package cli_test

import (
	"fmt"
	"strings"
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
	d.run("sync").exits(cli.ExitOK).says("Calls: salespro 9 queries, ", "; hubspot ")
	d.run("sync", "hubspot", "contacts", "--quiet").exits(cli.ExitOK).silent("Calls:")
}

// All calls that count for the source's limits are told, those that ask what there is to
// ask for among them.
func TestNoCallIsLeftOut(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		made := func() (n int) {
			for _, count := range hub.Requests() {
				n += count
			}
			return n
		}
		for _, args := range [][]string{{"sync", "hubspot"}, {"sync", "hubspot"}, {"sync", "hubspot", "contacts", "--full"}} {
			before := made()
			hub.Change("contacts", hubspot.Random(5))
			d.run(args...).exits(cli.ExitOK)
			_, told, _ := strings.Cut(d.out.String(), "Calls: hubspot ")
			var n int
			if _, err := fmt.Sscan(strings.TrimRight(strings.Fields(told)[0], ","), &n); err != nil || n != made()-before {
				t.Errorf("%v: %d calls are told of, and %d were made (%v)", args, n, made()-before, err)
			}
		}
	})
}
