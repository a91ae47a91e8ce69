package warehouse_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

// impatient is an address whose sessions wait for no lock for long.
func impatient(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("lock_timeout", "20ms")
	u.RawQuery = query.Encode()
	return u.String()
}

// Whatever a run needs at its start may be locked by somebody: that is told, and waited
// for.
func TestARunWaitsForTheLocksOfOthers(t *testing.T) {
	for name, c := range map[string]struct {
		lock     string
		migrated bool   // before
		table    string // that is told of
	}{
		"a migration elsewhere": {"SELECT pg_advisory_xact_lock(131260415632750)", false, ""},
		"what is migrated":      {"LOCK TABLE warren_migrations", true, "holds locks on warren_migrations"},
		"the streams":           {"LOCK TABLE warren_stream", true, "warren_stream"},
		"the history":           {"LOCK TABLE ingestion_sync_history", true, "ingestion_sync_history"},
		"the stream's table":    {"LOCK TABLE thing", true, "holds locks on thing"},
		"one who reads":         {"COMMIT; ALTER TABLE thing DROP COLUMN name; BEGIN; SELECT * FROM thing", true, "holds locks on thing"},
	} {
		t.Run(name, func(t *testing.T) {
			address := pgtest.URL(t)
			db, err := postgres.Open(t.Context(), impatient(t, address), postgres.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if c.migrated {
				s := session(t, db)
				finish(t, s, writeAll(t, s, batch(1, 3)))
			}
			other, err := pgx.Connect(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Close(t.Context()) }()
			if _, err := other.Exec(t.Context(), "SET application_name = 'somebody'; BEGIN; "+c.lock); err != nil {
				t.Fatal(err)
			}
			told := 0
			s, err := warehouse.Open(t.Context(), db, claim(), warehouse.Tools{Clock: hasty{}, Owner: ledger.ThisProcess(), Observe: func(e crm.Event) {
				retry, is := e.(crm.RetryScheduled)
				if !is || crm.CodeOf(retry.Err) != crm.CodeWarehouseLock {
					t.Errorf("told of %+v", e)
				}
				who := fmt.Sprintf("process %d (role postgres, somebody, idle in transaction), in a transaction for ", other.PgConn().PID())
				if said := retry.Err.Error(); c.table != "" && (!strings.Contains(said, who) || !strings.Contains(said, c.table+":")) {
					t.Errorf("told of %s; want %s … %s", said, who, c.table)
				}
				if told++; told == 3 {
					if _, err := other.Exec(t.Context(), "ROLLBACK"); err != nil {
						t.Error(err)
					}
				}
			}})
			if err != nil || told != 3 {
				t.Fatalf("told of %d attempts, %v", told, err)
			}
			finish(t, s, writeAll(t, s, batch(11, 3)))
			runs, err := ledger.History(t.Context(), db, ledger.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			for _, run := range runs {
				if run.Status != crm.StatusSuccess {
					t.Errorf("run %d is %s", run.ID, run.Status)
				}
			}
		})
	}
}

// counting counts the transactions that were begun.
type counting struct {
	warehouse.Driver

	begun atomic.Int64
}

func (c *counting) InTx(ctx context.Context, do func(ledger.Conn) error) error {
	c.begun.Add(1)
	return c.Driver.InTx(ctx, do)
}

// A batch that was begun ahead and waited for somebody's lock in vain is not tried again
// before that is told.
func TestALockThatABatchWaitsForIsToldAtOnce(t *testing.T) {
	address := pgtest.URL(t)
	opened, err := postgres.Open(t.Context(), impatient(t, address), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = opened.Close() }()
	db := &counting{Driver: opened}
	other, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(t.Context()) }()
	var tried []int64 // before each time that it was told
	s, err := warehouse.Open(t.Context(), db, claim(), warehouse.Tools{Clock: hasty{}, Owner: ledger.ThisProcess(), Observe: func(e crm.Event) {
		if retry, is := e.(crm.RetryScheduled); !is || crm.CodeOf(retry.Err) != crm.CodeWarehouseLock {
			t.Errorf("told of %+v", e)
		}
		if tried = append(tried, db.begun.Swap(0)); len(tried) == 2 {
			if _, err := other.Exec(t.Context(), "ROLLBACK"); err != nil {
				t.Error(err)
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Exec(t.Context(), "BEGIN; LOCK TABLE thing"); err != nil {
		t.Fatal(err)
	}
	db.begun.Store(0)
	counts := writeAll(t, s, batch(1, 3))
	if len(tried) != 2 || tried[0] != 1 || counts.Created != 3 {
		t.Errorf("it was told after %v transactions; %+v", tried, counts)
	}
	finish(t, s, counts)
}
