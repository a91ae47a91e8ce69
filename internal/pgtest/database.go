package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
)

// database is one that a test has to itself.
type database struct {
	name string
	url  string
}

// createDatabase makes an empty database on the server at admin, whose user
// must be allowed to. It copies template0, which nobody can have changed or be
// connected to.
func createDatabase(ctx context.Context, admin string) (database, error) {
	address, err := url.Parse(admin)
	if err != nil || !strings.HasPrefix(address.Scheme, "postgres") {
		// The parser's own message would show the password.
		return database{}, errBadURL
	}
	name := "warren_test_" + strings.ToLower(rand.Text())
	err = execute(ctx, admin, "CREATE DATABASE "+name+" TEMPLATE template0")
	if err != nil {
		return database{}, fmt.Errorf("pgtest: create a database for this test: %w", err)
	}
	address.Path = "/" + name
	return database{name: name, url: address.String()}, nil
}

// dropDatabase removes a database, and ends whatever is connected to it.
func dropDatabase(ctx context.Context, admin, name string) error {
	err := execute(ctx, admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	if err != nil {
		return fmt.Errorf("pgtest: drop the database of this test: %w", err)
	}
	return nil
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, address, statement string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	if closeErr := conn.Close(ctx); err == nil {
		err = closeErr
	}
	return err
}
