package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestExplainEveryCode(t *testing.T) {
	d := &Driver{path: "here.db"}
	for _, c := range []struct {
		code      int
		want      crm.Code
		retryable bool
		words     string
	}{
		{sqlite3.SQLITE_FULL, crm.CodeWarehouseFull, false, "disk that holds here.db is full"},
		{sqlite3.SQLITE_IOERR_WRITE, crm.CodeWarehouseFull, false, "takes no more of here.db"},
		{sqlite3.SQLITE_BUSY, crm.CodeWarehouseLock, true, "write lock"},
		{sqlite3.SQLITE_BUSY_SNAPSHOT, crm.CodeWarehouseLock, true, "write lock"},
		{sqlite3.SQLITE_LOCKED, crm.CodeWarehouseLock, true, "write lock"},
		{sqlite3.SQLITE_READONLY, crm.CodeReadOnly, false, "cannot be written"},
		{sqlite3.SQLITE_READONLY_DBMOVED, crm.CodeReadOnly, false, "moved or deleted"},
		{sqlite3.SQLITE_PERM, crm.CodeWarehouseRight, false, "no right"},
		{sqlite3.SQLITE_CANTOPEN, crm.CodeWarehouseRight, false, "cannot open here.db"},
		{sqlite3.SQLITE_NOTADB, crm.CodeWarehouse, false, "not a SQLite database"},
		{sqlite3.SQLITE_CORRUPT, crm.CodeWarehouse, false, "damaged"},
		{sqlite3.SQLITE_CONSTRAINT_NOTNULL, crm.CodeRefusedValue, false, "refuses the record"},
		{sqlite3.SQLITE_CONSTRAINT_DATATYPE, crm.CodeRefusedValue, false, "refuses the record"},
		{sqlite3.SQLITE_MISMATCH, crm.CodeRefusedValue, false, "refuses the record"},
		{sqlite3.SQLITE_TOOBIG, crm.CodeRefusedValue, false, "refuses the record"},
		{sqlite3.SQLITE_IOERR_FSYNC, crm.CodeWarehouse, false, "disk failed"},
		{sqlite3.SQLITE_NOMEM, crm.CodeWarehouse, false, "no memory"},
		{sqlite3.SQLITE_SCHEMA, crm.CodeWarehouse, true, "changed"},
		{sqlite3.SQLITE_ERROR, crm.CodeWarehouse, false, "reported an error"},
	} {
		e := d.explainCode(c.code)
		if e.Code != c.want || e.Retryable != c.retryable || e.Origin != crm.OriginWarehouse || e.Fix == "" || !strings.Contains(e.Message, c.words) {
			t.Errorf("code %d: %+v", c.code, e)
		}
	}
}

func TestExplainKeepsTheCause(t *testing.T) {
	d := &Driver{path: "here.db"}
	cause := fmt.Errorf("while writing: %w", context.Canceled)
	if err := d.Explain(cause); !errors.Is(err, context.Canceled) || crm.CodeOf(err) != crm.CodeCancelled {
		t.Errorf("%v became %v", cause, err)
	}
	strange := errors.New("strange")
	if err := d.Explain(strange); !errors.Is(err, strange) || crm.CodeOf(err) != crm.CodeWarehouse {
		t.Errorf("%v became %v", strange, err)
	}
	if code := primaryCode(nil); code != 0 {
		t.Errorf("no error has the code %d", code)
	}
}

// A full disk ends the transaction: what comes after it must not be written on
// its own, and the work goes on when there is space again.
func TestFullDisk(t *testing.T) {
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "warren.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	exec := func(db ledger.Conn, query string) error {
		_, err := db.Exec(t.Context(), query)
		return err
	}
	if err := errors.Join(exec(d, "CREATE TABLE t (a)"), exec(d, "PRAGMA max_page_count = 20")); err != nil {
		t.Fatal(err)
	}
	err = d.InTx(t.Context(), func(tx ledger.Conn) error {
		if err := exec(tx, "INSERT INTO t VALUES ('before')"); err != nil {
			return err
		}
		if code := crm.CodeOf(exec(tx, "INSERT INTO t VALUES (zeroblob(1000000))")); code != crm.CodeWarehouseFull {
			t.Errorf("code %s", code)
		}
		if code := crm.CodeOf(exec(tx, "INSERT INTO t VALUES ('after')")); code != crm.CodeWarehouseFull {
			t.Errorf("a statement after the end: code %s", code)
		}
		rows, err := tx.Query(t.Context(), "SELECT 1")
		if err == nil {
			rows.Close()
		}
		if crm.CodeOf(err) != crm.CodeWarehouseFull {
			t.Errorf("a query after the end: %v", err)
		}
		return nil // says that all is well
	})
	if code := crm.CodeOf(err); code != crm.CodeWarehouseFull {
		t.Errorf("the transaction: code %s", code)
	}
	if err := exec(d, "PRAGMA max_page_count = 1000"); err != nil {
		t.Fatal(err)
	}
	n, err := d.Exec(t.Context(), "DELETE FROM t")
	if err != nil || n != 0 {
		t.Errorf("%d rows were left, %v", n, err)
	}
	if err := d.InTx(t.Context(), func(tx ledger.Conn) error { return exec(tx, "INSERT INTO t VALUES (1)") }); err != nil {
		t.Errorf("with space again: %v", err)
	}
}

func TestDamagedDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warren.db")
	d, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, createErr := d.Exec(t.Context(), "CREATE TABLE t (a)")
	_, fillErr := d.Exec(t.Context(), "INSERT INTO t VALUES (zeroblob(100000))")
	if err := errors.Join(createErr, fillErr, d.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(content[4096:], strings.Repeat("x", 4096))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err = Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	_, err = d.Exec(t.Context(), "DELETE FROM t WHERE a = 1")
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("error %v", err)
	}
}
