package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// FuzzLoad holds of any file: it loads or is refused as a configuration, with
// what to do and the line that it is about, and what the environment holds is
// in no message (L8).
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
	in := f.TempDir()
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := loadFile(t, in, registered, file, map[string]string{"SECRET": marker, "SALESRABBIT_API_KEY": marker})
		if err != nil {
			e := failure(t, err, crm.CodeConfig)
			if strings.Contains(e.Error()+e.Fix, marker) && !bytes.Contains(file, []byte(marker)) {
				t.Errorf("a secret is in the message (L8): %s", e.Error())
			}
			checkPlaces(t, e, file)
			return
		}
		for _, a := range c.Accounts {
			if len(a.Streams)+len(a.Disabled) != len(a.Source.Streams) {
				t.Errorf("%s has lost a stream", a.Name)
			}
		}
	})
}

func loadFile(t *testing.T, in string, registered []crm.Source, file []byte, env map[string]string) (*config.Config, error) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(in, config.DefaultFile), file, 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(config.Input{Dir: in, Sources: registered, Env: environ(env)})
}

var (
	place     = regexp.MustCompile(`(?m)^warren\.yaml:(\d+):(\d+): `)
	wholeFile = regexp.MustCompile(`^warren\.yaml is (not written in UTF-8|not valid YAML|larger than 1 MiB)`)
)

// checkPlaces: a message names lines that the file has.
func checkPlaces(t *testing.T, e *crm.Error, file []byte) {
	t.Helper()
	places := place.FindAllStringSubmatch(e.Message, -1)
	if len(places) == 0 && !wholeFile.MatchString(e.Message) {
		t.Errorf("the message names no line: %s", e.Message)
	}
	lines := 1 + bytes.Count(file, []byte("\n")) + bytes.Count(file, []byte("\r"))
	for _, p := range places {
		line, lineErr := strconv.Atoi(p[1])
		column, columnErr := strconv.Atoi(p[2])
		if lineErr != nil || columnErr != nil || line < 1 || column < 1 || line > lines {
			t.Errorf("a file of %d lines: %s", lines, e.Message)
		}
	}
}

// FuzzSecret holds of a secret in the file or in the environment, whatever
// stands around it: no message and no way of printing the configuration shows
// it (L8).
func FuzzSecret(f *testing.F) {
	for _, c := range [][2]string{
		{"", ""}, {`"`, `"`}, {"'", ""}, {"|", ""}, {"&", " x"}, {"*", ""}, {"!", " x"}, {"- ", ""}, {"a: ", ": b"}, {"%", ""}, {"@", "`"},
		{"${", "}"}, {"$", "$$"}, {"\\", "\\"}, {"a #", ""}, {"\t", "\t"}, {"a@", "/#?"}, {"\x00", "\u2028"}, {"1", "s"}, {"\"", ""},
	} {
		for place := range uint8(len(secretPlaces)) {
			f.Add(c[0], c[1], place)
		}
	}
	registered := sources()
	in := f.TempDir()
	f.Fuzz(func(t *testing.T, before, after string, at uint8) {
		place := secretPlaces[int(at)%len(secretPlaces)]
		secret := before + marker + after
		file, env := place.file, map[string]string{}
		if place.env != "" {
			env[place.env] = strings.ReplaceAll(place.text, "SECRET", secret)
		} else if strings.ContainsAny(secret, "\r\n\u0085\u2028\u2029{}[],?") || place.alone && strings.Contains(secret, ":") {
			return // may make a key of the secret, and keys are shown
		} else {
			file = strings.ReplaceAll(file, "SECRET", secret)
		}
		c, err := loadFile(t, in, registered, []byte(file), env)
		if err != nil {
			if e := failure(t, err, crm.CodeConfig); strings.Contains(e.Error()+e.Fix, marker) {
				t.Errorf("%s: the message shows it: %s", place.file+place.env, e.Error())
			}
			return
		}
		printed := fmt.Sprintf("%v %+v %#v %s %v", c, c, c, c.LogValue(), c.Warnings)
		for _, a := range c.Accounts {
			printed += fmt.Sprintf("%v %+v %#v %v %s", a, a, a, a.Ready(), a.Settings.LogValue())
		}
		text, err := json.Marshal(c.Database)
		if printed += string(text); err != nil || strings.Contains(printed, marker) {
			t.Errorf("%s: printing the configuration shows it: %s, %v", place.file+place.env, printed, err)
		}
	})
}

