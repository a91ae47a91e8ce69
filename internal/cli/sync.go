package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/engine"
)

// syncFlags are the flags of every command that syncs, old and new.
type syncFlags struct {
	full, force, dryRun, skipValidation, restart, failOnPartial bool
	since, until, deleteLimit                                   string
	ids                                                         []string
	batchSize, parallel                                         int
	maxRecords                                                  int64
	wait                                                        time.Duration
}

func (f *syncFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&f.full, "full", false, "read all records, not only those changed since the last run (also --force-full, --force)")
	flags.BoolVar(&f.force, "force", false, "the old system's name for --full")
	_ = flags.MarkHidden("force") // fails only for a flag that does not exist
	flags.StringVar(&f.since, "since", "", "only records changed at or after this day or instant, UTC (also --start-date)")
	flags.StringVar(&f.until, "until", "", "only records changed before this day or instant, UTC (also --end-date)")
	flags.StringArrayVar(&f.ids, "id", nil, "only the record of this primary key, read again at once; may be given several times")
	flags.Int64Var(&f.maxRecords, "max-records", 0, "stop after so many records; 0 for all")
	flags.IntVar(&f.batchSize, "batch-size", 0, fmt.Sprintf("records written in one transaction, %d to %d (default %d)",
		config.MinBatchSize, config.MaxBatchSize, config.DefaultBatchSize))
	flags.IntVar(&f.parallel, "parallel", 0, fmt.Sprintf("streams synced at the same time, 1 to %d (default %d)", config.MaxParallel, config.DefaultParallel))
	flags.BoolVar(&f.dryRun, "dry-run", false, "read and check everything, count what would happen, write nothing")
	flags.BoolVar(&f.skipValidation, "skip-validation", false, "do not check values against their rules")
	flags.BoolVar(&f.restart, "restart", false, "begin anew instead of going on where an interrupted run stopped")
	flags.StringVar(&f.deleteLimit, "delete-limit", "", "share of a table's rows that a full run may mark as deleted, such as 50% (default 20%)")
	flags.DurationVar(&f.wait, "wait", 0, "wait for each stream that another run has, at most so long, such as 10m (default not at all)")
	flags.BoolVar(&f.failOnPartial, "fail-on-partial", false, "exit with 3 when records went into the quarantine, deleted rows were not marked, or rows were found to be wrong")
}

func (f *syncFlags) options(cmd *cobra.Command) (app.Options, error) {
	if err := possibleBatch(cmd, f.batchSize); err != nil {
		return app.Options{}, err
	}
	if cmd.Flags().Changed("parallel") && (f.parallel < 1 || f.parallel > config.MaxParallel) {
		return app.Options{}, usage(fmt.Sprintf("%s at the same time are not possible", count(int64(f.parallel), "stream")),
			fmt.Sprintf("Give --parallel a number from 1 to %d.", config.MaxParallel))
	}
	if f.maxRecords < 0 {
		return app.Options{}, usage("--max-records is negative", "Give a number of records, or 0 for all.")
	}
	if err := possibleWait(f.wait); err != nil {
		return app.Options{}, err
	}
	if err := f.usefulLimit(); err != nil {
		return app.Options{}, err
	}
	since, err := parseInstant("--since", f.since)
	if err != nil {
		return app.Options{}, err
	}
	until, err := parseInstant("--until", f.until)
	if err != nil {
		return app.Options{}, err
	}
	ranged := f.since != "" || f.until != ""
	switch {
	case len(f.ids) > 0 && (f.full || f.force || ranged || f.maxRecords > 0):
		return app.Options{}, usage("--id names the records to read", "Leave out --full, --since, --until and --max-records, or leave out --id.")
	case f.full && ranged:
		return app.Options{}, usage("--full reads all records, --since and --until only some", "Give one or the other.")
	case !since.IsZero() && !until.IsZero() && !since.Before(until):
		return app.Options{}, usage("--since is not before --until", "--until is exclusive: to read the whole of 5 May give --since 2026-05-05 --until 2026-05-06.")
	}
	return app.Options{SkipValidation: f.skipValidation, Wait: f.wait, Ask: engine.Ask{
		// As in the old system, a range wins over --force.
		Full: f.full || f.force && !ranged, Since: since, Until: until, MaxRecords: f.maxRecords, BatchSize: f.batchSize,
		DryRun: f.dryRun, Restart: f.restart, Picked: f.ids,
	}}, nil
}

