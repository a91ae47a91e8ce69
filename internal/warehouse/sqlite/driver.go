package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Options are the choices of whoever opens the database.
type Options struct {
	ReadOnly bool      // nothing is written, and a file that does not exist is not made (L6)
	Clock    crm.Clock // nil is the machine's clock
	// Streams is how many streams are written at the same time. Each may read while
	// it waits to write, and one that writes may have to read.
	Streams int
}

// Driver is one SQLite database: a connection that writes, and a few that read.
type Driver struct {
	path     string // as the user wrote it
	file     string // absolute
	readOnly bool
	clock    crm.Clock
	turn     chan struct{} // held by whoever writes in this process
	writer   *sql.DB       // one connection; of a database opened to read only, the same as readers
	readers  *sql.DB

	readerConns int // most of readers
}

var _ warehouse.Driver = (*Driver)(nil)

// Open opens the database in a file, and makes it when it does not exist. With
// Options.ReadOnly a file that does not exist is an empty database. Errors are
// *crm.Error.
func Open(ctx context.Context, path string, options Options) (*Driver, error) {
	d := &Driver{path: path, readOnly: options.ReadOnly, clock: options.Clock, turn: make(chan struct{}, 1), readerConns: max(leastReaders, options.Streams+1)}
	if d.clock == nil {
		d.clock = crm.SystemClock{}
	}
	var err error
	if d.file, err = d.inspect(path); err != nil {
		return nil, err
	}
	if d.readOnly {
		err = d.openReadOnly(ctx)
	} else {
		err = d.openReadWrite(ctx)
	}
	if err != nil {
		_ = d.Close() // the first error is the one that matters
		return nil, d.Explain(err)
	}
	return d, nil
}

// openReadWrite makes sure that the file is a database and keeps a write-ahead
// log. Processes that start at once wait for each other, for SQLite does not
// wait when two turn the log on.
func (d *Driver) openReadWrite(ctx context.Context) error {
	unlock, err := d.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if d.writer, err = openPool(address(d.file, writerSettings()), 1); err != nil {
		return err
	}
	if d.readers, err = openPool(address(d.file, readerSettings()), d.readerConns); err != nil {
		return err
	}
	return d.patiently(ctx, func() error {
		_, err := d.writer.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		return err
	})
}

// Close lets go of all connections; the last of all processes folds the log
// into the file. Closing twice is closing once.
func (d *Driver) Close() error {
	var err error
	for _, pool := range []*sql.DB{d.readers, d.writer} {
		if pool == nil {
			continue
		}
		if closing := pool.Close(); err == nil {
			err = closing
		}
	}
	return d.Explain(err)
}

// Exec returns the number of rows that the statement touched.
func (d *Driver) Exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	done, err := d.takeTurn(ctx)
	if err != nil {
		return 0, d.Explain(err)
	}
	defer done()
	err = d.inTurn(ctx, func() error {
		result, err := d.writer.ExecContext(ctx, query, arguments(args)...)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	return n, d.Explain(err)
}

// Query returns rows that must be closed; they hold a connection, and see the
// database as it was when the query began. A query that writes belongs in a
// transaction.
func (d *Driver) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	answer, err := d.readers.QueryContext(ctx, query, arguments(args)...) //nolint:rowserrcheck // the caller does
	if err != nil {
		return nil, d.Explain(err)
	}
	return &rows{answer: answer, driver: d}, nil
}

// Now is the machine's clock, in UTC: the database is a file of this machine.
func (d *Driver) Now(context.Context) (time.Time, error) {
	return d.clock.Now().UTC().Truncate(time.Microsecond), nil
}

// Dialect is SQLite's.
func (d *Driver) Dialect() ledger.Dialect { return ledger.SQLite }

// Exists reports whether there is a table or view of that name.
func (d *Driver) Exists(ctx context.Context, table string) (found bool, err error) {
	const query = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ?1 COLLATE NOCASE)"
	err = d.readers.QueryRowContext(ctx, query, table).Scan(&found)
	return found, d.Explain(err)
}

// Migrate brings the ledger's own tables up to date.
func (d *Driver) Migrate(ctx context.Context) error {
	if d.readOnly {
		return d.readOnlyError()
	}
	done, err := d.takeTurn(ctx)
	if err != nil {
		return d.Explain(err)
	}
	defer done()
	unlock, err := d.lock(ctx)
	if err != nil {
		return d.Explain(err)
	}
	defer unlock()
	return d.Explain(d.patiently(ctx, func() error { return ledger.Migrate(ctx, d.writer, ledger.SQLite) }))
}
