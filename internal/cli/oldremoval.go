package cli

import (
	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// oldRemovals are the old system's commands for rows whose records are gone. Those
// that removed them are a full run, which deals with such rows by the stream's
// setting of deletes; those that looked are a comparison.
func (c *command) oldRemovals(s crm.Source, stream crm.Stream) []*cobra.Command {
	sel := app.Selection{Account: s.Type, Streams: []string{stream.Name}}
	var commands []*cobra.Command
	if names := stream.OldRemovals; len(names) > 0 {
		var f syncFlags
		var most int64
		cmd := &cobra.Command{
			Use: names[0], Aliases: names[1:], Hidden: true, Args: atMost(0),
			Short: "The old name of warren sync " + s.Type + " " + stream.Name + " --full",
			RunE: func(cmd *cobra.Command, _ []string) error {
				if most > 0 {
					return usage("--limit cannot be kept: which rows are gone is known when all records were read",
						"Leave it out; --delete-limit 5% bounds how many rows one run may take.")
				}
				f.full = true
				return c.runSync(cmd, sel, &f)
			},
		}
		f.add(cmd)
		cmd.Flags().Int64Var(&most, "limit", 0, "of the old system")
		commands = append(commands, cmd)
	}
	if names := stream.OldChecks; len(names) > 0 {
		var f verifyFlags
		cmd := &cobra.Command{
			Use: names[0], Aliases: names[1:], Hidden: true, Args: atMost(0),
			Short: "The old name of warren verify " + s.Type + " " + stream.Name,
			RunE:  func(cmd *cobra.Command, _ []string) error { return c.runVerify(cmd, sel, f) },
		}
		f.add(cmd)
		commands = append(commands, cmd)
	}
	return commands
}
