package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
)

func (c *command) quarantine() *cobra.Command {
	return group("quarantine", "Look at records that could not be written, and write them",
		"The quarantine keeps the records that could not be written, with every byte as it came:\n"+
			"those without a primary key, those that break a strict rule, those that the database\n"+
			"refuses. Nothing is lost: mend the cause, then replay them. An entry closes by itself\n"+
			"when a better version of its record arrives.",
		c.quarantineList(), c.quarantineShow(), c.quarantineReplay(), c.quarantineDiscard())
}

// entryNumbers reads the numbers of entries.
func entryNumbers(args []string) ([]int64, error) {
	ids := make([]int64, 0, len(args))
	for _, arg := range args {
		id, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || id <= 0 {
			return nil, usage(fmt.Sprintf("%q is not the number of an entry", arg),
				"Use a number from the first column of warren quarantine list.")
		}
		ids = append(ids, id)
	}
	return ids, nil
}
