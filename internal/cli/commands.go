package cli

import (
	"fmt"

	"github.com/warren-sync/warren/internal/crm/nearest"

	"github.com/spf13/cobra"
)

// The parts of the help, in their order.
const (
	groupWork  = "work"
	groupWrong = "wrong"
	groupSetUp = "setup"
	groupTry   = "try"
)

// addCommands lists the commands: all that Warren can be told to do.
func (c *command) addCommands(root *cobra.Command) {
	root.AddGroup(
		&cobra.Group{ID: groupWork, Title: "Every day:"},
		&cobra.Group{ID: groupWrong, Title: "When something is wrong:"},
		&cobra.Group{ID: groupSetUp, Title: "Setting up:"},
		&cobra.Group{ID: groupTry, Title: "Trying it out:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, cmd := range commands {
			cmd.GroupID = group
			root.AddCommand(cmd)
		}
	}
	add(groupWork, c.sync(), c.importFile(), c.serveHooks(), c.status(), c.history())
	add(groupWrong, c.check(), c.verify(), c.issues(), c.quarantine())
	add(groupSetUp, c.configuration(), c.discover(), c.migrate(), c.version())
	add(groupTry, c.demo(), c.sandbox())
	root.SetHelpCommandGroupID(groupSetUp)
	root.SetCompletionCommandGroupID(groupSetUp)
	root.AddCommand(c.oldCommands()...)
	guard(root)
}

// guard sees to it that every command ends in an error that a person
// understands, whatever its own code returns.
func guard(cmd *cobra.Command) {
	if cmd.RunE != nil {
		cmd.RunE = guarded(cmd.RunE)
	}
	for _, sub := range cmd.Commands() {
		guard(sub)
	}
}

// group makes a command that only holds others.
func group(use, summary, long string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: summary, Long: long, Args: cobra.ArbitraryArgs, RunE: runGroup}
	cmd.AddCommand(commands...)
	return cmd
}

// runGroup shows the help, or tells which command was meant.
func runGroup(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var names []string
	for _, sub := range cmd.Commands() {
		names = append(names, sub.Name())
	}
	fix := "See " + cmd.CommandPath() + " --help."
	if near := nearest.Name(args[0], names); near != "" {
		fix = "Did you mean " + cmd.CommandPath() + " " + near + "? " + fix
	}
	return usage(fmt.Sprintf("there is no command %q", cmd.CommandPath()+" "+args[0]), fix)
}

// atMost lets a command have so many arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return usage(fmt.Sprintf("%s does not know what to do with %q", cmd.CommandPath(), args[n]),
			fmt.Sprintf("It is used as %s; see %s --help.", cmd.UseLine(), cmd.CommandPath()))
	}
}
