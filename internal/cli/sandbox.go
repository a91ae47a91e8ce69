package cli

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

// simulated is a CRM that runs on this machine.
type simulated interface {
	Serve(ctx context.Context, ln net.Listener) error
	Requests() map[string]int
}

// simulation is one kind of simulated CRM, as the command line has it.
type simulation struct {
	name, title string
	records     string // what --records counts: leads
	long        string // what is particular about it
	controls    string // examples of all that can be done under /sandbox/
	examples    string
	traps       func() []struct{ Name, Help string }
	more        func(*cobra.Command) // flags of its own; nil for none
	// start makes it; the announcement is all but its address.
	start func(sandboxFlags, time.Time) (simulated, func(url string) announcement, error)
}

// announcement is what is told of a CRM once it listens.
type announcement struct {
	what    string         // A simulated SalesRabbit with 30 leads and 2 users
	traps   string         // those that are set
	exports [][2]string    // environment variables by which Warren finds it
	try     string         // a command to begin with
	facts   map[string]any // for --output json
	done    func()         // when it is over; nil for nothing
}

// sandboxFlags describe a simulated CRM.
type sandboxFlags struct {
	records, port int
	seed          uint64
	start         string
	traps         []string
	listTraps     bool
}

func (c *command) sandbox() *cobra.Command {
	return group("sandbox", "Run a simulated CRM on this machine",
		"Runs a simulated CRM that answers as the real one does, with invented people. Nothing leaves\n"+
			"this machine.",
		c.simulate(c.salesRabbit()), c.simulate(c.salesPro()), c.simulate(c.hubSpot()))
}

func (c *command) simulate(s simulation) *cobra.Command {
	var f sandboxFlags
	cmd := &cobra.Command{
		Use:   s.name,
		Short: "Run a simulated " + s.title,
		Long: "Runs a simulated " + s.title + " until Ctrl-C. The same seed gives the same people; their times\n" +
			"lie before the start, which is now or --start: with it they are the same too. Traps make it\n" +
			"misbehave as the real one does. " + s.long + "It can be changed while it runs; that takes no token:\n\n" +
			s.controls,
		Example: s.examples,
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.listTraps {
				c.printTraps(s.traps())
				return nil
			}
			if err := f.possible(s); err != nil {
				return err
			}
			start, err := possibleStart(f.start, c.Clock.Now())
			if err != nil {
				return err
			}
			server, announce, err := s.start(f, start)
			if err != nil {
				return err
			}
			return c.serve(cmd.Context(), server, announce, f.port)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&f.records, "records", 10_000, s.records+" at the start")
	if s.more != nil {
		s.more(cmd)
	}
	flags.Uint64Var(&f.seed, "seed", 1, "the same seed gives the same people, and with the same --start the same times")
	flags.StringVar(&f.start, "start", "", "day or instant, UTC, before which the times of the people lie (default now)")
	flags.IntVar(&f.port, "port", 8090, "port to listen at; 0 for any that is free")
	flags.StringArrayVar(&f.traps, "trap", nil, "how it misbehaves: name=value, several with commas or by several --trap")
	flags.BoolVar(&f.listTraps, "list-traps", false, "list the traps")
	_ = cmd.RegisterFlagCompletionFunc("trap", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var names []string
		for _, t := range s.traps() {
			names = append(names, t.Name+"\t"+t.Help)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}) // fails only for a flag that does not exist
	return cmd
}

// possible refuses numbers of records that no machine holds.
func (f *sandboxFlags) possible(s simulation) error {
	const mostRecords = 50_000_000
	if f.records < 0 || f.records > mostRecords {
		return usage("the sandbox cannot have so many "+s.records, fmt.Sprintf("Give --records a number from 0 to %d.", mostRecords))
	}
	return nil
}

// trapList is the traps as the parsers read them.
func (f *sandboxFlags) trapList() string { return strings.Join(f.traps, ",") }

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
func (c *command) serve(ctx context.Context, server simulated, announce func(url string) announcement, port int) error {
	ln, err := listen(ctx, port)
	if err != nil {
		return err
	}
	a := announce("http://" + ln.Addr().String())
	if a.done != nil {
		defer a.done()
	}
	c.announce(a)
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

func (c *command) announce(a announcement) {
	if c.output == outputJSON {
		a.facts["traps"] = a.traps
		c.printJSON(a.facts)
		return
	}
	c.printf("%s listens at %v\n", a.what, a.facts["url"])
	if a.traps != "" {
		c.printf("Traps: %s\n", a.traps)
	}
	c.printf("\nTo use it, in another terminal:\n\n")
	for _, e := range append(a.exports, [2]string{"DATABASE_URL", "sqlite:///sandbox.db"}) {
		c.printf("  export %s=%s\n", e[0], e[1])
	}
	c.printf("  %s\n\nCtrl-C stops it.\n", a.try)
}

func (c *command) printTraps(traps []struct{ Name, Help string }) {
	if c.output == outputJSON {
		list := []map[string]string{}
		for _, t := range traps {
			list = append(list, map[string]string{"name": t.Name, "help": t.Help})
		}
		c.printJSON(map[string]any{"traps": list})
		return
	}
	t := c.table("trap", "what happens")
	longest := 0
	for _, trap := range traps {
		longest = max(longest, len(trap.Name))
	}
	room := usualWidth
	if t.room > 0 {
		room = max(t.room-longest-len(gap), 20)
	}
	for _, trap := range traps {
		t.add(trap.Name, text.WrapSoft(trap.Help, room))
	}
	t.print()
}
