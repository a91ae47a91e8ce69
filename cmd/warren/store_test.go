package main

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// store is a database that is made to suffer.
type store struct {
	url    string // as warren is told it
	open   opener // the straight way to it
	file   string // SQLite's
	wire   wire   // PostgreSQL's
	server *pgtest.Server
	disk   disk // the small one that holds the database; "" when it is not small
}

// openSQLite makes a store of SQLite, on the small disk if there is one.
func openSQLite(t *testing.T, small disk) store {
	t.Helper()
	file := filepath.Join(cmp.Or(string(small), t.TempDir()), "warren.db")
	return store{file: file, url: "sqlite:///" + file, disk: small, open: func() (warehouse.Driver, error) {
		return sqlite.Open(t.Context(), file, sqlite.Options{Clock: crm.SystemClock{}})
	}}
}

// openPostgres makes a store of a database on that server, its tables on the
// small disk if there is one, behind a wire and a watcher.
func openPostgres(t *testing.T, b *bell, server *pgtest.Server, small disk) store {
	t.Helper()
	straight := server.URL("postgres")
	if small != "" {
		straight = server.URL(tablespace(t, straight, small))
	} else {
		var err error
		if straight, err = server.NewDatabase(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// At the first connection PostgreSQL writes a file for itself. When it
	// cannot, it does not say that the disk is full.
	execute(t, straight, "SELECT 1")
	address, err := url.Parse(straight)
	if err != nil {
		t.Fatal(err)
	}
	w := lay(t, "PostgreSQL", watch(t, b, address.Host).listener.Addr().String())
	address.Host = w.Listen
	return store{url: address.String(), server: server, wire: w, disk: small, open: func() (warehouse.Driver, error) {
		return postgres.Open(t.Context(), straight, postgres.Options{})
	}}
}

// each calls f with each row that a query yields, its values in the places that into
// points at.
func (s store) each(t *testing.T, f func(), into []any, query string, args ...any) {
	t.Helper()
	db, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	rows, err := db.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		f()
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// tablespace makes a database whose tables are on that disk and returns its name.
func tablespace(t *testing.T, admin string, small disk) (name string) {
	t.Helper()
	place := filepath.Join(string(small), "tablespace")
	if err := os.Mkdir(place, 0o700); err != nil {
		t.Fatal(err)
	}
	giveTo(t, place, execute(t, admin, "SHOW data_directory"))
	name = "small"
	execute(t, admin, fmt.Sprintf("CREATE TABLESPACE %s LOCATION '%s'", name, place))
	execute(t, admin, fmt.Sprintf("CREATE DATABASE %s TEMPLATE template0 TABLESPACE %s", name, name))
	return name
}

// execute runs one statement, straight, and returns the first value of its
// answer.
func execute(t *testing.T, address, statement string) (answer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	results, err := conn.PgConn().Exec(t.Context(), statement).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	for _, r := range results {
		if len(r.Rows) > 0 {
			answer = string(r.Rows[0][0])
		}
	}
	return answer
}
