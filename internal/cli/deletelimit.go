package cli

import (
	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// usefulLimit refuses a --delete-limit that could never have an effect.
func (f *syncFlags) usefulLimit() error {
	if f.deleteLimit != "" && (f.since != "" || f.until != "" || f.maxRecords > 0) {
		return usage("--delete-limit is for runs that read everything, and --since, --until and --max-records read only a part",
			"Leave out --delete-limit, or read everything with --full.")
	}
	return nil
}

// usefulLimit refuses a --delete-limit that could never have an effect.
func (f *verifyFlags) usefulLimit() error {
	switch {
	case f.deleteLimit == "":
		return nil
	case !f.repair:
		return usage("--delete-limit is for --repair: without it nothing is deleted", "Add --repair, or leave out --delete-limit.")
	case f.sample > 0:
		return usage("--delete-limit is for comparing everything: a --sample shows of no row that its record is gone", "Leave out one of the two.")
	}
	return nil
}

// idleLimits returns what a run with a --delete-limit observes: as soon as a
// stream begins whose run does not read everything, that the limit has no effect
// there. With --quiet too, since somebody who gives a limit expects deletes.
func (c *command) idleLimits(a *app.App) func(crm.Event) {
	observe := a.Observe
	return func(e crm.Event) {
		observe(e)
		begun, is := e.(crm.RunStarted)
		if !is || begun.Mode == crm.ModeFull {
			return
		}
		what := begun.ID.String() + ": --delete-limit has no effect: only a run that reads everything looks for records that are gone"
		if c.quiet {
			c.warnf("Warning: %s\n  Fix: Add --full.\n", what)
			return
		}
		a.Log.Warn(what, "fix", "add --full")
	}
}
