package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/layout"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Present calls each with every row that is not marked as missing.
func (t *table) Present(ctx context.Context, each func(row crm.Row) error) error {
	terms := make([]string, len(t.stream.PrimaryKey))
	kinds := make([]kind, len(terms))
	types := make([]crm.Type, len(terms))
	for i, name := range t.stream.PrimaryKey {
		c := t.rel.column(name)
		f, _ := t.stream.Field(name)
		if !c.tellsApart(f.Type) {
			return layout.KeysEqual(t.rel.quoted(), quote(c.name), c.typeName, "a type such as bigint or text")
		}
		terms[i], kinds[i], types[i] = "t."+quote(name), c.kind, f.Type
	}
	query := "SELECT " + strings.Join(terms, ", ") + " FROM " + t.rel.quoted() + " AS t" + t.rel.notMissing(t.stream.PrimaryKey)
	conn, err := t.driver.pool.Acquire(ctx)
	if err != nil {
		return t.driver.Explain(err)
	}
	defer conn.Release()
	key := make([]crm.Value, len(terms))
	answer := conn.Conn().PgConn().ExecParams(ctx, query, nil, nil, nil, []int16{binaryFormat})
	var failed error
	for failed == nil && answer.NextRow() {
		ours := true
		for i, b := range answer.Values() {
			key[i] = keyOf(decodeValue(kinds[i], b), types[i])
			ours = ours && key[i].Valid
		}
		if ours {
			failed = each(crm.Row{ID: crm.KeyText(key), Key: key})
		}
	}
	_, err = answer.Close()
	if failed != nil {
		return failed
	}
	return t.driver.Explain(err)
}

// tellsApart reports whether two keys of a field are equal in the column only
// when they are the same: a column that folds case, pads or rounds would make
// a row look as if no record had its key.
func (c *column) tellsApart(t crm.Type) bool {
	switch t {
	case crm.TypeInteger:
		return c.kind == kindInt2 || c.kind == kindInt4 || c.kind == kindInt8 || c.kind == kindText
	case crm.TypeText:
		return c.kind == kindText && !c.folds
	case crm.TypeTimestamp:
		return (c.kind == kindTimestamp || c.kind == kindTimestampTZ) && c.places == 6
	case crm.TypeDate:
		return c.kind == kindDate
	case crm.TypeBoolean:
		return c.kind == kindBool
	default:
		return false
	}
}

// keyOf turns what a key column holds into the type of its field; NULL when no
// record could have that key: 7 and 007 are one number, and not one text, and no
// record is of the year infinity.
func keyOf(v crm.Value, t crm.Type) crm.Value {
	switch {
	case !v.Valid:
		return v
	case v.Type != t:
		if n, ok := toInteger(v); ok && t == crm.TypeInteger && n.String() == v.String() {
			return n
		}
		return crm.Value{}
	case t == crm.TypeTimestamp || t == crm.TypeDate:
		if year := v.Time().Year(); year < 1 || year > 9999 {
			return crm.Value{}
		}
	}
	return v
}

// Delete marks rows as deleted, or deletes them.
func (t *table) Delete(ctx context.Context, tx ledger.Conn, rows []crm.Row, run int64, hard bool) (int64, error) {
	w, ok := tx.(*transaction)
	if !ok || w.driver != t.driver || !t.whole {
		return 0, notOpenedToWrite(t.stream)
	}
	look := t.again
	look.bind(rows)
	defer look.trim()
	params, types := slices.Clone(look.params), slices.Clone(look.types)
	which := " WHERE " + look.equal + " AND " + warehouse.NotMissing
	statement := "DELETE FROM " + t.rel.quoted() + " AS t USING " + look.given + which
	if !hard {
		at := quote(layout.DeletedAt)
		sets := []string{at + " = COALESCE(t." + at + ", now())", fmt.Sprintf("%s = $%d", quote(layout.DeletedRun), len(params)+1)}
		for _, s := range t.slots {
			if s.origin == layout.FromNow && !s.insertOnly {
				sets = append(sets, quote(s.column.name)+" = now()")
			}
		}
		params = append(params, binary.BigEndian.AppendUint64(nil, uint64(run)))
		types = append(types, wireOf(kindInt8).element)
		statement = "UPDATE " + t.rel.quoted() + " AS t SET " + strings.Join(sets, ", ") + " FROM " + look.given + which
	}
	formats := make([]int16, len(params))
	for i := range formats {
		formats[i] = binaryFormat
	}
	tag, err := w.tx.Conn().PgConn().ExecParams(ctx, statement, params, types, formats, nil).Close()
	if err != nil {
		return 0, t.driver.Explain(err)
	}
	// What is deferred would fail the commit, when it is too late to tell why.
	if _, err := w.Exec(ctx, "SET CONSTRAINTS ALL IMMEDIATE"); err != nil {
		return 0, err
	}
	return tag.RowsAffected(), nil
}
