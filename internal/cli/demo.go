package cli

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/source"
)

// demoFile is the warehouse of the demo; each demo begins with a new one.
const demoFile = "warren-demo.db"

func (c *command) demo() *cobra.Command {
	var records int
	var dir string
	var keep bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it at work, with three simulated CRMs and a SQLite file",
		Long: "Starts a simulated SalesRabbit, SalesPro and HubSpot, syncs them into " + demoFile + ", changes some\n" +
			"records in each, syncs again, reads everything once more, and shows what happened and where the data is.\n" +
			"It takes a few seconds. Nothing leaves this machine. A " + demoFile + " that is there is replaced.",
		Example: "  warren demo\n  warren demo --records 100000 --dir /tmp\n  warren demo --keep      # go on trying with the simulated CRMs",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if records < 1 || records > 5_000_000 {
				return usage("the demo cannot have so many records", "Give --records a number from 1 to 5000000.")
			}
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(c.Dir, dir)
			}
			return c.runDemo(cmd.Context(), records, dir, keep)
		},
	}
	cmd.Flags().IntVar(&records, "records", 2000, "leads in the simulated SalesRabbit; the others have fewer records")
	cmd.Flags().StringVar(&dir, "dir", "", "directory for "+demoFile+" (default the working directory)")
	cmd.Flags().BoolVar(&keep, "keep", false, "keep the simulated CRMs running afterwards, until Ctrl-C")
	return cmd
}

// runDemo serves the simulated CRMs while the demo plays.
func (c *command) runDemo(ctx context.Context, records int, dir string, keep bool) error {
	path := filepath.Join(dir, demoFile)
	replaced, err := startFresh(path)
	if err != nil {
		return err
	}
	crms, err := c.startDemoCRMs(ctx, records)
	if err != nil {
		return err
	}
	defer crms.stop()
	d := &demo{command: c, demoCRMs: crms, path: path, keep: keep}
	if d.config, err = c.demoConfig(crms.environment, path); err != nil {
		return err
	}
	if err := d.play(ctx, replaced); err != nil {
		return err
	}
	if keep {
		<-ctx.Done()
	}
	return nil
}

// startFresh removes the warehouse of an earlier demo, and reports whether
// there was one.
func startFresh(path string) (replaced bool, err error) {
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return false, usage("there is no directory "+filepath.Dir(path), "Make it, or name another with --dir.")
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		err := os.Remove(path + suffix)
		if err != nil && !os.IsNotExist(err) {
			return false, &crm.Error{
				Code: crm.CodeReadOnly, Origin: crm.OriginWarehouse, Err: err,
				Message: "the file of an earlier demo cannot be removed", Fix: "Remove it, or name another directory with --dir.",
			}
		}
		replaced = replaced || err == nil
	}
	return replaced, nil
}

// demoConfig is the configuration of the demo: nothing of the user's own, and a few
// streams of each CRM.
func (c *command) demoConfig(environment [][2]string, path string) (*config.Config, error) {
	env := map[string]string{"SALESRABBIT_RATE": "0", "HUBSPOT_RATE": "0", "HUBSPOT_SEARCH_RATE": "0"}
	for _, e := range environment {
		env[e[0]] = e[1]
	}
	cfg, err := config.Load(config.Input{
		Path: os.DevNull, Sources: source.All(),
		Env:       func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		Overrides: config.Overrides{Database: "sqlite:///" + path, LogFormat: c.logFormat},
	})
	if err != nil {
		return nil, err
	}
	shown := map[string][]string{
		"salesrabbit": {"leads", "users"},
		"salespro":    {"customer", "estimate", "payments", "measure_sheet"},
		"hubspot":     {"contacts", "deals", "deals_contacts"},
	}
	for i := range cfg.Accounts {
		a := &cfg.Accounts[i]
		a.Streams = slices.DeleteFunc(a.Streams, func(s crm.Stream) bool { return !slices.Contains(shown[a.Name], s.Name) })
	}
	if cfg.Log.Level = slog.LevelDebug; !c.debug {
		cfg.Log.Level = slog.LevelError + 1 // the demo itself tells what happens
	}
	return cfg, nil
}
