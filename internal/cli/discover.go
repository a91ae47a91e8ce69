package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

func (c *command) discover() *cobra.Command {
	return &cobra.Command{
		Use:   "discover [SOURCE [STREAM]]",
		Short: "List what can be synced: sources, streams, tables, columns",
		Long: "Lists the sources and their streams; with a source, also the columns of each table, where\n" +
			"their values come from and what is checked. Nothing is asked of the CRM.",
		Example:           "  warren discover\n  warren discover salesrabbit leads\n  warren discover --output json",
		Args:              atMost(2),
		ValidArgsFunction: c.completeSource,
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := c.open()
			if err != nil {
				return err
			}
			accounts := a.Config.Accounts
			wanted := func(crm.Stream) bool { return true }
			if len(args) > 0 {
				id, err := a.Find(args[0], strings.Join(args[1:], ""))
				if err != nil {
					return err
				}
				account, _ := a.Config.Account(id.Source)
				accounts = []config.Account{account}
				wanted = func(s crm.Stream) bool { return id.Stream == "" || id.Stream == s.Name }
			}
			if c.output == outputJSON {
				c.printJSON(discoverJSON(accounts, wanted))
				return nil
			}
			c.printDiscovery(accounts, wanted, len(args) > 0)
			return nil
		},
	}
}

func (c *command) printDiscovery(accounts []config.Account, wanted func(crm.Stream) bool, columns bool) {
	for n, account := range accounts {
		if n > 0 {
			c.printf("\n")
		}
		c.printf("%s: %s (%s)\n\n", account.Name, account.Source.Summary, setUp(account))
		streams := slices.DeleteFunc(slices.Clone(account.Streams), func(s crm.Stream) bool { return !wanted(s) })
		if columns {
			for i := range streams {
				c.printColumns(&streams[i])
			}
			continue
		}
		t := c.table("stream", "table", "primary key", "changes by", "columns", "what it is")
		t.yield(cut("what it is", 16), drop("columns"), cut("primary key", 16), drop("what it is"))
		for _, s := range streams {
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
	if account.Ready() == nil {
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
	return strings.Join(parts, ", ")
}

func discoverJSON(accounts []config.Account, wanted func(crm.Stream) bool) any {
	type column struct {
		Name  string   `json:"name"`
		Type  string   `json:"type"`
		From  []string `json:"from"`
		Rule  string   `json:"rule,omitempty"`
		NoNil bool     `json:"not_null,omitempty"`
	}
	type stream struct {
		Name        string   `json:"name"`
		Title       string   `json:"title"`
		Table       string   `json:"table"`
		PrimaryKey  []string `json:"primary_key"`
		Cursor      string   `json:"cursor,omitempty"`
		Incremental bool     `json:"incremental"`
		Optional    bool     `json:"optional"`
		Columns     []column `json:"columns"`
	}
	type source struct {
		Name     string   `json:"name"`
		Type     string   `json:"type"`
		Ready    bool     `json:"ready"`
		Streams  []stream `json:"streams"`
		Disabled []string `json:"disabled"`
	}
	sources := []source{}
	for _, account := range accounts {
		one := source{
			Name: account.Name, Type: account.Source.Type, Ready: account.Ready() == nil,
			Streams: []stream{}, Disabled: append([]string{}, account.Disabled...),
		}
		for _, s := range account.Streams {
			if !wanted(s) {
				continue
			}
			j := stream{
				Name: s.Name, Title: s.Title, Table: s.Table, PrimaryKey: s.PrimaryKey, Cursor: s.Cursor,
				Incremental: s.Incremental, Optional: s.Optional,
			}
			for _, f := range s.Fields {
				j.Columns = append(j.Columns, column{f.Column, f.Type.String(), f.Paths, rule(f), f.NotNull})
			}
			one.Streams = append(one.Streams, j)
		}
		sources = append(sources, one)
	}
	return map[string]any{"sources": sources}
}
