package cli

import (
	"strconv"
	"strings"

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
			t.yield(cut("value", 16), cut("setting", 24))
			for _, s := range settings {
				t.add(s.Name, visible(s.Value, false), s.From)
			}
			t.print()
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
		{"database", cfg.Database.String(), c.from(cfg, "database", "--database", c.database, "DATABASE_URL")},
		{"log.level", strings.ToLower(cfg.Log.Level.String()), c.from(cfg, "log.level", "a flag", c.logLevelFlag())},
		{"log.format", string(cfg.Log.Format), c.from(cfg, "log.format", "--log-format", c.logFormat)},
		{"sync.batch_size", strconv.Itoa(cfg.Sync.BatchSize), c.from(cfg, "sync.batch_size", "", "")},
		{"sync.parallel", strconv.Itoa(cfg.Sync.Parallel), c.from(cfg, "sync.parallel", "", "")},
		{"sync.overlap", cfg.Sync.Overlap.String(), c.from(cfg, "sync.overlap", "", "")},
		{"sync.check_sample", strconv.Itoa(cfg.Sync.Check), c.from(cfg, "sync.check_sample", "", "")},
		{"sync.deletes", string(cfg.Sync.Deletes.How), c.from(cfg, "sync.deletes", "", "")},
		{"sync.delete_limit", share(cfg.Sync.Deletes.Limit), c.from(cfg, "sync.delete_limit", "", "")},
	}
	for _, account := range cfg.Accounts {
		list = append(list, c.accountSettings(cfg, account)...)
	}
	return list
}

func (c *command) accountSettings(cfg *config.Config, account config.Account) []setting {
	var list []setting
	shown := account.Redacted()
	for _, opt := range account.Source.Options {
		s := setting{Name: "sources." + account.Name + "." + opt.Name, Value: shown[opt.Name]}
		env := config.EnvNames(account.Name, account.Source, opt)
		switch {
		case s.Value != "":
			s.From = c.from(cfg, s.Name, "", "", env...)
		case opt.Required:
			s.Value, s.From = "(not set)", "set "+env[0]
		default:
			s.Value = "(not set)"
		}
		list = append(list, s)
	}
	for _, stream := range account.Streams {
		name := "sources." + account.Name + ".streams." + stream.Name
		list = append(list, setting{name, "on", ""})
		own := account.Deletes(stream.Name)
		if inFile(cfg, account, stream, "deletes") {
			list = append(list, setting{name + ".deletes", string(own.How), cfg.File})
		}
		if inFile(cfg, account, stream, "delete_limit") {
			list = append(list, setting{name + ".delete_limit", share(own.Limit), cfg.File})
		}
	}
	for _, name := range account.Disabled {
		list = append(list, setting{"sources." + account.Name + ".streams." + name, "off", cfg.File})
	}
	return list
}

// inFile reports whether the file makes a setting of a stream, under whichever
// of its names.
func inFile(cfg *config.Config, account config.Account, stream crm.Stream, key string) bool {
	for _, name := range append([]string{stream.Name}, stream.Aliases...) {
		if cfg.InFile("sources." + account.Name + ".streams." + name + "." + key) {
			return true
		}
	}
	return false
}

// share writes a share as warren.yaml has it.
func share(limit float64) string { return strconv.FormatFloat(100*limit, 'g', 6, 64) + "%" }

// from tells where a setting comes from: the flag, if one is given, then the
// environment, then the file.
func (c *command) from(cfg *config.Config, path, flag, given string, env ...string) string {
	if given != "" {
		return flag
	}
	for _, name := range env {
		if text, _ := c.Env(name); strings.TrimSpace(text) != "" {
			return name
		}
	}
	if cfg.InFile(path) {
		return cfg.File
	}
	return "default"
}

func (c *command) logLevelFlag() string {
	if c.debug || c.quiet {
		return "given"
	}
	return c.logLevel
}
