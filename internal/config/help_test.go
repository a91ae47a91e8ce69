package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// marker stands inside every secret of these tests; it must come out nowhere.
const marker = "s3cr3tM4rk"

// sources are two registrations with every kind of option.
func sources() []crm.Source {
	return []crm.Source{
		{
			Type: "salesrabbit", Title: "SalesRabbit", Summary: "Leads and users over REST.",
			Options: []crm.Option{
				{Name: "token", Help: "The API token.", Env: []string{"SALESRABBIT_API_KEY", "SALESRABBIT_API_TOKEN"}, Kind: crm.OptionText, Secret: true, Required: true},
				{Name: "url", Help: "Where the API is.", Env: []string{"SALESRABBIT_API_URL"}, Default: "https://api.salesrabbit.com", Kind: crm.OptionURL},
				{Name: "api_style", Help: "The dialect.", Env: []string{"SALESRABBIT_API_STYLE"}, Default: "live", Kind: crm.OptionChoice, Choices: []string{"live", "spec"}},
				{Name: "page_size", Help: "Records a page.", Default: "1000", Kind: crm.OptionInteger},
				{Name: "rate", Help: "Calls a second.", Default: "1.5", Kind: crm.OptionNumber},
				{Name: "gzip", Help: "Ask for compressed answers.", Default: "true", Kind: crm.OptionBoolean},
				{Name: "timeout", Help: "Patience with one call.", Default: "60s", Kind: crm.OptionDuration},
				{Name: "max_response", Help: "The longest answer.", Default: "64MiB", Kind: crm.OptionSize},
				{Name: "agent", Help: "What Warren calls itself: a name.", Default: "warren: $1", Kind: crm.OptionText},
			},
			Streams: []crm.Stream{
				{
					Name: "leads", Aliases: []string{"lead"}, Title: "Leads", Table: "ingestion_salesrabbit_lead",
					PrimaryKey: []string{"id"}, Cursor: "date_modified",
					Custom: "customFields",
					Fields: []crm.Field{
						{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger, NotNull: true},
						{Column: "email", Paths: []string{"email"}, Rule: crm.Rule{Type: "email"}},
						{Column: "phone_primary", Paths: []string{"phonePrimary"}, Rule: crm.Rule{Type: "phone"}, Normalize: "trim"},
						{Column: "phone_alternate", Paths: []string{"phoneAlternate"}, Rule: crm.Rule{Type: "phone"}},
						{Column: "state", Paths: []string{"state", "address.state"}, Rule: crm.Rule{Type: "state"}, Strict: true},
						{Column: "status", Paths: []string{"status"}},
						{Column: "date_modified", Paths: []string{"dateModified"}, Type: crm.TypeTimestamp},
						{Column: "custom_fields", Paths: []string{"customFields"}, Type: crm.TypeJSON},
					},
				},
				{
					Name: "users", Title: "Users", Table: "salesrabbit_user", PrimaryKey: []string{"id"},
					Fields: []crm.Field{
						{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger},
						{Column: "email", Paths: []string{"email"}, Rule: crm.Rule{Type: "email"}},
					},
				},
			},
		},
		{
			Type: "hubspot", Title: "HubSpot", Summary: "Contacts and deals.",
			Options: []crm.Option{
				{Name: "token", Help: "The token of a private app.", Env: []string{"HUBSPOT_API_TOKEN"}, Kind: crm.OptionText, Secret: true, Required: true},
				{Name: "portal", Help: "The account's number.", Kind: crm.OptionInteger, Required: true},
				{Name: "note", Help: "Anything.", Kind: crm.OptionText},
			},
		},
	}
}

// dir returns a directory, with a warren.yaml in it unless text is empty.
func dir(t *testing.T, text string) string {
	t.Helper()
	d := t.TempDir()
	if text != "" {
		if err := os.WriteFile(filepath.Join(d, config.DefaultFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func environ(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := pairs[name]
		return v, ok
	}
}

// load loads a file with an environment.
func load(t *testing.T, text string, env map[string]string) (*config.Config, error) {
	t.Helper()
	return config.Load(config.Input{Dir: dir(t, text), Env: environ(env), Sources: sources()})
}

func mustLoad(t *testing.T, text string, env map[string]string) *config.Config {
	t.Helper()
	c, err := load(t, text, env)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

func account(t *testing.T, c *config.Config, name string) config.Account {
	t.Helper()
	a, ok := c.Account(name)
	if !ok {
		t.Fatalf("there is no account %s", name)
	}
	return a
}

func stream(t *testing.T, a config.Account, name string) crm.Stream {
	t.Helper()
	for _, s := range a.Streams {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("%s has no stream %s", a.Name, name)
	return crm.Stream{}
}

func field(t *testing.T, s crm.Stream, column string) crm.Field {
	t.Helper()
	f, ok := s.Field(column)
	if !ok {
		t.Fatalf("%s has no column %s", s.Name, column)
	}
	return f
}

// failure asserts that err is one that a person can act on, and returns it.
func failure(t *testing.T, err error, code crm.Code) *crm.Error {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *crm.Error", err)
	}
	if e.Code != code || e.Origin != crm.OriginConfig || e.Fix == "" {
		t.Fatalf("error %+v: want code %s, origin config and a fix", e, code)
	}
	return e
}

func loadWith(t *testing.T, text string, registered []crm.Source) (*config.Config, error) {
	t.Helper()
	return config.Load(config.Input{Dir: dir(t, text), Sources: registered})
}
