package config

import (
	"net/url"
	"strings"
)

// parseSQLite reads what follows sqlite://. As in SQLAlchemy and
// dj-database-url, a third slash ends the (empty) host and the path follows.
func parseSQLite(rest string) (Database, error) {
	path, found := strings.CutPrefix(rest, "/")
	if !found && rest != "" && !strings.HasPrefix(rest, ":memory:") {
		return Database{}, badDatabase("the SQLite address has two slashes, which would make the file's name a host",
			"Write three slashes for a relative path and four for an absolute one: sqlite:///warren.db.")
	}
	if !found {
		path = ":memory:"
	}
	if strings.ContainsAny(path, "?#") {
		return Database{}, badDatabase("the SQLite address has parameters, which Warren sets itself", "End the address with the file's name.")
	}
	if decoded, err := url.PathUnescape(path); err == nil {
		path = decoded
	}
	return sqliteFile(path)
}

// parseBarePath reads an address without ://.
func parseBarePath(address string) (Database, error) {
	lower := strings.ToLower(address)
	scheme, _, colon := strings.Cut(lower, ":")
	switch {
	case lower == ":memory:" || strings.HasPrefix(lower, "file::memory:"):
		return sqliteFile(":memory:")
	case scheme == "sqlite" || scheme == "sqlite3" || scheme == "file":
		return Database{}, badDatabase("the database address has no // behind "+quote(scheme+":"), "Write sqlite:///warren.db.")
	case strings.Contains(lower, "host=") || strings.Contains(lower, "dbname="):
		return Database{}, badDatabase("the database address is written as key=value pairs", "Write it as postgres://user:password@host/name.")
	case colon && len(scheme) > 1 || !hasDatabaseSuffix(lower):
		return Database{}, badDatabase("the database address is neither a URL nor the name of a file that ends in .db, .sqlite or .sqlite3",
			"Write sqlite:///warren.db, or postgres://user:password@host/name.")
	}
	return sqliteFile(address)
}

func hasDatabaseSuffix(path string) bool {
	return strings.HasSuffix(path, ".db") || strings.HasSuffix(path, ".sqlite") || strings.HasSuffix(path, ".sqlite3")
}

// sqliteFile refuses what the driver would take for something else than a file.
func sqliteFile(path string) (Database, error) {
	lower := strings.ToLower(path)
	switch {
	case path == "" || strings.Contains(lower, ":memory:") || strings.Contains(lower, "mode=memory"):
		return Database{}, badDatabase("a SQLite database in memory would lose the history and the watermarks of every run when Warren ends",
			"Name a file: sqlite:///warren.db.")
	case strings.HasPrefix(lower, "file:") || strings.Contains(path, "?") || hasControl(path) || path != clean(path):
		return Database{}, badDatabase("the SQLite address holds characters that a file's name cannot have here", "Name a plain file: sqlite:///warren.db.")
	case strings.HasSuffix(path, "/") || strings.HasSuffix(path, `\`):
		return Database{}, badDatabase("the SQLite address names a folder", "Name a file in it, such as sqlite:///warren.db.")
	}
	return Database{Driver: DriverSQLite, Path: path}, nil
}
