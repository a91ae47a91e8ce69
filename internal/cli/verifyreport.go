package cli

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// reportVerify prints what was found, and returns the error that stands for
// the exit code: 3 when rows are wrong and were not mended.
func (c *command) reportVerify(v verification) error {
	if c.output == outputJSON {
		c.printJSON(v.json())
	} else {
		c.printVerify(v)
	}
	return exitOf(v.results, v.wrong)
}

// printVerify prints what was compared, the rows that are wrong, a table of the
// streams, and what to do. With --quiet nothing is said of a stream that is
// and was right, so that cron has nothing to mail.
func (c *command) printVerify(v verification) {
	notable := slices.ContainsFunc(v.results, func(r app.Result) bool { return r.Err != nil || v.wrong(r) || v.mended(r) != "" })
	if c.quiet && !notable {
		return
	}
	c.printf("Comparison of the warehouse with its source\n")
	facts := []fact{{"warehouse", v.config.Database.String()}}
	for _, name := range v.sources() {
		facts = append(facts, fact{"source", strings.TrimSuffix(name+" at "+v.endpoint(name), " at ")})
	}
	c.facts(append(facts, fact{"begun", instant(v.begun)}, fact{"compared", v.scope()})...)
	c.printf("\n")
	for _, r := range v.results {
		c.printFindings(r.ID, v.found)
	}
	if !c.quiet {
		c.printChecks(v)
	}
	for _, r := range v.results {
		if !toldElsewhere(r) {
			c.adviseVerify(v, r)
			c.printSame(v.results, r)
		}
	}
	c.printBill(v.results)
	c.printCalls(v.config, v.results)
}

// printChecks prints one row a stream.
func (c *command) printChecks(v verification) {
	name := resultNames(v.results)
	t := c.table("stream", "compared", "pending", "missing", "stale", "different", "extra", "score")
	t.yield(cut("stream", 12), drop("pending"))
	t.numbers("extra")
	for _, r := range v.results {
		switch check := r.Run.Check; {
		case r.Skipped != "":
			t.add(name(r.ID), "left out")
		case toldElsewhere(r) && !r.Begun():
			t.add(name(r.ID), notBegun)
		case r.Err != nil:
			t.add(name(r.ID), ending(r.Err))
		case check == nil || check.Compared == 0 && check.Wrong() == 0:
			t.add(name(r.ID), 0)
		default:
			t.add(name(r.ID), check.Compared, check.Pending, check.Missing, check.Stale, check.Different, v.extra(check), percent(check.Score()))
		}
	}
	t.print()
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
			c.printf("%s", differs(d, c.lineWidth()))
		}
	}
	if n := found.leftOut[id]; n > 0 {
		c.printf("  … and %d more; --limit 0 lists all\n", n)
	}
	c.printf("\n")
}

// differs shows the two values of a field, on one line where they fit.
func differs(d crm.FieldDifference, width int) string {
	head := "    " + d.Column + ": "
	indent := utf8.RuneCountInString(head)
	room := max(width-indent-len("warehouse "), 20)
	source, warehouse := apart(visible(held(d.Source), false), visible(held(d.Warehouse), false), room)
	source, warehouse = short(source, room), short(warehouse, room)
	if line := head + "source " + source + ", warehouse " + warehouse; utf8.RuneCountInString(line) <= width {
		return line + "\n"
	}
	return fmt.Sprintf("%ssource    %s\n%*swarehouse %s\n", head, source, indent, "", warehouse)
}

// apart leaves out what two long texts begin with alike, where there would be no room
// to show in what they differ.
func apart(a, b string, room int) (cutA, cutB string) {
	left, right := []rune(a), []rune(b)
	alike := 0
	for alike < min(len(left), len(right)) && left[alike] == right[alike] {
		alike++
	}
	if alike < room/2 || max(len(left), len(right)) <= room {
		return a, b
	}
	from := alike - room/4 // some of it shows where they are
	return "…" + string(left[from:]), "…" + string(right[from:])
}

// adviseVerify says how the stream stands and what to do about it.
func (c *command) adviseVerify(v verification, r app.Result) {
	check := r.Run.Check
	switch left := v.leftWrong(r); {
	case r.Skipped != "":
		c.say("%s is left out: %s.", r.ID, r.Skipped)
		return
	case r.Err != nil:
		c.problem(r.ID.String()+" could not be compared", failure(r.Err))
		if done := v.mended(r); done != "" {
			c.tell("  What had been mended by then stays: %s.", done)
		}
		return
	case left != nil:
		c.problem(r.ID.String(), left)
		if done := v.mended(r); done != "" {
			c.tell("  What was mended: %s.", done)
		}
	case check == nil || check.Compared == 0 && check.Wrong() == 0:
		c.say("%s: the source shows no record to compare.", r.ID)
		return
	case check.Wrong() > 0:
		c.tell("%s is mended: %s.", r.ID, v.mended(r)) // also with --quiet: rows were written
	case check.Ahead > 0:
		c.say("%s is as the source has it, but for records of which it showed newer versions before.", r.ID)
	case v.sample > 0:
		c.say("%s is as the source has it, as far as it was compared (%s).", r.ID, sampled(check))
	case r.Run.Counts.Failed > 0:
		c.say("%s is as the source has it, but for what cannot be written.", r.ID)
	default:
		c.say("%s is as the source has it.", r.ID)
	}
	switch n := check.Pending - check.Ahead; {
	case n <= 0:
	case v.repair:
		c.say("%s of %s changed since the last run: written as well.", count(n, "record"), r.ID)
	default:
		c.say("%s of %s changed since the last run; the next brings them: warren sync %s", count(n, "record"), r.ID, r.ID)
	}
	if n := check.Ahead; n > 0 {
		c.say("%s of %s newer in the warehouse than at the source, which lags behind or was set back. Where that is so after %s, "+
			"this writes what the source shows then: warren verify %s --repair", count(n, "record"), r.ID.String()+map[bool]string{true: " is", false: " are"}[n == 1], instant(check.Settled), r.ID)
	}
	if n := check.Nulled; n > 0 {
		c.say("%s of %s with values that their columns cannot hold: those are NULL, and the column data has them: warren issues %s", count(n, "record"), r.ID, r.ID)
	}
	if n := r.Run.Counts.Failed; n > 0 {
		c.say("%s of %s cannot be written: warren quarantine list %s", count(n, "record"), r.ID, r.ID)
	}
}
