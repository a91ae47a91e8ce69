package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strconv"

	sqlite3 "modernc.org/sqlite/lib"
)

// openReadOnly opens the database so that no statement can write (L6).
//
// SQLite's own mode=ro is not it: a reader of a write-ahead log makes the
// log's two files, and in that mode leaves them behind. Opened with the right
// to write but for queries only, it takes them away again.
func (d *Driver) openReadOnly(ctx context.Context) error {
	if _, err := os.Stat(d.file); errors.Is(err, fs.ErrNotExist) {
		return d.openReaders(ctx, "file::memory:?"+queryOnly("rw").Encode(), 1)
	}
	err := d.openReaders(ctx, address(d.file, queryOnly("rw")), d.readerConns)
	if code := primaryCode(err); code != sqlite3.SQLITE_CANTOPEN && code != sqlite3.SQLITE_READONLY {
		return err
	}
	// Where this user may not write, the log's files cannot be made. Without a
	// log, nobody is writing, and the file can be read as one that stands still.
	if log, statErr := os.Stat(d.file + "-wal"); statErr == nil && log.Size() > 0 {
		return err
	}
	still := queryOnly("ro")
	still.Set("immutable", "1")
	if retryErr := d.openReaders(ctx, address(d.file, still), d.readerConns); retryErr != nil {
		return errors.Join(err, retryErr)
	}
	return nil
}

func queryOnly(mode string) url.Values {
	return settings(mode, readerWait, "query_only(1)", "cache_size(-"+strconv.Itoa(readerCacheKiB)+")")
}

// openReaders opens one pool for everything, and reads the file's first page
// to see that it is a database.
func (d *Driver) openReaders(ctx context.Context, uri string, conns int) error {
	pool, err := openPool(uri, conns)
	if err != nil {
		return err
	}
	var version int
	if err := pool.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version); err != nil {
		return errors.Join(err, pool.Close())
	}
	d.readers, d.writer = pool, pool
	return nil
}
