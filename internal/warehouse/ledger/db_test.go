package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver by the name sqlite

	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// testDB is the least database that the ledger can work on. Its clock stands
// still until a test moves it.
type testDB interface {
	ledger.DB
	setNow(t time.Time)
}

type clock struct{ now time.Time }

func (c *clock) Now(context.Context) (time.Time, error) { return c.now, nil }
func (c *clock) setNow(t time.Time)                     { c.now = t }

// noon is when the tests begin.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// openAddress opens a database by its URL and returns how to close it.
func openAddress(ctx context.Context, address string) (testDB, func(), error) {
	if path, ok := strings.CutPrefix(address, "sqlite://"); ok {
		db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)")
		if err != nil {
			return nil, nil, err
		}
		return &sqliteDB{sqliteConn{db}, db, clock{noon}}, func() { _ = db.Close() }, nil
	}
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return nil, nil, err
	}
	return &postgresDB{postgresConn{pool}, pool, clock{noon}}, pool.Close, nil
}

// on runs the test on both databases, each fresh and without any table.
func on(t *testing.T, test func(t *testing.T, db testDB, address string)) {
	t.Helper()
	addresses := map[ledger.Dialect]func(testing.TB) string{
		ledger.SQLite:     func(t testing.TB) string { return "sqlite://" + filepath.Join(t.TempDir(), "warren.db") },
		ledger.PostgreSQL: pgtest.URL,
	}
	for _, dialect := range []ledger.Dialect{ledger.SQLite, ledger.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			address := addresses[dialect](t)
			db, closeDB, err := openAddress(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(closeDB)
			test(t, db, address)
		})
	}
}

// onMigrated is on with the ledger's tables.
func onMigrated(t *testing.T, test func(t *testing.T, db testDB)) {
	t.Helper()
	on(t, func(t *testing.T, db testDB, _ string) {
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		test(t, db)
	})
}

// SQLite.

type sqliteHandle interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

type sqliteConn struct{ handle sqliteHandle }

// dollar matches a placeholder; SQLite writes ?1 for $1.
var dollar = regexp.MustCompile(`\$(\d+)`)

const instant = "2006-01-02T15:04:05.000000Z"

func sqliteCall(query string, args []any) (string, []any) {
	translated := make([]any, len(args))
	for i, arg := range args {
		if t, ok := arg.(time.Time); ok {
			arg = t.UTC().Format(instant)
		}
		translated[i] = arg
	}
	return dollar.ReplaceAllString(query, "?$1"), translated
}

func (c sqliteConn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	query, args = sqliteCall(query, args)
	result, err := c.handle.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c sqliteConn) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	query, args = sqliteCall(query, args)
	rows, err := c.handle.QueryContext(ctx, query, args...) //nolint:rowserrcheck // whoever reads the rows asks
	if err != nil {
		return nil, err
	}
	return sqliteRows{rows}, nil
}

type sqliteRows struct{ *sql.Rows }

func (r sqliteRows) Close() { _ = r.Rows.Close() }

func (r sqliteRows) Scan(dest ...any) error {
	texts := make([]sql.NullString, len(dest))
	targets := make([]any, len(dest))
	for i, d := range dest {
		switch d.(type) {
		case *time.Time, **time.Time:
			targets[i] = &texts[i]
		default:
			targets[i] = d
		}
	}
	if err := r.Rows.Scan(targets...); err != nil {
		return err
	}
	for i, d := range dest {
		var at time.Time
		var err error
		if texts[i].Valid {
			if at, err = time.Parse(instant, texts[i].String); err != nil {
				return err
			}
		}
		switch d := d.(type) {
		case *time.Time:
			if !texts[i].Valid {
				return fmt.Errorf("column %d is NULL", i)
			}
			*d = at
		case **time.Time:
			if texts[i].Valid {
				*d = &at
			} else {
				*d = nil
			}
		}
	}
	return nil
}

type sqliteDB struct {
	sqliteConn
	db *sql.DB
	clock
}

func (d *sqliteDB) Dialect() ledger.Dialect { return ledger.SQLite }

func (d *sqliteDB) Migrate(ctx context.Context) error {
	return ledger.Migrate(ctx, d.db, ledger.SQLite)
}

func (d *sqliteDB) Exists(ctx context.Context, table string) (bool, error) {
	var n int
	err := d.db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = ?`, table).Scan(&n)
	return n > 0, err
}

func (d *sqliteDB) InTx(ctx context.Context, do func(ledger.Conn) error) error {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(sqliteConn{tx}); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// PostgreSQL.

type postgresHandle interface {
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

type postgresConn struct{ handle postgresHandle }

func (c postgresConn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := c.handle.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

func (c postgresConn) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	return c.handle.Query(ctx, query, args...) //nolint:rowserrcheck,sqlclosecheck // whoever reads the rows asks and closes
}

type postgresDB struct {
	postgresConn
	pool *pgxpool.Pool
	clock
}

func (d *postgresDB) Dialect() ledger.Dialect { return ledger.PostgreSQL }

func (d *postgresDB) Migrate(ctx context.Context) error {
	db := stdlib.OpenDBFromPool(d.pool)
	defer func() { _ = db.Close() }()
	return ledger.Migrate(ctx, db, ledger.PostgreSQL)
}

func (d *postgresDB) Exists(ctx context.Context, table string) (bool, error) {
	var exists bool
	err := d.pool.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, table).Scan(&exists)
	return exists, err
}

func (d *postgresDB) InTx(ctx context.Context, do func(ledger.Conn) error) error {
	return pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error { return do(postgresConn{tx}) })
}

// counting counts the statements that change something.
type counting struct {
	ledger.Conn
	statements *int
}

func (c counting) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	*c.statements++
	return c.Conn.Exec(ctx, query, args...)
}
