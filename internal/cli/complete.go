package cli

import (
	"github.com/spf13/cobra"
)

// completeStreams completes SOURCE and then STREAM.
func (c *command) completeStreams(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	cfg, err := c.load(0)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, account := range cfg.Accounts {
		if len(args) == 0 {
			names = append(names, account.Name+"\t"+account.Source.Summary)
			continue
		}
		if account.Name == args[0] {
			for _, stream := range account.Streams {
				names = append(names, stream.Name+"\t"+stream.Title)
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
