package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// stopped is the exit code of a measurement that somebody broke off.
const stopped = 130

func main() { os.Exit(untilStopped()) }

// untilStopped runs until somebody stops it, or whoever reads along does: what was started
// is ended and cleared away then.
func untilStopped() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	defer stop()
	return run(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

// run returns the exit code.
func run(ctx context.Context, args []string, out, progress io.Writer) int {
	err := start(ctx, args, out, progress)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 2
	case err != nil && ctx.Err() != nil:
		_, _ = fmt.Fprintln(progress, "bench: stopped before the end, so nothing is kept of what was measured")
		return stopped
	case err != nil:
		_, _ = fmt.Fprintln(progress, "bench:", err)
		return 1
	}
	return 0
}

// start does what the arguments ask for: a role, or the measurement.
func start(ctx context.Context, args []string, out, progress io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case roleServe:
			return serve(ctx, args[1:])
		case roleConvert:
			return convert(args[1:])
		case roleLoop:
			return loop(ctx, args[1:], out)
		case roleOldWay:
			return recordByRecord(ctx, args[1:], out)
		case roleDigest:
			return digest(ctx, args[1:], out)
		}
	}
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	if len(o.from) > 0 {
		return showAgain(o, out)
	}
	return measure(ctx, o, out, progress)
}

// options are the flags.
type options struct {
	records int
	rounds  int
	old     int      // most leads that the old design is given
	only    string   // postgres, sqlite or ""
	sizes   []int    // numbers of leads, for the curve over them
	streams []int    // numbers of streams, likewise; the comparison is made when both are nil
	json    string   // file for every measurement; "" for none
	picture string   // file for the picture; "" for none
	from    []string // files of measurements to show again; nil measures
	warren  string   // a binary to measure; "" builds one
}

func parse(args []string, usage io.Writer) (options, error) {
	var o options
	var sizes, streams string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.IntVar(&o.records, "records", 20_000, "leads in the simulated CRM")
	flags.IntVar(&o.rounds, "runs", 3, "rounds; tables show the median")
	flags.IntVar(&o.old, "old", 10_000, "most leads for the old design, record by record; 0 leaves it out")
	flags.StringVar(&o.only, "only", "", "postgres or sqlite; both when empty")
	flags.StringVar(&sizes, "sizes", "", "numbers of leads, such as 10000,100000: how Warren's cost and memory grow with them")
	flags.StringVar(&streams, "streams", "", "numbers of streams, such as 1,10,100, up to 1000: how Warren's cost grows with them, 100 leads each")
	flags.StringVar(&o.json, "json", "", "file to write every measurement to, as JSON")
	flags.StringVar(&o.picture, "picture", "", "file to draw the results in, as SVG")
	flags.Func("from", "`files` of -json to show again as one, joined by commas or each with a flag of its own; nothing is measured", func(text string) error {
		o.from = append(o.from, strings.Split(text, ",")...)
		return nil
	})
	flags.StringVar(&o.warren, "warren", "", "binary to measure; built from ./cmd/warren when empty")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	var err error
	if o.sizes, err = numbers(sizes, leastRecords); err != nil {
		return options{}, fmt.Errorf("-sizes: %w", err)
	}
	if o.streams, err = numbers(streams, 1); err != nil {
		return options{}, fmt.Errorf("-streams: %w", err)
	}
	if len(o.streams) > 0 && slices.Max(o.streams) > mostAccounts {
		return options{}, fmt.Errorf("-streams: at most %d", mostAccounts)
	}
	switch {
	case flags.NArg() > 0:
		return options{}, fmt.Errorf("%q is no flag", flags.Arg(0))
	case o.only != "" && o.only != onPostgres && o.only != onSQLite:
		return options{}, fmt.Errorf("-only: there is no database %q; it is %s or %s", o.only, onPostgres, onSQLite)
	case o.records < leastRecords:
		return options{}, fmt.Errorf("-records: at least %d", leastRecords)
	case o.old != 0 && o.old < leastRecords:
		return options{}, fmt.Errorf("-old: 0 or at least %d", leastRecords)
	case o.rounds < 1:
		return options{}, errors.New("-runs: at least 1")
	}
	return o, nil
}

// numbers takes a list such as 10,100 apart. Without text there are none.
func numbers(list string, least int) ([]int, error) {
	if list == "" {
		return nil, nil
	}
	var found []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < least {
			return nil, fmt.Errorf("%q is no number from %d on", text, least)
		}
		found = append(found, n)
	}
	return found, nil
}

// leastRecords leaves something to change when 1 % of them change.
const leastRecords = 100
