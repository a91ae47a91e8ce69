package cli

import (
	"unicode"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
)

func (c *command) quarantineReplay() *cobra.Command {
	var failOnPartial bool
	cmd := &cobra.Command{
		Use:   "replay [ENTRY… | SOURCE [STREAM]]",
		Short: "Try again to write records of the quarantine",
		Long: "Maps, checks and writes the open records of the quarantine anew, as a run of its own: all of\n" +
			"them, those of a source or a stream, or those whose numbers are given. What still fails stays.\n" +
			"A record that has changed in the CRM since is not fetched anew: warren sync does that.",
		Example: "  warren quarantine replay\n" +
			"  warren quarantine replay salesrabbit leads\n" +
			"  warren quarantine replay 3 4",
		ValidArgsFunction: c.completeSource,
		RunE: func(cmd *cobra.Command, args []string) error {
			var ids []int64
			if len(args) > 0 && unicode.IsDigit(rune(args[0][0])) {
				var err error
				if ids, err = entryNumbers(args); err != nil {
					return err
				}
				args = nil
			}
			if err := atMost(2)(cmd, args); err != nil {
				return err
			}
			return c.replay(cmd, args, ids, failOnPartial)
		},
	}
	cmd.Flags().BoolVar(&failOnPartial, "fail-on-partial", false, "exit with 3 when some records still fail")
	return cmd
}

func (c *command) replay(cmd *cobra.Command, args []string, ids []int64, failOnPartial bool) error {
	cfg, err := c.load(config.Overrides{})
	if err != nil {
		return err
	}
	var p place
	var results []app.Result
	err = c.watched(cmd.Context(), cfg, func(a *app.App) error {
		if p = placeOf(a, args); !a.Exists() {
			return noWarehouse(a)
		}
		results, err = a.Replay(cmd.Context(), p.Filter, ids, app.Options{})
		return err
	})
	switch {
	case err != nil:
		return err
	case len(results) == 0 && p.unknown != nil:
		return p.unknown
	case len(results) == 0 && c.output == outputText:
		c.printf("The quarantine has nothing to replay.\n")
		return nil
	}
	return c.report(cfg, results, false, failOnPartial)
}
