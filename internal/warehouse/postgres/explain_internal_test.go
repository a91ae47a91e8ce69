package postgres

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/warren-sync/warren/internal/crm"
)

func testDriver() *Driver {
	return &Driver{place: place{host: "db.example:5432", user: "warren", database: "sales", schema: "crm"}}
}

func TestExplainStates(t *testing.T) {
	refused := func(state string) *pgconn.PgError {
		return &pgconn.PgError{Code: state, Message: "words of the server"}
	}
	full := &pgconn.PgError{Code: "22001", Message: "value too long for type character varying(10)", Where: "COPY lead, line 3, column state"}
	null := &pgconn.PgError{Code: "23502", Message: "null value", ColumnName: "name", Detail: "Failing row contains (secret)."}
	constraint := &pgconn.PgError{Code: "23514", Message: "violates", ConstraintName: "positive"}
	cast := &pgconn.PgError{Code: "22P02", Message: "invalid input", Where: `COPY lead, line 1, column born: "x"` + "\nmore"}
	for _, c := range []struct {
		err   *pgconn.PgError
		code  crm.Code
		retry bool
		words string // of message, cause and fix
	}{
		{refused("08006"), crm.CodeWarehouseConn, true, "db.example:5432"},
		{refused("57P01"), crm.CodeWarehouseConn, true, "ended the connection"},
		{refused("57P03"), crm.CodeWarehouseConn, true, "starting up"},
		{refused("25P03"), crm.CodeWarehouseConn, true, "did nothing"},
		{refused("53300"), crm.CodeWarehouseConn, true, "--parallel"},
		{&pgconn.PgError{Code: "42501", Message: "permission denied for database \"sales\""}, crm.CodeWarehouseRight, false, `GRANT CONNECT ON DATABASE "sales" TO "warren"`},
		{refused("53100"), crm.CodeWarehouseFull, false, "Free space"},
		{&pgconn.PgError{Code: "XX000", Message: "could not write init file"}, crm.CodeWarehouseFull, false, "Free space"},
		{refused("53200"), crm.CodeWarehouse, true, "--batch-size"},
		{refused("28P01"), crm.CodeWarehouseRight, false, "Check user, password"},
		{refused("28000"), crm.CodeWarehouseRight, false, "pg_hba.conf"},
		{refused("3D000"), crm.CodeWarehouseRight, false, `CREATE DATABASE "sales";`},
		{refused("42501"), crm.CodeWarehouseRight, false, `GRANT SELECT, INSERT, UPDATE, DELETE ON … TO "warren"`},
		{&pgconn.PgError{Code: "42501", Message: "permission denied for schema x"}, crm.CodeWarehouseRight, false, `GRANT USAGE ON SCHEMA "x" TO "warren";`},
		{&pgconn.PgError{Code: "42501", Message: "permission denied for schema crm"}, crm.CodeWarehouseRight, false, `GRANT USAGE, CREATE ON SCHEMA "crm" TO "warren";`},
		{&pgconn.PgError{Code: "42501", Message: "permission denied for table lead"}, crm.CodeWarehouseRight, false, `GRANT SELECT, INSERT, UPDATE, DELETE ON "crm"."lead" TO "warren";`},
		{&pgconn.PgError{Code: "42501", Message: "keine Berechtigung für Schema x"}, crm.CodeWarehouseRight, false, `GRANT SELECT, INSERT, UPDATE, DELETE ON … TO "warren", the table being the one in the message.`},
		{&pgconn.PgError{Code: "42501", Message: "se ha denegado el permiso al esquema (schema) x"}, crm.CodeWarehouseRight, false, "GRANT USAGE ON SCHEMA … TO"},
		{&pgconn.PgError{Code: "42501", Message: "must be owner of table x"}, crm.CodeWarehouseRight, false, `GRANT … TO "warren";`},
		{&pgconn.PgError{Code: "42501", Message: "permission denied to create temporary tables"}, crm.CodeWarehouseRight, false, `GRANT TEMPORARY ON DATABASE "sales"`},
		{refused("25006"), crm.CodeReadOnly, false, "primary"},
		{refused("40001"), crm.CodeWarehouse, true, "Run again"},
		{refused("40P01"), crm.CodeWarehouse, true, "Run again"},
		{refused("55P03"), crm.CodeWarehouseLock, true, "another session holds a lock"},
		{refused("57014"), crm.CodeWarehouse, true, "statement_timeout"},
		{refused("3F000"), crm.CodeWarehouse, false, `CREATE SCHEMA "crm" AUTHORIZATION "warren";`},
		{refused("42P01"), crm.CodeWarehouse, false, "warren migrate"},
		{&pgconn.PgError{Code: "0A000", Message: "cached plan must not change result type"}, crm.CodeWarehouse, true, "changed"},
		{refused("XX000"), crm.CodeWarehouse, false, "SQLSTATE XX000"},
		{refused("P0001"), crm.CodeRefusedValue, false, "trigger"},
		{refused("P0004"), crm.CodeRefusedValue, false, "trigger"},
		{refused("09000"), crm.CodeRefusedValue, false, "trigger"},
		{refused("54000"), crm.CodeRefusedValue, false, "drop the index"},
		{&pgconn.PgError{Code: "54000", Routine: "RelationGetBufferForTuple"}, crm.CodeRefusedValue, false, "Set properties:"},
		{full, crm.CodeRefusedValue, false, `column "state"`},
		{null, crm.CodeRefusedValue, false, `column "name"`},
		{constraint, crm.CodeRefusedValue, false, `constraint "positive"`},
		{cast, crm.CodeRefusedValue, false, `column "born"`},
	} {
		err := testDriver().Explain(fmt.Errorf("wrapped: %w", c.err))
		var e *crm.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v is no *crm.Error", c.err.Code, err)
		}
		if e.Code != c.code || e.Retryable != c.retry || e.Origin != crm.OriginWarehouse {
			t.Errorf("%s: %s, retryable %t, origin %s", c.err.Code, e.Code, e.Retryable, e.Origin)
		}
		words := e.Error() + " " + e.Fix
		if !strings.Contains(words, c.words) || !strings.Contains(e.Error(), c.err.Message) || strings.Contains(words, "secret") {
			t.Errorf("%s: %s", c.err.Code, words)
		}
		var inner *pgconn.PgError
		if !errors.As(err, &inner) || inner != c.err {
			t.Errorf("%s: the server's answer is not in the chain", c.err.Code)
		}
	}
}

