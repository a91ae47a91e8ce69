package athena

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Config)
		says   string
	}{
		{"no name", func(c *Config) { c.Source = "" }, "no name"},
		{"a secret key alone", func(c *Config) { c.AccessKey = " " }, "ACME_KEY"},
		{"a session token alone", func(c *Config) { c.AccessKey, c.SecretKey = "", "" }, "ACME_KEY"},
		{"an access key alone", func(c *Config) { c.SecretKey = "" }, "ACME_SECRET"},
		{"no database", func(c *Config) { c.Database = "\n" }, "ACME_DATABASE"},
		{"no region", func(c *Config) { c.Region = "" }, "ACME_REGION"},
		{"a negative timeout", func(c *Config) { c.Timeout = -1 }, "negative"},
		{"an endpoint that is none", func(c *Config) { c.Endpoint = "127.0.0.1:4566" }, "ACME_ENDPOINT"},
		{"an endpoint with a password", func(c *Config) { c.Endpoint = "http://me:pass@host" }, "ACME_ENDPOINT"},
		{"an output that is no place", func(c *Config) { c.Output = "/tmp" }, "ACME_OUTPUT"},
		{"an output without a bucket", func(c *Config) { c.Output = "s3:///path" }, "ACME_OUTPUT"},
	}
	environment(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := config(play())
			test.change(&c)
			_, err := New(t.Context(), c)
			e := explained(t, err, crm.CodeConfig)
			mustHave(t, e.Message+e.Fix, test.says)
			if e.Origin != crm.OriginConfig {
				t.Errorf("origin %s", e.Origin)
			}
		})
	}
}

// environment is a machine that knows nothing of AWS.
func environment(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, value := range map[string]string{
		"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "",
		"AWS_ENDPOINT_URL": "", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "",
		"AWS_CONFIG_FILE": filepath.Join(dir, "config"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(dir, "credentials"),
	} {
		t.Setenv(name, value)
	}
}

func TestTheUsualChainIsAskedWhereNoKeysAreSet(t *testing.T) {
	environment(t)
	t.Setenv("AWS_ACCESS_KEY_ID", accessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secretKey)
	t.Setenv("AWS_REGION", "eu-west-1")
	f := play().on("StartQueryExecution", refusal(400, "UnrecognizedClientException", "The secret "+secretKey+" is invalid"))
	c := dial(t, f, func(c *Config) { c.AccessKey, c.SecretKey, c.SessionToken, c.Region = "", "", "", "" })
	_, err := c.Start(t.Context(), Query{Text: "SELECT 1", Token: token})
	e := explained(t, err, crm.CodeAuth)
	mustHave(t, e.Error(), "the access key …MPLE", "The secret [secret]") // it learned whose key it is, and hides what came with it
}

func TestNoCredentialsAtAll(t *testing.T) {
	environment(t)
	f := play()
	c := dial(t, f, func(c *Config) { c.AccessKey, c.SecretKey, c.SessionToken = "", "", "" })
	_, err := c.Start(t.Context(), Query{Text: "SELECT 1", Token: token})
	e := explained(t, err, crm.CodeAuth)
	mustHave(t, e.Fix, "ACME_KEY", "ACME_SECRET", "AWS_PROFILE")
	if e.Origin != crm.OriginConfig || f.made("StartQueryExecution") != 0 {
		t.Errorf("origin %s, %d calls", e.Origin, f.made("StartQueryExecution"))
	}
}

func TestAProfileThatIsNotThere(t *testing.T) {
	environment(t)
	t.Setenv("AWS_PROFILE", "nobody")
	if err := os.WriteFile(os.Getenv("AWS_CONFIG_FILE"), []byte("[default]\nregion = us-east-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := config(play())
	c.AccessKey, c.SecretKey, c.SessionToken = "", "", ""
	_, err := New(t.Context(), c)
	e := explained(t, err, crm.CodeConfig)
	mustHave(t, e.Error()+e.Fix, "nobody", "AWS_PROFILE")
}

func TestL8ConfigAndClientShowNoSecret(t *testing.T) {
	c := config(play())
	client := dial(t, play(), nil)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", c, "pointer", &c)
	for _, text := range []string{
		fmt.Sprintf("%v %+v %#v %s %q %d", c, c, c, c, c, c), fmt.Sprintf("%v %+v %#v", &c, &c, &c),
		fmt.Sprintf("%v %+v %#v", *client, *client, *client), log.String(),
	} {
		mustHide(t, text)
	}
	mustHave(t, fmt.Sprint(c), "acme")
}

func TestDefaults(t *testing.T) {
	c := dial(t, play(), func(c *Config) { c.Output = "" })
	if c.timeout != 30*time.Minute || c.patience != 15*time.Minute || c.callTimeout != time.Minute || c.catalog != "AwsDataCatalog" {
		t.Errorf("timeout %s, patience %s, call %s, catalog %s", c.timeout, c.patience, c.callTimeout, c.catalog)
	}
	plain := Config{Source: "a", Database: "d"}
	if err := plain.complete(); err != nil {
		t.Fatal(err)
	}
	if n := plain.Random(); n < 0 || n >= 1 {
		t.Errorf("random %v", n)
	}
	plain.Observe(crm.CallMade{}) // nobody listens: it must not fail
}

func TestAPlaceHoldsWhatLiesInIt(t *testing.T) {
	tests := []struct {
		file, folder string
		want         bool
	}{
		{"s3://b/a/x", "s3://b/a/", true},
		{"s3://b/a/x", "s3://b/a", true},
		{"s3://b/a/x/y", "s3://b/a/", true},
		{"s3://b/ab/x", "s3://b/a", false},
		{"s3://c/a/x", "s3://b/a/", false},
		{"s3://b/a/", "s3://b/a/", false},
		{"s3://b/x", "s3://b", true},
	}
	for _, test := range tests {
		file, err1 := parsePlace(test.file)
		folder, err2 := parsePlace(test.folder)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if got := file.within(folder); got != test.want {
			t.Errorf("%s within %s: %t", test.file, test.folder, got)
		}
	}
	for _, text := range []string{"", "b/a", "s3://", "s3:///a", "http://b/a", "s3://b/a\nb"} {
		if p, err := parsePlace(text); err == nil {
			t.Errorf("%q was taken for %s", text, p)
		}
	}
}
