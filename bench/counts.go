package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/warren-sync/warren/internal/pgtest"
)

// counts are what a contender sent and received at one step.
type counts struct {
	Database   string `json:"database"`
	Leads      int    `json:"leads"`
	Step       string `json:"step"`
	Contender  string `json:"contender"`
	Statements int64  `json:"statements"` // that the server executed for it; -1 where it does not tell
	APIBytes   int64  `json:"api_bytes"`  // to and from the CRM
	DBBytes    int64  `json:"db_bytes"`   // to and from the database server; -1 where there is none
}

// countAll has the contenders do the same steps once more, through proxies and
// under the eyes of the server. Both cost time, so no time is taken.
func (b *bench) countAll(ctx context.Context) error {
	if b.server != nil {
		if err := b.watchStatements(ctx); err != nil {
			return err
		}
	}
	for _, on := range b.databases() {
		if err := b.countRound(ctx, on, b.records); err != nil {
			return err
		}
		if few := b.old; on == onPostgres && few > 0 && few < b.records {
			if err := b.countRound(ctx, on, few); err != nil {
				return err
			}
		}
	}
	return nil
}

// watchStatements has the server count them from now on, if it can.
func (b *bench) watchStatements(ctx context.Context) error {
	admin := adminOf(b.server)
	found, err := admin.ask(ctx, "SELECT count(*)::text FROM pg_available_extensions WHERE name = 'pg_stat_statements'")
	if err != nil {
		return err
	}
	if found == "0" {
		b.report.Machine = append(b.report.Machine, "statements are not counted: the server has no pg_stat_statements")
		return nil
	}
	if err := admin.exec(ctx, "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'"); err != nil {
		return err
	}
	if err := errors.Join(b.server.Stop(pgtest.Fast), b.server.Start()); err != nil { //nolint:contextcheck // pgtest bounds its time itself
		return err
	}
	b.watched = true
	return admin.exec(ctx, "CREATE EXTENSION pg_stat_statements")
}

// countRound has the contenders do the steps, from empty warehouses.
func (b *bench) countRound(ctx context.Context, on string, records int) (err error) {
	s, err := startSandbox(ctx, records)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	api, err := startProxy(ctx, strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		return err
	}
	s.api = "http://" + api.address()
	defer func() { err = errors.Join(err, api.stop()) }()
	contenders := b.contenders(on, records)
	meters := make([]*meter, len(contenders))
	for i, c := range contenders {
		if err := c.open(ctx); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.close(ctx)) }()
		meters[i] = &meter{api: api}
		if d, ok := c.(interface{ countedBy() *database }); ok {
			if meters[i].db, err = d.countedBy().through(ctx); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, meters[i].db.stop()) }()
			if b.watched {
				meters[i].watched = d.countedBy()
			}
		}
	}
	for _, title := range comparedSteps() {
		st, err := prepare(ctx, s, title)
		if err != nil {
			return err
		}
		for i, c := range contenders {
			if err := b.countTurn(ctx, meters[i], on, records, c, s, st); err != nil {
				return fmt.Errorf("%s, %s, %s: %w", on, c.name(), title, err)
			}
		}
	}
	return agree(ctx, contenders)
}

func (b *bench) countTurn(ctx context.Context, m *meter, on string, records int, c contender, s *sandbox, st step) error {
	if err := c.settle(ctx); err != nil {
		return err
	}
	before, err := m.read(ctx)
	if err != nil {
		return err
	}
	if _, err := c.run(ctx, s, st); err != nil {
		return err
	}
	after, err := m.read(ctx)
	if err != nil {
		return err
	}
	one := counts{
		Database: on, Leads: records, Step: st.title, Contender: c.name(),
		Statements: -1, APIBytes: after.APIBytes - before.APIBytes, DBBytes: -1,
	}
	if m.db != nil {
		one.DBBytes = after.DBBytes - before.DBBytes
	}
	if m.watched != nil {
		one.Statements = after.Statements - before.Statements
	}
	b.report.Counts = append(b.report.Counts, one)
	_, err = fmt.Fprintf(b.progress, "counting %-8s  %8d  %-24s  %s\n", on, records, st.title, c.name())
	return err
}

// meter reads what one contender has sent and received so far.
type meter struct {
	api     *proxy
	db      *proxy    // nil where there is no server
	watched *database // nil where nobody counts statements
}

func (m *meter) read(ctx context.Context) (counts, error) {
	now := counts{APIBytes: m.api.bytes()}
	if m.db != nil {
		now.DBBytes = m.db.bytes()
	}
	if m.watched == nil {
		return now, nil
	}
	var err error
	now.Statements, err = m.watched.statements(ctx)
	return now, err
}

// through has the contender's programs reach the database by a proxy. What
// this program itself asks of the server goes past it.
func (d *database) through(ctx context.Context) (*proxy, error) {
	address, err := url.Parse(d.url)
	if err != nil {
		return nil, err
	}
	p, err := startProxy(ctx, address.Host)
	if err != nil {
		return nil, err
	}
	address.Host = p.address()
	d.clients = address.String()
	return p, nil
}

// countedBy returns the database whose statements are counted.
func (d *database) countedBy() *database { return d }

// statements returns how many the server has executed in this database. It
// asks from another, so that the question is not counted.
func (d *database) statements(ctx context.Context) (int64, error) {
	name, err := d.base()
	if err != nil {
		return 0, err
	}
	admin := adminOf(d.server)
	// The server forgets the rarest when there are too many different ones.
	forgotten, err := admin.ask(ctx, "SELECT dealloc::text FROM pg_stat_statements_info")
	if err != nil {
		return 0, err
	}
	if forgotten != "0" {
		return 0, errors.New("pg_stat_statements has forgotten statements: the count would be too low")
	}
	total, err := admin.ask(ctx, "SELECT coalesce(sum(calls), 0)::text FROM pg_stat_statements"+
		" WHERE dbid = (SELECT oid FROM pg_database WHERE datname = '"+name+"')")
	if err != nil {
		return 0, err
	}
	return parseInt(total)
}
