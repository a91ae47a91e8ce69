package cli

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/source"
)

// importFlags are the flags of every command that imports, old and new.
type importFlags struct {
	dryRun, skipValidation, complete, failOnPartial bool
	batchSize                                       int
	deleteLimit                                     string
}

func (f *importFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&f.complete, "complete", false, "the file lists all there is: rows that it lacks are marked as deleted")
	flags.BoolVar(&f.dryRun, "dry-run", false, "read and check everything, count what would happen, write nothing")
	flags.BoolVar(&f.skipValidation, "skip-validation", false, "do not check values against their rules")
	flags.IntVar(&f.batchSize, "batch-size", 0, "records written in one transaction")
	flags.StringVar(&f.deleteLimit, "delete-limit", "", "share of a table's rows that --complete may mark as deleted, such as 50% (default 20%)")
	flags.BoolVar(&f.failOnPartial, "fail-on-partial", false, "exit with 3 when records went into the quarantine")
}

func (c *command) importFile() *cobra.Command {
	var f importFlags
	var from []string
	for _, s := range source.All() {
		for _, stream := range s.Streams {
			if stream.FromFile {
				from = append(from, "  "+s.Type+" "+stream.Name+": "+stream.Title)
			}
		}
	}
	cmd := &cobra.Command{
		Use:   "import SOURCE STREAM FILE",
		Short: "Copy a file of records that the source cannot be asked for into the warehouse",
		Long: "Copies the rows of a CSV file, whose first row names the columns, into the warehouse: checked,\n" +
			"counted and in the history as a sync is. It can be run again with a newer file at any time;\n" +
			"a row that did not change is not written.\n\n" + strings.Join(from, "\n"),
		Example: "  warren import salespro users users.csv\n  warren import salespro offices offices.csv --complete",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 3 {
				return usage("warren import takes a source, a stream and a file", "It is used as "+cmd.UseLine()+"; see warren import --help.")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runImport(cmd, app.Selection{Account: args[0], Streams: args[1:2]}, args[2], &f)
		},
	}
	f.add(cmd)
	return cmd
}

// oldImport is a command of the old system that took the path of a file.
func (c *command) oldImport(names []string, account, stream string) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use: names[0] + " FILE", Hidden: true, Aliases: names[1:], Args: cobra.ArbitraryArgs,
		Short: "The old name of warren import " + account + " " + stream + " FILE",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(cmd.Name()+" takes one file", "It is used as "+cmd.UseLine()+".")
			}
			return c.runImport(cmd, app.Selection{Account: account, Streams: []string{stream}}, args[0], &f)
		},
	}
	f.add(cmd)
	return cmd
}

func (c *command) runImport(cmd *cobra.Command, sel app.Selection, path string, f *importFlags) error {
	if err := possibleBatch(cmd, f.batchSize); err != nil {
		return err
	}
	if f.deleteLimit != "" && !f.complete {
		return usage("--delete-limit has no effect without --complete", "Add --complete if the file lists all there is, or leave --delete-limit out.")
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.Dir, path)
	}
	cfg, err := c.load(config.Overrides{BatchSize: f.batchSize, DeleteLimit: f.deleteLimit})
	if err != nil {
		return err
	}
	var result app.Result
	err = c.watched(cmd.Context(), cfg, func(a *app.App) error {
		result, err = a.Import(cmd.Context(), sel, path, f.complete, app.Options{
			SkipValidation: f.skipValidation, Ask: engine.Ask{DryRun: f.dryRun, BatchSize: f.batchSize},
		})
		return err
	})
	if err != nil {
		return err
	}
	return c.report(cfg, []app.Result{result}, f.dryRun, f.failOnPartial)
}
