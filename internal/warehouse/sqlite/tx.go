package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// transaction is a transaction under way, as a ledger.Conn.
//
// It is not a sql.Tx: that one rolls back by itself when a context ends, and a
// statement that runs on the connection after it would be on its own.
type transaction struct {
	driver *Driver
	conn   *sql.Conn
	broken error // what made SQLite roll back; nothing may run after it
}

var _ ledger.Conn = (*transaction)(nil)

// InTx runs do in a transaction that has the write lock from the beginning. It
// commits when do returns nil, and is rolled back otherwise, also when do
// panics or ctx ends. Of a driver that was opened to read only, the
// transaction is one that reads.
func (d *Driver) InTx(ctx context.Context, do func(tx ledger.Conn) error) error {
	return d.inTx(ctx, func(tx *transaction) error { return do(tx) })
}

func (d *Driver) inTx(ctx context.Context, do func(tx *transaction) error) error {
	if d.readOnly {
		return d.inSnapshot(ctx, do)
	}
	done, err := d.takeTurn(ctx)
	if err != nil {
		return d.Explain(err)
	}
	defer done()
	return d.onConn(ctx, d.writer, "BEGIN IMMEDIATE", d.inTurn, do)
}

// inSnapshot runs do in a transaction that reads beside whoever writes.
func (d *Driver) inSnapshot(ctx context.Context, do func(tx *transaction) error) error {
	return d.onConn(ctx, d.readers, "BEGIN", d.patiently, do)
}

type waiter func(ctx context.Context, do func() error) error

func (d *Driver) onConn(ctx context.Context, pool *sql.DB, begin string, wait waiter, do func(tx *transaction) error) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return d.Explain(err)
	}
	// Its error would say that the connection is closed already, as it is
	// after a rollback that failed.
	defer func() { _ = conn.Close() }()
	tx := &transaction{driver: d, conn: conn}
	if err := wait(ctx, func() error { return tx.control(ctx, begin) }); err != nil {
		return d.Explain(err)
	}
	committed := false
	defer func() {
		if !committed {
			tx.rollback(ctx)
		}
	}()
	if err := do(tx); err != nil {
		return err
	}
	err = tx.broken
	if err == nil {
		err = d.patiently(ctx, func() error { return tx.control(ctx, "COMMIT") })
	}
	committed = err == nil
	return d.Explain(err)
}

// control begins or commits. It does not begin what ctx has ended already.
func (t *transaction) control(ctx context.Context, statement string) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// A commit that is interrupted may be done or not, so it is not.
	_, err := t.conn.ExecContext(context.WithoutCancel(ctx), statement)
	return err
}

// rollback ends the transaction, and the connection where that fails.
func (t *transaction) rollback(ctx context.Context) {
	_, err := t.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	if err != nil {
		// SQLite rolled back by itself, or the connection is of no use; a new
		// one is opened when it is needed.
		_ = t.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// Exec returns the number of rows that the statement touched.
func (t *transaction) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if t.broken != nil {
		return 0, t.driver.Explain(t.broken)
	}
	result, err := t.conn.ExecContext(ctx, query, arguments(args)...)
	if err != nil {
		return 0, t.driver.Explain(t.check(err))
	}
	n, err := result.RowsAffected()
	return n, t.driver.Explain(err)
}

// Query returns rows that must be closed before the next statement.
func (t *transaction) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	if t.broken != nil {
		return nil, t.driver.Explain(t.broken)
	}
	answer, err := t.conn.QueryContext(ctx, query, arguments(args)...) //nolint:rowserrcheck // the caller does
	if err != nil {
		return nil, t.driver.Explain(t.check(err))
	}
	return &rows{answer: answer, driver: t.driver}, nil
}

// raw gives the connection itself to do.
func (t *transaction) raw(do func(conn driver.Conn) error) error {
	if t.broken != nil {
		return t.broken
	}
	var failed error
	err := t.conn.Raw(func(c any) error {
		conn, ok := c.(driver.Conn)
		if !ok {
			return errNotSQLite
		}
		// Raw would close the connection for some errors of do's.
		failed = do(conn)
		return nil
	})
	if err == nil {
		err = failed
	}
	return t.check(err)
}

// check notes errors after which SQLite may have rolled the transaction back
// (https://www.sqlite.org/lang_transaction.html): a statement that came next
// would be committed on its own.
func (t *transaction) check(err error) error {
	switch code := primaryCode(err); {
	case err == nil:
	case code == sqlite3.SQLITE_FULL, code == sqlite3.SQLITE_IOERR, code == sqlite3.SQLITE_NOMEM,
		code == sqlite3.SQLITE_BUSY, code == sqlite3.SQLITE_INTERRUPT, code == sqlite3.SQLITE_CORRUPT, cancelled(err):
		t.broken = err
	}
	return err
}