func TestTheSchemasOfASearchPath(t *testing.T) {
	for path, want := range map[string]string{
		"": "", `""`: "", "crm": "crm", `"Crm" , public`: "Crm public", `"$user",public`: "warren public", "$user": "warren", "My-Schema,B": "my-schema b", `"a, b"`: "a, b",
	} {
		if got := strings.Join(schemasOf(path, "warren"), " "); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestExplainConnections(t *testing.T) {
	for _, c := range []struct {
		err   error
		code  crm.Code
		words string
	}{
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, crm.CodeWarehouseConn, "db.example:5432 refuses the connection"},
		{&net.DNSError{Name: "db.example", Err: "no such host"}, crm.CodeWarehouseConn, "the host db.example of the warehouse is not known"},
		{&net.OpError{Op: "dial", Err: &fs.PathError{Err: fs.ErrNotExist}}, crm.CodeWarehouseConn, "nothing listens"},
		{&net.OpError{Op: "dial", Err: syscall.ENETUNREACH}, crm.CodeWarehouseConn, "by the network"},
		{x509.UnknownAuthorityError{}, crm.CodeWarehouseConn, "sslrootcert"},
		{errors.New("server refused TLS connection"), crm.CodeWarehouseConn, "does not speak TLS"},
		{context.DeadlineExceeded, crm.CodeWarehouseConn, "did not answer in time"},
		{fmt.Errorf("read: %w", syscall.ECONNRESET), crm.CodeWarehouseConn, "is lost"},
		{io.ErrUnexpectedEOF, crm.CodeWarehouseConn, "is lost"},
		{errors.New("conn closed"), crm.CodeWarehouseConn, "is lost"},
		{errors.Join(errors.New("first"), syscall.EPIPE), crm.CodeWarehouseConn, "broken pipe"},
		{errors.New("something else"), crm.CodeWarehouse, "something else"},
		{pgx.ErrTxCommitRollback, crm.CodeWarehouse, "rolled a transaction back"},
		{fmt.Errorf("wrapped: %w", context.Canceled), crm.CodeCancelled, "interrupted"},
	} {
		err := testDriver().Explain(c.err)
		var e *crm.Error
		if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(e.Error()+" "+e.Fix, c.words) || e.Fix == "" {
			t.Errorf("%v: %v (%s)", c.err, err, crm.CodeOf(err))
		}
		if want := c.code == crm.CodeWarehouseConn || errors.Is(c.err, pgx.ErrTxCommitRollback); crm.Retryable(err) != want {
			t.Errorf("%v: retryable %t", c.err, !want)
		}
	}
}

func TestExplainReadOnly(t *testing.T) {
	d := testDriver()
	d.readOnly = true
	var e *crm.Error
	if err := d.Explain(&pgconn.PgError{Code: "25006"}); !errors.As(err, &e) || e.Code != crm.CodeReadOnly || e.Origin != crm.OriginWarren {
		t.Errorf("%+v", e)
	}
}

func TestInnermost(t *testing.T) {
	if err := innermost(fmt.Errorf("a: %w", errors.Join(errors.New("b"), fmt.Errorf("c: %w", io.EOF)))); err != io.EOF {
		t.Errorf("%v", err)
	}
}
