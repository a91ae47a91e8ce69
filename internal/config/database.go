package config

import (
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/nearest"
)

// The databases that Warren writes to.
const (
	DriverSQLite   = "sqlite"
	DriverPostgres = "postgres"
)

// DefaultDatabase is used when nobody names one: a file in the working
// directory.
const DefaultDatabase = "sqlite:///warren.db"

// hidden stands for a password wherever an address is shown.
const hidden = "xxxxx"

// Database is the address of the warehouse.
type Database struct {
	Driver string // DriverSQLite or DriverPostgres
	Path   string // the file of a SQLite database; "" for PostgreSQL
	URL    string // the whole address of a PostgreSQL database, password included; "" for SQLite
}

// ParseDatabase reads the address of a database:
//
//	sqlite:///warren.db           a file, relative
//	sqlite:////var/lib/warren.db  a file, absolute
//	warren.db                     a file ending in .db, .sqlite or .sqlite3
//	postgres://user:password@host:5432/name?sslmode=require&search_path=ingestion
//
// A PostgreSQL address is kept with all its parameters; schema, which other
// tools understand but the server does not, becomes search_path. The error is a
// *crm.Error with CodeConfig and never shows the address (L8).
func ParseDatabase(address string) (Database, error) {
	address = clean(address)
	if hasControl(address) {
		return Database{}, badDatabase("the database address holds a line break or another control character", "Paste it again, in one line.")
	}
	scheme, rest, found := strings.Cut(address, "://")
	switch {
	case address == "":
		return Database{}, badDatabase("the database address is empty", "Write sqlite:///warren.db, or postgres://user:password@host/name.")
	case !found || strings.ContainsAny(scheme, ":/@?# "):
		return parseBarePath(address)
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "sqlite":
		return parseSQLite(rest)
	case "postgres", "postgresql":
		return parsePostgres(address)
	}
	return Database{}, badScheme(scheme)
}

// String returns the address with the password hidden.
func (d Database) String() string {
	if d.Driver == DriverSQLite {
		return "sqlite:///" + strings.NewReplacer("%", "%25", "#", "%23").Replace(d.Path)
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		return d.Driver + "://" + hidden
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), hidden)
	}
	query, err := parameters(u)
	if err != nil {
		return d.Driver + "://" + hidden
	}
	for name := range query {
		if isPassword(name) {
			query.Set(name, hidden)
			u.RawQuery = query.Encode()
		}
	}
	return u.String()
}

// GoString returns what String returns, so that no way of printing shows the
// password.
func (d Database) GoString() string { return d.String() }

// MarshalText returns what String returns, for JSON.
func (d Database) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// LogValue returns what String returns, for logs.
func (d Database) LogValue() slog.Value { return slog.StringValue(d.String()) }

// in resolves the path of a SQLite file against a directory.
func (d Database) in(dir string) Database {
	if d.Driver == DriverSQLite && dir != "" && !filepath.IsAbs(d.Path) {
		d.Path = filepath.Join(dir, d.Path)
	}
	return d
}

func badDatabase(message, fix string) *crm.Error {
	return &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: message, Fix: fix}
}

// badScheme shows the scheme alone: what follows it may hold a password.
func badScheme(scheme string) *crm.Error {
	const takes = "; Warren writes to SQLite and PostgreSQL"
	meant := nearest.Name(scheme, []string{DriverSQLite, DriverPostgres, "postgresql"})
	if scheme == "pgsql" || scheme == "psql" || scheme == "pg" {
		meant = DriverPostgres
	}
	if meant != "" {
		return badDatabase("the database address begins with "+quote(scheme+"://")+takes+"; did you mean "+quote(meant+"://")+"?", "Write "+meant+"://.")
	}
	return badDatabase("the database address begins with "+quote(scheme+"://")+takes, "Write sqlite:///warren.db, or postgres://user:password@host/name.")
}
