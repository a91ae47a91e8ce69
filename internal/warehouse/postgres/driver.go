package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Options are the choices of whoever opens the database.
type Options struct {
	ReadOnly bool // every write is refused by the server (L6)
	MaxConns int  // most connections at the same time; 0 is what the address says (pool_max_conns), else 4
	// Streams is how many streams are written at the same time. Each may hold two
	// connections, of two batches, and one that waits for its second would keep all others
	// from theirs: so many there are at least, and one for all lookups.
	Streams int
}

// Driver is one PostgreSQL database, and a small pool of connections to it.
type Driver struct {
	pool     *pgxpool.Pool
	settings *settings
	place    place
	streams  int  // Options.Streams
	pooled   bool // a pooler gives us a server connection for one transaction only
	readOnly bool
	begins   string        // the SQL that begins a transaction
	hurries  bool          // the address does not say how long to wait for a lock
	migrates chan struct{} // held by who migrates: it takes a second connection while it holds one
}

var _ warehouse.Driver = (*Driver)(nil)

// Open connects to the database at a URL such as
// postgres://user:password@host:5432/name?sslmode=require, with the parameters
// of libpq, and makes sure that it answers and has a schema for Warren's tables. Errors are *crm.Error and hold no
// password (L8).
func Open(ctx context.Context, url string, options Options) (*Driver, error) {
	needs := &settings{}
	config, err := configure(url, options, needs)
	if err != nil {
		return nil, err
	}
	d := &Driver{settings: needs, place: placeOf(config), streams: options.Streams, pooled: isPooled(config), readOnly: options.ReadOnly, migrates: make(chan struct{}, 1)}
	d.hurries = config.ConnConfig.RuntimeParams["lock_timeout"] == ""
	d.begins = beginning(config.ConnConfig.RuntimeParams, d.readOnly)
	d.pool, err = pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, d.Explain(err)
	}
	if err := d.on(ctx, func(s session) error { return d.findHome(ctx, s) }); err != nil {
		d.pool.Close()
		return nil, err
	}
	return d, nil
}

// Close lets go of all connections. It waits for those in use.
func (d *Driver) Close() error {
	d.pool.Close()
	return nil
}

// Exec returns the number of rows that the statement touched.
func (d *Driver) Exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	if d.readOnly || d.pooled {
		// Where settings do not outlast a transaction, only a transaction
		// can be read-only.
		err = d.inTx(ctx, func(tx *transaction) error {
			n, err = tx.Exec(ctx, query, args...)
			return err
		})
		return n, err
	}
	err = d.on(ctx, func(s session) error {
		n, err = s.exec(ctx, query, args...)
		return err
	})
	return n, err
}

// Query returns rows that must be closed; they hold a connection until then.
func (d *Driver) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	if d.readOnly && d.pooled {
		return d.queryReadOnly(ctx, query, args...)
	}
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return nil, d.Explain(err)
	}
	answer, err := session{conn.Conn()}.Query(ctx, query, args...) //nolint:rowserrcheck // whoever reads the rows asks for it
	if err != nil {
		conn.Release()
		return nil, d.Explain(err)
	}
	return &ownRows{rows{answer, d}, sync.OnceFunc(conn.Release)}, nil
}

// on lends a connection. Errors come back explained.
func (d *Driver) on(ctx context.Context, do func(s session) error) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return d.Explain(err)
	}
	defer conn.Release()
	return d.Explain(do(session{conn.Conn()}))
}

// Now is the server's clock, in UTC.
func (d *Driver) Now(ctx context.Context) (time.Time, error) {
	var now time.Time
	err := d.on(ctx, func(s session) error { return s.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&now) })
	return now.UTC(), err
}

// Dialect is PostgreSQL's.
func (d *Driver) Dialect() ledger.Dialect { return ledger.PostgreSQL }

// Exists reports whether a table or view of that name is on the search path.
func (d *Driver) Exists(ctx context.Context, table string) (bool, error) {
	const query = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = to_regclass($1) AND relkind IN ('r', 'p', 'v', 'm', 'f'))"
	if table == "" {
		return false, nil
	}
	var found bool
	err := d.on(ctx, func(s session) error { return s.QueryRow(ctx, query, quote(table)).Scan(&found) })
	return found, err
}

// Migrate brings the ledger's own tables up to date.
func (d *Driver) Migrate(ctx context.Context) error {
	if d.readOnly {
		return d.readOnlyError()
	}
	select {
	case d.migrates <- struct{}{}:
		defer func() { <-d.migrates }()
	case <-ctx.Done():
		return d.Explain(ctx.Err())
	}
	db := stdlib.OpenDBFromPool(d.pool)
	err := ledger.Migrate(ctx, db, ledger.PostgreSQL)
	if closing := db.Close(); err == nil {
		err = closing
	}
	if err == nil {
		return nil
	}
	there, _ := d.Exists(ctx, ledger.VersionTable)
	pending, _ := ledger.Pending(ctx, d) // where that cannot be asked, it is not known that anything is altered
	var uses []Use
	for _, name := range ledger.Tables() {
		uses = append(uses, Use{Table: name, Alter: pending, Read: name == ledger.VersionTable && !pending})
	}
	return d.Explain(d.whatIsLacking(ctx, err, uses, pending || !there))
}
