package cli

import (
	"fmt"
	"slices"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// report prints what became of each stream, and returns the error that stands
// for the exit code.
func (c *command) report(cfg *config.Config, results []app.Result, dry, failOnPartial bool) error {
	if c.output == outputJSON {
		c.printJSON(reportJSON(cfg, results, dry))
	} else {
		c.printReport(cfg, results, dry)
	}
	return exitOf(results, func(r app.Result) bool { return r.Run.Status == crm.StatusPartial && failOnPartial })
}

// printReport prints a table of the streams, what to do about what went wrong,
// and as the last line of each source the old system's. With --quiet nothing is
// said of a run that went well, so that cron has nothing to mail.
func (c *command) printReport(cfg *config.Config, results []app.Result, dry bool) {
	bad := slices.ContainsFunc(results, func(r app.Result) bool { return r.Err != nil || r.Run.Status == crm.StatusPartial })
	if c.quiet && !bad {
		return
	}
	if !c.quiet {
		c.printRuns(cfg, results, dry)
	}
	for _, r := range results {
		if !toldElsewhere(r) {
			c.printAdvice(cfg, r, dry)
			c.printSame(results, r)
		}
	}
	c.printBill(results)
	c.printCalls(cfg, results)
	switch {
	case c.quiet:
	case dry:
		c.printf("Dry run: nothing was written.\n")
	default:
		c.printf("Warehouse: %s\n", cfg.Database)
	}
	for _, line := range summaries(cfg, results) {
		c.printf("%s\n", line)
	}
}

// printRuns prints one row a stream. Deleted rows have a column where a run looked for
// them, or was told of one.
func (c *command) printRuns(cfg *config.Config, results []app.Result, dry bool) {
	columns := []string{"stream", "mode", "fetched", "created", "updated", "unchanged", "failed", "issues", "time"}
	looked := slices.ContainsFunc(results, func(r app.Result) bool { return looksForDeletes(cfg, r) || r.Run.Counts.Deleted > 0 })
	if looked {
		columns = slices.Insert(columns, slices.Index(columns, "failed"), "deleted")
	}
	name := resultNames(results)
	t := c.table(columns...)
	t.yield(drop("issues"), drop("unchanged"), drop("time"), cut("stream", 12), drop("fetched"))
	for _, r := range results {
		n := r.Run.Counts
		switch {
		case r.Skipped != "":
			t.add(name(r.ID), "left out")
		case r.Err != nil && !r.Begun():
			t.add(name(r.ID), notBegun)
		case looked:
			t.add(name(r.ID), r.Run.Mode, n.Fetched, n.Created, n.Updated, n.Unchanged, n.Deleted, n.Failed, n.Issues, c.took(r, dry))
		default:
			t.add(name(r.ID), r.Run.Mode, n.Fetched, n.Created, n.Updated, n.Unchanged, n.Failed, n.Issues, c.took(r, dry))
		}
	}
	t.print()
}

// printBill tells what the sources charge, where they charge anything.
func (c *command) printBill(results []app.Result) {
	var all crm.Bill
	var most app.Result
	billed := 0
	for _, r := range results {
		if r.Run.Bill == (crm.Bill{}) {
			continue
		}
		billed++
		all.Add(r.Run.Bill)
		if r.Run.Bill.Scanned > most.Run.Bill.Scanned {
			most = r
		}
	}
	switch {
	case billed == 0 || c.quiet:
	case billed == 1:
		c.say("%s: %s.", most.ID, all)
	default:
		c.say("%s in all; the most for %s, %s.", all, most.ID, crm.Bytes(most.Run.Bill.Scanned))
	}
}

// looksForDeletes reports whether a run was one that can find rows whose record
// is gone.
func looksForDeletes(cfg *config.Config, r app.Result) bool {
	return r.Run.Mode == crm.ModeFull && deletes(cfg, r.ID) != crm.DeletesOff
}

// deletes is what becomes of a stream's rows whose record is gone.
func deletes(cfg *config.Config, id crm.StreamID) crm.Deletes {
	account, _ := cfg.Account(id.Source)
	return account.Deletes(id.Stream).How
}

// took tells how long a run took, and what became of it where that is no
// matter of course.
func (c *command) took(r app.Result, dry bool) string {
	took := span(r.Run.Duration(c.Clock.Now()))
	switch {
	case r.Err != nil:
		return took + ", " + string(r.Run.Status)
	case dry:
		return took + ", dry run"
	default:
		return took
	}
}

// printAdvice says what to do about what did not go well.
func (c *command) printAdvice(cfg *config.Config, r app.Result, dry bool) {
	n := r.Run.Counts
	switch {
	case r.Skipped != "":
		c.say("%s is left out: %s.", r.ID, r.Skipped)
		return
	case r.Err != nil:
		c.problem(r.ID.String()+" "+ending(r.Err), asJSON(r.Err))
		return
	case dry:
		if n.Deleted > 0 {
			c.say("%s of %s would be %s: the source no longer has %s.", count(n.Deleted, "row"), r.ID, gone(cfg, r), itOrThem(n.Deleted))
		}
		c.printRefused(r, "would not be complete, since deletes would be refused")
		return
	}
	if n.Duplicates > 0 {
		c.say("%s of %s came more than once in a batch; the newest counts.", count(n.Duplicates, "record"), r.ID)
	}
	if n.Deleted > 0 {
		c.say("%s of %s %s %s: the source no longer has %s.", count(n.Deleted, "row"), r.ID, isOrAre(n.Deleted), gone(cfg, r), itOrThem(n.Deleted))
	}
	c.printRefused(r, "is not complete")
	if n.Failed > 0 { // also with --quiet: it is what the mail is about
		c.tell("%s of %s could not be written and %s kept in the quarantine: warren quarantine list %s",
			count(n.Failed, "record"), r.ID, isOrAre(n.Failed), r.ID)
	}
	if n.Issues > 0 {
		c.say("%s of %s %s loaded: warren issues %s",
			count(n.Issues, "value"), r.ID, map[bool]string{true: "looks wrong; the record is", false: "look wrong; the records are"}[n.Issues == 1], r.ID)
	}
}

// printRefused says why a run that went well is not complete: rows that are
// gone from the source were not marked.
func (c *command) printRefused(r app.Result, how string) {
	if r.Run.ErrorCode != "" {
		c.problem(r.ID.String()+" "+how, &errorJSON{Code: r.Run.ErrorCode, Message: r.Run.ErrorMessage, Fix: sentence(r.Run.Fix)})
	}
}

// gone tells what became of rows that the source no longer has.
func gone(cfg *config.Config, r app.Result) string {
	if deletes(cfg, r.ID) == crm.DeletesHard {
		return "deleted"
	}
	if r.Run.ID == 0 {
		return "marked as deleted"
	}
	return fmt.Sprintf("marked as deleted (warren_deleted_run = %d)", r.Run.ID)
}

func itOrThem(n int64) string {
	if n == 1 {
		return "its record"
	}
	return "their records"
}

func isOrAre(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
