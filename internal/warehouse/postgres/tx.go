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
	pid    uint32          // of the server's process
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
	tx, pid, err := d.begin(ctx, conn)
	if err != nil {
		return d.Explain(err)
	}
	committed := false
	defer func() {
		if !committed {
			d.rollback(ctx, tx)
		}
	}()
	if err := do(&transaction{driver: d, tx: tx, pid: pid, staged: map[string]bool{}}); err != nil {
		return err
	}
	committed = true
	return d.Explain(tx.Commit(ctx))
}

// A transaction's patience. Between two statements of a batch lies nothing but
// computing and, where it is written ahead, the batch before it, without which it is
// written once more. So a process that leaves its transaction idle for long is stopped
// or cut off, and the locks that it holds are in the way of its successor (L7):
// about a lease later the server ends it. A COPY under way is not idle; who
// waits behind that is told so by its own lock_timeout, as anyone who waits for
// a lock, for nobody is to wait in silence.
const (
	lockPatience = "10s"
	idlePatience = "30s"
	// Whoever alters a table waits in front of all that read it after him.
	alterPatience = "2s"
)

// beginning is the SQL that begins a transaction in which each statement sees
// what is committed when it starts, whatever the database's default is: the
// merge relies on that. What the address says of timeouts stands, and so does
// what anybody says who sets default_transaction_read_only: a role that is not
// to write does not.
func beginning(params map[string]string, readOnly bool) string {
	begin := "BEGIN ISOLATION LEVEL READ COMMITTED"
	if readOnly {
		begin += " READ ONLY"
	}
	for _, limit := range [][2]string{{"lock_timeout", lockPatience}, {"idle_in_transaction_session_timeout", idlePatience}} {
		if params[limit[0]] == "" {
			begin += "; SET LOCAL " + limit[0] + " = '" + limit[1] + "'"
		}
	}
	return begin
}

// begin opens a transaction, in one round trip where no pooler is in between, and says
// which of the server's processes has it.
func (d *Driver) begin(ctx context.Context, conn *pgxpool.Conn) (tx pgx.Tx, pid uint32, err error) {
	tx, err = conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: d.begins})
	if err != nil || !d.pooled {
		return tx, conn.Conn().PgConn().PID(), err
	}
	if err = d.settings.apply(ctx, conn.Conn(), true, d.readOnly); err == nil {
		err = tx.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid)
	}
	if err != nil {
		d.rollback(ctx, tx)
		return nil, 0, err
	}
	return tx, pid, nil
}

// rollback has a little time of its own, for ctx may have ended. Its error says
// nothing that matters: the connection then is closed, which rolls back too.
func (d *Driver) rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackPatience)
	defer cancel()
	_ = tx.Rollback(ctx)
}
