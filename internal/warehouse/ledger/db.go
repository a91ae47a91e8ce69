package ledger

import (
	"context"
	"time"
)

// Conn runs statements, on a connection or in a transaction. Placeholders are
// $1, $2 …; a driver whose database writes them otherwise translates.
// Arguments are nil, bool, int64, string, []byte (binary) and time.Time.
type Conn interface {
	// Exec returns the number of rows that the statement touched.
	Exec(ctx context.Context, query string, args ...any) (int64, error)
	// Query returns rows that must be closed. Scan takes *bool, *int64,
	// *string, *[]byte and *time.Time, or pointers to pointers of these where
	// a column may be NULL.
	Query(ctx context.Context, query string, args ...any) (Rows, error)
}

// Rows is the answer to a query.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// DB is a database with transactions.
type DB interface {
	Conn

	// InTx runs do in a transaction, commits when it returns nil and rolls
	// back otherwise. On SQLite the transaction takes the write lock at once.
	InTx(ctx context.Context, do func(tx Conn) error) error

	// Now is the database's clock, so that machines agree on leases.
	Now(ctx context.Context) (time.Time, error)

	// Dialect says how this database writes what SQL leaves open.
	Dialect() Dialect

	// Migrate brings the ledger's own tables up to date. It is additive, may
	// be called at the same time by many processes, and adopts a history
	// table that Django made.
	Migrate(ctx context.Context) error

	// Exists reports whether a table or view of that name can be seen.
	Exists(ctx context.Context, table string) (bool, error)
}

// Dialect is a kind of SQL.
type Dialect string

// The dialects.
const (
	PostgreSQL Dialect = "postgres"
	SQLite     Dialect = "sqlite"
)
