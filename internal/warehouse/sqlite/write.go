package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Write inserts and updates rows in tx. The transaction has the write lock, so
// what a look at a record says holds until the record is written.
func (t *table) Write(ctx context.Context, tx ledger.Conn, rows []crm.Row) (crm.Counts, error) {
	own, ok := tx.(*transaction)
	if !ok || own.driver != t.driver {
		return crm.Counts{}, misuse("the transaction belongs to another database")
	}
	var counts crm.Counts
	t.unchanged = t.unchanged[:0]
	err := own.raw(func(conn driver.Conn) (err error) {
		w, err := t.newWriter(ctx, conn)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.close()) }()
		counts, err = w.writeAll(ctx, rows)
		return err
	})
	if err != nil {
		return crm.Counts{}, t.driver.Explain(err)
	}
	return counts, nil
}

// Unchanged returns the positions of the rows that the last Write left as they were.
func (t *table) Unchanged() []int { return t.unchanged }

// writer holds the prepared statements of one Write.
type writer struct {
	table  *table
	now    string
	look   *lookup
	insert *statement
	update *statement
	lean   *statement     // update of a row whose indexed columns stay; nil for none
	misses int            // how much more often they did not
	values []driver.Value // of one row, by slot
}

func (t *table) newWriter(ctx context.Context, conn driver.Conn) (w *writer, err error) {
	w = &writer{table: t, now: t.driver.clock.Now().UTC().Format(timestampLayout), values: make([]driver.Value, len(t.slots))}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.look, err = t.newLookup(ctx, conn); err != nil {
		return w, err
	}
	if w.insert, err = prepare(ctx, conn, t.insert, len(t.slots), 0); err != nil {
		return w, err
	}
	args := t.updateArgs()
	if w.update, err = prepare(ctx, conn, t.update, args, 0); err == nil && t.lean != "" {
		w.lean, err = prepare(ctx, conn, t.lean, args, 0)
	}
	return w, err
}

func (t *table) updateArgs() int {
	n := t.keys
	for _, s := range t.slots {
		if !s.insertOnly {
			n++
		}
	}
	return n
}

func (w *writer) close() error {
	var err error
	if w.look != nil {
		err = w.look.close()
	}
	for _, s := range []*statement{w.insert, w.update, w.lean} {
		if s != nil {
			err = errors.Join(err, s.close())
		}
	}
	return err
}

func (w *writer) writeAll(ctx context.Context, rows []crm.Row) (crm.Counts, error) {
	var counts crm.Counts
	steady := context.WithoutCancel(ctx)
	for i := range rows {
		if err := ctx.Err(); err != nil {
			return counts, err
		}
		before := counts.Unchanged
		if err := w.write(steady, &rows[i], &counts); err != nil {
			return counts, err
		}
		if counts.Unchanged > before {
			w.table.unchanged = append(w.table.unchanged, i)
		}
	}
	return counts, nil
}

// write upholds L9 and L10 for one row, and counts what the database did.
func (w *writer) write(ctx context.Context, row *crm.Row, counts *crm.Counts) error {
	for i, v := range row.Key {
		if !v.Valid {
			// SQLite would give the row a number of its own making.
			return w.table.refused("the column " + quote(w.table.slots[i].column.name) + " of its primary key is NULL")
		}
	}
	known, err := w.look.version(ctx, row.Key)
	switch {
	case err != nil:
		return err
	case !known.Known:
		counts.Created++
		return w.create(ctx, row)
	case known.Current(row) && !row.Repair:
		counts.Unchanged++
		return nil
	default:
		counts.Updated++
		return w.change(ctx, row)
	}
}

func (w *writer) create(ctx context.Context, row *crm.Row) error {
	for i := range w.table.slots {
		w.insert.args[i].Value = w.table.slots[i].value(row, w.now)
	}
	return w.put(ctx, w.insert)
}

// change updates the row that look has found.
func (w *writer) change(ctx context.Context, row *crm.Row) error {
	for i := range w.table.slots {
		w.values[i] = w.table.slots[i].value(row, w.now)
	}
	if done, err := w.updateLean(ctx); done || err != nil {
		return err
	}
	n := 0
	for i := range w.table.slots {
		if !w.table.slots[i].insertOnly {
			w.update.args[n].Value = w.values[i]
			n++
		}
	}
	copyValues(w.update.args[n:], w.values[:w.table.keys])
	return w.put(ctx, w.update)
}

// copyValues sets the first arguments to values, and returns how many these are.
func copyValues(args []driver.NamedValue, values []driver.Value) int {
	for i, v := range values {
		args[i].Value = v
	}
	return len(values)
}

// put runs a statement for one row, and makes sure that it did what it is counted as: a
// trigger can undo it without an error (L3).
func (w *writer) put(ctx context.Context, s *statement) error {
	touched, err := s.run(ctx)
	if err == nil && touched == 0 {
		return w.table.refused("a trigger left it out")
	}
	return err
}

func (t *table) refused(why string) *crm.Error {
	return &crm.Error{
		Code: crm.CodeRefusedValue, Origin: crm.OriginWarehouse,
		Message: "table " + quote(t.rel.name) + " refuses the record: " + why,
		Fix:     "Mend the record at the source or the table in the database, then replay the quarantine.",
	}
}
