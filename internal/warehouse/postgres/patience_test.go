package postgres_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

// limitsOf returns what the transactions of a driver wait for at most.
func limitsOf(t *testing.T, url string) (lock, idle string) {
	t.Helper()
	d := open(t, url, postgres.Options{})
	defer func() { _ = d.Close() }()
	err := d.InTx(t.Context(), func(tx ledger.Conn) error {
		rows, err := tx.Query(t.Context(), "SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&lock, &idle); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return lock, idle
}

// No transaction waits for a lock without end, and none that does nothing keeps
// its locks for longer than a lease; unless the address wants it otherwise.
func TestL7_TransactionsHaveLimitedPatience(t *testing.T) {
	url := pgtest.URL(t)
	for _, c := range []struct{ name, parameters, lock, idle string }{
		{"by default", "", "10s", "30s"},
		{"behind a pooler", "default_query_exec_mode=exec", "10s", "30s"},
		{"as the address says", "lock_timeout=1min&idle_in_transaction_session_timeout=2min", "1min", "2min"},
		{"behind a pooler, as the address says", "default_query_exec_mode=exec&lock_timeout=1min&idle_in_transaction_session_timeout=2min", "1min", "2min"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := url
			if c.parameters != "" {
				address = withParameter(url, c.parameters)
			}
			if lock, idle := limitsOf(t, address); lock != c.lock || idle != c.idle {
				t.Errorf("lock_timeout %s, idle_in_transaction_session_timeout %s; want %s and %s", lock, idle, c.lock, c.idle)
			}
		})
	}
}

// A write that waits for somebody's lock gives up and says why.
func TestALockOfAnotherSessionIsNamed(t *testing.T) {
	d := newDatabase(t)
	impatient := open(t, withParameter(d.url, "lock_timeout=50ms"), postgres.Options{})
	defer func() { _ = impatient.Close() }()
	table := openTable(t, impatient, things())
	write(t, impatient, table, []crm.Row{thing(1, "a", 1)})
	d.exec("BEGIN; UPDATE things SET name = 'theirs'")
	err := impatient.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := table.Write(t.Context(), tx, []crm.Row{thing(1, "b", 2)})
		return err
	})
	wantError(t, err, crm.CodeWarehouseLock, "another session holds a lock", "pg_stat_activity")
	if !crm.Retryable(err) {
		t.Error("it is said to be not worth trying again")
	}
	d.exec("ROLLBACK")
	d.exec("BEGIN; LOCK TABLE things")
	_, err = table.Empty(t.Context())
	wantError(t, err, crm.CodeWarehouseLock, "another session holds a lock", "pg_stat_activity")
	d.exec("ROLLBACK")
	wantCounts(t, write(t, impatient, table, []crm.Row{thing(1, "b", 2)}), 0, 1, 0)
}

// So it is to a role that may not see what others do.
func TestALockOfAnotherRoleIsNamed(t *testing.T) {
	d := newDatabase(t)
	d.open(things())
	role := d.role(t)
	d.exec("GRANT ALL ON SCHEMA public TO " + role)
	weak := open(t, d.as(t, role), postgres.Options{})
	defer func() { _ = weak.Close() }()
	d.exec("BEGIN; LOCK TABLE things")
	told := weak.InTheWay(t.Context(), crm.Error{Message: "a lock", Fix: "Have its role or a superuser end it, and run again."})
	pid := strconv.Itoa(int(d.conn.PgConn().PID()))
	if want := "a lock: process " + pid + " (role postgres"; !strings.HasPrefix(told.Message, want) || !strings.HasSuffix(told.Message, "holds locks on things") {
		t.Errorf("told %q; want %s …", told.Message, want)
	}
	if want := "Have its role or a superuser end it (SELECT pg_terminate_backend(" + pid + ");), and run again."; told.Fix != want {
		t.Errorf("the fix is %q; want %q", told.Fix, want)
	}
	d.exec("ROLLBACK")
	if told := weak.InTheWay(t.Context(), crm.Error{Message: "a lock"}); told.Message != "a lock" {
		t.Errorf("told %q when nobody has one", told.Message)
	}
}

// A process that is stopped in the middle of a transaction loses its locks to
// its successor, and what it did.
func TestL7_AStoppedProcessLetsGo(t *testing.T) {
	d := newDatabase(t)
	table := d.open(things())
	stopped := open(t, withParameter(d.url, "idle_in_transaction_session_timeout=100ms"), postgres.Options{})
	defer func() { _ = stopped.Close() }()
	theirs := openTable(t, stopped, things())
	holds, stop, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	resume := sync.OnceFunc(func() { close(stop) })
	defer resume()
	go func() {
		ended <- stopped.InTx(context.Background(), func(tx ledger.Conn) error {
			_, err := theirs.Write(context.Background(), tx, []crm.Row{thing(1, "theirs", 1)})
			close(holds)
			<-stop
			return err
		})
	}()
	<-holds
	d.write(table, []crm.Row{thing(1, "ours", 1)}, 1, 0, 0)
	resume()
	if err := <-ended; crm.CodeOf(err) != crm.CodeWarehouseConn || !crm.Retryable(err) {
		t.Errorf("the stopped process sees %v", err)
	}
	d.wantQuery("SELECT name FROM things", []string{"ours"})
}
