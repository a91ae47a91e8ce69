package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/source"
)

func TestAccountsMustEndWithTheSameData(t *testing.T) {
	var asked []string
	equal := func(table string) (string, error) {
		asked = append(asked, table)
		return "100 7", nil
	}
	if text, err := commonDigest(2, equal); err != nil || text != "100 7" {
		t.Errorf("%q %v", text, err)
	}
	if text, err := commonDigest(0, equal); err != nil || text != "100 7" {
		t.Errorf("%q %v", text, err)
	}
	if got, want := fmt.Sprint(asked), "[a0001_"+leadTable+" a0002_"+leadTable+" "+leadTable+"]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	_, err := commonDigest(3, func(table string) (string, error) { return table[:5], nil })
	if err == nil || !strings.Contains(err.Error(), "a0002_") {
		t.Errorf("other data: %v", err)
	}
	broken := errors.New("no such table")
	if _, err := commonDigest(3, func(string) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// What is measured of many streams is worth nothing when some of them did nothing.
func TestEveryStreamMustHaveWrittenItsRows(t *testing.T) {
	const one, other = `{"source":"a0001","created":5,"status":"success"}`, `{"source":"a0002","created":5,"status":"success"}`
	st := step{title: stepFirst, written: 10}
	for runs, want := range map[string]string{
		one + "," + other:                        "",
		one:                                      "1 runs, not of 2",
		one + `,{"source":"a0002"}`:              "5 rows of a0002",
		one + `,{"source":"a0002","updated":10}`: "5 rows of a0002",
		one + "," + strings.Replace(other, "success", "partial", 1):            "5 rows of a0002",
		one + "," + strings.Replace(other, "created", `failed":1,"created`, 1): "5 rows of a0002",
		"nonsense": "invalid character",
	} {
		err := program{accounts: 2}.check([]byte(`{"runs":[`+runs+`]}`), st)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", runs, err, want)
		}
	}
}

// Warren reads the settings of as many accounts as can be asked for, and finds each
// of them to be of one stream.
func TestTheMostAccountsAreTaken(t *testing.T) {
	vars := map[string]string{}
	for _, one := range accountEnvironment(mostAccounts, "http://crm.test") {
		name, value, _ := strings.Cut(one, "=")
		vars[name] = value
	}
	load := func(accounts int) (*config.Config, error) {
		file := filepath.Join(t.TempDir(), "accounts.yaml")
		if err := os.WriteFile(file, accountSettings(accounts), 0o600); err != nil {
			t.Fatal(err)
		}
		return config.Load(config.Input{
			Path: file, Sources: source.All(), Env: func(name string) (string, bool) { value, set := vars[name]; return value, set },
		})
	}
	cfg, err := load(mostAccounts)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, a := range cfg.Accounts {
		if a.Source.Type != "salesrabbit" {
			continue // known, and without settings
		}
		found++
		table := tablePrefix(found) + leadTable
		if a.Name != account(found) || len(a.Streams) != 1 || a.Streams[0].Table != table || a.Settings.Values["url"] != "http://crm.test" || a.Settings.Values["rate"] != "0" {
			t.Errorf("account %d is %s with %d streams and %v", found, a.Name, len(a.Streams), a.Settings.Values["url"])
		}
	}
	if found != mostAccounts {
		t.Errorf("%d accounts", found)
	}
	if _, err := load(mostAccounts + 1); err == nil {
		t.Error("Warren takes more accounts than -streams")
	}
}
