package postgres_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// A statement that a connection has once is not worth being prepared; one that it has
// again is, in a transaction as beside it.
func TestAStatementIsPreparedWhenItComesAgain(t *testing.T) {
	d := newDatabase(t)
	err := d.driver.InTx(t.Context(), func(tx ledger.Conn) error {
		for want := range int64(3) { // each asks what was prepared before it
			rows, err := tx.Query(t.Context(), "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT count(*)%'")
			if err != nil {
				return err
			}
			var got int64
			for rows.Next() {
				err = rows.Scan(&got)
			}
			rows.Close()
			if err != nil || rows.Err() != nil {
				t.Fatal(err, rows.Err())
			}
			if want = min(want, 1); got != want {
				t.Errorf("%d statements are prepared, want %d", got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
