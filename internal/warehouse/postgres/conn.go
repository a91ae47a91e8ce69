package postgres

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Exec returns the number of rows that the statement touched.
func (t *transaction) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	n, err := session{t.tx.Conn()}.exec(ctx, query, args...)
	return n, t.driver.Explain(err)
}

// Query returns rows that must be closed before the next statement.
func (t *transaction) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	answer, err := session{t.tx.Conn()}.Query(ctx, query, args...) //nolint:rowserrcheck // whoever reads the rows asks for it
	if err != nil {
		return nil, t.driver.Explain(err)
	}
	return rows{answer, t.driver}, nil
}

// rows explains the errors of an answer.
type rows struct {
	pgx.Rows
	driver *Driver
}

func (r rows) Scan(dest ...any) error { return r.driver.Explain(r.Rows.Scan(dest...)) }

func (r rows) Err() error { return r.driver.Explain(r.Rows.Err()) }

// queryReadOnly asks in a read-only transaction, which ends when the answer is
// closed: behind a pooler nothing else keeps a query from writing (L6).
func (d *Driver) queryReadOnly(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return nil, d.Explain(err)
	}
	tx, _, err := d.begin(ctx, conn)
	if err != nil {
		conn.Release()
		return nil, d.Explain(err)
	}
	end := func() {
		d.rollback(ctx, tx)
		conn.Release()
	}
	answer, err := tx.Query(ctx, query, args...) //nolint:rowserrcheck // whoever reads the rows asks for it
	if err != nil {
		end()
		return nil, d.Explain(err)
	}
	return &ownRows{rows{answer, d}, sync.OnceFunc(end)}, nil
}

// ownRows is an answer that has a connection of its own, and maybe a transaction.
type ownRows struct {
	rows
	end func()
}

func (r *ownRows) Close() {
	r.rows.Close()
	r.end()
}
