package postgres

import (
	"cmp"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/warren-sync/warren/internal/crm"
)

// Explain turns an error of the database into one that a person can act on. An
// error that is already a *crm.Error, and nil, are returned as they are.
func (d *Driver) Explain(err error) error {
	var known *crm.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		e := d.explainState(refused)
		var connecting *pgconn.ConnectError
		if errors.As(err, &connecting) && (refused.Code == "22023" || refused.Code == "42704") {
			e = d.explainParameter()
		}
		e.Err = reply{refused}
		return e
	}
	if errors.Is(err, pgx.ErrTxCommitRollback) {
		return &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse, Message: "PostgreSQL rolled a transaction back instead of committing it", Fix: "Run again.", Retryable: true, Err: err}
	}
	return d.explainConnection(err)
}

// reply is an answer of the server, worded without what may hold a record's
// data: the detail and the place. The whole of it stays in the chain.
type reply struct{ *pgconn.PgError }

func (r reply) Error() string { return r.Message + " (SQLSTATE " + r.Code + ")" }

func (r reply) Unwrap() error { return r.PgError }

// explainState explains an error by the class of its SQLSTATE.
func (d *Driver) explainState(e *pgconn.PgError) *crm.Error {
	class := e.Code[:min(2, len(e.Code))]
	switch {
	case e.Code == "25P03":
		c := d.gone("PostgreSQL at " + d.place.host + " ended the connection, for this process did nothing in the middle of a transaction")
		c.Fix = "Run again; if this machine was not asleep and the process not stopped, give it more processor time."
		return c
	case class == "08", e.Code == "57P01", e.Code == "57P02", e.Code == "57P03", e.Code == "57P05":
		return d.gone("PostgreSQL at " + d.place.host + " ended the connection or is starting up")
	case class == "53", e.Code == "XX000" && strings.HasPrefix(e.Message, noInitFile):
		return d.explainResources(e)
	case class == "28", e.Code == "3D000", e.Code == "42501":
		return d.explainRight(e)
	case e.Code == "25006":
		return d.readOnlyError()
	case class == "22", class == "23", class == "54":
		return d.explainRefusal(e)
	case class == "09", class == "P0":
		c := d.explainRefusal(e)
		c.Message = "a trigger or function in the database refuses the record"
		c.Fix = "Mend the record at the source or the trigger in the database, then replay the quarantine."
		return c
	case e.Code == "55P03":
		return &crm.Error{Code: crm.CodeWarehouseLock, Origin: crm.OriginWarehouse, Retryable: true,
			Message: "another session holds a lock in PostgreSQL at " + d.place.host + " that Warren waits for",
			Fix:     "Wait for the session, or have " + ended + ", and run again: pg_stat_activity shows what each one does. lock_timeout in the address says how long Warren waits."}
	case class == "40", e.Code == "57014":
		return &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse, Retryable: true,
			Message: "PostgreSQL gave up a statement that got into the way of another one or took too long",
			Fix:     "Run again. If it repeats, look in pg_stat_activity for what else runs, and raise statement_timeout of the role."}
	case e.Code == "3F000":
		return &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
			Message: "PostgreSQL has no schema any more in which role " + quote(d.place.user) + " may make a table",
			Fix:     d.createSchema(cmp.Or(d.place.schema, "public"))}
	case e.Code == "0A000" && strings.Contains(e.Message, "cached plan"):
		return &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse, Retryable: true,
			Message: "a table changed while it was being used",
			Fix:     "Run again."}
	case e.Code == "42P01":
		return &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
			Message: "PostgreSQL does not have a table that Warren needs",
			Fix:     "Run warren migrate, and check that search_path is what it was."}
	default:
		return &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
			Message: "PostgreSQL at " + d.place.host + " reported an error",
			Fix:     "Look into the server's log for the SQLSTATE that this message ends with."}
	}
}

// noInitFile is how the server says that its disk is full when the first
// client connects to a database, with a state that says nothing.
const noInitFile = "could not write init file"

func (d *Driver) explainResources(e *pgconn.PgError) *crm.Error {
	switch e.Code {
	case "53100", "XX000":
		return &crm.Error{Code: crm.CodeWarehouseFull, Origin: crm.OriginWarehouse,
			Message: "the disk of PostgreSQL at " + d.place.host + " is full",
			Fix:     "Free space on the server, then run again: the sync goes on where it stopped."}
	case "53300":
		c := d.gone("PostgreSQL at " + d.place.host + " has no connection left")
		c.Fix = "Raise max_connections or the CONNECTION LIMIT of the role, close idle clients, or sync fewer streams at a time (--parallel): Warren needs two connections for each, and one more."
		return c
	default:
		return &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse, Retryable: true,
			Message: "PostgreSQL at " + d.place.host + " is short of memory or other resources",
			Fix:     "Run again with a smaller --batch-size, or give the server more memory."}
	}
}

