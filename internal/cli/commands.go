package cli

import "github.com/spf13/cobra"

// commands lists the commands in the order of the help.
func (c *command) commands() []*cobra.Command {
	return []*cobra.Command{
		c.sync(),
	}
}
