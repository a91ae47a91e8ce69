package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/layout"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// presentStatement asks for the keys of the rows that are not marked as missing.
// The plus makes a term of each column, so that its content comes as it is
// stored, whatever the column is declared as.
func presentStatement(rel *relation, key []string) string {
	terms := make([]string, len(key))
	for i, name := range key {
		terms[i] = "+" + quote(name)
	}
	return "SELECT " + strings.Join(terms, ", ") + " FROM " + quote(rel.name) + " AS t" + rel.notMissing(key)
}

// Present calls each with every row that is not marked as missing.
func (t *table) Present(ctx context.Context, each func(row crm.Row) error) error {
	if err := t.tellsApart(ctx); err != nil {
		return err
	}
	rows, err := t.driver.readers.QueryContext(ctx, t.present)
	if err != nil {
		return t.driver.Explain(err)
	}
	defer func() { _ = rows.Close() }()
	stored := make([]any, t.keys)
	dest := make([]any, t.keys)
	for i := range stored {
		dest[i] = &stored[i]
	}
	key := make([]crm.Value, t.keys)
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return t.driver.Explain(err)
		}
		ours := true
		for i := range key {
			f, _ := t.stream.Field(t.stream.PrimaryKey[i])
			key[i] = keyOf(stored[i], f.Type)
			ours = ours && key[i].Valid && writes(key[i], t.slots[i].column.affinity, stored[i])
		}
		if !ours {
			continue
		}
		if err := each(crm.Row{ID: crm.KeyText(key), Key: key}); err != nil {
			return err
		}
	}
	return t.driver.Explain(rows.Err())
}

// tellsApart makes sure that two keys are equal in the table only when they are
// the same: a column that folds case or turns texts into numbers would make a
// row look as if no record had its key.
func (t *table) tellsApart(ctx context.Context) error {
	folds, err := t.folds(ctx)
	if err != nil {
		return err
	}
	for i, name := range t.stream.PrimaryKey {
		f, _ := t.stream.Field(name)
		c := t.slots[i].column
		apart := f.Type != crm.TypeDecimal && f.Type != crm.TypeJSON
		if f.Type == crm.TypeText {
			apart = (c.affinity == toTexts || c.affinity == keeps) && !folds
		}
		if !apart {
			return layout.KeysEqual(quote(t.rel.name), quote(c.name), c.declared, "the type TEXT without a collation")
		}
	}
	return nil
}

// folds reports whether the table's declaration has a collation anywhere.
func (t *table) folds(ctx context.Context) (folds bool, err error) {
	const query = "SELECT sql LIKE '%COLLATE%' FROM sqlite_schema WHERE type = 'table' AND name = $1 COLLATE NOCASE"
	err = each(ctx, t.driver, query, t.rel.name, func(scan func(...any) error) error { return scan(&folds) })
	return folds, t.driver.Explain(err)
}

// keyOf reads a part of a key in the type of its field; NULL when it is none
// that a record could have.
func keyOf(stored any, t crm.Type) crm.Value {
	switch v := stored.(type) {
	case int64:
		if t == crm.TypeBoolean {
			return crm.BooleanValue(v != 0)
		}
	case string:
		switch t {
		case crm.TypeText:
			return crm.TextValue([]byte(v))
		case crm.TypeInteger:
			if n, err := literal.Integer([]byte(v)); err == nil {
				return crm.IntegerValue(n)
			}
		default:
		}
	}
	return cursorOf(stored, t)
}

// writes reports whether a key, put into a column, is stored like this: 7 and
// 007 are one number, and not one text; a blob is neither.
func writes(key crm.Value, a affinity, stored any) bool {
	bound := bind(key, a)
	if _, binary := stored.([]byte); binary || a == keeps {
		return !binary && bound == stored
	}
	return textOf(bound) == textOf(stored)
}

// Delete marks rows as deleted, or deletes them.
func (t *table) Delete(ctx context.Context, tx ledger.Conn, rows []crm.Row, run int64, hard bool) (int64, error) {
	own, ok := tx.(*transaction)
	if !ok || own.driver != t.driver {
		return 0, misuse("the transaction belongs to another database")
	}
	if t.rel.column(layout.DeletedRun) == nil || t.rel.column(layout.DeletedAt) == nil {
		return 0, misuse("the table of stream " + t.stream.Name + " was not opened for writing")
	}
	var deleted int64
	err := own.raw(func(conn driver.Conn) (err error) {
		values := []driver.Value{t.driver.clock.Now().UTC().Format(timestampLayout), run}
		if hard {
			values = nil
		}
		s, err := prepare(ctx, conn, t.deleteStatement(hard), len(values)+t.keys, 0)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		for i, v := range values {
			s.args[i].Value = v
		}
		steady := context.WithoutCancel(ctx)
		for i := range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			for k, v := range rows[i].Key {
				s.args[len(values)+k].Value = bind(v, t.slots[k].column.affinity)
			}
			n, err := s.run(steady)
			if err != nil {
				return err
			}
			deleted += n
		}
		return nil
	})
	return deleted, t.driver.Explain(err)
}

func (t *table) deleteStatement(hard bool) string {
	which := whereKey(t.stream.PrimaryKey) + " AND " + warehouse.NotMissing
	if hard {
		return "DELETE FROM " + quote(t.rel.name) + which
	}
	at := quote(layout.DeletedAt)
	sets := []string{at + " = COALESCE(" + at + ", ?1)", quote(layout.DeletedRun) + " = ?2"}
	for _, s := range t.slots {
		if s.origin == layout.FromNow && !s.insertOnly {
			sets = append(sets, quote(s.column.name)+" = ?1")
		}
	}
	return "UPDATE " + quote(t.rel.name) + " SET " + strings.Join(sets, ", ") + which
}
