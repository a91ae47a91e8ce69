package cli_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
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
		change := func() { hub.Change("contacts", hubspot.Random(5)) }
		d.tellsOfEachCall("hubspot", "contacts", change, func() (n int) { return sum(hub.Requests()) })
	})
}

// The look at the end of each run is one of them.
func TestNoCallOfALookIsLeftOut(t *testing.T) {
	both(t, salesrabbit.Config{Records: 30}, func(t *testing.T, d *desk) {
		change := func() { d.crm.Change(salesrabbit.Random(5)) }
		d.tellsOfEachCall("salesrabbit", "leads", change, func() (n int) { return sum(d.crm.Requests()) })
	})
}

// Without what is there to be safe, a run makes no call more than its page of records
// takes, and where nothing has changed the one that says so.
func TestTheFewestCalls(t *testing.T) {
	both(t, salesrabbit.Config{Records: 30}, func(t *testing.T, d *desk) {
		d.file("warren.yaml", "sync: {check_sample: 0}\nsources: {salesrabbit: {status_pass: false}}\n")
		for _, c := range []struct {
			changed int
			args    []string
		}{{0, nil}, {0, nil}, {5, nil}, {0, nil}, {0, []string{"--full"}}} {
			if c.changed > 0 {
				d.crm.Change(salesrabbit.Random(c.changed))
			}
			before := sum(d.crm.Requests())
			d.run(append([]string{"sync", "salesrabbit", "leads"}, c.args...)...).exits(cli.ExitOK).says("Calls: salesrabbit 1")
			if made := sum(d.crm.Requests()) - before; made != 1 {
				t.Errorf("%+v: %d calls", c, made)
			}
		}
	})
}

func sum(requests map[string]int) (n int) {
	for _, count := range requests {
		n += count
	}
	return n
}

// tellsOfEachCall syncs what has changed, in a few ways, and compares the calls that are
// told of with those that the source has seen.
func (d *desk) tellsOfEachCall(source, stream string, change func(), made func() int) {
	d.t.Helper()
	for _, args := range [][]string{{"sync", source}, {"sync", source}, {"sync", source, stream, "--full"}} {
		before := made()
		change()
		d.run(args...).exits(cli.ExitOK)
		_, told, _ := strings.Cut(d.out.String(), "Calls: "+source+" ")
		var n int
		if _, err := fmt.Sscan(strings.TrimRight(strings.Fields(told)[0], ","), &n); err != nil || n != made()-before {
			d.t.Errorf("%v: %d calls are told of, and %d were made (%v)", args, n, made()-before, err)
		}
	}
}