func (d *Driver) explainRight(e *pgconn.PgError) *crm.Error {
	c := &crm.Error{Code: crm.CodeWarehouseRight, Origin: crm.OriginWarehouse}
	role := quote(d.place.user)
	switch {
	case e.Code == "3D000":
		c.Message = "PostgreSQL at " + d.place.host + " has no database " + quote(d.place.database)
		c.Fix = "Correct the name in --database or DATABASE_URL, or have somebody who may create it: CREATE DATABASE " + quote(d.place.database) + ";"
	case e.Code != "42501":
		c.Message = "PostgreSQL at " + d.place.host + " does not let role " + role + " in"
		c.Fix = "Check user, password and sslmode in --database or DATABASE_URL, and the server's pg_hba.conf."
	case strings.Contains(e.Message, "temporary"):
		c.Message = "role " + role + " may not make temporary tables"
		c.Fix = "GRANT TEMPORARY ON DATABASE " + quote(d.place.database) + " TO " + role + ";"
	case strings.Contains(e.Message, "for database"):
		c.Message = "role " + role + " may not connect to the database " + quote(d.place.database)
		c.Fix = "GRANT CONNECT ON DATABASE " + quote(d.place.database) + " TO " + role + ";"
	case strings.Contains(e.Message, "schema"):
		c.Message = "role " + role + " lacks a right on a schema"
		rights := "USAGE, CREATE ON SCHEMA"
		if d.readOnly || !strings.HasSuffix(e.Message, " "+d.place.schema) { // nothing is made there
			rights = "USAGE ON SCHEMA"
		}
		c.Fix = grant(rights, "schema", "", e.Message, role)
	case strings.Contains(e.Message, "owner"):
		c.Message = "role " + role + " may not change a table that is not its own"
		c.Fix = "Give it the role that owns the table: GRANT … TO " + role + ";"
	default:
		c.Message = "role " + role + " lacks a right on a table"
		c.Fix = grant("SELECT ON", "table", d.place.schema, e.Message, role)
		if !d.readOnly {
			c.Fix = "Run warren check, which names all that is lacking, or: " +
				grant("SELECT, INSERT, UPDATE, DELETE ON", "table", d.place.schema, e.Message, role)
		}
	}
	return c
}

// grant is the statement that gives a role what it lacks of the thing that a message names,
// as it does in English. A table is one of the schema that the address names, if it does:
// whoever types the statement may have another search_path, and a table of that name in it.
func grant(rights, thing, schema, message, role string) string {
	_, name, found := strings.Cut(message, "permission denied for "+thing+" ")
	if !found {
		return "GRANT " + rights + " … TO " + role + ", the " + thing + " being the one in the message."
	}
	if name = quote(name); schema != "" {
		name = quote(schema) + "." + name
	}
	return "GRANT " + rights + " " + name + " TO " + role + ";"
}

// explainParameter explains a server that takes no connection with what the address asks
// for.
func (d *Driver) explainParameter() *crm.Error {
	return &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig,
		Message: "PostgreSQL at " + d.place.host + " does not take a parameter of the address",
		Fix:     "Correct the parameter in --database or DATABASE_URL that the message names, or take it out."}
}

func (d *Driver) readOnlyError() *crm.Error {
	c := &crm.Error{Code: crm.CodeReadOnly, Origin: crm.OriginWarehouse,
		Message: "PostgreSQL at " + d.place.host + " takes no writes",
		Fix:     "Point --database or DATABASE_URL at the primary server, or turn default_transaction_read_only off."}
	if d.readOnly {
		c.Origin = crm.OriginWarren
		c.Message = "the warehouse was opened for reading only"
		c.Fix = "Run without --dry-run."
	}
	return c
}

// rowTooBig is where the server finds a row to be too long for a page; its words for
// it may be in any language.
const rowTooBig = "RelationGetBufferForTuple"

// explainRefusal names the column and the constraint of data that the server
// does not take; COPY tells the column only in the place of the error.
func (d *Driver) explainRefusal(e *pgconn.PgError) *crm.Error {
	var what []string
	if column := refusedColumn(e); column != "" {
		what = append(what, "column "+quote(column))
	}
	if e.ConstraintName != "" {
		what = append(what, "constraint "+quote(e.ConstraintName))
	}
	message := "PostgreSQL refuses the record"
	if len(what) > 0 {
		message += " at " + strings.Join(what, ", ")
	}
	fix := "Mend the record at the source or the column in the database, then replay the quarantine."
	switch {
	case e.Code == "54000" && e.Routine == rowTooBig:
		message += ": its values do not fit into one row of 8 kB, with those that are stored beside it counted as a few bytes each"
		fix = "Set properties: of the stream in warren.yaml to those that you need, such as [email, \"lead_*\"], then replay the quarantine."
	case e.Code == "54000":
		fix = "Shorten the value at the source, or drop the index that it is too long for, then replay the quarantine."
	}
	return &crm.Error{Code: crm.CodeRefusedValue, Origin: crm.OriginWarehouse, Message: message, Fix: fix}
}

func refusedColumn(e *pgconn.PgError) string {
	if e.ColumnName != "" {
		return e.ColumnName
	}
	// COPY table, line 3, column name: …
	_, rest, found := strings.Cut(e.Where, ", column ")
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(rest, "\n")
	name, _, _ = strings.Cut(name, ":")
	return name
}

// gone is a connection that is no more, or never came to be.
func (d *Driver) gone(message string) *crm.Error {
	return &crm.Error{Code: crm.CodeWarehouseConn, Origin: crm.OriginWarehouse, Retryable: true, Message: message,
		Fix: "Check that the server runs and can be reached, then run again."}
}

// cancelled is work that its caller gave up.
func cancelled(err error) *crm.Error {
	return &crm.Error{Code: crm.CodeCancelled, Origin: crm.OriginWarren, Message: "the work on the warehouse was interrupted",
		Fix: "Run again: the sync goes on where it stopped.", Err: err}
}
