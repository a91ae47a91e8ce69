package postgres

import (
	"context"
	"slices"

	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Lane returns the table for one more goroutine to write to. It shares what never
// changes. There is none where rows of different records can be in each other's way:
// through a trigger, through a constraint beside the key's or a reference to another row, or since the key makes
// different records equal. A server cannot see that one transaction waits for another
// whose turn comes only after it.
func (t *table) Lane() (warehouse.Table, bool) {
	folds := slices.ContainsFunc(t.stream.PrimaryKey, func(name string) bool {
		c := t.rel.column(name)
		return c == nil || c.folds
	})
	if !t.whole || t.rel.kind != "r" || t.rel.tangled || folds || t.merge.keyIndex == "" {
		return nil, false
	}
	lane := *t
	lane.look, lane.again = nil, newLookup(t.rel, t.stream)
	lane.unchanged, lane.buffer, lane.beside = nil, nil, true
	return &lane, true
}

// Lane of a table that does not exist: nothing is written to it.
func (absentTable) Lane() (warehouse.Table, bool) { return nil, false }

// Waits asks the server whether the transaction waits for a lock.
func (d *Driver) Waits(ctx context.Context, tx ledger.Conn) (waits bool, err error) {
	w, ok := tx.(*transaction)
	if !ok {
		return false, nil
	}
	err = d.on(ctx, func(s session) error {
		return s.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE pid = $1 AND NOT granted)", w.pid).Scan(&waits)
	})
	return waits, err
}
