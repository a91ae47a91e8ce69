package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/source"
)

// oldCommands are the names that cron lines of the old system have:
// sync_salesrabbit_leads, db_salespro_all. They take the same flags as warren sync,
// and are not listed in the help.
func (c *command) oldCommands() []*cobra.Command {
	var commands []*cobra.Command
	for _, s := range source.All() {
		for _, stream := range s.Streams {
			names := stream.OldCommands
			if len(names) == 0 {
				name := "sync_" + s.Type + "_" + snake(stream.Name)
				names = []string{name, name + "_new"}
			}
			if stream.FromFile {
				commands = append(commands, c.oldImport(names, s.Type, stream.Name))
				continue
			}
			commands = append(commands, c.oldSync(names, app.Selection{Account: s.Type, Streams: []string{stream.Name}}))
			commands = append(commands, c.oldRemovals(s, stream)...)
		}
		for name, one := range s.OldOthers {
			commands = append(commands, c.oldOther(s.Type, name, one))
		}
		commands = append(commands, c.oldSyncAll(s))
	}
	return append(commands, c.oldCleanup())
}

func (c *command) oldSync(names []string, sel app.Selection) *cobra.Command {
	var f syncFlags
	cmd := &cobra.Command{
		Use: names[0], Hidden: true, Args: atMost(0), Aliases: names[1:],
		Short: fmt.Sprintf("The old name of warren sync %s %s", sel.Account, strings.Join(sel.Streams, " ")),
		RunE:  func(cmd *cobra.Command, _ []string) error { return c.runSync(cmd, sel, &f) },
	}
	f.add(cmd)
	return cmd
}

func (c *command) oldSyncAll(s crm.Source) *cobra.Command {
	var f syncFlags
	skip := map[string]*bool{}
	name := s.OldAll
	if name == "" {
		name = "sync_" + s.Type + "_all"
	}
	cmd := &cobra.Command{
		Use: name, Hidden: true, Args: atMost(0),
		Short: "The old name of warren sync " + s.Type,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sel := app.Selection{Account: s.Type}
			for name, left := range skip {
				if *left {
					sel.Except = append(sel.Except, name)
				}
			}
			return c.runSync(cmd, sel, &f)
		},
	}
	f.add(cmd)
	cmd.Flags().Lookup("parallel").NoOptDefVal = strconv.Itoa(config.DefaultParallel) // it took no number
	for _, stream := range s.Streams {
		if stream.FromFile {
			continue
		}
		skip[stream.Name] = cmd.Flags().Bool("skip-"+strings.ReplaceAll(snake(stream.Name), "_", "-"), false, "leave out "+stream.Name)
	}
	return cmd
}

// snake turns leadStatuses into lead_statuses.
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
