package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"

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
	exit := ExitOK
	for _, r := range results {
		var e *crm.Error
		switch {
		case errors.As(r.Err, &e):
			exit = worse(exit, codeExit(e.Code))
		case r.Err != nil:
			exit = worse(exit, ExitFailed)
		case r.Run.Status == crm.StatusPartial && failOnPartial:
			exit = worse(exit, ExitPartial)
		}
	}
	return exitWith(exit)
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
		c.printRuns(results, dry)
	}
	for _, r := range results {
		c.printAdvice(cfg, r, dry)
	}
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

// printRuns prints one row a stream, within 80 columns.
func (c *command) printRuns(results []app.Result, dry bool) {
	ids := make([]crm.StreamID, 0, len(results))
	for _, r := range results {
		ids = append(ids, r.ID)
	}
	name := namer(ids)
	t := c.table("stream", "mode", "fetched", "created", "updated", "unchanged", "failed", "issues", "time")
	for _, r := range results {
		n := r.Run.Counts
		switch {
		case r.Skipped != "":
			t.AppendRow(table.Row{name(r.ID), "left out"})
		case r.Err != nil && r.Run.Mode == "":
			t.AppendRow(table.Row{name(r.ID), "not begun"})
		default:
			t.AppendRow(table.Row{
				name(r.ID), r.Run.Mode, n.Fetched, n.Created, n.Updated, n.Unchanged, n.Failed, n.Issues, c.took(r, dry),
			})
		}
	}
	t.Render()
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
		e := asJSON(r.Err)
		c.printf("\n%s failed: %s\n", r.ID, e.Message)
		c.facts(fact{"Fix:", e.Fix}, fact{"Code:", e.Code})
		return
	case dry:
		if n.Deleted > 0 {
			c.say("%s of %s would be %s: the source no longer has %s.", count(n.Deleted, "row"), r.ID, gone(cfg, r), itOrThem(n.Deleted))
		}
		c.printRefused(r)
		return
	}
	if n.Duplicates > 0 {
		c.say("%s of %s came more than once in a batch; the newest counts.", count(n.Duplicates, "record"), r.ID)
	}
	if n.Deleted > 0 {
		c.say("%s of %s %s %s: the source no longer has %s.", count(n.Deleted, "row"), r.ID, isOrAre(n.Deleted), gone(cfg, r), itOrThem(n.Deleted))
	}
	c.printRefused(r)
	if n.Failed > 0 {
		c.say("%s of %s could not be written and %s kept in the quarantine: warren quarantine list %s",
			count(n.Failed, "record"), r.ID, isOrAre(n.Failed), r.ID)
	}
	if n.Issues > 0 {
		c.say("%s of %s %s loaded: warren issues %s",
			count(n.Issues, "value"), r.ID, map[bool]string{true: "looks wrong; the record is", false: "look wrong; the records are"}[n.Issues == 1], r.ID)
	}
}

// printRefused says why a run that went well is not complete: rows that are
// gone from the source were not marked.
func (c *command) printRefused(r app.Result) {
	if r.Run.ErrorCode == "" {
		return
	}
	c.printf("\n%s is not complete: %s\n", r.ID, r.Run.ErrorMessage)
	c.facts(fact{"Fix:", sentence(r.Run.Fix)}, fact{"Code:", r.Run.ErrorCode})
}

// say prints a remark, unless only failures are wanted.
func (c *command) say(format string, args ...any) {
	if !c.quiet {
		c.printf(format+"\n", args...)
	}
}

// gone tells what became of rows that the source no longer has.
func gone(cfg *config.Config, r app.Result) string {
	if account, _ := cfg.Account(r.ID.Source); account.Deletes(r.ID.Stream).How == crm.DeletesHard {
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

// summaries are the lines that scripts of the old system look for, one for
// each source.
func summaries(cfg *config.Config, results []app.Result) []string {
	var lines []string
	var names []string
	sums := map[string]*crm.Counts{}
	ends := map[string]string{}
	for _, r := range results {
		if sums[r.ID.Source] == nil {
			sums[r.ID.Source] = &crm.Counts{}
			names = append(names, r.ID.Source)
		}
		sums[r.ID.Source].Add(r.Run.Counts)
		if r.Err != nil {
			ends[r.ID.Source] = ending(r.Err)
		}
	}
	for _, name := range names {
		title := name
		if account, ok := cfg.Account(name); ok && account.Name == account.Source.Type {
			title = account.Source.Title
		}
		n, how := sums[name], cmp.Or(ends[name], "completed")
		lines = append(lines, fmt.Sprintf("%s sync %s: %d created, %d updated, %d failed", title, how, n.Created, n.Updated, n.Failed))
	}
	return lines
}

// ending is the word for how a run ended that did not complete.
func ending(err error) string {
	switch crm.CodeOf(err) {
	case crm.CodeCancelled:
		return "interrupted"
	case crm.CodeBusy:
		return "skipped"
	default:
		return "failed"
	}
}
