package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// demo is the demo while it plays.
type demo struct {
	*command
	*demoCRMs

	path   string
	keep   bool
	config *config.Config
	step   int
}

// changes is what people did in the CRMs between the syncs: ids of leads, and how
// many records of the others. Leads that are gone were deleted outright, and no list
// shows them any more.
type changes struct {
	changed, inserted, deleted, gone []int64
	estimates, contacts, merged      int
}

// play shows the demo, or with --output json does it and tells the results.
func (d *demo) play(ctx context.Context, replaced bool) error {
	rabbit, pro, hub := d.rabbit.State(), d.pro.State(), d.hub.State()
	d.tell("Three simulated CRMs run on this machine")
	d.note("SalesRabbit with %s and %s; SalesPro with %s, behind a simulated Athena and S3; HubSpot with %s. Their people are "+
		"invented. Some records hold values that make no sense, and one lead has no id.",
		count(int64(rabbit.Leads), "lead"), count(int64(rabbit.Users), "user"), count(int64(pro.Tables["customer"]), "customer"),
		count(int64(hub.Types["contacts"].Active), "contact"))
	d.tell("First sync: everything is new")
	if replaced {
		d.note("The %s of an earlier demo is replaced.", demoFile)
	}
	first, err := d.sync(ctx, false)
	if err != nil {
		return err
	}
	made := d.change(rabbit.Leads)
	d.tell("Meanwhile in the CRMs: %s changed, %d added, %d deleted, %d of them outright",
		count(int64(len(made.changed)), "lead"), len(made.inserted), len(made.deleted)+len(made.gone), len(made.gone))
	d.note("%s and %s changed as well, and %s into another one.",
		count(int64(made.estimates), "estimate"), count(int64(made.contacts), "contact"), count(int64(made.merged), "contact")+" was merged")
	d.note("The lead without an id is gone, too: as long as there is one that nobody can tell from another, no row is held to be deleted.")
	d.tell("Second sync: only what changed is written")
	second, err := d.sync(ctx, false)
	if err != nil {
		return err
	}
	d.tell("Full sync: only a run that reads everything notices what was deleted outright")
	third, err := d.sync(ctx, true)
	if err != nil {
		return err
	}
	if d.output == outputJSON {
		d.printJSON(map[string]any{
			"warehouse": d.config.Database.String(), "changed": len(made.changed), "inserted": len(made.inserted), "deleted": len(made.deleted), "gone": len(made.gone),
			"first": reportJSON(d.config, first, false), "second": reportJSON(d.config, second, false), "third": reportJSON(d.config, third, false),
		})
		return nil
	}
	return d.show(ctx, made)
}

// change does what people do in their CRMs between two syncs.
func (d *demo) change(leads int) changes {
	few := max(leads/50, 1)
	d.rabbit.Delete(salesrabbit.These(d.nobody), salesrabbit.Gone)
	made := changes{
		changed:  d.rabbit.Change(salesrabbit.Random(few)),
		inserted: d.rabbit.Insert(max(few/4, 1)),
		deleted:  d.rabbit.Delete(salesrabbit.Random(max(few/10, 1)), salesrabbit.Soft),
		gone:     d.rabbit.Delete(salesrabbit.Random(1), salesrabbit.Gone),
		contacts: len(d.hub.Change("contacts", hubspot.Random(few))),
	}
	if rows, err := d.pro.Change("estimate", salespro.Random(max(few/4, 1))); err == nil {
		made.estimates = len(rows)
	}
	if two := d.hub.Change("contacts", hubspot.Random(2)); len(two) == 2 {
		if _, ok := d.hub.Merge("contacts", two[0], two[1]); ok {
			made.merged = 1
		}
	}
	return made
}

func (d *demo) sync(ctx context.Context, full bool) (results []app.Result, err error) {
	err = d.watched(ctx, d.config, func(a *app.App) error {
		results, err = a.Sync(ctx, app.Selection{}, app.Options{Ask: engine.Ask{Full: full}})
		return err
	})
	if err != nil {
		return nil, err
	}
	if d.output == outputText {
		d.printBySource(results)
	}
	for _, r := range results {
		if r.Err != nil {
			return nil, r.Err
		}
	}
	return results, nil
}

// printBySource prints a table for each CRM.
func (d *demo) printBySource(results []app.Result) {
	for len(results) > 0 {
		source := results[0].ID.Source
		n := slices.IndexFunc(results, func(r app.Result) bool { return r.ID.Source != source })
		if n < 0 {
			n = len(results)
		}
		account, _ := d.config.Account(source)
		d.printf("%s\n", account.Source.Title)
		d.printRuns(d.config, results[:n], false)
		results = results[n:]
	}
}

// tell opens the next part of the demo.
func (d *demo) tell(format string, args ...any) {
	if d.output != outputText {
		return
	}
	if d.step++; d.step > 1 {
		d.printf("\n")
	}
	d.printf("%s\n", d.paint(bold, fmt.Sprintf("%d. ", d.step)+fmt.Sprintf(format, args...)))
}

// note adds an explanation.
func (d *demo) note(format string, args ...any) {
	if d.output != outputText {
		return
	}
	for line := range strings.Lines(text.WrapSoft(fmt.Sprintf(format, args...), min(d.lineWidth(), usualWidth))) {
		d.printf("   %s\n", strings.TrimRight(line, " \n"))
	}
}
