package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// oldOther is a command of the old system for streams that only the settings of the
// account make. one are its flags that took one record out of all: they are accepted,
// and everything is read, that record too.
func (c *command) oldOther(sourceType, name string, one []string) *cobra.Command {
	var f syncFlags
	cmd := &cobra.Command{
		Use: name, Hidden: true, Args: atMost(0),
		Short: "The old name of warren sync " + sourceType + " with the streams that were its",
		RunE: func(cmd *cobra.Command, _ []string) error {
			sel, err := c.selectOld(sourceType, name)
			if err != nil {
				return err
			}
			f.full = f.full || slices.ContainsFunc(one, cmd.Flags().Changed)
			return c.runSync(cmd, sel, &f)
		},
	}
	f.add(cmd)
	for _, flag := range one {
		cmd.Flags().String(flag, "", "of the old system; all are read, as with --full")
	}
	return cmd
}

// selectOld selects the streams of an account that a command of the old system was
// for. Of several, those that the account does not offer are left out, as they are
// where a whole source is synced.
func (c *command) selectOld(account, command string) (app.Selection, error) {
	cfg, err := c.load(config.Overrides{})
	if err != nil {
		return app.Selection{}, err
	}
	sel, others := app.Selection{Account: account}, []string{}
	configured, _ := cfg.Account(account)
	for _, s := range configured.Streams {
		if isOld(s, command) {
			sel.Streams = append(sel.Streams, s.Name)
		} else {
			others = append(others, s.Name)
		}
	}
	switch len(sel.Streams) {
	case 0:
		return app.Selection{}, usage("no stream of "+account+" is one that "+command+" was for",
			"Its settings say which streams it has beside the usual ones, in HubSpot's HUBSPOT_CUSTOM_OBJECTS: docs/hubspot.md has the types that the old system read, warren config example the setting, warren discover what there is.")
	case 1:
		return sel, nil
	default:
		return app.Selection{Account: account, Except: others}, nil
	}
}

func isOld(s crm.Stream, command string) bool { return slices.Contains(s.OldCommands, command) }
