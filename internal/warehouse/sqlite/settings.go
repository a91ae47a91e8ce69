package sqlite

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	engine "modernc.org/sqlite"
)

// Settings of the connections, measured with 30 columns, four indexes and
// random keys.
const (
	// Sixteen times as much saves a tenth of the processor's time, and breaks L11.
	writerCacheKiB = 4000
	readerCacheKiB = 400
	leastReaders   = 4

	// The log is folded into the file when it has so many pages of 4 KiB:
	// sixteen times SQLite's default, for a page that many batches change is
	// then written once. The file may be cut to so many bytes afterwards.
	checkpointPages = 16_000
	logLimitBytes   = 64 << 20

	// A reader waits for a lock only while somebody recovers the log of a
	// process that died.
	readerWait = 10 * time.Second
)

func writerSettings() url.Values {
	return settings("rwc", 0, // it waits in Driver.patiently
		// A batch is durable when its commit returns.
		"synchronous(FULL)",
		"cache_size(-"+strconv.Itoa(writerCacheKiB)+")",
		"wal_autocheckpoint("+strconv.Itoa(checkpointPages)+")",
		"journal_size_limit("+strconv.Itoa(logLimitBytes)+")",
	)
}

func readerSettings() url.Values {
	return settings("rw", readerWait, "cache_size(-"+strconv.Itoa(readerCacheKiB)+")")
}

// settings returns the parameters of an address: SQLite's mode of opening, how
// long to wait for a lock, and further pragmas.
func settings(mode string, wait time.Duration, pragmas ...string) url.Values {
	values := url.Values{
		"mode":    {mode},
		"_txlock": {"immediate"},
		"_dqs":    {"0"}, // "x" is a name, never a text
		"_pragma": {
			"busy_timeout(" + strconv.FormatInt(wait.Milliseconds(), 10) + ")",
			"foreign_keys(0)", // pages arrive in any order
			"temp_store(MEMORY)",
		},
	}
	values["_pragma"] = append(values["_pragma"], pragmas...)
	return values
}

// address returns the URI by which SQLite finds a file, whatever characters
// its name has.
func address(file string, values url.Values) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	uri := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: values.Encode()}
	return uri.String()
}

// openPool prepares a pool of at most conns connections, and opens none yet.
func openPool(uri string, conns int) (*sql.DB, error) {
	poolPages()
	connector, err := engine.NewConnector(uri)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool, nil
}
