package warehousetest

import (
	"context"
	"errors"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

var errDeliberate = errors.New("deliberate")

// wantUntouched checks that the table has the one row that it had, and that
// the driver goes on working.
func (f *fixture) wantUntouched() {
	f.Helper()
	f.wantRows(leads(), []string{"id", "name"}, []string{"1", "Ann"})
	f.wantCounts(f.write(f.open(leads()), lead(2, "Bob", instant(0))), 1, 0, 0)
}

// rollbackOnError: an error leaves nothing behind and comes out as it went in.
func rollbackOnError(f *fixture) {
	table := f.open(leads())
	f.write(table, lead(1, "Ann", instant(0)))
	err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		if _, err := table.Write(f.ctx, tx, []crm.Row{lead(1, "Anna", instant(time.Hour)), lead(2, "Bob", instant(0))}); err != nil {
			return err
		}
		return errDeliberate
	})
	if !errors.Is(err, errDeliberate) {
		f.Errorf("error %v", err)
	}
	f.wantUntouched()
}

// rollbackOnPanic: a panic leaves nothing behind, not even the lock, and goes
// on its way.
func rollbackOnPanic(f *fixture) {
	table := f.open(leads())
	f.write(table, lead(1, "Ann", instant(0)))
	func() {
		defer func() {
			if recover() != any(errDeliberate) {
				f.Error("the panic did not come through")
			}
		}()
		err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
			if _, err := table.Write(f.ctx, tx, []crm.Row{lead(2, "Bob", instant(0))}); err != nil {
				return err
			}
			panic(errDeliberate) //nolint:forbidigo // what the test is about
		})
		f.Errorf("InTx returned %v", err)
	}()
	f.wantUntouched()
}

// rollbackOnCancel: a context that ends in the middle ends the transaction.
func rollbackOnCancel(f *fixture) {
	table := f.open(leads())
	f.write(table, lead(1, "Ann", instant(0)))
	ctx, cancel := context.WithCancel(f.ctx)
	err := f.db.InTx(ctx, func(tx ledger.Conn) error {
		if _, err := table.Write(ctx, tx, []crm.Row{lead(2, "Bob", instant(0))}); err != nil {
			return err
		}
		cancel()
		_, err := table.Write(ctx, tx, []crm.Row{lead(3, "Cid", instant(0))})
		if err == nil {
			f.Error("a write succeeded after its context ended")
		}
		return err
	})
	if !errors.Is(f.db.Explain(err), context.Canceled) {
		f.Errorf("error %v", err)
	}
	f.wantUntouched()
}

// cancelledBeforeCommit: what a cancelled caller asked for is not committed,
// even when it says that all went well.
func cancelledBeforeCommit(f *fixture) {
	table := f.open(leads())
	f.write(table, lead(1, "Ann", instant(0)))
	ctx, cancel := context.WithCancel(f.ctx)
	err := f.db.InTx(ctx, func(tx ledger.Conn) error {
		_, err := table.Write(ctx, tx, []crm.Row{lead(2, "Bob", instant(0))})
		cancel()
		return err
	})
	if !errors.Is(f.db.Explain(err), context.Canceled) {
		f.Errorf("error %v", err)
	}
	f.wantUntouched()

	called := false
	err = f.db.InTx(ctx, func(ledger.Conn) error { called = true; return nil })
	if called || !errors.Is(f.db.Explain(err), context.Canceled) {
		f.Errorf("a transaction began for a cancelled caller; error %v", err)
	}
}

// refusedRow: a row that the database does not take is told apart from other
// failures, and after a return to a savepoint the transaction goes on (L3).
func refusedRow(f *fixture) {
	stream := leads()
	f.exec("CREATE TABLE " + quote(stream.Table) + " (id bigint NOT NULL PRIMARY KEY, name text CHECK (name <> 'refused'))")
	table := f.open(stream)
	refused := lead(3, "refused", instant(0))
	f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		if _, err := table.Write(f.ctx, tx, []crm.Row{lead(1, "Ann", instant(0))}); err != nil {
			return err
		}
		if _, err := tx.Exec(f.ctx, "SAVEPOINT bad"); err != nil {
			return err
		}
		_, err := table.Write(f.ctx, tx, []crm.Row{lead(2, "Bob", instant(0)), refused, lead(4, "Dan", instant(0))})
		f.wantError(f.db.Explain(err), crm.CodeRefusedValue)
		if crm.Retryable(f.db.Explain(err)) {
			f.Error("a refused value is said to be worth trying again")
		}
		if _, err := tx.Exec(f.ctx, "ROLLBACK TO SAVEPOINT bad"); err != nil {
			return err
		}
		if _, err := tx.Exec(f.ctx, "RELEASE SAVEPOINT bad"); err != nil {
			return err
		}
		counts, err := table.Write(f.ctx, tx, []crm.Row{lead(1, "Anna", instant(0)), lead(4, "Dan", instant(0))})
		f.wantCounts(counts, 1, 1, 0)
		return err
	}))
	f.wantRows(stream, []string{"id", "name"}, []string{"1", "Anna"}, []string{"4", "Dan"})
}

// nullInKey: a row without its key is refused, never given a key of the
// database's own making.
func nullInKey(f *fixture) {
	table := f.open(leads())
	row := lead(1, "Ann", instant(0))
	row.Key = []crm.Value{{}}
	row.Values[0] = crm.Value{}
	err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		_, err := table.Write(f.ctx, tx, []crm.Row{row})
		return err
	})
	f.wantError(f.db.Explain(err), crm.CodeRefusedValue)
	f.wantRows(leads(), []string{"id"})
}

// concurrentTransactions: transactions of one driver that run at once do not
// lose each other's work.
func concurrentTransactions(f *fixture) {
	const workers, rounds = 8, 10
	f.exec("CREATE TABLE tally (n bigint NOT NULL)")
	f.exec("INSERT INTO tally (n) VALUES (0)")
	errs := make(chan error)
	for range workers {
		go func() {
			for range rounds {
				err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
					_, err := tx.Exec(f.ctx, "UPDATE tally SET n = n + 1")
					return err
				})
				if err == nil {
					_, err = f.db.Exec(f.ctx, "UPDATE tally SET n = n + 1")
				}
				if err == nil {
					err = f.db.Migrate(f.ctx)
				}
				if err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range workers {
		if err := <-errs; err != nil {
			f.Errorf("unexpected error: %v", err)
		}
	}
	if n := f.exec("DELETE FROM tally WHERE n = $1", int64(2*workers*rounds)); n != 1 {
		f.Error("some transactions were lost")
	}
}
