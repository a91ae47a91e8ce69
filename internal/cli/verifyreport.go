package cli

import (
	"errors"
	"fmt"
	"strings"

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
		case r.Run.Check != nil && r.Run.Check.Wrong() > 0 && !f.repair, r.Run.ErrorCode != "":
			exit = worse(exit, ExitPartial)
		}
	}
	return exitWith(exit)
}

func (c *command) printVerify(results []app.Result, found *findings, f verifyFlags) {
	for _, r := range results {
		c.printFindings(r.ID, found)
	}
	t := c.table("stream", "compared", "right", "pending", "missing", "stale", "different", "extra", "score")
	ids := make([]crm.StreamID, 0, len(results))
	for _, r := range results {
		ids = append(ids, r.ID)
	}
	name := namer(ids)
	for _, r := range results {
		switch check := r.Run.Check; {
		case r.Skipped != "":
			t.AppendRow(table.Row{name(r.ID), "left out"})
		case check == nil:
			t.AppendRow(table.Row{name(r.ID), 0})
		default:
			t.AppendRow(table.Row{name(r.ID), check.Compared, check.Right, check.Pending, check.Missing, check.Stale, check.Different, check.Extra, percent(check.Score())})
		}
	}
	t.Render()
	for _, r := range results {
		c.adviseVerify(r, f)
	}
}

// percent writes a share so that 100 % means all.
func percent(score float64) string {
	text := fmt.Sprintf("%.2f %%", score)
	if score < 100 && text == "100.00 %" {
		return "99.99 %"
	}
	return strings.Replace(text, "100.00", "100", 1)
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
			c.printf("             %s: the source says %s, the warehouse %s\n", d.Column, short(d.Source, mostShown/2), short(d.Warehouse, mostShown/2))
		}
	}
	if n := found.leftOut[id]; n > 0 {
		c.printf("  … and %d more; --limit 0 lists all\n", n)
	}
	c.printf("\n")
}

func (c *command) adviseVerify(r app.Result, f verifyFlags) {
	switch check := r.Run.Check; {
	case r.Skipped != "":
		c.say("%s is left out: %s.", r.ID, r.Skipped)
	case r.Err != nil:
		e := asJSON(r.Err)
		c.printf("\n%s could not be compared: %s\n", r.ID, e.Message)
		c.facts(fact{"Fix:", e.Fix}, fact{"Code:", e.Code})
	case r.Run.ErrorCode != "":
		c.printf("\n%s is not mended whole: %s\n", r.ID, r.Run.ErrorMessage)
		c.facts(fact{"Fix:", sentence(r.Run.Fix)}, fact{"Code:", r.Run.ErrorCode})
	case check == nil:
	case check.Wrong() == 0:
		c.say("%s is as the source has it.", r.ID)
	case f.repair:
		n := r.Run.Counts
		c.say("%s is mended: %d created, %d updated, %d marked as deleted (run %d).", r.ID, n.Created, n.Updated, n.Deleted, r.Run.ID)
	default:
		c.say("Nothing was changed. To mend it: warren verify %s --repair", r.ID)
	}
	if check := r.Run.Check; check != nil && check.Held > 0 {
		c.say("%s of %s %s in the quarantine: warren quarantine list %s", count(check.Held, "record"), r.ID, isOrAre(check.Held), r.ID)
	}
}

type differenceJSON struct {
	Kind   crm.Difference `json:"kind"`
	ID     string         `json:"id"`
	Fields []fieldJSON    `json:"fields,omitempty"`
}

type fieldJSON struct {
	Column    string `json:"column"`
	Source    string `json:"source"`
	Warehouse string `json:"warehouse"`
}

func verifyJSON(results []app.Result, found *findings, repair bool) any {
	type streamJSON struct {
		runJSON

		Findings []differenceJSON `json:"findings"`
		LeftOut  int           `json:"findings_left_out,omitempty"`
	}
	streams := make([]streamJSON, 0, len(results))
	for _, r := range results {
		s := streamJSON{runJSON: asRunJSON(r.Run, r.Run.End), Findings: []differenceJSON{}, LeftOut: found.leftOut[r.ID]}
		s.Source, s.Stream, s.DryRun, s.Skipped = r.ID.Source, r.ID.Stream, !repair, r.Skipped
		if r.Err != nil {
			s.Error = asJSON(r.Err)
		}
		for _, f := range found.byStream[r.ID] {
			j := differenceJSON{Kind: f.Kind, ID: f.RecordID}
			for _, d := range f.Fields {
				j.Fields = append(j.Fields, fieldJSON(d))
			}
			s.Findings = append(s.Findings, j)
		}
		streams = append(streams, s)
	}
	return map[string]any{"repaired": repair, "streams": streams}
}
