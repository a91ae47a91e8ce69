package cli

import (
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// verifyFlags are the flags of verify.
type verifyFlags struct {
	repair      bool
	sample      int
	limit       int
	batchSize   int
	deleteLimit string
	wait        time.Duration
}

func (c *command) verify() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [SOURCE [STREAM…]]",
		Short: "Compare the warehouse with the source, field by field",
		Long: "Reads the source again, all of it or a sample, and compares each record with its row: which\n" +
			"are missing, stale (an older version), different (edited in the warehouse) or extra (gone from\n" +
			"the source). What changed since the last run counts as pending, for the next run brings it.\n" +
			"What was deleted outright since the last full run is extra: verify after a full run.\n" +
			"Without a source all that are configured are compared, without a stream all of the source.\n" +
			"Without --repair nothing is written. Exits with 3 when rows are wrong, or when not all that\n" +
			"could be wrong was looked for.\n\n" +
			"A --sample makes a call for every 25 records, comparing all of them one for some 2000: it\n" +
			"saves time in streams of more than about 50,000 records, and costs some in smaller ones.",
		Example: "  warren verify salesrabbit leads\n" +
			"  warren verify salesrabbit leads --sample 500\n" +
			"  warren verify salesrabbit leads --repair\n" +
			"  warren verify --output json --limit 0",
		ValidArgsFunction: c.completeStreams,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runVerify(cmd, selection(args), f)
		},
	}
	f.add(cmd)
	return cmd
}

func (f *verifyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&f.repair, "repair", false, "write what the source says over what differs, and mark what is extra as deleted, or with deletes: hard delete it")
	flags.IntVar(&f.sample, "sample", 0, "compare about so many records from all over the stream instead of all; extra rows are not looked for")
	limitFlag(cmd, &f.limit, 20, "rows of each stream")
	flags.IntVar(&f.batchSize, "batch-size", 0, fmt.Sprintf("records compared at a time, %d to %d (default %d)",
		config.MinBatchSize, config.MaxBatchSize, config.DefaultBatchSize))
	flags.StringVar(&f.deleteLimit, "delete-limit", "", "with --repair, share of a table's rows that may be marked as deleted, such as 50% (default 20%)")
	flags.DurationVar(&f.wait, "wait", 0, "with --repair, wait for each stream that another run has, at most so long, such as 10m (default not at all)")
}

func (c *command) runVerify(cmd *cobra.Command, sel app.Selection, f verifyFlags) error {
	if f.sample < 0 {
		return usage("--sample is negative", "Give a number of records, or leave it out to compare all.")
	}
	if err := possibleBatch(cmd, f.batchSize); err != nil {
		return err
	}
	if err := possibleWait(f.wait); err != nil {
		return err
	}
	if err := f.usefulLimit(); err != nil {
		return err
	}
	cfg, err := c.load(config.Overrides{BatchSize: f.batchSize, DeleteLimit: f.deleteLimit})
	if err != nil {
		return err
	}
	v := verification{verifyFlags: f, config: cfg, begun: c.Clock.Now(), found: newFindings(f.limit)}
	err = c.watched(cmd.Context(), cfg, func(a *app.App) error {
		if !a.Exists() {
			return noWarehouse(a)
		}
		shown := a.Observe
		a.Observe = func(e crm.Event) {
			v.found.hear(e)
			shown(e)
		}
		v.results, err = a.Sync(cmd.Context(), sel, app.Options{Wait: f.wait, Ask: engine.Ask{Verify: true, DryRun: !f.repair, Sample: f.sample}})
		return err
	})
	if err != nil {
		return err
	}
	return c.reportVerify(v)
}

// findings keeps what a verify run tells, up to a limit for each stream.
type findings struct {
	limit int // 0 keeps all

	mu       sync.Mutex
	byStream map[crm.StreamID][]crm.Finding
	leftOut  map[crm.StreamID]int
}

func newFindings(limit int) *findings {
	return &findings{limit: limit, byStream: map[crm.StreamID][]crm.Finding{}, leftOut: map[crm.StreamID]int{}}
}

func (f *findings) hear(e crm.Event) {
	d, is := e.(crm.RowDiffers)
	if !is || d.Finding.Pending {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.limit > 0 && len(f.byStream[d.ID]) >= f.limit {
		f.leftOut[d.ID]++
		return
	}
	f.byStream[d.ID] = append(f.byStream[d.ID], d.Finding)
}
