package sqlite

import (
	"path/filepath"
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
	for _, statement := range []string{
		`CREATE TABLE t (v BLOB)`,
		`INSERT INTO t SELECT randomblob(3000) FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10))`,
	} {
		if _, err := pool.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if got := pooled(t) - before; got < 10 {
		t.Errorf("the pool gave %d pages for 10 rows of nearly a page each, want at least 10", got)
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
