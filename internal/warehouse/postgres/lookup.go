package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// lookup asks what a table has of given keys, in one statement: the keys go as
// one array a column, the answer has their positions. It is used by one
// goroutine at a time and keeps its buffers.
type lookup struct {
	query   string
	given   string // the given keys as a table k, for FROM
	equal   string // the condition that a row of the table t has a given key
	from    string // FROM the two of them, joined
	missing string // the term that tells whether a run missed the record
	keys    []kind // of the arrays' elements
	types   []uint32
	cursor  kind     // of the cursor's column
	as      crm.Type // of the cursor's field
	params  [][]byte
	formats []int16
	dense   dense // the way to ask for keys that lie close together
	ranged  bool  // whether the last question was asked that way
}

// Every parameter and every column of the answer is binary.
const binaryFormat = 1

func newLookup(rel *relation, stream crm.Stream) *lookup {
	l := &lookup{formats: []int16{binaryFormat}, params: make([][]byte, len(stream.PrimaryKey))}
	var arrays, names, equal []string
	for i, name := range stream.PrimaryKey {
		c := rel.column(name)
		k := stagingKind(c.kind)
		l.keys = append(l.keys, k)
		l.types = append(l.types, wireOf(k).array)
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", i+1, wireOf(k).name))
		names = append(names, fmt.Sprintf("k%d", i))
		equal = append(equal, fmt.Sprintf("t.%s = %s", quote(name), castFrom(c, fmt.Sprintf("k.k%d", i))))
	}
	l.given = "unnest(" + strings.Join(arrays, ", ") + ") WITH ORDINALITY AS k(" + strings.Join(names, ", ") + ", ord)"
	l.equal = strings.Join(equal, " AND ")
	l.from = " FROM " + l.given + " JOIN " + rel.quoted() + " AS t ON " + l.equal
	hash, cursor := "NULL::bytea", "NULL::text"
	l.missing = "false"
	if c := rel.column(layout.Hash); c != nil && c.kind == kindBytea {
		hash = "t." + quote(layout.Hash)
	}
	if c := rel.column(stream.Cursor); c != nil {
		cursor = "t." + quote(stream.Cursor)
		l.cursor = c.kind
		if f, ok := stream.Field(stream.Cursor); ok {
			l.as = f.Type
		}
	}
	if rel.column(layout.DeletedRun) != nil {
		l.missing = "t." + quote(layout.DeletedRun) + " IS NOT NULL"
	}
	answer := hash + ", " + cursor + ", " + l.missing
	l.query = "SELECT k.ord, " + answer + l.from
	l.dense = newDense(rel, stream, answer)
	return l
}

// bind fills the parameters with the keys of rows. A key that the column cannot
// hold is NULL, which equals nothing: the table does not have it.
func (l *lookup) bind(rows []crm.Row) {
	for i, k := range l.keys {
		b := l.params[i][:0]
		b = binary.BigEndian.AppendUint32(b, 1) // dimensions
		b = binary.BigEndian.AppendUint32(b, 1) // may hold NULL
		b = binary.BigEndian.AppendUint32(b, wireOf(k).element)
		b = binary.BigEndian.AppendUint32(b, uint32(len(rows)))
		b = binary.BigEndian.AppendUint32(b, 1) // first index
		for r := range rows {
			v, fits := convert(rows[r].Key[i], k)
			if fits {
				b, fits = appendValue(b, k, v)
			}
			if !fits {
				b = appendNull(b)
			}
		}
		l.params[i] = b
	}
}

// ask returns the statement that tells of the rows, with its parameters; read reads what
// it answers.
func (l *lookup) ask(rows []crm.Row) (query string, params [][]byte, types []uint32) {
	if params, l.ranged = l.dense.bind(rows); l.ranged {
		return l.dense.query, params, l.dense.types
	}
	l.bind(rows)
	return l.query, l.params, l.types
}

// read takes in one row of the answer.
func (l *lookup) read(answer [][]byte, versions []crm.Version) {
	v := crm.Version{Known: true, Hash: decodeHash(answer[1]), Missing: decodeValue(kindBool, answer[3]).Int != 0}
	cursor, ok := l.decodeCursor(answer[2])
	if ok {
		v.Cursor = cursor
	}
	if l.ranged {
		l.dense.each(answer[0], func(at int) { versions[at] = v })
		return
	}
	versions[binary.BigEndian.Uint64(answer[0])-1] = v
}

// decodeCursor turns what the cursor's column has into the field's own type, so
// that it compares with what a record says. What cannot be read is NULL: then
// the record read last wins (L9).
func (l *lookup) decodeCursor(b []byte) (crm.Value, bool) {
	v := decodeValue(l.cursor, b)
	if !v.Valid || v.Type == l.as {
		return v, true
	}
	switch l.as {
	case crm.TypeTimestamp:
		return toTimestamp(v)
	case crm.TypeDate:
		return toDate(v)
	case crm.TypeInteger:
		return toInteger(v)
	default:
		return crm.Value{}, false
	}
}

// run asks on a connection that nothing else uses.
func (l *lookup) run(ctx context.Context, conn *pgconn.PgConn, rows []crm.Row, versions []crm.Version) error {
	clear(versions)
	if len(rows) == 0 {
		return nil
	}
	query, params, types := l.ask(rows)
	answer := conn.ExecParams(ctx, query, params, types, l.formats, l.formats)
	for answer.NextRow() {
		l.read(answer.Values(), versions)
	}
	_, err := answer.Close()
	l.trim()
	return err
}

// trim lets go of buffers that one batch of long keys has made big (L11).
func (l *lookup) trim() {
	for i := range l.params {
		if cap(l.params[i]) > maxKeptBuffer {
			l.params[i] = nil
		}
	}
}

// Known looks up what the table has of the rows, outside any transaction.
func (t *table) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	conn, err := t.driver.pool.Acquire(ctx)
	if err != nil {
		return t.driver.Explain(err)
	}
	defer conn.Release()
	return t.driver.Explain(t.look.run(ctx, conn.Conn().PgConn(), rows, versions))
}

// comparable reports whether the server orders values of a kind as Warren does.
func (k kind) comparable() bool {
	switch k {
	case kindInt2, kindInt4, kindInt8, kindNumeric, kindTimestamp, kindTimestampTZ, kindDate:
		return true
	default:
		return false
	}
}
