package app

import (
	"context"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Migration is what Migrate did to one table.
type Migration struct {
	Stream  crm.StreamID // empty for Warren's own tables
	Table   string
	Created bool
	Added   []string // columns
}

// Migrate brings Warren's own tables and those of the configured streams up to
// date, as every sync does for itself, and tells what it did. It drops and
// retypes nothing.
func (a *App) Migrate(ctx context.Context) ([]Migration, error) {
	var done []Migration
	err := a.Change(ctx, func(db warehouse.Driver) error {
		for _, name := range ledger.Tables() {
			columns, err := columnsOf(ctx, db, name)
			if err != nil {
				return err
			}
			done = append(done, Migration{Table: name, Created: len(columns) == 0, Added: columns})
		}
		if err := a.migrate(ctx, db); err != nil {
			return err
		}
		for i := range done {
			if err := done[i].compare(ctx, db); err != nil {
				return err
			}
		}
		accounts, _ := a.Configured() // without any, Warren's own tables are all there is to do
		for _, account := range accounts {
			for _, stream := range account.Streams {
				m, err := a.migrateStream(ctx, db, Target{Account: account, Stream: stream})
				if err != nil {
					return err
				}
				done = append(done, m)
			}
		}
		return nil
	})
	return done, err
}

// migrate brings Warren's own tables up to date.
func (a *App) migrate(ctx context.Context, db warehouse.Driver) error {
	return a.unlocked(ctx, db, func() error { return db.Migrate(ctx) })
}

// unlocked waits while somebody's lock is in the way of what do does to tables.
func (a *App) unlocked(ctx context.Context, db warehouse.Driver, do func() error) error {
	return warehouse.Unlocked(ctx, db, warehouse.Tools{Clock: a.Clock, Observe: a.Observe}, do)
}

func (a *App) migrateStream(ctx context.Context, db warehouse.Driver, t Target) (Migration, error) {
	name, err := existing(ctx, db, t.Stream)
	if err != nil {
		return Migration{}, err
	}
	m := Migration{Stream: t.ID(), Table: name, Created: name == ""}
	if m.Created {
		m.Table = t.Stream.Table
	}
	if m.Added, err = columnsOf(ctx, db, m.Table); err != nil {
		return Migration{}, err
	}
	err = a.unlocked(ctx, db, func() error {
		_, _, err := warehouse.Make(ctx, db, t.ID(), t.Stream)
		return err
	})
	if err != nil {
		return Migration{}, err
	}
	return m, m.compare(ctx, db)
}

// compare turns Added from the columns before into those that came since.
func (m *Migration) compare(ctx context.Context, db warehouse.Driver) error {
	before := m.Added
	now, err := columnsOf(ctx, db, m.Table)
	m.Added = nil
	if err != nil || m.Created {
		return err
	}
	for _, column := range now {
		if !slices.Contains(before, column) {
			m.Added = append(m.Added, column)
		}
	}
	return nil
}

// columnsOf lists the columns of a table or view; none when there is no such.
func columnsOf(ctx context.Context, db warehouse.Driver, table string) ([]string, error) {
	name, query := quoted(table), `SELECT CAST(attname AS text) FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`
	if db.Dialect() == ledger.SQLite {
		name, query = table, `SELECT name FROM pragma_table_info($1) ORDER BY cid`
	}
	rows, err := db.Query(ctx, query, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var columns []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		columns = append(columns, name)
	}
	return columns, rows.Err()
}
