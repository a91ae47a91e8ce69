package main

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/pgtest"
)

// openServer starts the PostgreSQL that the contenders share, as durable as it
// comes. Its cleaning in the background is off, for it would befall whoever
// runs just then; settle does the same work between the steps.
func openServer() (*pgtest.Server, error) {
	return pgtest.Open(pgtest.Durable(), pgtest.Setting("autovacuum", "off"))
}

// database is one on that server.
type database struct {
	server   *pgtest.Server
	url      string
	clients  string // the same as programs that are counted reach it, by a proxy; "" without one
	accounts int    // whose tables it has; 0 for the one that has no prefix
}

// adminOf returns the database that is always there.
func adminOf(server *pgtest.Server) *database {
	return &database{server: server, url: server.URL("postgres")}
}

// address is where the contender's programs find the database.
func (d *database) address() string { return cmp.Or(d.clients, d.url) }

// base returns the database's name.
func (d *database) base() (string, error) {
	address, err := url.Parse(d.url)
	if err != nil {
		return "", err
	}
	return strings.TrimPrefix(address.Path, "/"), nil
}

func (d *database) open(ctx context.Context) (err error) {
	d.url, err = d.server.NewDatabase(ctx)
	return err
}

func (d *database) settle(ctx context.Context) error {
	return d.exec(ctx, "VACUUM (ANALYZE)", "CHECKPOINT")
}

func (d *database) digest(ctx context.Context) (common string, err error) {
	err = d.connected(ctx, func(conn *pgx.Conn) (err error) {
		common, err = commonDigest(d.accounts, func(table string) (text string, err error) {
			const query = "SELECT count(*) || ' ' || sum(hashtext(data::text)::bigint) || ' ' || max(date_modified) FROM "
			err = conn.QueryRow(ctx, query+table).Scan(&text)
			return text, err
		})
		return err
	})
	return common, err
}

func (d *database) close(ctx context.Context) error {
	name, err := d.base()
	if err != nil {
		return err
	}
	return adminOf(d.server).exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
}

func (d *database) exec(ctx context.Context, statements ...string) error {
	return d.connected(ctx, func(conn *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *database) ask(ctx context.Context, query string) (answer string, err error) {
	err = d.connected(ctx, func(conn *pgx.Conn) error { return conn.QueryRow(ctx, query).Scan(&answer) })
	return answer, err
}

func (d *database) connected(ctx context.Context, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, d.url)
	if err != nil {
		return err
	}
	err = do(conn)
	_ = conn.Close(ctx) // nothing is under way
	return err
}

// around measures what the server does while do runs, and adds it. It asks
// from another database, so that its questions are not counted in this one.
func (d *database) around(ctx context.Context, do func() (cost, error)) (cost, error) {
	admin := adminOf(d.server)
	postmaster, err := admin.ask(ctx, "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")
	if err != nil {
		return cost{}, err
	}
	const position = "SELECT trunc(pg_current_wal_insert_lsn() - '0/0')::text"
	before, err := admin.ask(ctx, position)
	if err != nil {
		return cost{}, err
	}
	busy := serverTime(postmaster)
	c, err := do()
	if err != nil {
		return cost{}, err
	}
	after, err := admin.ask(ctx, position)
	if err != nil {
		return cost{}, err
	}
	c.Server = serverTime(postmaster) - busy
	c.WAL, err = difference(after, before)
	return c, err
}

func difference(after, before string) (int64, error) {
	a, errA := parseInt(after)
	b, errB := parseInt(before)
	return a - b, errors.Join(errA, errB)
}

func parseInt(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }
