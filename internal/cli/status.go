package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

func (c *command) status() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show how each stream stands, and what to do next",
		Long: "Shows for each stream when it was last synced, up to when it is known to be complete,\n" +
			"when it was last read whole, whether it is being synced now, what waits in the\n" +
			"quarantine, and what to do next. Only a run that reads all marks what was deleted outright.\n" +
			"The watermark is the newest change seen, less the overlap: the next run asks from there.",
		Example: "  warren status\n  warren status --output json",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open()
			if err != nil {
				return err
			}
			states, exists, err := a.Status(cmd.Context())
			if err != nil {
				return err
			}
			if c.output == outputJSON {
				c.printJSON(c.statusJSON(a, states, exists))
			} else {
				c.printStatus(a, states, exists)
			}
			return nil
		},
	}
}

func (c *command) printStatus(a *app.App, states []app.StreamState, exists bool) {
	if exists {
		c.printf("Warehouse: %s\n", a.Config.Database)
	} else {
		c.printf("There is no warehouse yet at %s: the first warren sync makes it.\n", a.Config.Database)
	}
	_, unset := a.Configured()
	if unset != nil {
		c.printf("No source is configured yet. %s\n", known(unset).Fix)
	}
	ids := make([]crm.StreamID, 0, len(states))
	for _, s := range states {
		ids = append(ids, s.ID)
	}
	name, now := namer(ids), c.Clock.Now()
	t := c.table("stream", "last complete run", "last full run", "watermark (UTC)", "now", "quarantine", "issues")
	t.yield(drop("watermark (UTC)"), cut("stream", 12), drop("issues"), drop("last complete run"))
	var steps []string
	for _, s := range states {
		last, upTo := "never", "-"
		if s.LastSuccess != nil {
			last = ago(now, s.LastSuccess.End)
		}
		if !s.Watermark.IsZero() {
			upTo = s.Watermark.Format("2006-01-02 15:04:05")
		}
		t.add(name(s.ID), last, lastFull(s, now), upTo, doing(s), s.OpenQuarantine, s.OpenIssues)
		if s.Known || unset == nil {
			steps = append(steps, next(s, now)...)
		}
	}
	c.printf("\n")
	t.print()
	t.tellNarrowed()
	if len(steps) > 0 {
		c.printf("\nNext:\n")
		for _, step := range steps {
			c.printf("%s\n", c.folded("  "+step, 4))
		}
	}
}

// doing says what is going on with the stream.
func doing(s app.StreamState) string {
	switch {
	case s.Holder != "":
		return "running"
	case s.Dead:
		return died
	case s.DisabledReason != "":
		return "left out"
	case !s.Current:
		return "not configured"
	case s.LastRun == nil:
		return "never synced"
	case s.LastRun.Status.Complete():
		return "idle"
	default:
		return string(s.LastRun.Status)
	}
}

// next says what to do about the stream.
func next(s app.StreamState, now time.Time) []string {
	var steps []string
	step := func(format string, args ...any) {
		steps = append(steps, fmt.Sprintf("%s: ", s.ID)+fmt.Sprintf(format, args...))
	}
	switch {
	case s.Holder != "":
		step("being synced by %s for %s", s.Holder, span(now.Sub(s.HolderSince)))
	case s.Dead:
		step("run %d (%s) died on the way; the next sync goes on where it stopped: warren sync %s", s.LastRun.ID, s.LastRun.Mode, s.ID)
	case s.DisabledReason != "":
		step("%s; each sync tries it again", s.DisabledReason)
		if s.LastRun != nil && s.LastRun.ErrorCode == crm.CodeStreamAbsent {
			step("fix: %s", sentence(s.LastRun.Fix))
		}
	case !s.Current:
	case s.LastRun == nil:
		step("warren sync %s", s.ID)
	case s.LastRun.Status == crm.StatusFailed:
		step("the last run failed (%s): %s", s.LastRun.ErrorCode, short(s.LastRun.ErrorMessage, mostShown))
		if s.LastRun.Fix != "" {
			step("fix: %s", sentence(s.LastRun.Fix))
		}
	case s.LastRun.Status == crm.StatusPartial && s.LastRun.ErrorCode != "":
		step("%s", short(s.LastRun.ErrorMessage, mostShown))
		step("fix: %s", sentence(s.LastRun.Fix))
	case s.LastRun.Status == crm.StatusCancelled:
		step("the last run was interrupted; go on with it: warren sync %s", s.ID)
	}
	if w := s.LastWrong; w != nil && w.ID != s.LastRun.ID { // which has said so above
		step("run %d (%s) found rows that are not as the source has them; to see what still differs, and to mend it: warren verify %s --repair",
			w.ID, ago(now, w.Start), s.ID)
	}
	if how := unmarked(s); how != "" {
		step("the last full run (%d, %s) %s, so what was deleted outright is not marked", s.LastFull.ID, ago(now, s.LastFull.Start), how)
		if s.LastFull.ErrorCode == crm.CodeDeletesRefused {
			step("fix: %s", sentence(s.LastFull.Fix)) // --full alone would be refused again
		} else {
			step("fix: warren sync %s --full", s.ID)
		}
	}
	if s.OpenQuarantine > 0 {
		step("%s in the quarantine: warren quarantine list %s", count(s.OpenQuarantine, "record"), s.ID)
	}
	if s.OpenIssues > 0 {
		step("%s: warren issues %s", count(s.OpenIssues, "issue"), s.ID)
	}
	return steps
}
