package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// errFault is the failure of a database that breaks at a chosen moment.
var errFault = errors.New("fault")

// faulty is a database whose call number at fails: the call itself, or in its
// answer the first row or what Scan makes of it.
type faulty struct {
	ledger.DB
	how  string // call, rows or scan
	at   int
	seen *int
}

func (f faulty) due(how string) bool {
	if how != f.how {
		return false
	}
	*f.seen++
	return *f.seen == f.at
}

func (f faulty) on(conn ledger.Conn) ledger.Conn { return faultyConn{conn, f} }

func (f faulty) Now(ctx context.Context) (time.Time, error) {
	if f.due("call") {
		return time.Time{}, errFault
	}
	return f.DB.Now(ctx)
}

func (f faulty) Exists(ctx context.Context, table string) (bool, error) {
	if f.due("call") {
		return false, errFault
	}
	return f.DB.Exists(ctx, table)
}

func (f faulty) InTx(ctx context.Context, do func(ledger.Conn) error) error {
	return f.DB.InTx(ctx, func(tx ledger.Conn) error { return do(f.on(tx)) })
}

func (f faulty) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return f.on(f.DB).Exec(ctx, query, args...)
}

func (f faulty) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	return f.on(f.DB).Query(ctx, query, args...)
}

type faultyConn struct {
	ledger.Conn
	faulty
}

func (c faultyConn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if c.due("call") {
		return 0, errFault
	}
	return c.Conn.Exec(ctx, query, args...)
}

func (c faultyConn) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	if c.due("call") {
		return nil, errFault
	}
	rows, err := c.Conn.Query(ctx, query, args...)
	return &faultyRows{Rows: rows, faulty: c.faulty}, err
}

type faultyRows struct {
	ledger.Rows
	faulty
	broken bool
}

func (r *faultyRows) Next() bool {
	if r.due("rows") {
		r.broken = true
	}
	return !r.broken && r.Rows.Next()
}

func (r *faultyRows) Err() error {
	if r.broken {
		return errFault
	}
	return r.Rows.Err()
}

func (r *faultyRows) Scan(dest ...any) error {
	if r.due("scan") {
		return errFault
	}
	return r.Rows.Scan(dest...)
}

