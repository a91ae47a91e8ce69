package cli

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/source"
)

func (c *command) configuration() *cobra.Command {
	return group("config", "Show what is set, an example, and the schema of warren.yaml",
		"What is set comes from flags, the environment and warren.yaml, in this order: the first that\n"+
			"says something counts.",
		c.configShow(), c.configExample(), c.configSchema())
}

func (c *command) configExample() *cobra.Command {
	return &cobra.Command{
		Use: "example", Short: "Print a warren.yaml with every setting explained", Args: atMost(0),
		Example: "  warren config example > warren.yaml",
		RunE: func(*cobra.Command, []string) error {
			if example := config.Example(source.All()); c.output == outputJSON {
				c.printJSON(map[string]string{"example": string(example)})
			} else {
				c.printf("%s", example)
			}
			return nil
		},
	}
}

func (c *command) configSchema() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of warren.yaml, for editors", Args: atMost(0),
		Example: "  warren config schema > warren.schema.json",
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.Schema(source.All())
			if err == nil {
				c.printJSON(json.RawMessage(schema))
			}
			return err
		},
	}
}
