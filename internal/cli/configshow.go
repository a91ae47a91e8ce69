package cli

import (
	"os"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// setting is one setting that is in force; no secret is in it (L8).
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`
}

func (c *command) configShow() *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Show every setting that is in force, and where it comes from", Args: atMost(0),
		Long:    "Shows every setting that is in force, and where it comes from. Secrets are hidden.",
		Example: "  warren config show\n  warren config show --output json",
		RunE: func(*cobra.Command, []string) error {
			a, err := c.open()
			if err != nil {
				return err
			}
			settings := c.settings(a)
			if c.output == outputJSON {
				c.printJSON(map[string]any{"file": a.Config.File, "settings": settings})
				return nil
			}
			t := c.table("setting", "value", "from")
			for _, s := range settings {
				t.AppendRow(table.Row{s.Name, visible(s.Value, false), s.From})
			}
			t.Render()
			for _, warning := range a.Config.Warnings {
				c.printf("\n%s\n", warning)
			}
			return nil
		},
	}
}

func (c *command) settings(a *app.App) []setting {
	cfg := a.Config
	list := []setting{
		{"database", cfg.Database.String(), c.from("--database", c.database, []string{"DATABASE_URL"}, cfg, cfg.Database == c.defaultDatabase())},
		{"log.level", strings.ToLower(cfg.Log.Level.String()), c.from("a flag", c.logLevelFlag(), nil, cfg, cfg.Log.Level == 0)},
		{"log.format", string(cfg.Log.Format), c.from("--log-format", c.logFormat, nil, cfg, cfg.Log.Format == config.LogAuto)},
		{"sync.batch_size", strconv.Itoa(cfg.Sync.BatchSize), c.from("", "", nil, cfg, cfg.Sync.BatchSize == config.DefaultBatchSize)},
		{"sync.overlap", cfg.Sync.Overlap.String(), c.from("", "", nil, cfg, cfg.Sync.Overlap == config.DefaultOverlap)},
		{"sync.check_sample", strconv.Itoa(cfg.Sync.Check), c.from("", "", nil, cfg, cfg.Sync.Check == config.DefaultCheck)},
		{"sync.deletes", string(cfg.Sync.Deletes.How), c.from("", "", nil, cfg, cfg.Sync.Deletes.How == crm.DeletesSoft)},
		{"sync.delete_limit", share(cfg.Sync.Deletes.Limit), c.from("", "", nil, cfg, cfg.Sync.Deletes.Limit == config.DefaultDeleteLimit)},
	}
	for _, account := range cfg.Accounts {
		shown := account.Redacted()
		for _, opt := range account.Source.Options {
			s := setting{Name: "sources." + account.Name + "." + opt.Name, Value: shown[opt.Name]}
			if s.Value == "" {
				s.Value, s.From = "(not set)", ""
				if opt.Required {
					s.From = "set " + config.EnvNames(account.Name, account.Source, opt)[0]
				}
			} else {
				s.From = c.from("", "", config.EnvNames(account.Name, account.Source, opt), cfg, isDefault(account, opt))
			}
			list = append(list, s)
		}
		for _, stream := range account.Streams {
			name := "sources." + account.Name + ".streams." + stream.Name
			list = append(list, setting{name, "on", ""})
			if own := account.Deletes(stream.Name); own.How != cfg.Sync.Deletes.How {
				list = append(list, setting{name + ".deletes", string(own.How), cfg.File})
			}
			if own := account.Deletes(stream.Name); own.Limit != cfg.Sync.Deletes.Limit {
				list = append(list, setting{name + ".delete_limit", share(own.Limit), cfg.File})
			}
		}
		for _, name := range account.Disabled {
			list = append(list, setting{"sources." + account.Name + ".streams." + name, "off", cfg.File})
		}
	}
	return list
}

// share writes a share as warren.yaml has it.
func share(limit float64) string { return strconv.FormatFloat(100*limit, 'g', 6, 64) + "%" }

func isDefault(account config.Account, opt crm.Option) bool {
	return account.Settings.Text(opt.Name) == opt.Default
}

// from tells where a setting comes from: the flag, if one is given, then the
// environment, then the file.
func (c *command) from(flag, given string, env []string, cfg *config.Config, isDefault bool) string {
	if given != "" {
		return flag
	}
	for _, name := range env {
		if text, _ := c.Env(name); strings.TrimSpace(text) != "" {
			return name
		}
	}
	if isDefault {
		return "default"
	}
	return cfg.File
}

func (c *command) logLevelFlag() string {
	if c.debug || c.quiet {
		return "given"
	}
	return c.logLevel
}

// defaultDatabase is the warehouse that is written to when nobody names one.
func (c *command) defaultDatabase() config.Database {
	cfg, err := config.Load(config.Input{Path: os.DevNull, Dir: c.Dir})
	if err != nil {
		return config.Database{}
	}
	return cfg.Database
}
