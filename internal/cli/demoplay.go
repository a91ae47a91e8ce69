package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// demo is the demo while it plays.
type demo struct {
	*command

	server *salesrabbit.Server
	url    string
	path   string
	keep   bool
	nobody int64 // the lead that shows no id
	config *config.Config
	step   int
}

// changes is what people did in the CRM between the syncs: ids of leads. Those
// that are gone were deleted outright, and no list shows them any more.
type changes struct{ changed, inserted, deleted, gone []int64 }

// play shows the demo, or with --output json does it and tells the results.
func (d *demo) play(ctx context.Context, replaced bool) error {
	before := d.server.State()
	d.tell("A simulated SalesRabbit with %s and %s runs at %s", count(int64(before.Leads), "lead"), count(int64(before.Users), "user"), d.url)
	d.note("Its people are invented. Some leads hold values that make no sense, and one has no id.")
	d.tell("First sync: everything is new")
	if replaced {
		d.note("The %s of an earlier demo is replaced.", demoFile)
	}
	first, err := d.sync(ctx, false)
	if err != nil {
		return err
	}
	made := d.change(before.Leads)
	d.tell("Meanwhile in the CRM: %s changed, %d added, %d deleted, %d of them outright",
		count(int64(len(made.changed)), "lead"), len(made.inserted), len(made.deleted)+len(made.gone), len(made.gone))
	d.note("The lead without an id is gone, too: as long as there is one that nobody can tell from another, no row is held to be deleted.")
	d.tell("Second sync: only what changed is fetched and written")
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

// change does what people do in a CRM between two syncs.
func (d *demo) change(leads int) changes {
	few := max(leads/50, 1)
	d.server.Delete(salesrabbit.These(d.nobody), salesrabbit.Gone)
	return changes{
		changed:  d.server.Change(salesrabbit.Random(few)),
		inserted: d.server.Insert(max(few/4, 1)),
		deleted:  d.server.Delete(salesrabbit.Random(max(few/10, 1)), salesrabbit.Soft),
		gone:     d.server.Delete(salesrabbit.Random(1), salesrabbit.Gone),
	}
}

func (d *demo) sync(ctx context.Context, full bool) (results []app.Result, err error) {
	err = d.watched(ctx, d.config, func(a *app.App) error {
		results, err = a.Sync(ctx, app.Selection{Account: "salesrabbit", Streams: []string{"leads", "users"}}, app.Options{Ask: engine.Ask{Full: full}})
		return err
	})
	if err != nil {
		return nil, err
	}
	if d.output == outputText {
		d.printRuns(d.config, results, false)
	}
	for _, r := range results {
		if r.Err != nil {
			return nil, r.Err
		}
	}
	return results, nil
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
