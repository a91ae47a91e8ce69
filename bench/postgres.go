package main

import (
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
	server *pgtest.Server
	url    string
}

func (d *database) open(ctx context.Context) (err error) {
	d.url, err = d.server.NewDatabase(ctx)
	return err
}

func (d *database) settle(ctx context.Context) error {
	return d.exec(ctx, "VACUUM (ANALYZE)", "CHECKPOINT")
}

func (d *database) digest(ctx context.Context) (string, error) {
	return d.ask(ctx, "SELECT count(*) || ' ' || sum(hashtext(data::text)::bigint) || ' ' || max(date_modified) FROM "+leadTable)
}

func (d *database) close(ctx context.Context) error {
	address, err := url.Parse(d.url)
	if err != nil {
		return err
	}
	admin := database{url: d.server.URL("postgres")}
	return admin.exec(ctx, "DROP DATABASE "+strings.TrimPrefix(address.Path, "/")+" WITH (FORCE)")
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

// around measures what the server does while do runs, and adds it.
func (d *database) around(ctx context.Context, do func() (cost, error)) (cost, error) {
	postmaster, err := d.ask(ctx, "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")
	if err != nil {
		return cost{}, err
	}
	const position = "SELECT trunc(pg_current_wal_insert_lsn() - '0/0')::text"
	before, err := d.ask(ctx, position)
	if err != nil {
		return cost{}, err
	}
	busy := serverTime(postmaster)
	c, err := do()
	if err != nil {
		return cost{}, err
	}
	after, err := d.ask(ctx, position)
	if err != nil {
		return cost{}, err
	}
	c.Server = serverTime(postmaster) - busy
	c.WAL, err = difference(after, before)
	return c, err
}

func difference(after, before string) (int64, error) {
	a, errA := strconv.ParseInt(after, 10, 64)
	b, errB := strconv.ParseInt(before, 10, 64)
	return a - b, errors.Join(errA, errB)
}
