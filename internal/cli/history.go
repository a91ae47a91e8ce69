package cli

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func (c *command) history() *cobra.Command {
	var status string
	var limit int
	cmd := &cobra.Command{
		Use:   "history [SOURCE [STREAM] | RUN]",
		Short: "List the past runs, or show one",
		Long: "Lists the runs of all streams, the newest first; with the number of a run, shows all\n" +
			"that is known of it.",
		Example: "  warren history\n" +
			"  warren history salesrabbit leads --status failed\n" +
			"  warren history 42\n" +
			"  warren history --limit 0 --output json",
		Args:              atMost(2),
		ValidArgsFunction: c.completeSource,
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open()
			if err != nil {
				return err
			}
			if len(args) == 1 {
				if id, err := strconv.ParseInt(args[0], 10, 64); err == nil {
					return c.showRun(cmd, a, id)
				}
			}
			p := placeOf(a, args)
			p.Status, p.Limit = status, limit
			return c.listRuns(cmd, a, p)
		},
	}
	cmd.Flags().StringVar(&status, "status", "", "only runs of this status: running, success, partial, failed or cancelled")
	limitFlag(cmd, &limit, 20, "runs")
	return cmd
}

func (c *command) listRuns(cmd *cobra.Command, a *app.App, p place) error {
	if err := knownStatus(p.Status); err != nil {
		return err
	}
	var runs []crm.Run
	var dead map[int64]bool
	most := p.oneMore()
	exists, err := a.Look(cmd.Context(), func(db warehouse.Driver) error {
		var err error
		if runs, err = ledger.History(cmd.Context(), db, p.Filter); err == nil {
			dead, err = deadAmong(cmd.Context(), db, runs...)
		}
		return err
	})
	runs, more := cutAt(runs, most)
	switch {
	case err != nil:
		return err
	case len(runs) == 0 && p.unknown != nil:
		return p.unknown
	case c.output == outputJSON:
		list := make([]runJSON, 0, len(runs))
		for _, run := range runs {
			j := asRunJSON(run, c.Clock.Now())
			j.Dead = dead[run.ID]
			list = append(list, j)
		}
		c.printJSON(map[string]any{"runs": list, "more": more})
	case len(runs) == 0:
		c.nothing(a, exists, "No such run yet.")
	default:
		c.printHistory(runs, dead, more)
	}
	return nil
}

// died is what is shown as the status of a run that nobody is at any more.
const died = "died"

func knownStatus(status string) error {
	switch crm.Status(status) {
	case "", crm.StatusRunning, crm.StatusSuccess, crm.StatusPartial, crm.StatusFailed, crm.StatusCancelled:
		return nil
	case died:
		return usage("a run that died is kept as running, until the next run of its stream closes it as failed", "Use --status running.")
	}
	return usage("there is no status "+strconv.Quote(status), "Use running, success, partial, failed or cancelled.")
}

func (c *command) printHistory(runs []crm.Run, dead map[int64]bool, more bool) {
	ids := make([]crm.StreamID, 0, len(runs))
	for _, run := range runs {
		ids = append(ids, run.StreamID)
	}
	name := namer(ids)
	t := c.table("run", "stream", "mode", "started (UTC)", "took", "fetched", "created", "updated", "unchanged", "deleted", "failed", "status", "error")
	t.yield(drop("unchanged"), drop("took"), drop("fetched"), drop("created"), cut("error", 15), drop("started (UTC)"), cut("stream", 12), drop("updated"), cut("mode", 5))
	for i := range runs {
		run := &runs[i]
		n := run.Counts
		took, status := span(run.Duration(c.Clock.Now())), string(run.Status)
		if dead[run.ID] {
			took, status = "", died
		}
		t.add(run.ID, name(run.StreamID), run.Mode, run.Start.Format("2006-01-02 15:04"), took,
			n.Fetched, n.Created, n.Updated, n.Unchanged, n.Deleted, n.Failed, status, run.ErrorCode)
	}
	t.print()
	t.tellNarrowed()
	if more {
		c.printf("\nThere are more; --limit 0 lists all.\n")
	}
	for _, run := range runs {
		if run.ErrorMessage != "" {
			c.printf("\n")
			c.tell("The error of run %d: %s", run.ID, short(run.ErrorMessage, mostShown))
			c.printf("All of it: warren history %d\n", run.ID)
			return
		}
	}
}
