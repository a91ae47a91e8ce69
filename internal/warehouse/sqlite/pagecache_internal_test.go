package sqlite

import (
	"path/filepath"
	"strconv"
	"testing"

	"modernc.org/libc"
	engine "modernc.org/sqlite/lib"
)

// Pages of a file come from the piece of memory that was put by for them.
func TestL11PagesComeFromOnePieceOfMemory(t *testing.T) {
	pool, err := openPool(address(filepath.Join(t.TempDir(), "w.db"), writerSettings()), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	before := pooled(t)
	const rows = writerCacheKiB * 1024 / pageBytes * 9 / 10 // of nearly a page each: they fill the connection's cache
	for _, statement := range []string{
		`CREATE TABLE t (v BLOB)`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ` + strconv.Itoa(rows) + `) INSERT INTO t SELECT randomblob(3000) FROM n`,
	} {
		if _, err := pool.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if got := pooled(t) - before; got < rows {
		t.Errorf("the pool gave %d pages for %d rows of nearly a page each, want at least one each", got, rows)
	}
}

// pooled returns how many pages of the pool are in use, of all connections.
func pooled(t *testing.T) int {
	t.Helper()
	tls := libc.NewTLS()
	defer tls.Close()
	now, most := tls.Alloc(8), tls.Alloc(8)
	defer tls.Free(8)
	defer tls.Free(8)
	if code := engine.Xsqlite3_status(tls, engine.SQLITE_STATUS_PAGECACHE_USED, now, most, 0); code != engine.SQLITE_OK {
		t.Fatalf("sqlite3_status answers %d", code)
	}
	return int(libc.AtomicLoadPInt32(now))
}
