package cli

import (
	"runtime"

	"github.com/spf13/cobra"
)

func (c *command) version() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say which Warren this is", Args: atMost(0), Example: "  warren version --output json",
		RunE: func(*cobra.Command, []string) error {
			platform := runtime.GOOS + "/" + runtime.GOARCH
			if c.output == outputJSON {
				c.printJSON(map[string]string{"version": c.Version, "go": runtime.Version(), "platform": platform})
				return nil
			}
			c.printf("warren %s (%s, %s)\n", c.Version, runtime.Version(), platform)
			return nil
		},
	}
}
