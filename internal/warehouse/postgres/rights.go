package postgres

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/warren-sync/warren/internal/crm"
)

// Use is what somebody is going to do with a table that is there: to read, insert and
// update rows, if nothing else is said.
type Use struct {
	Table  string
	Read   bool // rows, and no more
	Delete bool // rows
	Alter  bool // add columns or indexes
}

// MayUse fails with CodeWarehouseRight where the role lacks rights on the tables, or that
// to make temporary tables, or, with makes, others, or where it may have too few
// connections. The Fix has all statements that give them, one a line.
func (d *Driver) MayUse(ctx context.Context, uses []Use, makes bool) error {
	lacks, err := d.lacking(ctx, uses)
	if err != nil {
		return d.Explain(err)
	}
	lacks.create = lacks.create && makes
	statements := lacks.statements(quote(d.place.user), quote(d.place.database), quote(d.place.schema))
	if len(statements) == 0 {
		return nil
	}
	e := &crm.Error{Code: crm.CodeWarehouseRight, Origin: crm.OriginWarehouse,
		Message: "role " + quote(d.place.user) + " lacks rights that a sync needs",
		Fix:     strings.Join(statements, "\n")}
	if slices.ContainsFunc(lacks.tables, func(t tableRights) bool { return t.Alter }) {
		e.Message += "; for tables, columns and indexes that are to be added it is enough if their owner runs warren migrate"
	}
	return e
}

// rights are those that a role lacks.
type rights struct {
	version     int  // of the server, such as 150004
	temporary   bool // tables, in the database
	create      bool // tables, in the schema
	connections int  // as many as are needed, where the role may have fewer; else 0
	tables      []tableRights
}

// tableRights are those that a role lacks on one table.
type tableRights struct {
	Table     string // quoted
	Owner     string
	Super     bool     // the owner is a superuser: nobody is to be given that role
	Alter     bool     // which is the owner's right alone
	Member    bool     // of the owner, without having its rights
	Rights    []string // such as INSERT
	Sequences []string // quoted: those that fill its columns
}

func (d *Driver) lacking(ctx context.Context, uses []Use) (r rights, err error) {
	const general = `
		SELECT NOT has_database_privilege(current_database(), 'TEMPORARY'), NOT has_schema_privilege(current_schema(), 'CREATE'),
		       current_setting('server_version_num')::int,
		       CASE WHEN EXISTS (
		           SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = session_user AND NOT r.rolsuper AND r.rolconnlimit >= 0 AND r.rolconnlimit < $1
		       ) THEN $1 ELSE 0 END`
	const each = `
		WITH columns AS (SELECT * FROM pg_catalog.pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attgenerated = '')
		SELECT format('%I.%I', n.nspname, c.relname), pg_get_userbyid(c.relowner)::text,
		       (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = c.relowner), k.alters AND NOT pg_has_role(c.relowner, 'USAGE'), pg_has_role(c.relowner, 'MEMBER'),
		       array_remove(ARRAY[
		           CASE WHEN NOT has_table_privilege(c.oid, 'SELECT') AND EXISTS (
		               SELECT FROM columns a WHERE a.attrelid = c.oid AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT')) THEN 'SELECT' END,
		           CASE WHEN k.writes AND NOT has_table_privilege(c.oid, 'INSERT') AND EXISTS (
		               SELECT FROM columns a WHERE a.attrelid = c.oid AND NOT has_column_privilege(c.oid, a.attnum, 'INSERT')) THEN 'INSERT' END,
		           CASE WHEN k.writes AND NOT has_table_privilege(c.oid, 'UPDATE') AND EXISTS (
		               SELECT FROM columns a WHERE a.attrelid = c.oid AND NOT has_column_privilege(c.oid, a.attnum, 'UPDATE')) THEN 'UPDATE' END,
		           CASE WHEN k.deletes AND NOT has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END], NULL),
		       ARRAY(
		           SELECT q.name
		           FROM columns a
		           CROSS JOIN LATERAL pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) AS q(name)
		           WHERE k.writes AND a.attrelid = c.oid AND a.atthasdef AND a.attidentity = '' AND q.name IS NOT NULL
		               AND NOT has_sequence_privilege(q.name, 'USAGE'))
		FROM unnest($1::text[], $2::bool[], $3::bool[], $4::bool[]) WITH ORDINALITY AS k(name, writes, deletes, alters, ord)
		JOIN pg_catalog.pg_class c ON c.oid = to_regclass(k.name)
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		ORDER BY k.ord`
	var names []string
	var writes, deletes, alters []bool
	for _, u := range uses {
		names, writes = append(names, quote(u.Table)), append(writes, !u.Read)
		deletes, alters = append(deletes, u.Delete), append(alters, u.Alter)
	}
	err = d.on(ctx, func(s session) error {
		if err := s.QueryRow(ctx, general, connsFor(d.streams)).Scan(&r.temporary, &r.create, &r.version, &r.connections); err != nil {
			return err
		}
		rows, err := s.Query(ctx, each, names, writes, deletes, alters)
		if err != nil {
			return err
		}
		r.tables, err = pgx.CollectRows(rows, pgx.RowToStructByPos[tableRights])
		return err
	})
	return r, err
}

// statements grants what is lacking, tables with the same rights in one line. Who is given
// the role of an owner has all of the owner's rights.
func (r *rights) statements(role, database, schema string) (list []string) {
	grant := func(what string) { list = append(list, "GRANT "+what+" TO "+role+";") }
	if r.temporary {
		grant("TEMPORARY ON DATABASE " + database)
	}
	if r.create {
		grant("CREATE ON SCHEMA " + schema)
	}
	if r.connections > 0 {
		list = append(list, "ALTER ROLE "+role+" CONNECTION LIMIT "+strconv.Itoa(r.connections)+";")
	}
	owners := map[string]bool{}
	for _, t := range r.tables {
		if !t.Alter || owners[t.Owner] {
			continue
		}
		owners[t.Owner] = !t.Super
		switch {
		case t.Super:
			list = append(list, "ALTER TABLE "+t.Table+" OWNER TO "+role+";")
		case !t.Member:
			grant(quote(t.Owner))
		case r.version >= 160000:
			list = append(list, "GRANT "+quote(t.Owner)+" TO "+role+" WITH INHERIT TRUE;")
		default:
			list = append(list, "ALTER ROLE "+role+" INHERIT;")
		}
	}
	var order, sequences []string
	tables := map[string][]string{}
	for _, t := range r.tables {
		if owners[t.Owner] || t.Alter { // whoever owns it may do all
			continue
		}
		if what := strings.Join(t.Rights, ", "); what != "" {
			if tables[what] == nil {
				order = append(order, what)
			}
			tables[what] = append(tables[what], t.Table)
		}
		sequences = append(sequences, t.Sequences...)
	}
	for _, what := range order {
		grant(what + " ON " + strings.Join(tables[what], ", "))
	}
	if len(sequences) > 0 {
		grant("USAGE ON SEQUENCE " + strings.Join(slices.Compact(sequences), ", "))
	}
	return list
}

// whatIsLacking is an error that says that a right is lacking, with what MayUse says of it,
// if that is more.
func (d *Driver) whatIsLacking(ctx context.Context, err error, uses []Use, makes bool) error {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "42501" {
		return err
	}
	var lacking *crm.Error
	if asked := d.MayUse(ctx, uses, makes); errors.As(asked, &lacking) && lacking.Code == crm.CodeWarehouseRight {
		lacking.Message += "; warren check names all that the configured streams need"
		lacking.Err = reply{refused}
		return lacking
	}
	return err
}
