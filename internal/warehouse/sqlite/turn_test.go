package sqlite_test

import (
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// A process that writes batch after batch does not keep out another one that
// waits: the next turn is the other's.
func TestWritersTakeTurns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warren.db")
	synctest.Test(t, func(t *testing.T) {
		busy, other := pair(t, path)
		var turns []string // what is written in a transaction needs no other lock
		turn := func(d *sqlite.Driver, name string) {
			err := d.InTx(t.Context(), func(ledger.Conn) error {
				turns = append(turns, name)
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		done := make(chan struct{})
		err := busy.InTx(t.Context(), func(ledger.Conn) error {
			go func() {
				turn(other, "other")
				close(done)
			}()
			synctest.Wait() // until the other one waits
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		turn(busy, "busy")
		<-done
		if !slices.Equal(turns, []string{"other", "busy"}) {
			t.Errorf("the turns were %v", turns)
		}
	})
}
