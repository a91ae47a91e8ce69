package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/source"
)

// command is one invocation: the world, and the flags that every command has.
type command struct {
	World

	configFile string
	database   string
	logLevel   string
	logFormat  string
	output     string
	quiet      bool
	debug      bool
	noProgress bool
}

// The forms of output.
const (
	outputText = "text"
	outputJSON = "json"
)

func (c *command) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "warren",
		Short: "Keep a warehouse exactly in step with the CRMs of a field-sales company",
		Long: "Warren copies SalesRabbit, SalesPro and HubSpot into SQLite or PostgreSQL, loses nothing on the way, and\n" +
			"tells what is wrong and what to do about it.\n\n" +
			"Without a database named it writes warren.db in the working directory.",
		Example: "  warren demo                                  # try it, with simulated CRMs\n" +
			"  export SALESRABBIT_API_KEY=…                 # then the real one\n" +
			"  warren check                                 # is everything reachable and allowed?\n" +
			"  warren sync salesrabbit leads                # what changed since the last run\n" +
			"  DATABASE_URL=postgres://user@host/db warren sync",
		SilenceErrors:     true,
		SilenceUsage:      true,
		Version:           c.Version,
		Args:              cobra.ArbitraryArgs,
		RunE:              runGroup,
		PersistentPreRunE: func(*cobra.Command, []string) error { return c.checkOutput() },
	}
	c.globalFlags(root)
	root.SetGlobalNormalizationFunc(oldFlagNames)
	root.SetFlagErrorFunc(flagError)
	c.addCommands(root)
	// The old commands are hidden, and must not set the width of the others.
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".NamePadding", "11"))
	return root
}

func (c *command) globalFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.SortFlags = false
	flags.StringVar(&c.configFile, "config", "", "configuration file (default warren.yaml, if there is one)")
	flags.StringVar(&c.database, "database", "", "warehouse: sqlite:///file.db or postgres://… (default $DATABASE_URL, else sqlite:///warren.db)")
	flags.StringVar(&c.output, "output", outputText, "form of the output: text or json")
	flags.StringVar(&c.logLevel, "log-level", "", "debug, info, warn or error (default info)")
	flags.StringVar(&c.logFormat, "log-format", "", "text or json (default text)")
	flags.BoolVar(&c.debug, "debug", false, "log everything")
	flags.BoolVar(&c.quiet, "quiet", false, "log errors only, show no progress and no tables of a sync")
	flags.BoolVar(&c.noProgress, "no-progress", false, "show no progress")
	for name, values := range map[string][]string{
		"output": {outputText, outputJSON}, "log-level": {"debug", "info", "warn", "error"}, "log-format": {"text", "json"},
	} {
		// It fails only for a flag that does not exist.
		_ = root.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// oldFlagNames takes the names that flags had in the old system.
func oldFlagNames(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	switch name = strings.ReplaceAll(name, "_", "-"); name {
	case "force-full":
		name = "full"
	case "force-overwrite":
		name = "force"
	case "start-date":
		name = "since"
	case "end-date":
		name = "until"
	case "verbose", "test":
		name = "debug"
	}
	return pflag.NormalizedName(name)
}

func (c *command) checkOutput() error {
	if c.output != outputText && c.output != outputJSON {
		wrong := c.output
		c.output = outputText
		return usage(fmt.Sprintf("there is no output %q", wrong), "Use --output text or --output json.")
	}
	return nil
}

// load reads the configuration; flags are those of the command at hand.
func (c *command) load(flags config.Overrides) (*config.Config, error) {
	level := c.logLevel
	switch {
	case c.debug:
		level = "debug"
	case c.quiet && level == "":
		level = "error"
	}
	flags.Database, flags.LogLevel, flags.LogFormat = c.database, level, c.logFormat
	c.boundMemory(nil)
	cfg, err := config.Load(config.Input{
		Path: c.configFile, Dir: c.Dir, Env: c.Env, Environ: c.Environ, Sources: source.All(), Overrides: flags,
	})
	if err == nil {
		c.boundMemory(cfg)
	}
	return cfg, err
}

// open reads the configuration and builds the App for a command that neither
// shows progress nor logs what happens.
func (c *command) open() (*app.App, error) {
	cfg, err := c.load(config.Overrides{})
	if err != nil {
		return nil, err
	}
	log := c.logger(cfg)
	for _, warning := range cfg.Warnings {
		log.Warn(warning)
	}
	return &app.App{Config: cfg, Clock: c.Clock, Transport: c.Transport, Log: log, Observe: func(crm.Event) {}}, nil
}
