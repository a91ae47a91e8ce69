package ledger

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"strconv"

	"github.com/pressly/goose/v3"

	"github.com/warren-sync/warren/internal/crm"
)

//go:embed migrations
var migrations embed.FS

// VersionTable is where goose keeps which migrations were applied.
const VersionTable = "warren_migrations"

// migrationLock is the key of the advisory lock that makes migrations of one
// PostgreSQL database wait for each other: "warren" in ASCII.
const migrationLock int64 = 0x77617272656e

// Tables lists the tables of the ledger.
func Tables() []string {
	return []string{
		"ingestion_sync_history", "warren_stream", "warren_quarantine", "warren_issue", "warren_seen", "warren_schema", "warren_changed", VersionTable,
	}
}

// Migrations returns the migrations of a dialect, at the root of the tree.
func Migrations(dialect Dialect) (fs.FS, error) {
	return fs.Sub(migrations, "migrations/"+string(dialect))
}

// Migrate brings the ledger's tables up to date. Where they are, it costs two
// small queries and needs no right but to read.
//
// On PostgreSQL many processes may call it at once; db must allow two
// connections, for one holds a lock in a transaction, which also works through
// a pooler. On SQLite the caller holds a lock of its own around the call.
func Migrate(ctx context.Context, db *sql.DB, dialect Dialect) error {
	provider, err := newProvider(db, dialect)
	if err != nil {
		return err
	}
	current, err := upToDate(ctx, db, dialect, provider)
	if err != nil || current {
		return err
	}
	if dialect == SQLite {
		_, err := provider.Up(ctx)
		return err
	}
	lock, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// The transaction has nothing to keep but the lock, which its end frees.
	defer func() { _ = lock.Rollback() }()
	if _, err := lock.ExecContext(ctx, `SELECT pg_advisory_xact_lock(`+strconv.FormatInt(migrationLock, 10)+`)`); err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

func newProvider(db *sql.DB, dialect Dialect) (*goose.Provider, error) {
	names := map[Dialect]goose.Dialect{PostgreSQL: goose.DialectPostgres, SQLite: goose.DialectSQLite3}
	files, err := Migrations(dialect)
	if err != nil {
		return nil, unknownDialect(dialect, err)
	}
	provider, err := goose.NewProvider(names[dialect], db, files,
		goose.WithTableName(VersionTable), goose.WithDisableGlobalRegistry(true), goose.WithVerbose(false))
	if err != nil {
		return nil, unknownDialect(dialect, err)
	}
	return provider, nil
}

func unknownDialect(dialect Dialect, err error) error {
	return &crm.Error{
		Code: crm.CodeInternal, Origin: crm.OriginWarren, Err: err,
		Message: "there are no migrations for the dialect " + string(dialect),
		Fix:     "Report this as a fault of Warren.",
	}
}

// upToDate reports whether every migration is applied, without writing.
func upToDate(ctx context.Context, db *sql.DB, dialect Dialect, provider *goose.Provider) (bool, error) {
	exists := `SELECT to_regclass('` + VersionTable + `') IS NOT NULL`
	if dialect == SQLite {
		exists = `SELECT count(*) > 0 FROM sqlite_master WHERE name = '` + VersionTable + `'`
	}
	var known bool
	if err := db.QueryRowContext(ctx, exists).Scan(&known); err != nil || !known {
		return false, err
	}
	var version sql.NullInt64
	if err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM `+VersionTable).Scan(&version); err != nil {
		return false, err
	}
	sources := provider.ListSources()
	newest := sources[len(sources)-1].Version
	if version.Int64 > newest {
		return false, later()
	}
	return version.Int64 == newest, nil
}
