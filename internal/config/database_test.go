package config_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

func TestParseDatabase(t *testing.T) {
	const lite, pg = config.DriverSQLite, config.DriverPostgres
	for _, tc := range []struct{ in, driver, rest, shown string }{
		{"sqlite:///warren.db", lite, "warren.db", "sqlite:///warren.db"},
		{"sqlite:////var/lib/warren.db", lite, "/var/lib/warren.db", "sqlite:////var/lib/warren.db"},
		{"SQLite:///data/warren", lite, "data/warren", "sqlite:///data/warren"},
		{"sqlite:///my%20data.db", lite, "my data.db", "sqlite:///my data.db"},
		{"sqlite:///100%.db", lite, "100%.db", "sqlite:///100%25.db"},
		{"#1.db", lite, "#1.db", "sqlite:///%231.db"},
		{"sqlite:///C:/data/x.db", lite, "C:/data/x.db", "sqlite:///C:/data/x.db"},
		{"  warren.db\n", lite, "warren.db", "sqlite:///warren.db"},
		{"./data/x.SQLite", lite, "./data/x.SQLite", "sqlite:///./data/x.SQLite"},
		{"/abs/x.sqlite3", lite, "/abs/x.sqlite3", "sqlite:////abs/x.sqlite3"},
		{`C:\data\x.db`, lite, `C:\data\x.db`, `sqlite:///C:\data\x.db`},
		{"postgres://h/d", pg, "postgres://h/d", "postgres://h/d"},
		{"postgresql://u@h:5433/d?sslmode=require", pg, "postgresql://u@h:5433/d?sslmode=require", "postgresql://u@h:5433/d?sslmode=require"},
		{
			"postgres://u:" + marker + "%40%2F%3F%23%25@h/d?search_path=ingestion,public", pg,
			"postgres://u:" + marker + "%40%2F%3F%23%25@h/d?search_path=ingestion,public", "postgres://u:xxxxx@h/d?search_path=ingestion,public",
		},
		{"postgres://u:p!$&'()*+,;=" + marker + "@h/d", pg, "postgres://u:p%21$&%27%28%29%2A+,;=" + marker + "@h/d", "postgres://u:xxxxx@h/d"},
		{"postgres://u:a@" + marker + "@h/d", pg, "postgres://u:a%40" + marker + "@h/d", "postgres://u:xxxxx@h/d"},
		{"postgres:///d?host=/run/postgresql&password=" + marker, pg, "postgres:///d?host=/run/postgresql&password=" + marker, "postgres:///d?host=%2Frun%2Fpostgresql&password=xxxxx"},
		{"postgres://u:" + marker + "@h/d?schema=ingestion", pg, "postgres://u:" + marker + "@h/d?search_path=ingestion", "postgres://u:xxxxx@h/d?search_path=ingestion"},
		{"postgres://h/d?schema=a&search_path=b", pg, "postgres://h/d?search_path=b", "postgres://h/d?search_path=b"},
		{"postgres://h/d?options=-c%20a%3D1+2&schema=a", pg, "postgres://h/d?options=-c%20a%3D1%2B2&search_path=a", "postgres://h/d?options=-c%20a%3D1%2B2&search_path=a"},
		{"postgres://h/d?Password=" + marker + "& pass=" + marker, pg, "postgres://h/d?Password=" + marker + "& pass=" + marker, "postgres://h/d?+pass=xxxxx&Password=xxxxx"},
		{"POSTGRES://h1:1,h2:2?user=u", pg, "postgres://h1:1,h2:2/?user=u", "postgres://h1:1,h2:2/?user=u"},
		{"postgres://?host=h", pg, "postgres:///?host=h", "postgres:///?host=h"},
	} {
		db, err := config.ParseDatabase(tc.in)
		if err != nil {
			t.Errorf("%s: %v", tc.in, err)
			continue
		}
		if db.Driver != tc.driver || db.Path+db.URL != tc.rest || db.String() != tc.shown {
			t.Errorf("%s: driver %s, path %q, URL %q, shown %s", tc.in, db.Driver, db.Path, db.URL, db)
		}
	}
}

