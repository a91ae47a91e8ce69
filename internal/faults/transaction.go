package faults

import (
	"context"

	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// InTx runs do in a transaction of the real driver. Whatever fails in it as
// planned costs the whole transaction, also where do passes over the error.
func (d *Driver) InTx(ctx context.Context, do func(tx ledger.Conn) error) error {
	var answer error // to a commit that took place
	begin, err := d.ask(ctx, Op{Kind: Begin})
	if err != nil {
		return err
	}
	if begin != None {
		return failureOf(begin) // lost before or after: nothing was done yet
	}
	err = d.Driver.InTx(ctx, func(inner ledger.Conn) error {
		tx := &transaction{driver: d, inner: inner}
		if err := do(tx); err != nil {
			return err
		}
		if tx.broken != nil {
			return tx.broken
		}
		commit, err := d.ask(ctx, Op{Kind: Commit, InTx: true})
		switch {
		case err != nil:
			return err
		case commit == LoseAfter:
			answer = Lost
			return nil
		default:
			return failureOf(commit)
		}
	})
	if err != nil {
		return err
	}
	return answer
}

// Waits asks the real driver about the transaction inside.
func (d *Driver) Waits(ctx context.Context, tx ledger.Conn) (bool, error) {
	if own, ok := tx.(*transaction); ok {
		tx = own.inner
	}
	return d.Driver.Waits(ctx, tx)
}

// transaction is one under way. After a fault it is of no more use.
type transaction struct {
	driver *Driver
	inner  ledger.Conn
	broken error
}

// Exec runs a statement in the transaction.
func (t *transaction) Exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = t.around(ctx, Op{Kind: Exec, Text: query}, func() error {
		n, err = t.inner.Exec(ctx, query, args...)
		return err
	})
	return n, err
}

// Query runs a query in the transaction.
func (t *transaction) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	if t.over() {
		return nil, t.broken
	}
	fault, err := t.driver.ask(ctx, Op{Kind: Query, Text: query, InTx: true})
	if err != nil {
		return nil, err
	}
	t.broken = failureOf(fault)
	return t.driver.query(fault, func() (ledger.Rows, error) { return t.inner.Query(ctx, query, args...) })
}

// around lets an operation happen as planned, and remembers a fault.
func (t *transaction) around(ctx context.Context, op Op, do func() error) error {
	if t.over() {
		return t.broken
	}
	op.InTx = true
	fault, err := t.driver.ask(ctx, op)
	if err != nil {
		return err
	}
	t.broken = failureOf(fault)
	if fault == None || fault == LoseAfter {
		if err := do(); err != nil {
			return err
		}
	}
	return t.broken
}

// over reports whether nothing can be done in the transaction any more, also
// because the process was killed by an operation of another goroutine.
func (t *transaction) over() bool {
	if t.broken == nil && t.driver.Killed() {
		t.broken = Dead
	}
	return t.broken != nil
}

// failureOf returns the error of an operation that met the fault; nil for none.
func failureOf(f Fault) error {
	switch f {
	case None:
		return nil
	case LoseBefore, LoseAfter:
		return Lost
	case Refuse:
		return Refused
	default:
		return Dead
	}
}
