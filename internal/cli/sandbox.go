package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// sandboxFlags describe a simulated CRM.
type sandboxFlags struct {
	records, users, port int
	seed                 uint64
	start                string
	token                string
	traps                []string
	listTraps            bool
}

func (c *command) sandbox() *cobra.Command {
	return group("sandbox", "Run a simulated CRM on this machine",
		"Runs a simulated CRM that answers as the real one does, with invented people. Nothing leaves\n"+
			"this machine.",
		c.sandboxSalesRabbit())
}

func (c *command) sandboxSalesRabbit() *cobra.Command {
	var f sandboxFlags
	cmd := &cobra.Command{
		Use:   "salesrabbit",
		Short: "Run a simulated SalesRabbit",
		Long: "Runs a simulated SalesRabbit until Ctrl-C. The same seed gives the same people; their times\n" +
			"lie before the start, which is now or --start: with it they are the same too. Traps make it\n" +
			"misbehave as the real one does. It can be changed while it runs; no token is asked for:\n\n" +
			sandboxControls,
		Example: "  warren sandbox salesrabbit --records 100000 --seed 1 --port 8090\n" +
			"  warren sandbox salesrabbit --trap latency=200ms,429=10 --trap dirty=0.01\n" +
			"  warren sandbox salesrabbit --list-traps",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.listTraps {
				c.printTraps()
				return nil
			}
			server, err := f.server(c.Clock)
			if err != nil {
				return err
			}
			return c.serve(cmd.Context(), server, f)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&f.records, "records", 10_000, "leads at the start")
	flags.IntVar(&f.users, "users", 0, "users (default one for 500 leads, at least 20)")
	flags.Uint64Var(&f.seed, "seed", 1, "the same seed gives the same people, and with the same --start the same times")
	flags.StringVar(&f.start, "start", "", "day or instant, UTC, before which the times of the people lie (default now)")
	flags.IntVar(&f.port, "port", 8090, "port to listen at; 0 for any that is free")
	flags.StringVar(&f.token, "token", salesrabbit.DefaultToken, "token that is asked for")
	flags.StringArrayVar(&f.traps, "trap", nil, "how it misbehaves: name=value, several with commas or by several --trap")
	flags.BoolVar(&f.listTraps, "list-traps", false, "list the traps")
	_ = cmd.RegisterFlagCompletionFunc("trap", completeTraps) // fails only for a flag that does not exist
	return cmd
}

// sandboxControls are examples of all that can be done under /sandbox/.
const sandboxControls = `  at=http://127.0.0.1:8090/sandbox
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

func completeTraps(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, t := range salesrabbit.TrapHelp() {
		names = append(names, t.Name+"\t"+t.Help)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func (f *sandboxFlags) server(clock crm.Clock) (*salesrabbit.Server, error) {
	const mostRecords = 50_000_000 // 28 bytes each
	if f.records < 0 || f.records > mostRecords || f.users < 0 {
		return nil, usage("the sandbox cannot have so many records or users", fmt.Sprintf("Give numbers from 0 to %d.", mostRecords))
	}
	start, err := possibleStart(f.start, clock.Now())
	if err != nil {
		return nil, err
	}
	traps, err := salesrabbit.ParseTraps(strings.Join(f.traps, ","))
	if err != nil {
		return nil, err
	}
	return salesrabbit.New(salesrabbit.Config{
		Records: f.records, Users: f.users, Seed: f.seed, Start: start, Token: f.token, Clock: clock, Traps: traps,
	}), nil
}

// possibleStart reads --start; the zero time, for now, where it is not given.
func possibleStart(text string, now time.Time) (time.Time, error) {
	const firstStart = 1980
	start, err := readInstant("--start", text)
	if err == nil && text != "" && (start.Year() < firstStart || start.After(now)) {
		err = usage(fmt.Sprintf("the sandbox cannot start at %s", instant(start)), fmt.Sprintf("Give --start a day from %d-01-01 to today.", firstStart))
	}
	return start, err
}

// serve answers until ctx ends.
func (c *command) serve(ctx context.Context, server *salesrabbit.Server, f sandboxFlags) error {
	ln, err := listen(ctx, f.port)
	if err != nil {
		return err
	}
	c.announce(server, f, "http://"+ln.Addr().String())
	if err := server.Serve(ctx, ln); err != nil {
		return err
	}
	if c.output == outputText {
		calls := 0
		for _, n := range server.Requests() {
			calls += n
		}
		c.printf("Stopped after %s.\n", count(int64(calls), "call"))
	}
	return nil
}

func (c *command) announce(server *salesrabbit.Server, f sandboxFlags, url string) {
	state := server.State()
	if c.output == outputJSON {
		c.printJSON(map[string]any{"url": url, "token": f.token, "leads": state.Leads, "users": state.Users, "seed": f.seed, "traps": state.Traps})
		return
	}
	c.printf("A simulated SalesRabbit with %s and %s listens at %s\n", count(int64(state.Leads), "lead"), count(int64(state.Users), "user"), url)
	if state.Traps != "" {
		c.printf("Traps: %s\n", state.Traps)
	}
	c.printf("\nTo use it, in another terminal:\n\n  export SALESRABBIT_API_URL=%s\n  export SALESRABBIT_API_KEY=%s\n  export DATABASE_URL=sqlite:///sandbox.db\n  warren sync salesrabbit leads\n\n", url, f.token)
	c.printf("Ctrl-C stops it.\n")
}

func (c *command) printTraps() {
	if c.output == outputJSON {
		list := []map[string]string{}
		for _, t := range salesrabbit.TrapHelp() {
			list = append(list, map[string]string{"name": t.Name, "help": t.Help})
		}
		c.printJSON(map[string]any{"traps": list})
		return
	}
	t := c.table("trap", "what happens")
	room := usualWidth
	if t.room > 0 {
		room = max(t.room-longestTrap(), 20)
	}
	for _, trap := range salesrabbit.TrapHelp() {
		t.add(trap.Name, text.WrapSoft(trap.Help, room))
	}
	t.print()
}

// longestTrap is how wide the names of the traps are, with the gap behind them.
func longestTrap() int {
	longest := 0
	for _, trap := range salesrabbit.TrapHelp() {
		longest = max(longest, len(trap.Name))
	}
	return longest + len(gap)
}

// listen listens on this machine alone.
func listen(ctx context.Context, port int) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err == nil {
		return ln, nil
	}
	e := &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig, Err: err,
		Message: fmt.Sprintf("the sandbox cannot listen at port %d", port), Fix: "Give another with --port, or --port 0 for any that is free.",
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		e.Message, e.Err = fmt.Sprintf("port %d is in use by another program", port), nil
	case errors.Is(err, syscall.EACCES):
		e.Message, e.Err = fmt.Sprintf("this user may not listen at port %d", port), nil
	case port < 0 || port > 65535:
		e.Message, e.Err = fmt.Sprintf("there is no port %d", port), nil
	}
	return nil, e
}
