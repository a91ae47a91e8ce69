package cli_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestALockOfSomebodyIsToldOf(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Seed: 1})
	d.env["DATABASE_URL"] = pgtest.URL(t) + "&lock_timeout=20ms"
	d.run("migrate").exits(cli.ExitOK).silent("attempt")
	db := d.db()
	defer func() { _ = db.Close() }()
	err := db.InTx(t.Context(), func(tx ledger.Conn) error {
		if _, err := tx.Exec(t.Context(), "LOCK TABLE ingestion_salesrabbit_lead"); err != nil {
			return err
		}
		d.run("migrate").exits(cli.ExitFailed).warns("attempt 1 failed", "another session holds a lock", "warehouse_locked")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.run("migrate").exits(cli.ExitOK)

	err = db.InTx(t.Context(), func(tx ledger.Conn) error {
		if _, err := tx.Exec(t.Context(), "LOCK TABLE warren_stream"); err != nil {
			return err
		}
		d.run("status").exits(cli.ExitFailed).warns("idle in transaction", "holds locks on warren_stream", "pg_terminate_backend")
		d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says("✗ warehouse", "holds locks on warren_stream").silent("can be")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.run("check", "salesrabbit", "leads").exits(cli.ExitOK)

	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	err = db.InTx(t.Context(), func(tx ledger.Conn) error {
		if _, err := tx.Exec(t.Context(), "LOCK TABLE ingestion_salesrabbit_lead"); err != nil {
			return err
		}
		for _, reads := range [][]string{{"verify", "salesrabbit", "leads"}, {"sync", "salesrabbit", "leads", "--dry-run"}} {
			d.run(reads...).exits(cli.ExitFailed).says("another session holds a lock", "holds locks on ingestion_salesrabbit_lead", "pg_terminate_backend(")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