// Whatever call fails, the caller hears of it and nothing has changed; the
// same call succeeds afterwards.
func TestL4_EveryCallMayFail(t *testing.T) {
	ask := claim(far("2"))
	var held ledger.Held // set by the steps in turn
	var entry int64
	batch := func() ledger.Durable {
		d := durable(held.Run.ID, 1)
		d.Counts = crm.Counts{Fetched: 2, Created: 1, Failed: 1}
		d.Written = []ledger.Version{{ID: "1"}}
		d.Issues = []crm.Issue{{RecordID: "1", Rule: "phone"}, {Rule: "key"}}
		d.Rejects = []crm.Reject{{ID: "2", Raw: []byte("{}")}}
		d.Seen = []byte("12345678")
		return d
	}
	steps := []struct {
		name string
		call func(ctx context.Context, db ledger.DB) error
	}{
		{"Load", func(ctx context.Context, db ledger.DB) error { _, err := ledger.Load(ctx, db, ask); return err }},
		{"Acquire", func(ctx context.Context, db ledger.DB) (err error) {
			held, err = ledger.Acquire(ctx, db, ask)
			return err
		}},
		{"Load again", func(ctx context.Context, db ledger.DB) error { _, err := ledger.Load(ctx, db, ask); return err }},
		{"Beat", func(ctx context.Context, db ledger.DB) error {
			return ledger.Beat(ctx, db, held.Run.ID, leads, time.Minute)
		}},
		{"Commit", func(ctx context.Context, db ledger.DB) error {
			return db.InTx(ctx, func(tx ledger.Conn) error { return ledger.Commit(ctx, tx, batch()) })
		}},
		{"Committed", func(ctx context.Context, db ledger.DB) error {
			_, _, err := ledger.Committed(ctx, db, leads, held.Run.ID, 1)
			return err
		}},
		{"ListQuarantine", func(ctx context.Context, db ledger.DB) error {
			all, err := ledger.ListQuarantine(ctx, db, ledger.Filter{})
			if err == nil {
				entry = all[0].ID
			}
			return err
		}},
		{"ShowQuarantine", func(ctx context.Context, db ledger.DB) error {
			_, err := ledger.ShowQuarantine(ctx, db, entry)
			return err
		}},
		{"Issues", func(ctx context.Context, db ledger.DB) error {
			_, err := ledger.Issues(ctx, db, ledger.Filter{})
			return err
		}},
		{"Seen", func(ctx context.Context, db ledger.DB) error {
			for _, err := range ledger.Seen(ctx, db, leads, held.Run.ID) {
				if err != nil {
					return err
				}
			}
			return nil
		}},
		{"InQuarantine", func(ctx context.Context, db ledger.DB) error {
			_, err := ledger.InQuarantine(ctx, db, leads, []string{"1", "2"})
			return err
		}},
		{"FindRun", func(ctx context.Context, db ledger.DB) error {
			_, _, err := ledger.FindRun(ctx, db, held.Run.ID)
			return err
		}},
		{"Streams", func(ctx context.Context, db ledger.DB) error { _, err := ledger.Streams(ctx, db); return err }},
		{"Finish", func(ctx context.Context, db ledger.DB) error {
			_, err := ledger.Finish(ctx, db, ledger.Outcome{ID: leads, RunID: held.Run.ID, Status: crm.StatusPartial, Watermark: noon, Counts: batch().Counts, Complete: &crm.Basis{}})
			return err
		}},
		{"History", func(ctx context.Context, db ledger.DB) error {
			_, err := ledger.History(ctx, db, ledger.Filter{})
			return err
		}},
		{"MarkReplayed", func(ctx context.Context, db ledger.DB) error {
			return db.InTx(ctx, func(tx ledger.Conn) error { return ledger.MarkReplayed(ctx, tx, entry, held.Run.ID, noon) })
		}},
		{"Discard", func(ctx context.Context, db ledger.DB) error { _, err := ledger.Discard(ctx, db, entry); return err }},
		{"Acquire after a dead one", func(ctx context.Context, db ledger.DB) (err error) {
			held, err = ledger.Acquire(ctx, db, ask)
			return err
		}},
	}
	onMigrated(t, func(t *testing.T, db testDB) {
		ownTable(t, db)
		own("leads", "completed", 20, `{}`).insert(t, db)
		for _, step := range steps {
			if step.name == "Acquire after a dead one" {
				acquire(t, db, far("1"))
				db.setNow(noon.Add(time.Hour))
			}
			before := snapshot(t, db)
			for _, how := range []string{"call", "rows", "scan"} {
				total := 0
				if err := inDiscarded(t, db, func(ctx context.Context, db ledger.DB) error {
					return step.call(ctx, faulty{DB: db, how: how, seen: &total})
				}); err != nil {
					t.Fatalf("%s: %v", step.name, err)
				}
				for at := range total {
					seen := 0
					if err := step.call(t.Context(), faulty{DB: db, how: how, at: at + 1, seen: &seen}); !errors.Is(err, errFault) {
						t.Errorf("%s: %s %d of %d failed, and the caller heard %v", step.name, how, at+1, total, err)
					}
					if after := snapshot(t, db); after != before {
						t.Fatalf("%s: %s %d of %d failed, and changed\n%s\nto\n%s", step.name, how, at+1, total, before, after)
					}
				}
			}
			if err := step.call(t.Context(), db); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
		}
	})
}

// inDiscarded calls do with a database that is one transaction, which is
// rolled back.
func inDiscarded(t *testing.T, db testDB, do func(context.Context, ledger.DB) error) error {
	t.Helper()
	discard := errors.New("discard")
	err := db.InTx(t.Context(), func(tx ledger.Conn) error {
		if err := do(t.Context(), nested{DB: db, Conn: tx}); err != nil {
			return err
		}
		return discard
	})
	if errors.Is(err, discard) {
		return nil
	}
	return err
}

// nested is a database inside a transaction.
type nested struct {
	ledger.DB
	ledger.Conn
}

func (n nested) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return n.Conn.Exec(ctx, query, args...)
}

func (n nested) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	return n.Conn.Query(ctx, query, args...)
}

func (n nested) InTx(_ context.Context, do func(ledger.Conn) error) error { return do(n.Conn) }

// snapshot is what the ledger holds, in a few words.
func snapshot(t *testing.T, db testDB) string {
	t.Helper()
	return texts(t, db, `SELECT (SELECT count(*) FROM ingestion_sync_history) || ' runs, ' ||
		(SELECT count(*) FROM ingestion_sync_history WHERE status = 'running') || ' running, ' ||
		(SELECT count(*) FROM ingestion_salesrabbit_sync_history) || ' in the old table, ' ||
		(SELECT COALESCE(sum(records_processed), 0) FROM ingestion_sync_history) || ' records, ' ||
		(SELECT count(*) FROM warren_stream) || ' streams, ' ||
		(SELECT COALESCE(sum(batch), 0) FROM warren_stream) || ' batches, ' ||
		(SELECT count(*) FROM warren_stream WHERE holder IS NULL) || ' free, ' ||
		(SELECT count(*) FROM warren_stream WHERE watermark IS NULL) || ' unknown, ' ||
		(SELECT count(*) FROM warren_seen) || ' parts, ' ||
		(SELECT count(*) FROM warren_issue) || ' issues, ' ||
		(SELECT count(*) FROM warren_quarantine WHERE status = 'open') || ' open'`)[0]
}