func TestParseDatabaseSaysWhatIsWrong(t *testing.T) {
	const unreadable = "the PostgreSQL address cannot be read"
	for _, tc := range []struct{ in, message, fix string }{
		{" ", "the database address is empty", "sqlite:///warren.db"},
		{"sqlite://:memory:", "a SQLite database in memory would lose the history", "Name a file"},
		{"sqlite:///:memory:", "a SQLite database in memory", "Name a file"},
		{"sqlite://", "a SQLite database in memory", "Name a file"},
		{"sqlite:///", "a SQLite database in memory", "Name a file"},
		{":memory:", "a SQLite database in memory", "Name a file"},
		{"file::memory:?cache=shared", "a SQLite database in memory", "Name a file"},
		{"sqlite://warren.db", "the SQLite address has two slashes", "sqlite:///warren.db"},
		{"sqlite:///x.db?_pragma=foreign_keys(0)", "the SQLite address has parameters", "End the address"},
		{"sqlite:///x%3F.db", "the SQLite address holds characters", "Name a plain file"},
		{"sqlite:///x%00.db", "the SQLite address holds characters", "Name a plain file"},
		{"sqlite:///file:x.db", "the SQLite address holds characters", "Name a plain file"},
		{"sqlite:///data/", "the SQLite address names a folder", "Name a file in it"},
		{"sqlite:warren.db", `the database address has no // behind "sqlite:"`, "sqlite:///warren.db"},
		{"file:warren.db", `the database address has no // behind "file:"`, "sqlite:///warren.db"},
		{"sqlite3:///x.db", `did you mean "sqlite://"?`, "Write sqlite://."},
		{"postgis://u:" + marker + "@h/d", `did you mean "postgres://"?`, "Write postgres://."},
		{"pgsql://u:" + marker + "@h/d", `did you mean "postgres://"?`, "Write postgres://."},
		{"postgress://u:" + marker + "@h/d", `did you mean "postgres://"?`, "Write postgres://."},
		{"mysql://u:" + marker + "@h/d", `the database address begins with "mysql://"; Warren writes to SQLite and PostgreSQL`, "sqlite:///warren.db"},
		{"u:" + marker + "@h/x://d", "the database address is neither", "postgres://"},
		{"host=h password=" + marker + " dbname=d", "key=value pairs", "postgres://"},
		{"warren", "the database address is neither", "postgres://"},
		{"postgres:h/d.db", "the database address is neither", "postgres://"},
		{"warren\n.db", "a line break or another control character", "in one line"},
		{"postgres://", "the PostgreSQL address names neither host nor database", "postgres://"},
		{"postgres://h/d?sslmode=requires", `the sslmode "requires" is not one of`, "Write require."},
		{"postgres://h/d?a=%zz", "the parameters of the PostgreSQL address cannot be read", "?sslmode"},
		{"postgres://u:" + marker + "#1@h/d", unreadable, "# as %23"},
		{"postgres://u:1#" + marker + "@h/d", unreadable, "# as %23"},
		{"postgres://u:1/" + marker + "@h/d", unreadable, "/ as %2F"},
		{"postgres://u:" + marker + "/1@h/d", unreadable, "/ as %2F"},
		{"postgres://u:1?" + marker + "@h/d", unreadable, "? as %3F"},
		{"postgres://u:50%" + marker + "@h/d", unreadable, "% as %25"},
		{"postgres://u:" + marker + " x@h/d", unreadable, "encoded form"},
	} {
		db, err := config.ParseDatabase(tc.in)
		if err == nil {
			t.Errorf("%s was taken as %v", tc.in, db)
			continue
		}
		e := failure(t, err, crm.CodeConfig)
		if !strings.Contains(e.Message, tc.message) || !strings.Contains(e.Fix, tc.fix) {
			t.Errorf("%s: message %q, fix %q", tc.in, e.Message, e.Fix)
		}
		if strings.Contains(e.Error()+e.Fix, marker) {
			t.Errorf("%q shows a password (L8)", e.Error())
		}
	}
}

func TestADatabaseThatCannotBeReadShowsNothing(t *testing.T) {
	db := config.Database{Driver: config.DriverPostgres, URL: "postgres://u:%" + marker + "@h"}
	if got := db.String(); got != "postgres://xxxxx" {
		t.Errorf("shown as %s", got)
	}
}

func FuzzParseDatabase(f *testing.F) {
	for _, seed := range [][2]string{{"", ""}, {"a@", "/"}, {"1/", "#"}, {"?", "%zz"}, {"@h/d?password=", "&x=y"}, {":", "%40"}} {
		f.Add(seed[0], seed[1], "sqlite:///x.db")
	}
	f.Add("", "", "x%41.db")
	f.Add("", "", "sqlite:////a b/../%2541.sqlite?")
	f.Fuzz(func(t *testing.T, before, after, whole string) {
		// L8: wherever the password ends up, nothing shows it.
		db, err := config.ParseDatabase("postgres://user:" + before + marker + after + "@host/name")
		if err == nil && strings.Contains(db.String(), marker) {
			t.Errorf("shown as %s", db)
		}
		if err != nil {
			if e := failure(t, err, crm.CodeConfig); strings.Contains(e.Error()+e.Fix, marker) {
				t.Errorf("message %s", e)
			}
		}
		db, err = config.ParseDatabase(whole)
		if err != nil {
			_ = failure(t, err, crm.CodeConfig)
			return
		}
		if db.Driver == config.DriverPostgres {
			if _, err := url.Parse(db.URL); err != nil {
				t.Errorf("%q was taken but is no URL", whole)
			}
			return
		}
		again, err := config.ParseDatabase(db.String())
		if err != nil || again != db {
			t.Errorf("%q: %+v became %+v, %v", whole, db, again, err)
		}
	})
}
