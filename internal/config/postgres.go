package config

import (
	"net/url"
	"strings"
)

// parsePostgres checks a PostgreSQL address and keeps it, in a spelling that
// the driver reads as it was read here: it takes what follows the first @ for
// the host. What an unescaped password can do to an address is caught here,
// because further on the rest of the password would be shown as a host, a port
// or a database (L8).
func parsePostgres(address string) (Database, error) {
	u, err := url.Parse(address)
	if strings.Contains(address, "#") || err != nil || strings.Contains(u.EscapedPath()+u.RawQuery, "@") {
		return Database{}, badDatabase("the PostgreSQL address cannot be read: most often the password holds a character that means something in an address, else its port is no number",
			"Write such characters of the password in their encoded form: @ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25.")
	}
	query, err := parameters(u)
	if err != nil {
		return Database{}, badDatabase("the parameters of the PostgreSQL address cannot be read", "Write them as ?sslmode=require&search_path=ingestion.")
	}
	if u.Hostname() == "" && u.User == nil && strings.Trim(u.Path, "/") == "" && len(query) == 0 {
		return Database{}, badDatabase("the PostgreSQL address names neither host nor database", "Write postgres://user:password@host/name.")
	}
	if mode := query.Get("sslmode"); mode != "" {
		if p, bad := checkChoice(mode, quote(mode), sslModes()); bad {
			return Database{}, badDatabase("the sslmode "+p.message, p.fix)
		}
	}
	if query.Has("schema") {
		if !query.Has("search_path") {
			query.Set("search_path", query.Get("schema"))
		}
		query.Del("schema")
		u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	}
	if u.Path == "" {
		u.Path = "/" // without it an address that has no host would lose its //
	}
	return Database{Driver: DriverPostgres, URL: u.String()}, nil
}

// parameters reads the query of a PostgreSQL address, in which a + is a plus
// and not a blank.
func parameters(u *url.URL) (url.Values, error) {
	return url.ParseQuery(strings.ReplaceAll(u.RawQuery, "+", "%2B"))
}

// isPassword reports whether a parameter of that name is a password, or was
// meant to be one.
func isPassword(name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	return strings.Contains(name, "pass") && name != "passfile"
}

func sslModes() []string {
	return []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
}
