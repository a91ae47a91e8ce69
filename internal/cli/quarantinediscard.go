package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func (c *command) quarantineDiscard() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "discard ENTRY…",
		Short: "Give up records of the quarantine",
		Long: "Gives up records: they are not replayed any more. Their bytes stay, and an entry opens\n" +
			"again when its record comes back with other bytes.",
		Example: "  warren quarantine discard 3 4\n  warren quarantine discard 3 --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("which entries?", "Give numbers from the first column of warren quarantine list.")
			}
			ids, err := entryNumbers(args)
			if err != nil {
				return err
			}
			a, err := c.open()
			if err != nil {
				return err
			}
			if !a.Exists() {
				return noWarehouse(a)
			}
			if !yes {
				if err := c.confirm(fmt.Sprintf("Give up %s of the quarantine?", entries(int64(len(ids))))); err != nil {
					return err
				}
			}
			var discarded int64
			err = a.Change(cmd.Context(), func(db warehouse.Driver) error {
				for _, id := range ids {
					if _, err := ledger.ShowQuarantine(cmd.Context(), db, id); err != nil {
						return err
					}
				}
				discarded, err = ledger.Discard(cmd.Context(), db, ids...)
				return err
			})
			switch {
			case err != nil:
				return err
			case c.output == outputJSON:
				c.printJSON(map[string]int64{"discarded": discarded})
			default:
				c.printf("%s given up.\n", entries(discarded))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func entries(n int64) string { return count(n, "entry") }
