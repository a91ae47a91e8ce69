package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
)

// findHome finds the schema in which tables are made: the first of the search path that is
// there and may be used. Where there is none the server finds no table and says no more, as
// if nothing had been synced yet.
func (d *Driver) findHome(ctx context.Context, s session) error {
	var home *string
	err := s.QueryRow(ctx, "SELECT current_schema()::text").Scan(&home)
	if err != nil {
		return err
	}
	switch {
	case home == nil:
		return d.homeless(ctx, s)
	case isSystems(*home): // and not one for tables, whatever comes behind it
		return d.explainHomeless(nil)
	}
	d.place.schema = *home
	return nil
}

// schema is one of those that a search path names.
type schema struct {
	Name   string
	Exists bool
	Like   string // one that is there and differs in capital letters only; "" for none
}

// homeless says why no schema of the search path is of use.
func (d *Driver) homeless(ctx context.Context, s session) error {
	const named = `
		SELECT w.name, n.oid IS NOT NULL,
		       coalesce((SELECT min(o.nspname::text) FROM pg_catalog.pg_namespace o WHERE lower(o.nspname) = lower(w.name) AND o.nspname <> w.name), '')
		FROM unnest($1::text[]) WITH ORDINALITY AS w(name, ord)
		LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.name
		ORDER BY w.ord`
	var path string
	if err := s.QueryRow(ctx, "SELECT current_setting('search_path')").Scan(&path); err != nil {
		return err
	}
	rows, err := s.Query(ctx, named, schemasOf(path, d.place.user))
	if err != nil {
		return err
	}
	schemas, err := pgx.CollectRows(rows, pgx.RowToStructByPos[schema])
	if err != nil {
		return err
	}
	return d.explainHomeless(slices.DeleteFunc(schemas, func(s schema) bool { return isSystems(s.Name) }))
}

// isSystems reports whether a schema is one of the server's own.
func isSystems(name string) bool {
	return strings.HasPrefix(name, "pg_") || name == "information_schema"
}

func (d *Driver) explainHomeless(schemas []schema) *crm.Error {
	at, role := "PostgreSQL at "+d.place.host, quote(d.place.user)
	if len(schemas) == 0 {
		return &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
			Message: at + " looks at no schema for tables: the search_path begins with none",
			Fix:     "Name a schema in the address, --database or DATABASE_URL: search_path=public."}
	}
	if i := slices.IndexFunc(schemas, func(s schema) bool { return s.Exists }); i >= 0 {
		rights := "USAGE, CREATE"
		if d.readOnly {
			rights = "USAGE"
		}
		return &crm.Error{Code: crm.CodeWarehouseRight, Origin: crm.OriginWarehouse,
			Message: "role " + role + " may not use the schema " + quote(schemas[i].Name),
			Fix:     "GRANT " + rights + " ON SCHEMA " + quote(schemas[i].Name) + " TO " + role + ";"}
	}
	first := schemas[0]
	if i := slices.IndexFunc(schemas, func(s schema) bool { return s.Name != d.place.user }); i >= 0 {
		first = schemas[i]
	}
	e := &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
		Message: at + " has no schema " + quote(first.Name) + " in the database " + quote(d.place.database),
		Fix:     "Correct search_path, or make the schema: " + d.createSchema(first.Name)}
	if first.Like != "" {
		e.Message += "; it has " + quote(first.Like)
		e.Fix = "In the address, --database or DATABASE_URL, write search_path=%22" + first.Like + "%22: what has no quotes is read in small letters."
	}
	return e
}

// createSchema is the statement that makes a schema for the role.
func (d *Driver) createSchema(name string) string {
	return "CREATE SCHEMA " + quote(name) + " AUTHORIZATION " + quote(d.place.user) + ";"
}

// schemasOf lists the schemas that a search path names, as the server reads it: what has
// no quotes is in small letters, and "$user" is the schema with the name of the role.
func schemasOf(path, user string) (names []string) {
	var name strings.Builder
	quoted := false
	end := func() {
		if name.Len() > 0 {
			names = append(names, strings.ReplaceAll(name.String(), "$user", user))
		}
		name.Reset()
	}
	for _, r := range path {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
			name.WriteRune(r)
		case r == ',':
			end()
		case r != ' ':
			name.WriteString(strings.ToLower(string(r)))
		}
	}
	end()
	return names
}
