package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// oldCleanup is cleanup_stale_syncs. Every sync does the same for its own
// stream, so there is no new name for it.
func (c *command) oldCleanup() *cobra.Command {
	var minutes int
	var dry bool
	cmd := &cobra.Command{
		Use: "cleanup_stale_syncs", Hidden: true, Args: atMost(0),
		Short: "Close the runs whose process is gone as failed",
		Long: "Closes the runs that say they are running although their process is gone, as failed. A sync\n" +
			"does the same for its own stream, so this is for old cron lines only.",
		Example: "  warren cleanup_stale_syncs --minutes 30 --dry-run",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if minutes < 0 {
				return usage("--minutes is negative", "Give the least age of a run in minutes, or 0 for any.")
			}
			a, err := c.open()
			if err != nil {
				return err
			}
			closed, err := c.cleanUp(cmd, a, time.Duration(minutes)*time.Minute, dry)
			if err != nil {
				return err
			}
			c.printClosed(closed, dry)
			return nil
		},
	}
	cmd.Flags().IntVar(&minutes, "minutes", 30, "only runs that began at least so long ago")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say which")
	return cmd
}

func (c *command) cleanUp(cmd *cobra.Command, a *app.App, age time.Duration, dry bool) (closed []crm.Run, err error) {
	do := func(db warehouse.Driver) error {
		streams, err := ledger.Streams(cmd.Context(), db)
		if err != nil {
			return err
		}
		for _, s := range streams {
			runs, err := ledger.CloseStale(cmd.Context(), db, s.ID, age, dry)
			if err != nil {
				return err
			}
			closed = append(closed, runs...)
		}
		return nil
	}
	if dry || !a.Exists() {
		_, err = a.Look(cmd.Context(), do)
		return closed, err
	}
	return closed, a.Change(cmd.Context(), do)
}

func (c *command) printClosed(closed []crm.Run, dry bool) {
	if c.output == outputJSON {
		runs := make([]runJSON, 0, len(closed))
		for _, run := range closed {
			runs = append(runs, asRunJSON(run, c.Clock.Now()))
		}
		c.printJSON(map[string]any{"closed": runs, "dry_run": dry})
		return
	}
	for _, run := range closed {
		c.printf("run %d of %s, begun %s\n", run.ID, run.StreamID, instant(run.Start))
	}
	said := fmt.Sprintf("%s closed as failed.", count(int64(len(closed)), "stale run"))
	if dry {
		said = strings.Replace(said, "closed", "would be closed", 1)
	}
	c.printf("%s\n", said)
}
