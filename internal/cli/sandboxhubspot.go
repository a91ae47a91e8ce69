package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/sandbox/hubspot"
)

const hubSpotControls = `  at=http://127.0.0.1:8090/sandbox
  curl -X POST -d '{"n": 10}' $at/contacts/change       # edit ten contacts at random
  curl -X POST -d '{"ids": [1234567]}' $at/deals/change # or those with these ids
  curl -X POST -d '{"n": 5}' $at/contacts/create        # add five
  curl -X POST -d '{"n": 12000}' $at/contacts/import    # or many, all in one millisecond
  curl -X POST -d '{"n": 2}' $at/contacts/archive       # lists show them as archived only
  curl -X POST -d '{"n": 2}' $at/contacts/restore       # with the modified date they had
  curl -X POST -d '{"n": 2}' $at/contacts/purge         # for good: nothing shows them
  curl -X POST -d '{"n": 2}' $at/deals/recalculate      # a property, not the modified date
  curl -X POST -d '{"winner": 1, "losers": [2]}' $at/contacts/merge
  curl -X POST -d '{"name": "roof_age", "type": "number"}' $at/contacts/properties
  curl -X POST -d '{"from": 1, "to": 2}' $at/associations/deals/contacts
  curl -X POST -d '{"traps": "lag=30s"}' $at/traps      # other traps from now on
  curl $at/state                                        # what there is, what was asked
  curl $at/contacts.ndjson                              # the truth, one a line`

// hubSpot is the simulated HubSpot.
func (c *command) hubSpot() simulation {
	var properties int
	return simulation{
		name: "hubspot", title: "HubSpot", records: "contacts", controls: hubSpotControls, traps: hubspot.TrapHelp,
		examples: "  warren sandbox hubspot --records 100000 --properties 200 --port 8090\n" +
			"  warren sandbox hubspot --trap lag=30s,disorder,searchrate=5\n" +
			"  warren sandbox hubspot --list-traps",
		more: func(cmd *cobra.Command) {
			cmd.Flags().IntVar(&properties, "properties", 0, "properties of contacts, at least (default the usual ones)")
		},
		start: func(f sandboxFlags, start time.Time) (simulated, func(string) announcement, error) {
			const mostProperties = 5000
			if properties < 0 || properties > mostProperties {
				return nil, nil, usage("the sandbox cannot have so many properties", "Give --properties a number from 0 to 5000.")
			}
			traps, err := hubspot.ParseTraps(f.trapList())
			if err != nil {
				return nil, nil, err
			}
			server := hubspot.New(hubspot.Config{
				Records: f.records, Properties: properties, Seed: f.seed, Start: start, Clock: c.Clock, Traps: traps,
			})
			return server, func(url string) announcement {
				state := server.State()
				return announcement{
					what: "A simulated HubSpot with " + count(int64(state.Types["contacts"].Active), "contact") + " and " +
						count(int64(state.Types["deals"].Active), "deal"),
					traps:   state.Traps,
					exports: [][2]string{{"HUBSPOT_API_URL", url}, {"HUBSPOT_API_TOKEN", hubspot.DefaultToken}},
					try:     "warren sync hubspot contacts",
					facts:   map[string]any{"url": url, "token": hubspot.DefaultToken, "types": state.Types, "seed": f.seed},
				}
			}, nil
		},
	}
}
