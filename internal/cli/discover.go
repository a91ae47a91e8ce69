package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

func (c *command) discover() *cobra.Command {
	return &cobra.Command{
		Use:   "discover [SOURCE [STREAM]]",
		Short: "List what can be synced: sources, streams, tables, columns",
		Long: "Lists the sources and their streams; with a source, also the columns of each table, where\n" +
			"their values come from and what is checked. HubSpot is asked for the fields that the\n" +
			"account adds, and SalesPro for the columns that it has; no other is asked anything.",
		Example:           "  warren discover\n  warren discover salesrabbit leads\n  warren discover --output json",
		Args:              atMost(2),
		ValidArgsFunction: c.completeSource,
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open()
			if err != nil {
				return err
			}
			found, err := discovered(cmd.Context(), a, args)
			switch {
			case err != nil:
				return err
			case c.output == outputJSON:
				c.printJSON(discoverJSON(found))
			default:
				c.printDiscovery(found, len(args) > 0)
			}
			return nil
		},
	}
}

// discovery is what an account offers.
type discovery struct {
	account config.Account
	streams []app.Discovered
}

// discovered returns what every source offers as it is declared; of a source that is
// named, and perhaps one stream of it, as the account has it.
func discovered(ctx context.Context, a *app.App, args []string) ([]discovery, error) {
	if len(args) == 0 {
		var found []discovery
		for _, account := range a.Config.Accounts {
			d := discovery{account: account}
			for _, s := range account.Streams {
				d.streams = append(d.streams, app.Discovered{Stream: s})
			}
			found = append(found, d)
		}
		return found, nil
	}
	id, err := a.Find(args[0], strings.Join(args[1:], ""))
	if err != nil {
		return nil, err
	}
	account, _ := a.Config.Account(id.Source)
	streams := slices.DeleteFunc(slices.Clone(account.Streams), func(s crm.Stream) bool { return id.Stream != "" && id.Stream != s.Name })
	return []discovery{{account, a.Discover(ctx, account, streams)}}, nil
}

func (c *command) printDiscovery(found []discovery, columns bool) {
	for n, d := range found {
		account := d.account
		if n > 0 {
			c.printf("\n")
		}
		c.printf("%s: %s (%s)\n\n", account.Name, account.Source.Summary, setUp(account))
		if columns {
			for _, s := range d.streams {
				c.printColumns(&s.Stream)
			}
			c.printUndescribed(d.streams)
			continue
		}
		t := c.table("stream", "table", "primary key", "changes by", "columns", "what it is")
		t.yield(cut("what it is", 16), drop("columns"), cut("primary key", 16), drop("what it is"))
		for _, one := range d.streams {
			s := one.Stream
			t.add(s.Name, s.Table, strings.Join(s.PrimaryKey, ", "), changesBy(s), len(s.Fields), s.Title)
		}
		t.print()
		for _, name := range account.Disabled {
			c.printf("%s is switched off in warren.yaml.\n", name)
		}
		c.printf("\nThe columns of each: warren discover %s\n", account.Name)
	}
}

func setUp(account config.Account) string {
	if account.Configured() && account.Ready() == nil {
		return "ready to sync"
	}
	return "not set up yet"
}

// changesBy names the column that tells what has changed.
func changesBy(s crm.Stream) string {
	if !s.Incremental {
		return "(read whole)"
	}
	return s.Cursor
}

func (c *command) printColumns(s *crm.Stream) {
	c.printf("%s: %s\n", s.Name, s.Title)
	c.facts(fact{"table", s.Table}, fact{"primary key", strings.Join(s.PrimaryKey, ", ")}, fact{"changes by", changesBy(*s)})
	c.printf("\n")
	t := c.table("column", "type", "from", "rule")
	t.yield(cut("rule", 20), cut("from", 20))
	for _, f := range s.Fields {
		t.add(f.Column, f.Type.String(), strings.Join(f.Paths, " or "), rule(f))
	}
	t.add("data", crm.TypeJSON.String(), "the whole record as it came", "")
	t.print()
	c.printf("\n")
}

// printUndescribed says, once each, why columns are not shown that the account adds.
func (c *command) printUndescribed(streams []app.Discovered) {
	told := map[string]bool{}
	for _, s := range streams {
		if s.Err != nil && !told[s.Err.Error()] {
			told[s.Err.Error()] = true
			c.printf("Which fields the account itself has is not known: %s. %s\n", s.Err, sentence(known(s.Err).Fix))
		}
	}
}

// rule writes what is checked of a field, and what follows.
func rule(f crm.Field) string {
	r := f.Rule
	parts := []string{}
	add := func(is bool, format string, args ...any) {
		if is {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(r.Type != "", "%s", r.Type)
	add(r.Required, "required")
	add(r.Min != "" && r.Max != "", "from %s to %s", r.Min, r.Max)
	add(r.Min != "" && r.Max == "", "at least %s", r.Min)
	add(r.Min == "" && r.Max != "", "at most %s", r.Max)
	add(r.MinLength > 0, "at least %d characters", r.MinLength)
	add(r.MaxLength > 0, "at most %d characters", r.MaxLength)
	add(r.Pattern != "", "like %s", r.Pattern)
	add(len(r.Choices) > 0, "one of %s", strings.Join(r.Choices, ", "))
	add(f.Strict, "strict")
	add(f.Normalize != "", "written as %s", f.Normalize)
	add(f.Discovered, "discovered")
	add(f.Absent, "the account lacks it")
	return strings.Join(parts, ", ")
}
