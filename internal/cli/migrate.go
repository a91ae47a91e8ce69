package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
)

func (c *command) migrate() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the warehouse's tables up to date",
		Long: "Makes the tables that are missing and adds the columns that are: Warren's own, and those of\n" +
			"every stream that is configured. It drops and retypes nothing. Every sync does the same for\n" +
			"its own stream; this is for those who want it done beforehand, or by another user.",
		Example: "  warren migrate\n  warren migrate --database postgres://admin@host/name",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open()
			if err != nil {
				return err
			}
			a.Observe = newLogEvents(cmd.Context(), a.Log).hear // somebody's lock is waited for
			done, err := a.Migrate(cmd.Context())
			if err != nil {
				return err
			}
			if c.output == outputJSON {
				c.printJSON(migrationsJSON(a, done))
				return nil
			}
			c.printMigrations(a, done)
			return nil
		},
	}
}

func (c *command) printMigrations(a *app.App, done []app.Migration) {
	t := c.table("table", "what was done")
	t.yield(cut("what was done", 20))
	for _, m := range done {
		t.add(m.Table, whatWasDone(m))
	}
	t.print()
	c.printf("\nWarehouse: %s\n", a.Config.Database)
	if _, err := a.Configured(); err != nil {
		c.printf("No source is configured, so no table of a stream was looked at. %s\n", known(err).Fix)
	}
}

func whatWasDone(m app.Migration) string {
	switch {
	case m.Created:
		return "made"
	case len(m.Added) > 0:
		return "added " + strings.Join(m.Added, ", ")
	default:
		return "up to date"
	}
}

func migrationsJSON(a *app.App, done []app.Migration) any {
	type migration struct {
		Table   string   `json:"table"`
		Source  string   `json:"source,omitempty"`
		Stream  string   `json:"stream,omitempty"`
		Created bool     `json:"created"`
		Added   []string `json:"added"`
	}
	list := make([]migration, 0, len(done))
	for _, m := range done {
		list = append(list, migration{m.Table, m.Stream.Source, m.Stream.Stream, m.Created, append([]string{}, m.Added...)})
	}
	return map[string]any{"warehouse": a.Config.Database.String(), "tables": list}
}
