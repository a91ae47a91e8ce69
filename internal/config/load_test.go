package config_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

func TestLoadWithNothingSetGivesDefaults(t *testing.T) {
	c, err := config.Load(config.Input{Sources: sources(), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if got := filepath.Base(c.Database.Path); c.Database.Driver != config.DriverSQLite || got != "warren.db" {
		t.Errorf("database is %v", c.Database)
	}
	deletes := crm.DeletePolicy{How: crm.DeletesSoft, Limit: 0.2}
	if want := (config.Sync{Parallel: 4, BatchSize: 500, Overlap: 5 * time.Minute, Check: 20, Deletes: deletes}); c.Sync != want {
		t.Errorf("sync is %+v, want %+v", c.Sync, want)
	}
	if want := (config.Log{Level: slog.LevelInfo, Format: config.LogAuto}); c.Log != want {
		t.Errorf("log is %+v, want %+v", c.Log, want)
	}
	if c.File != "" || len(c.Warnings) != 0 {
		t.Errorf("file %q, warnings %v", c.File, c.Warnings)
	}
	a := account(t, c, "salesrabbit")
	want := map[string]string{
		"url": "https://api.salesrabbit.com", "api_style": "live", "page_size": "1000", "rate": "1.5",
		"gzip": "true", "timeout": "60s", "max_response": "64MiB", "agent": "warren: $1",
	}
	if diff := cmp.Diff(want, a.Settings.Values); diff != "" {
		t.Errorf("settings: %s", diff)
	}
	if a.Configured() || len(a.Streams) != 2 || len(a.Disabled) != 0 || a.BatchSize("leads") != 500 {
		t.Errorf("account: configured %v, %d streams, batch size %d", a.Configured(), len(a.Streams), a.BatchSize("leads"))
	}
	if _, ok := c.Account("nobody"); ok {
		t.Error("an account that nobody has set up was found")
	}
}

func TestFlagsWinOverEnvironmentOverFileOverDefault(t *testing.T) {
	const file = "database: file.db\nlog: {level: warn, format: text}\nsync: {batch_size: 20}\n" +
		"sources: {salesrabbit: {url: https://file.example, streams: {leads: {batch_size: 30}}}}\n"
	env := map[string]string{"DATABASE_URL": "env.db", "SALESRABBIT_API_URL": "https://env.example"}
	flags := config.Overrides{Database: "flag.db", LogLevel: "debug", LogFormat: "json", BatchSize: 40}
	type outcome struct {
		Database, URL string
		Level         slog.Level
		Format        config.LogFormat
		Leads, Users  int
	}
	for _, tc := range []struct {
		name  string
		file  string
		env   map[string]string
		flags config.Overrides
		want  outcome
	}{
		{"default", "", nil, config.Overrides{}, outcome{"warren.db", "https://api.salesrabbit.com", slog.LevelInfo, "auto", 500, 500}},
		{"file", file, nil, config.Overrides{}, outcome{"file.db", "https://file.example", slog.LevelWarn, "text", 30, 20}},
		{"environment", file, env, config.Overrides{}, outcome{"env.db", "https://env.example", slog.LevelWarn, "text", 30, 20}},
		{"flags", file, env, flags, outcome{"flag.db", "https://env.example", slog.LevelDebug, "json", 40, 40}},
		{"environment without file", "", env, config.Overrides{}, outcome{"env.db", "https://env.example", slog.LevelInfo, "auto", 500, 500}},
		{
			"an empty variable is not set", file,
			map[string]string{"DATABASE_URL": "", "SALESRABBIT_API_URL": " \n"},
			config.Overrides{},
			outcome{"file.db", "https://file.example", slog.LevelWarn, "text", 30, 20},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := config.Load(config.Input{Dir: dir(t, tc.file), Env: environ(tc.env), Sources: sources(), Overrides: tc.flags})
			if err != nil {
				t.Fatal(err)
			}
			a := account(t, c, "salesrabbit")
			got := outcome{filepath.Base(c.Database.Path), a.Settings.Text("url"), c.Log.Level, c.Log.Format, a.BatchSize("leads"), a.BatchSize("users")}
			if got != tc.want {
				t.Errorf("got  %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

func TestAnAbsentFileIsAnErrorOnlyWhenAskedFor(t *testing.T) {
	empty := t.TempDir()
	if _, err := config.Load(config.Input{Dir: empty}); err != nil {
		t.Errorf("without a default file: %v", err)
	}
	_, err := config.Load(config.Input{Dir: empty, Path: "my.yaml"})
	if e := failure(t, err, crm.CodeConfig); e.Message != "there is no configuration file my.yaml" {
		t.Errorf("message %q", e.Message)
	}
}

func TestAFileThatIsNamedIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.yaml")
	if err := os.WriteFile(path, []byte("sync: {overlap: 1h}"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Input{Path: path, Dir: "elsewhere"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Sync.Overlap != time.Hour || c.File != path {
		t.Errorf("overlap %s, file %s", c.Sync.Overlap, c.File)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"over 1 MiB": {strings.Repeat("# 2345678\n", 1<<20/10+1), "warren.yaml is larger than 1 MiB"},
		"not UTF-8":  {"log: \xff\xfe", "warren.yaml is not written in UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, tc.text, nil)
			if e := failure(t, err, crm.CodeConfig); e.Message != tc.want {
				t.Errorf("message %q, want %q", e.Message, tc.want)
			}
		})
	}
	t.Run("a folder", func(t *testing.T) {
		d := t.TempDir()
		_, err := config.Load(config.Input{Path: d})
		if e := failure(t, err, crm.CodeConfig); !strings.Contains(e.Message, "cannot be read") {
			t.Errorf("message %q", e.Message)
		}
	})
	t.Run("a path through a file", func(t *testing.T) {
		_, err := config.Load(config.Input{Dir: dir(t, "{}"), Path: "warren.yaml/x"})
		if e := failure(t, err, crm.CodeConfig); !strings.Contains(e.Message, "cannot be opened") {
			t.Errorf("message %q", e.Message)
		}
	})
}

func TestFilesThatSayNothing(t *testing.T) {
	for name, text := range map[string]string{
		"comments": "# nothing\n", "a byte order mark": "\ufeff", "null values": "log:\nsync:\n  overlap:\nsources:\n  salesrabbit:\n    streams:\n",
		"an end mark": "---\nlog: {}\n...\n", "Windows lines": "log: {}\r\nsync:\r\n  overlap: 5m\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := mustLoad(t, text, nil)
			if c.Sync.BatchSize != 500 || c.Sync.Overlap != 5*time.Minute || c.File != "warren.yaml" {
				t.Errorf("config %v from %s", c, c.File)
			}
		})
	}
}

func TestWrongFlagsAreWrongUsage(t *testing.T) {
	for name, tc := range map[string]struct {
		flags config.Overrides
		want  string
	}{
		"database":  {config.Overrides{Database: "mysql://user:" + marker + "@host"}, `flag --database: the database address begins with "mysql://"`},
		"log level": {config.Overrides{LogLevel: "loud"}, `flag --log-level: "loud" is not one of debug, info, warn, error`},
		"format":    {config.Overrides{LogFormat: "jsn"}, `flag --log-format: "jsn" is not one of auto, text, json; did you mean "json"?`},
		"too many":  {config.Overrides{BatchSize: 10001}, "flag --batch-size: 10001 is not between 1 and 10000"},
		"share":     {config.Overrides{DeleteLimit: "20"}, `flag --delete-limit: "20" is not a share`},
		"negative":  {config.Overrides{BatchSize: -1}, "flag --batch-size: -1 is not between 1 and 10000"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(config.Input{Dir: t.TempDir(), Overrides: tc.flags})
			if e := failure(t, err, crm.CodeUsage); !strings.HasPrefix(e.Message, tc.want) || strings.Contains(e.Message, marker) {
				t.Errorf("message %q, want %q", e.Message, tc.want)
			}
		})
	}
}

func TestVariablesInTheFile(t *testing.T) {
	env := map[string]string{"TOKEN": " abc\n", "HOST": "crm.example", "N": "250", "EMPTY": ""}
	for _, tc := range []struct{ agent, want string }{
		{"${HOST}", "crm.example"},
		{"a ${HOST} b ${N}", "a crm.example b 250"},
		{"$$", "$"},
		{"$${HOST}", "${HOST}"},
		{"cost $5$", "cost $5$"},
		{"^[0-9]+$", "^[0-9]+$"},
		{"$$$${N}${N}", "$${N}250"},
	} {
		c := mustLoad(t, "sync: {batch_size: \"${N}\"}\nsources: {salesrabbit: {token: \"${TOKEN}\", agent: '"+tc.agent+"'}}", env)
		s := account(t, c, "salesrabbit").Settings
		if s.Text("agent") != tc.want || s.Text("token") != "abc" || c.Sync.BatchSize != 250 {
			t.Errorf("%s: agent %q, token %q, batch size %d", tc.agent, s.Text("agent"), s.Text("token"), c.Sync.BatchSize)
		}
	}
	for _, agent := range []string{"${EMPTY}", "${ABSENT}"} {
		_, err := load(t, "sources: {salesrabbit: {agent: '"+agent+"'}}", env)
		e := failure(t, err, crm.CodeConfig)
		if want := strings.Trim(agent, "${}"); !strings.Contains(e.Message, "sources.salesrabbit.agent: the environment variable "+want+" is not set") {
			t.Errorf("message %q names not both key and variable", e.Message)
		}
	}
	for _, agent := range []string{"${", "${}", "${1A}", "${A-B}", "${HOST:-x}"} {
		if _, err := load(t, "sources: {salesrabbit: {agent: '"+agent+"'}}", env); err == nil {
			t.Errorf("%s was taken", agent)
		}
	}
}

func TestOldEnterpriseNames(t *testing.T) {
	strictOf := func(t *testing.T, file string, env map[string]string) bool {
		t.Helper()
		return field(t, stream(t, account(t, mustLoad(t, file, env), "salesrabbit"), "leads"), "email").Strict
	}
	const name = "ENTERPRISE_VALIDATION_STRICT_MODE"
	if !strictOf(t, "", map[string]string{name: "true"}) {
		t.Error("strict mode in the environment has no effect")
	}
	if strictOf(t, "sources: {salesrabbit: {strict: true}}", map[string]string{name: "false"}) {
		t.Error("the file won over the environment")
	}
	_, err := load(t, "", map[string]string{name: "maybe"})
	if e := failure(t, err, crm.CodeConfig); !strings.Contains(e.Message, name) {
		t.Errorf("message %q", e.Message)
	}
	c, err := config.Load(config.Input{Dir: t.TempDir(), Environ: []string{
		"ENTERPRISE_VALIDATION_STRICTMODE=" + marker, "ENTERPRISE_STRICT=true", "ENTERPRISE_VALIDATION_STRICT_MODE=true",
		"ENTERPRISE_MONITORING_ENABLED=true", "PATH=/bin",
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"environment variable ENTERPRISE_VALIDATION_STRICTMODE has no effect; did you mean ENTERPRISE_VALIDATION_STRICT_MODE?",
		"environment variable ENTERPRISE_STRICT has no effect; did you mean ENTERPRISE_VALIDATION_STRICT_MODE?",
	}
	if diff := cmp.Diff(want, c.Warnings); diff != "" {
		t.Error(diff)
	}
}

// A setting that the file makes is the file's, also when it says what would
// hold without it; an empty one is none.
func TestInFile(t *testing.T) {
	c := mustLoad(t, `
log: {format: auto}
sync: {batch_size: 500, overlap: 5m, deletes: soft}
sources:
  salesrabbit:
    timeout: 60s
    page_size: ""
    streams: {lead: {deletes: soft}}
  hubspot: {token: t, portal: 1}
`, nil)
	for path, want := range map[string]bool{
		"log.format": true, "log.level": false, "sync.batch_size": true, "sync.overlap": true, "sync.check_sample": false, "sync.deletes": true,
		"sync.delete_limit": false, "database": false, "sources.salesrabbit.timeout": true, "sources.salesrabbit.rate": false,
		"sources.salesrabbit.page_size": false, "sources.salesrabbit.streams.lead.deletes": true, "sources.salesrabbit.streams.lead.delete_limit": false,
		"sources.hubspot.token": true,
	} {
		if got := c.InFile(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	if mustLoad(t, "", nil).InFile("sync.batch_size") {
		t.Error("an empty file sets something")
	}
}
