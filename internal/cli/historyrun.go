package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// showRun shows all that is known of one run.
func (c *command) showRun(cmd *cobra.Command, a *app.App, id int64) error {
	var run crm.Run
	var before time.Time
	var dead map[int64]bool
	exists, err := a.Look(cmd.Context(), func(db warehouse.Driver) error {
		var err error
		if run, before, err = ledger.FindRun(cmd.Context(), db, id); err == nil {
			dead, err = deadAmong(cmd.Context(), db, run)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !exists:
		return usage(fmt.Sprintf("the history has no run %d: there is no warehouse yet at %s", id, a.Config.Database),
			"The first warren sync makes it; or name another with --database.")
	case c.output == outputJSON:
		j := asRunJSON(run, c.Clock.Now())
		j.Dead = dead[run.ID]
		c.printJSON(struct {
			runJSON

			Before        *time.Time     `json:"watermark_before,omitempty"`
			Endpoint      string         `json:"endpoint,omitempty"`
			Configuration map[string]any `json:"configuration"`
		}{j, instantOrNil(before), run.Endpoint, run.Configuration})
	default:
		c.printRun(run, before, dead[run.ID])
	}
	return nil
}

func (c *command) printRun(run crm.Run, before time.Time, dead bool) {
	n := run.Counts
	status, took := string(run.Status), span(run.Duration(c.Clock.Now()))
	if dead {
		status, took = "died on the way: its process is gone; the next run of the stream closes it as failed", ""
	}
	c.printf("Run %d of %s\n", run.ID, run.StreamID)
	c.facts(
		fact{"status", status},
		fact{"mode", string(run.Mode)},
		fact{"asked for", askedFor(run)},
		fact{"started", instant(run.Start) + ", " + ago(c.Clock.Now(), run.Start)},
		fact{"took", took},
		fact{"watermark", moved(before, run.Watermark)},
		fact{"fetched", fmt.Sprintf("%s in %s%s", count(n.Fetched, "record"), count(callsOf(run), asking(run)), perChange(run))},
		fact{"of these", fmt.Sprintf("%d created, %d updated, %d unchanged, %d failed, %d older duplicates",
			n.Created, n.Updated, n.Unchanged, n.Failed, n.Duplicates)},
		fact{"deleted", deleted(n)},
		fact{"issues", n.Issues},
		fact{"checked", checked(run.Check)},
		fact{"left out", outside(run)},
		fact{"charged", charged(run.Bill)},
		fact{"endpoint", run.Endpoint},
		fact{"options", options(run.Configuration)},
		fact{"error", visible(run.ErrorMessage, false)},
		fact{"code", string(run.ErrorCode)},
		fact{"fix", sentence(run.Fix)},
	)
}

func deleted(n crm.Counts) string {
	if n.Deleted == 0 {
		return ""
	}
	return count(n.Deleted, "row") + " that the source has no record of any more"
}

// charged tells what the source charges; "" for nothing.
func charged(bill crm.Bill) string {
	if bill == (crm.Bill{}) {
		return ""
	}
	return bill.String()
}

// checked tells what a comparison of rows with the source found.
func checked(check *crm.Check) string {
	if check == nil || check.Unlooked == "" {
		return compared(check)
	}
	return strings.TrimPrefix(compared(check)+"; "+unlooked(check), "; ")
}

// compared tells what became of the records that were compared.
func compared(check *crm.Check) string {
	switch {
	case check == nil || check.Compared == 0 && check.Extra == 0 && check.Failed == "":
		return ""
	case check.Failed != "":
		return "nothing: " + visible(check.Failed, false)
	case check.Compared == 1 && check.Wrong() == 0:
		return "1 record read again, as the source has it"
	case check.Wrong() == 0:
		return count(check.Compared, "record") + " read again, all as the source has them"
	default:
		return fmt.Sprintf("%s read again, %s wrong, the first: %s", count(check.Compared, "record"), count(check.Wrong(), "row"), visible(check.First, false))
	}
}

func askedFor(run crm.Run) string {
	switch {
	case !run.Since.IsZero() && !run.Until.IsZero():
		return "records changed from " + instant(run.Since) + " to before " + instant(run.Until)
	case !run.Since.IsZero():
		return "records changed since " + instant(run.Since)
	case !run.Until.IsZero():
		return "records changed before " + instant(run.Until)
	case run.Mode == crm.ModePicked:
		return "single records"
	case run.Mode == crm.ModeReplay:
		return "records in the quarantine"
	case run.Mode == crm.ModeVerify:
		return "records compared with their rows, and the rows mended"
	default:
		return "all records"
	}
}

// moved tells what the run did to the watermark.
func moved(before, after time.Time) string {
	from := instant(before)
	if before.IsZero() {
		from = "none"
	}
	if after.IsZero() {
		return from + ", and not moved"
	}
	return from + " before, " + instant(after) + " after"
}

func outside(run crm.Run) string {
	if run.Outside == 0 {
		return ""
	}
	return count(run.Outside, "record") + " outside the range asked for"
}

func options(configuration map[string]any) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(configuration)) {
		list = append(list, fmt.Sprintf("%s=%v", name, configuration[name]))
	}
	return strings.Join(list, " ")
}
