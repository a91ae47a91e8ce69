package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// reportVerify prints what was found, and returns the error that stands for
// the exit code: 3 when rows are wrong and were not mended.
func (c *command) reportVerify(results []app.Result, found *findings, f verifyFlags) error {
	if c.output == outputJSON {
		c.printJSON(verifyJSON(results, found, f.repair))
	} else {
		c.printVerify(results, found, f)
	}
	exit := ExitOK
	for _, r := range results {
		var e *crm.Error
		switch {
		case errors.As(r.Err, &e):
			exit = worse(exit, codeExit(e.Code))
		case r.Err != nil:
			exit = worse(exit, ExitFailed)
		case leftWrong(r, f.repair) != nil:
			exit = worse(exit, ExitPartial)
		}
	}
	return exitWith(exit)
}

// leftWrong says what of a stream that was compared is still wrong; nil when
// nothing is.
func leftWrong(r app.Result, repair bool) *errorJSON {
	check := r.Run.Check
	if r.Err != nil || check == nil {
		return nil
	}
	e := &errorJSON{Code: crm.CodeInconsistent, Origin: crm.OriginWarehouse}
	switch failed := unmended(r.Run); {
	case !repair && check.Wrong() > 0:
		e.Message = fmt.Sprintf("%s %s not what the source says; nothing was changed", count(check.Wrong(), "row"), isOrAre(check.Wrong()))
		e.Fix = "To mend it: warren verify " + r.ID.String() + " --repair"
		if r.Run.ErrorCode == crm.CodeDeletesRefused {
			e.Message += ": " + r.Run.ErrorMessage
			e.Fix = sentence(r.Run.Fix)
		}
	case !repair:
		return nil
	case r.Run.ErrorCode != "":
		e.Code, e.Message, e.Fix = r.Run.ErrorCode, "it is not mended whole: "+r.Run.ErrorMessage, sentence(r.Run.Fix)
	case failed > 0:
		e.Message = "it is not mended whole: " + count(failed, "record") + " could not be written"
		e.Fix = "See why: warren quarantine list " + r.ID.String()
	default:
		return nil
	}
	return e
}

// unmended is how many rows a run that repairs could not write, besides records
// without a key and those that were kept out before.
func unmended(run crm.Run) int64 {
	nameless := run.Counts.Fetched - run.Counts.Duplicates - run.Check.Compared
	return run.Counts.Failed - nameless - run.Check.Held
}

// printVerify prints the rows that are wrong, a table of the streams, and what
// to do. With --quiet nothing is said of a stream that is right, so that cron
// has nothing to mail.
func (c *command) printVerify(results []app.Result, found *findings, f verifyFlags) {
	bad := slices.ContainsFunc(results, func(r app.Result) bool { return r.Err != nil || leftWrong(r, f.repair) != nil })
	if c.quiet && !bad {
		return
	}
	for _, r := range results {
		c.printFindings(r.ID, found)
	}
	if !c.quiet {
		c.printChecks(results)
	}
	for _, r := range results {
		c.adviseVerify(r, f)
	}
}

// printChecks prints one row a stream, within 80 columns.
func (c *command) printChecks(results []app.Result) {
	ids := make([]crm.StreamID, 0, len(results))
	for _, r := range results {
		ids = append(ids, r.ID)
	}
	name := namer(ids)
	t := c.table("stream", "compared", "pending", "missing", "stale", "different", "extra", "score")
	for _, r := range results {
		switch check := r.Run.Check; {
		case r.Skipped != "":
			t.AppendRow(table.Row{name(r.ID), "left out"})
		case r.Err != nil:
			t.AppendRow(table.Row{name(r.ID), "failed"})
		case check == nil:
			t.AppendRow(table.Row{name(r.ID), 0})
		default:
			t.AppendRow(table.Row{name(r.ID), check.Compared, check.Pending, check.Missing, check.Stale, check.Different, check.Extra, percent(check.Score())})
		}
	}
	t.Render()
}

// percent writes a share so that 100% means all.
func percent(score float64) string {
	text := fmt.Sprintf("%.2f%%", score)
	if score < 100 && text == "100.00%" {
		return "99.99%"
	}
	return strings.Replace(text, ".00%", "%", 1)
}

func (c *command) printFindings(id crm.StreamID, found *findings) {
	list := found.byStream[id]
	if len(list) == 0 {
		return
	}
	c.printf("%s:\n", id)
	for _, f := range list {
		c.printf("  %-9s  %s\n", f.Kind, visible(f.RecordID, false))
		for _, d := range f.Fields {
			c.printf("%s", differs(d))
		}
	}
	if n := found.leftOut[id]; n > 0 {
		c.printf("  … and %d more; --limit 0 lists all\n", n)
	}
	c.printf("\n")
}

// differs shows the two values of a field, on one line where they fit.
func differs(d crm.FieldDifference) string {
	const width = 80
	head := "    " + d.Column + ": "
	indent := utf8.RuneCountInString(head)
	room := max(width-indent-len("warehouse "), 20)
	source, warehouse := short(d.Source, room), short(d.Warehouse, room)
	if line := head + "source " + source + ", warehouse " + warehouse; utf8.RuneCountInString(line) <= width {
		return line + "\n"
	}
	return fmt.Sprintf("%ssource    %s\n%*swarehouse %s\n", head, source, indent, "", warehouse)
}

// adviseVerify says how the stream stands and what to do about it.
func (c *command) adviseVerify(r app.Result, f verifyFlags) {
	check := r.Run.Check
	switch left := leftWrong(r, f.repair); {
	case r.Skipped != "":
		c.say("%s is left out: %s.", r.ID, r.Skipped)
		return
	case r.Err != nil:
		e := asJSON(r.Err)
		c.printf("\n%s could not be compared: %s\n", r.ID, e.Message)
		c.facts(fact{"Fix:", e.Fix}, fact{"Code:", e.Code})
		return
	case left != nil:
		c.printf("\n%s: %s\n", r.ID, left.Message)
		c.facts(fact{"Fix:", left.Fix}, fact{"Code:", left.Code})
	case check == nil:
		c.say("%s: the source shows no record to compare.", r.ID)
		return
	case check.Wrong() > 0:
		n := r.Run.Counts
		c.say("%s is mended: %d created, %d updated, %d deleted (run %d).", r.ID, n.Created, n.Updated, n.Deleted, r.Run.ID)
	case f.sample > 0:
		c.say("%s is as the source has it, as far as it was compared (%s).", r.ID, count(check.Compared, "record"))
	case r.Run.Counts.Failed > 0:
		c.say("%s is as the source has it, but for what cannot be written.", r.ID)
	default:
		c.say("%s is as the source has it.", r.ID)
	}
	if check.Pending > 0 {
		c.say("%s of %s changed since the last run; the next brings them: warren sync %s", count(check.Pending, "record"), r.ID, r.ID)
	}
	if n := r.Run.Counts.Failed; n > 0 {
		c.say("%s of %s cannot be written: warren quarantine list %s", count(n, "record"), r.ID, r.ID)
	}
}
