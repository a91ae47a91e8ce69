package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/sandbox/salespro"
)

const salesProControls = `  at=http://127.0.0.1:8090/sandbox
  curl -X POST -d '{"n": 10}' $at/estimate/change        # edit ten estimates at random
  curl -X POST -d '{"rows": [3]}' $at/payments/change    # or those rows
  curl -X POST -d '{"n": 5}' $at/user_activity/insert    # add five
  curl -X POST -d '{"n": 2}' $at/customer/delete         # take two away
  curl -X POST $at/geographic_hotspot/rebuild            # compute a table anew
  curl -X POST -d '{"row": 3, "fields": {"city": "x"}}' $at/estimate/put  # any value
  curl -X POST -d '{"traps": "querytime=10s,requeue"}' $at/traps  # other traps from now on
  curl $at/state                                         # what there is, what was asked
  curl $at/queries                                       # the queries that were run
  curl $at/estimate.ndjson                               # the truth: all rows, one a line
  curl $at/users.csv > users.csv                         # the dashboard's exports
  curl $at/offices.csv > offices.csv`

// salesPro is the simulated SalesPro, behind a simulated Athena and S3.
func (c *command) salesPro() simulation {
	var partitioned bool
	return simulation{
		name: "salespro", title: "SalesPro", records: "customers", controls: salesProControls, traps: salespro.TrapHelp,
		long: "It is a share\nin a simulated Athena, with results in a simulated S3. ",
		examples: "  warren sandbox salespro --records 100000 --port 8090\n" +
			"  warren sandbox salespro --trap querytime=5s,failed=2\n" +
			"  warren sandbox salespro --list-traps",
		more: func(cmd *cobra.Command) {
			cmd.Flags().BoolVar(&partitioned, "partitioned", false, "user_activity lies in partitions by day, dt")
		},
		start: func(f sandboxFlags, start time.Time) (simulated, func(string) announcement, error) {
			traps, err := salespro.ParseTraps(f.trapList())
			if err != nil {
				return nil, nil, err
			}
			server, err := salespro.New(salespro.Config{
				Records: f.records, Seed: f.seed, Start: start, Clock: c.Clock, Traps: traps, Partitioned: partitioned,
			})
			if err != nil {
				return nil, nil, err
			}
			return server, func(url string) announcement {
				state := server.State()
				return announcement{
					what: "A simulated SalesPro with " + count(int64(state.Tables["customer"]), "customer") + " and " +
						count(int64(state.Tables["estimate"]), "estimate"),
					traps: state.Traps,
					exports: [][2]string{
						{"SALESPRO_ENDPOINT", url}, {"SALESPRO_DATABASE", state.Database}, {"SALESPRO_S3_LOCATION", state.Output},
						{"SALESPRO_ACCESS_KEY_ID", salespro.DefaultAccessKey}, {"SALESPRO_SECRET_ACCESS_KEY", salespro.DefaultSecretKey},
					},
					try:   "warren sync salespro",
					facts: map[string]any{"url": url, "database": state.Database, "tables": state.Tables, "seed": f.seed},
					done:  func() { _ = server.Close() }, // what it leaves are files of its own
				}
			}, nil
		},
	}
}
