package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// pair opens a database twice, inside a bubble whose clock is not the world's.
func pair(t *testing.T, path string) (a, b *sqlite.Driver) {
	t.Helper()
	return open(t, path, sqlite.Options{}), open(t, path, sqlite.Options{})
}

// hold takes the write lock until the returned function is called.
func hold(t *testing.T, d *sqlite.Driver) (release func()) {
	t.Helper()
	held, end, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		done <- d.InTx(t.Context(), func(ledger.Conn) error {
			close(held)
			<-end
			return nil
		})
	}()
	<-held
	return func() {
		close(end)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestWriterWaitsForTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warren.db")
	synctest.Test(t, func(t *testing.T) {
		a, b := pair(t, path)
		release := hold(t, a)
		got := make(chan error)
		go func() { got <- b.InTx(t.Context(), func(ledger.Conn) error { return nil }) }()
		time.Sleep(5 * time.Second)
		release()
		if err := <-got; err != nil {
			t.Errorf("after five seconds of waiting: %v", err)
		}
	})
}

func TestWriterGivesUpOnTheLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warren.db")
	synctest.Test(t, func(t *testing.T) {
		a, b := pair(t, path)
		release := hold(t, a)
		defer release()
		for name, try := range map[string]func() error{
			"transaction": func() error { return b.InTx(t.Context(), func(ledger.Conn) error { return nil }) },
			"statement":   func() error { _, err := b.Exec(t.Context(), "CREATE TABLE t (a)"); return err },
		} {
			began := time.Now()
			err := try()
			var e *crm.Error
			if !errors.As(err, &e) || e.Code != crm.CodeWarehouseLock || !e.Retryable || !strings.Contains(e.Message, "write lock") {
				t.Errorf("%s: %v", name, err)
			}
			if waited := time.Since(began); waited < 5*time.Second || waited > 15*time.Second {
				t.Errorf("%s: gave up after %s", name, waited)
			}
		}
	})
}

// A person who presses Ctrl-C does not wait for somebody else's lock.
func TestWaitForTheLockCanBeCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warren.db")
	synctest.Test(t, func(t *testing.T) {
		a, b := pair(t, path)
		release := hold(t, a)
		defer release()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		err := b.InTx(ctx, func(ledger.Conn) error { return nil })
		if crm.CodeOf(err) != crm.CodeCancelled || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if waited := time.Since(began); waited > 2*time.Second {
			t.Errorf("cancelled after %s", waited)
		}
	})
}

func TestReaderDoesNotWaitForTheLock(t *testing.T) {
	a, b := pair(t, filepath.Join(t.TempDir(), "warren.db"))
	row := lead(1, "Ann", instant())
	write(t, a, row)
	release := hold(t, a)
	defer release()
	wantKnown(t, a, row, true)
	wantKnown(t, b, row, true)
}
