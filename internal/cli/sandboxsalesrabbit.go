package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

const salesRabbitControls = `  at=http://127.0.0.1:8090/sandbox
  curl -X POST -d '{"n": 10}' $at/leads/change               # edit ten leads at random
  curl -X POST -d '{"ids": [10000001]}' $at/leads/change     # or those with these ids
  curl -X POST -d '{"n": 5}' $at/leads/insert                # add five
  curl -X POST -d '{"n": 2}' $at/leads/delete                # outright: no list shows them
  curl -X POST -d '{"n": 2, "soft": true}' $at/leads/delete  # shown on, with deletedAt
  curl -X POST -d '{"n": 4}' $at/leads/restore               # bring back what was deleted
  curl -X POST -d '{"n": 3}' $at/leads/status                # a new status; dateModified stays
  curl -X POST -d '{"id": 10000001, "fields": {"email": "x@"}}' $at/leads/put  # any value
  curl -X POST -d '{"fields": {"email": "y@"}}' $at/leads/put  # a new lead with it
  curl -X POST -d '{"n": 1}' $at/users/change                # edit a user
  curl -X POST -d '{"traps": "500=page:7"}' $at/traps        # other traps from now on
  curl $at/state                                             # what there is, what was asked
  curl $at/leads.ndjson                                      # the truth: all leads, one a line

delete, restore and status take ids as change does. After a deletion outright it takes a
warren sync --full to notice.`

// salesRabbit is the simulated SalesRabbit.
func (c *command) salesRabbit() simulation {
	var users int
	var token string
	return simulation{
		name: "salesrabbit", title: "SalesRabbit", records: "leads", controls: salesRabbitControls, traps: salesrabbit.TrapHelp,
		examples: "  warren sandbox salesrabbit --records 100000 --seed 1 --port 8090\n" +
			"  warren sandbox salesrabbit --trap latency=200ms,429=10 --trap dirty=0.01\n" +
			"  warren sandbox salesrabbit --list-traps",
		more: func(cmd *cobra.Command) {
			cmd.Flags().IntVar(&users, "users", 0, "users (default one for 500 leads, at least 20)")
			cmd.Flags().StringVar(&token, "token", salesrabbit.DefaultToken, "token that is asked for")
		},
		start: func(f sandboxFlags, start time.Time) (simulated, func(string) announcement, error) {
			if users < 0 {
				return nil, nil, usage("the sandbox cannot have fewer than no users", "Give --users a number from 0 on.")
			}
			traps, err := salesrabbit.ParseTraps(f.trapList())
			if err != nil {
				return nil, nil, err
			}
			server := salesrabbit.New(salesrabbit.Config{
				Records: f.records, Users: users, Seed: f.seed, Start: start, Token: token, Clock: c.Clock, Traps: traps,
			})
			return server, func(url string) announcement {
				state := server.State()
				return announcement{
					what:    "A simulated SalesRabbit with " + count(int64(state.Leads), "lead") + " and " + count(int64(state.Users), "user"),
					traps:   state.Traps,
					exports: [][2]string{{"SALESRABBIT_API_URL", url}, {"SALESRABBIT_API_KEY", token}},
					try:     "warren sync salesrabbit leads",
					facts:   map[string]any{"url": url, "token": token, "leads": state.Leads, "users": state.Users, "seed": f.seed},
				}
			}, nil
		},
	}
}