// possibleBatch refuses a --batch-size out of its bounds; not given is not 0.
func possibleBatch(cmd *cobra.Command, size int) error {
	if !cmd.Flags().Changed("batch-size") || size >= config.MinBatchSize && size <= config.MaxBatchSize {
		return nil
	}
	return usage(fmt.Sprintf("a batch of %s is not possible", count(int64(size), "record")),
		fmt.Sprintf("Give --batch-size a number from %d to %d.", config.MinBatchSize, config.MaxBatchSize))
}

// possibleWait refuses a --wait that is less than nothing.
func possibleWait(wait time.Duration) error {
	if wait < 0 {
		return usage("--wait is negative", "Give a time such as 10m, or leave it out not to wait.")
	}
	return nil
}

// firstYear is the first in which a record can have changed.
const firstYear = 1970

// parseInstant reads a day or an instant of a flag that a record may have
// changed at.
func parseInstant(flag, text string) (time.Time, error) {
	t, err := readInstant(flag, text)
	if err == nil && text != "" && t.Year() < firstYear {
		return time.Time{}, usage(fmt.Sprintf("%s %q lies before %d", flag, text, firstYear), "To read everything leave it out and give --full.")
	}
	return t, err
}

// readInstant reads a day or an instant of a flag; the zero time where there is
// none.
func readInstant(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(form, text, time.UTC); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usage(fmt.Sprintf("%s %q is no date", flag, text), "Write it as 2026-05-01, or 2026-05-01T08:30:00Z; without a zone it is UTC.")
}

func (c *command) sync() *cobra.Command {
	var f syncFlags
	cmd := &cobra.Command{
		Use:   "sync [SOURCE [STREAM…]]",
		Short: "Copy what changed since the last run into the warehouse",
		Long: "Copies what changed since the last run, or everything on the first. Without a source all\n" +
			"that are configured are synced, without a stream all of the source.\n\n" +
			"Deleted are rows whose records the source no longer shows, which only a run that reads\n" +
			"everything can tell. A record that the source shows on, marked as deleted, is updated.",
		Example: "  warren sync salesrabbit leads\n" +
			"  warren sync salesrabbit --full\n" +
			"  warren sync salesrabbit leads --since 2026-05-01 --until 2026-06-01\n" +
			"  warren sync salesrabbit leads --dry-run --max-records 1000 --output json",
		ValidArgsFunction: c.completeStreams,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runSync(cmd, selection(args), &f)
		},
	}
	f.add(cmd)
	return cmd
}

// selection is what SOURCE [STREAM…] selects.
func selection(args []string) app.Selection {
	if len(args) == 0 {
		return app.Selection{}
	}
	return app.Selection{Account: args[0], Streams: args[1:]}
}

// runSync is what every command that syncs comes down to.
func (c *command) runSync(cmd *cobra.Command, sel app.Selection, f *syncFlags) error {
	o, err := f.options(cmd)
	if err == nil && len(f.ids) > 0 && len(sel.Streams) != 1 {
		err = usage("--id names records of one stream", "Name the source and the stream: warren sync SOURCE STREAM --id …")
	}
	if err != nil {
		return err
	}
	cfg, err := c.load(config.Overrides{BatchSize: f.batchSize, Parallel: f.parallel, DeleteLimit: f.deleteLimit})
	if err != nil {
		return err
	}
	var results []app.Result
	err = c.watched(cmd.Context(), cfg, func(a *app.App) error {
		if f.deleteLimit != "" {
			a.Observe = c.idleLimits(a)
		}
		results, err = a.Sync(cmd.Context(), sel, o)
		return err
	})
	if err != nil {
		return err
	}
	if len(f.ids) > 0 {
		c.sayMissing(f.ids, results)
	}
	return c.report(cfg, results, f.dryRun, f.failOnPartial)
}

// sayMissing says of how many records that were asked for there is nothing: none at the
// source, and no row.
func (c *command) sayMissing(ids []string, results []app.Result) {
	asked := int64(len(slices.Compact(slices.Sorted(slices.Values(ids)))))
	for _, r := range results {
		if n := r.Run.Counts; r.Err == nil && n.Fetched+n.Deleted < asked {
			c.say("%d of the %s asked for: %s has none, and there is no row to mark.", asked-n.Fetched-n.Deleted, count(asked, "record"), r.ID)
		}
	}
}
