package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// Known looks up what the table has of the rows, beside whoever writes. One
// prepared statement that runs for each row is as fast as one statement for
// all of them, and takes keys of any type.
func (t *table) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	err := t.driver.inSnapshot(ctx, func(tx *transaction) error {
		return tx.raw(func(conn driver.Conn) error { return t.known(ctx, conn, rows, versions) })
	})
	return t.driver.Explain(err)
}

func (t *table) known(ctx context.Context, conn driver.Conn, rows []crm.Row, versions []crm.Version) (err error) {
	look, err := t.newLookup(ctx, conn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, look.close()) }()
	steady := context.WithoutCancel(ctx)
	for i := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		if versions[i], err = look.version(steady, rows[i].Key); err != nil {
			return err
		}
	}
	return nil
}

// lookup is the prepared question for one record.
type lookup struct {
	*statement
	table *table
}

func (t *table) newLookup(ctx context.Context, conn driver.Conn) (*lookup, error) {
	s, err := prepare(ctx, conn, t.lookup, t.keys, 3)
	if err != nil {
		return nil, err
	}
	return &lookup{statement: s, table: t}, nil
}

// version returns what the table has of the record with that key.
func (l *lookup) version(ctx context.Context, key []crm.Value) (crm.Version, error) {
	for i := range l.args {
		l.args[i].Value = bind(key[i], l.table.slots[i].column.affinity)
	}
	found, err := l.first(ctx)
	if err != nil || !found {
		return crm.Version{}, err
	}
	v := crm.Version{Known: true, Cursor: cursorOf(l.dest[1], l.table.cursor), Missing: l.dest[2] != nil}
	if hash, ok := l.dest[0].([]byte); ok && len(hash) == len(v.Hash) {
		copy(v.Hash[:], hash)
	}
	return v, nil
}

// cursorOf reads the cursor of a row, NULL when it cannot be read: then the
// next version wins, as over a row without one.
func cursorOf(stored driver.Value, t crm.Type) crm.Value {
	switch v := stored.(type) {
	case int64:
		if t == crm.TypeInteger {
			return crm.IntegerValue(v)
		}
	case time.Time: // of a column declared as such
		if t == crm.TypeDate {
			return crm.DateValue(v.Truncate(24*time.Hour).Unix() / 86400)
		}
		return crm.TimestampValue(v)
	case string:
		return textCursor([]byte(v), t)
	}
	return crm.Value{}
}

func textCursor(text []byte, t crm.Type) crm.Value {
	switch t {
	case crm.TypeTimestamp:
		if micros, _, err := literal.Timestamp(text); err == nil {
			return crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: micros}
		}
	case crm.TypeDate:
		if days, err := literal.Date(text); err == nil {
			return crm.DateValue(days)
		}
	default:
	}
	return crm.Value{}
}
