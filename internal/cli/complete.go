package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/config"
)

// completeStreams completes SOURCE and then STREAM…
func (c *command) completeStreams(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	cfg, err := c.load(config.Overrides{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, account := range cfg.Accounts {
		if len(args) == 0 {
			names = append(names, account.Name+"\t"+account.Source.Summary)
			continue
		}
		if account.Name != args[0] {
			continue
		}
		for _, stream := range account.Streams {
			if !slices.ContainsFunc(args[1:], stream.Is) {
				names = append(names, stream.Name+"\t"+stream.Title)
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeSource completes SOURCE [STREAM], and nothing after it.
func (c *command) completeSource(cmd *cobra.Command, args []string, part string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return c.completeStreams(cmd, args, part)
}
