package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// FuzzLoad holds of any file: it loads or is refused as a configuration, and
// what the environment holds is in no message (L8).
func FuzzLoad(f *testing.F) {
	text, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range strings.Split(string(text), "=== ")[1:] {
		_, rest, _ := strings.Cut(c, "\n")
		yaml, _, _ := strings.Cut(rest, "----\n")
		f.Add([]byte(strings.ReplaceAll(yaml, marker, "${SECRET}")))
	}
	f.Add([]byte(everyOverride))
	f.Add(config.Example(sources()))
	registered := sources()
	path := f.TempDir() + "/warren.yaml"
	f.Fuzz(func(t *testing.T, file []byte) {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(config.Input{
			Path: path, Sources: registered,
			Env: environ(map[string]string{"SECRET": marker, "SALESRABBIT_API_KEY": marker}),
		})
		if err != nil {
			if e := failure(t, err, crm.CodeConfig); strings.Contains(e.Error()+e.Fix, marker) && !strings.Contains(string(file), marker) {
				t.Errorf("a secret is in the message (L8): %s", e.Error())
			}
			return
		}
		for _, a := range c.Accounts {
			if len(a.Streams)+len(a.Disabled) != len(a.Source.Streams) {
				t.Errorf("%s has lost a stream", a.Name)
			}
		}
	})
}