// secretPlaces are the places that take a secret, and some beside them where
// one may end up by mistake.
var secretPlaces = [...]struct {
	file, env, text string
	alone           bool // the secret stands on a line of its own
}{
	{file: "sources:\n  salesrabbit:\n    token: SECRET\n    page_size: many\n"},
	{file: "sources:\n  salesrabbit:\n    token: SECRET\n"},
	{file: "sources:\n  hubspot:\n    token: SECRET\n    portal: many\n"},
	{file: "database: postgres://user:SECRET@host/name\nlog: {level: loud}\n"},
	{file: "sources:\n  salesrabbit:\n    token:\n      SECRET\n", alone: true},
	{file: "sources:\n  salesrabbit:\n    tokn: SECRET\n"},
	{env: "SALESRABBIT_API_KEY", text: "SECRET"},
	{env: "SALESRABBIT_API_TOKEN", text: "SECRET"},
	{env: "HUBSPOT_API_TOKEN", text: "SECRET"},
	{env: "DATABASE_URL", text: "postgres://user:SECRET@host/name"},
	{env: "DATABASE_URL", text: "mysql://user:SECRET@host/name"},
	{env: "X", text: "SECRET", file: "sources:\n  salesrabbit:\n    token: ${X}\n    page_size: \"${X}\"\n    url: a${X}\n"},
	{env: "X", text: "SECRET", file: "database: ${X}\nlog: {level: \"${X}\"}\nsync: {overlap: \"${X}\", batch_size: \"${X}\"}\n"},
}

// FuzzPassword holds of a password that is written into an address as it is:
// the address is refused, or the driver reads the whole of it as the password.
// A part that it took for a host or a database would be shown (L8).
func FuzzPassword(f *testing.F) {
	for _, c := range [][2]string{
		{"", ""}, {"a@", ""}, {"", "@"}, {"@h/d?password=", ""}, {"@h/d? password=", "&x=y"}, {"@h/d?pass%77ord=", "&a=b+c"}, {"a/", ""},
		{"a@[::1", "]:5432/d?x=1"}, {"a,b@h1,", ""}, {":", "%40"}, {"a@b:1,", ":2,c:3"}, {"%", ""}, {"p!$&'()*+,;=", "~"},
	} {
		f.Add("postgres", c[0], c[1])
	}
	f.Add("PostgreSQL", "a@", "")
	f.Fuzz(func(t *testing.T, scheme, before, after string) {
		address := scheme + "://user:" + before + marker + after + "@host/name"
		db, err := config.ParseDatabase(address)
		if err != nil || db.Driver != config.DriverPostgres {
			return // FuzzSecret looks at messages
		}
		if strings.Contains(db.String(), marker) {
			t.Errorf("%q is shown as %s", address, db)
		}
		read, err := pgconn.ParseConfig(db.URL)
		switch {
		case err != nil:
			if strings.Contains(err.Error(), marker) {
				t.Errorf("%q: the driver shows it: %v", address, err)
			}
		case !strings.Contains(read.Password, marker) || strings.Contains(read.Host+read.Database+read.User, marker):
			t.Errorf("%q: the driver reads the password %q, host %q, database %q, user %q", address, read.Password, read.Host, read.Database, read.User)
		}
	})
}

// FuzzPostgresAddress holds of an address put together as it should be: the
// driver reads from what Warren keeps the user, password and database that
// were meant, and nothing that Warren shows holds the password (L8).
func FuzzPostgresAddress(f *testing.F) {
	for _, c := range [][4]string{
		{"user", "", "name", ""}, {"u@x", "@:/?#%[] +&='\"\\", "my db", "ingestion"}, {"üser", "pässwörd", "näme", "a,b"}, {"u", "xxxxx", "d", "a b&c=d"}, {"%41", "%", "%zz", "%"},
	} {
		f.Add(c[0], c[1], c[2], c[3])
	}
	f.Fuzz(func(t *testing.T, user, around, name, schema string) {
		password := around + marker + around
		u := url.URL{Scheme: "postgres", User: url.UserPassword(user, password), Host: "host.invalid:5432", Path: "/" + name}
		if schema != "" {
			u.RawQuery = "schema=" + strings.ReplaceAll(url.QueryEscape(schema), "+", "%20")
		}
		db, err := config.ParseDatabase(u.String())
		if err != nil {
			if e := failure(t, err, crm.CodeConfig); strings.Contains(e.Error()+e.Fix, marker) {
				t.Errorf("the message shows the password: %s", e.Error())
			}
			if !strings.Contains(name, "@") { // which an unescaped password may have left there
				t.Errorf("%s is refused: %v", u.String(), err)
			}
			return
		}
		if shown := fmt.Sprintf("%v %+v %#v %s %q", db, db, db, db.LogValue(), db); strings.Contains(shown, marker) || !strings.Contains(shown, "host.invalid:5432") {
			t.Errorf("shown as %s", shown)
		}
		read, err := pgconn.ParseConfig(db.URL)
		if err != nil {
			return // the driver has rules of its own, and says so when it connects
		}
		if read.Password != password || user != "" && read.User != user || name != "" && read.Database != name || schema != "" && read.RuntimeParams["search_path"] != schema {
			t.Errorf("%s is kept as an address with user %q, password %q, database %q, search path %q",
				u.String(), read.User, read.Password, read.Database, read.RuntimeParams["search_path"])
		}
	})
}
