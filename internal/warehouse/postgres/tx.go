package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// rollbackPatience is how long a rollback may take after its context has ended.
const rollbackPatience = 5 * time.Second

// transaction is a transaction under way, as a ledger.Conn.
type transaction struct {
	driver *Driver
	tx     pgx.Tx
	staged map[string]bool // staging tables that hold rows of this transaction
}

// InTx runs do in a transaction, which commits when do returns nil and is rolled
// back otherwise, also when do panics or ctx ends. Of a driver that was opened
// to read only, the transaction is read-only.
func (d *Driver) InTx(ctx context.Context, do func(tx ledger.Conn) error) error {
	return d.inTx(ctx, func(tx *transaction) error { return do(tx) })
}

func (d *Driver) inTx(ctx context.Context, do func(tx *transaction) error) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return d.Explain(err)
	}
	// A connection whose transaction did not end is closed, not used again.
	defer conn.Release()
	tx, err := d.begin(ctx, conn)
	if err != nil {
		return d.Explain(err)
	}
	committed := false
	defer func() {
		if !committed {
			d.rollback(ctx, tx)
		}
	}()
	if err := do(&transaction{driver: d, tx: tx, staged: map[string]bool{}}); err != nil {
		return err
	}
	committed = true
	return d.Explain(tx.Commit(ctx))
}

// begin opens a transaction in which each statement sees what is committed when
// it starts, whatever the database's default is: the merge relies on that.
func (d *Driver) begin(ctx context.Context, conn *pgxpool.Conn) (pgx.Tx, error) {
	options := pgx.TxOptions{IsoLevel: pgx.ReadCommitted, AccessMode: pgx.ReadWrite}
	if d.readOnly {
		options.AccessMode = pgx.ReadOnly
	}
	tx, err := conn.BeginTx(ctx, options)
	if err != nil || !d.pooled {
		return tx, err
	}
	if err := applySettings(ctx, conn.Conn(), true, d.readOnly); err != nil {
		d.rollback(ctx, tx)
		return nil, err
	}
	return tx, nil
}

// rollback has a little time of its own, for ctx may have ended. Its error says
// nothing that matters: the connection then is closed, which rolls back too.
func (d *Driver) rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackPatience)
	defer cancel()
	_ = tx.Rollback(ctx)
}
