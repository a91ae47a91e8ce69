package faults

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// table is a stream's table whose operations fail as planned.
type table struct {
	warehouse.Table

	driver *Driver
	name   string
}

// Known looks up what the table has of the rows.
func (t *table) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	return t.driver.around(ctx, Op{Kind: Look, Text: t.name}, func() error { return t.Table.Known(ctx, rows, versions) })
}

// Empty reports whether the table holds no row.
func (t *table) Empty(ctx context.Context) (empty bool, err error) {
	err = t.driver.around(ctx, Op{Kind: Look, Text: t.name}, func() error {
		empty, err = t.Table.Empty(ctx)
		return err
	})
	return empty, err
}

// Count returns how many rows are not missing.
func (t *table) Count(ctx context.Context) (n int64, err error) {
	err = t.driver.around(ctx, Op{Kind: Look, Text: t.name}, func() error {
		n, err = t.Table.Count(ctx)
		return err
	})
	return n, err
}

// Write writes rows in a transaction. Drivers know their own transactions
// only, so they are given the one inside.
func (t *table) Write(ctx context.Context, tx ledger.Conn, rows []crm.Row) (counts crm.Counts, err error) {
	own, ok := tx.(*transaction)
	if !ok {
		return t.Table.Write(ctx, tx, rows)
	}
	err = own.around(ctx, Op{Kind: Write, Text: t.name}, func() error {
		counts, err = t.Table.Write(ctx, own.inner, rows)
		return err
	})
	return counts, err
}

// Present calls each with every row that is not missing.
func (t *table) Present(ctx context.Context, each func(row crm.Row) error) error {
	return t.driver.around(ctx, Op{Kind: Look, Text: t.name}, func() error { return t.Table.Present(ctx, each) })
}

// Compare reports what the table holds otherwise than Write would store it.
func (t *table) Compare(ctx context.Context, rows []crm.Row, differences [][]crm.FieldDifference) error {
	return t.driver.around(ctx, Op{Kind: Look, Text: t.name}, func() error { return t.Table.Compare(ctx, rows, differences) })
}

// Delete marks rows as missing, or deletes them, in a transaction.
func (t *table) Delete(ctx context.Context, tx ledger.Conn, rows []crm.Row, run int64, hard bool) (n int64, err error) {
	own, ok := tx.(*transaction)
	if !ok {
		return t.Table.Delete(ctx, tx, rows, run, hard)
	}
	err = own.around(ctx, Op{Kind: Write, Text: t.name}, func() error {
		n, err = t.Table.Delete(ctx, own.inner, rows, run, hard)
		return err
	})
	return n, err
}

// Lane returns the table for another goroutine; its operations are planned, too.
func (t *table) Lane() (warehouse.Table, bool) {
	lane, ok := t.Table.Lane()
	return &table{Table: lane, driver: t.driver, name: t.name}, ok
}

// Stage makes the table that is staged for this one.
func (t *table) Stage(ctx context.Context) (warehouse.Table, error) {
	var stage warehouse.Table
	err := t.driver.around(ctx, Op{Kind: Write, Text: t.name}, func() (err error) {
		stage, err = t.Table.Stage(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &table{Table: stage, driver: t.driver, name: t.name}, nil
}

// Take moves the rows of a stage into the table, in a transaction.
func (t *table) Take(ctx context.Context, tx ledger.Conn, stage warehouse.Table) (taken warehouse.Taken, err error) {
	if own, ok := stage.(*table); ok {
		stage = own.Table
	}
	own, ok := tx.(*transaction)
	if !ok {
		return t.Table.Take(ctx, tx, stage)
	}
	err = own.around(ctx, Op{Kind: Write, Text: t.name}, func() error {
		taken, err = t.Table.Take(ctx, own.inner, stage)
		return err
	})
	return taken, err
}
