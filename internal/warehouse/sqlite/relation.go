package sqlite

import (
	"context"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// relation is a table as it really is.
type relation struct {
	name    string
	strict  bool
	columns []column
	indexes [][]string // of all rows, their columns; the primary key is among them
	marked  bool       // there is an index of the rows that are marked as missing
}

// column is a column as it really is.
type column struct {
	name       string
	declared   string // its type, as declared
	affinity   affinity
	notNull    bool
	hasDefault bool
	generated  bool
}

// findRelation reads the table of a stream, under its name or one of the names
// that it had; nil when there is none.
func findRelation(ctx context.Context, db ledger.Conn, stream crm.Stream) (*relation, error) {
	for _, name := range append([]string{stream.Table}, stream.TableAliases...) {
		rel, err := readRelation(ctx, db, name)
		if rel != nil || err != nil {
			return rel, err
		}
	}
	return nil, nil
}

func readRelation(ctx context.Context, db ledger.Conn, name string) (*relation, error) {
	const query = "SELECT name, type, strict FROM pragma_table_list($1) WHERE schema = 'main'"
	var rel *relation
	kind := ""
	err := each(ctx, db, query, name, func(scan func(...any) error) error {
		rel = &relation{}
		return scan(&rel.name, &kind, &rel.strict)
	})
	if err != nil || rel == nil {
		return nil, err
	}
	if kind != "table" {
		return nil, &crm.Error{
			Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
			Message: quote(name) + " is a " + kind + ", and Warren writes only to tables",
			Fix:     "Rename it, and Warren makes a table of that name.",
		}
	}
	if err := rel.readColumns(ctx, db); err != nil {
		return nil, err
	}
	return rel, rel.readIndexes(ctx, db)
}

func (r *relation) readColumns(ctx context.Context, db ledger.Conn) error {
	const query = `SELECT name, type, "notnull", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo($1) ORDER BY cid`
	keys := map[int64]string{}
	err := each(ctx, db, query, r.name, func(scan func(...any) error) error {
		var c column
		var key, hidden int64
		if err := scan(&c.name, &c.declared, &c.notNull, &c.hasDefault, &key, &hidden); err != nil {
			return err
		}
		c.affinity = affinityOf(c.declared, r.strict)
		c.generated = hidden != 0
		if key > 0 {
			keys[key] = c.name
		}
		r.columns = append(r.columns, c)
		return nil
	})
	// The key of the table itself has no entry among the indexes.
	var primary []string
	for i := range int64(len(keys)) {
		primary = append(primary, keys[i+1])
	}
	r.indexes = append(r.indexes, primary)
	return err
}

func (r *relation) readIndexes(ctx context.Context, db ledger.Conn) error {
	const query = `SELECT l.name, l.partial, COALESCE(i.name, '') FROM pragma_index_list($1) AS l, pragma_index_info(l.name) AS i
		ORDER BY l.name, i.seqno`
	last := ""
	return each(ctx, db, query, r.name, func(scan func(...any) error) error {
		var index, column string
		var partial bool
		if err := scan(&index, &partial, &column); err != nil {
			return err
		}
		if partial {
			r.marked = r.marked || strings.EqualFold(index, markedIndex(r.name))
			return nil
		}
		if index != last {
			r.indexes, last = append(r.indexes, nil), index
		}
		newest := &r.indexes[len(r.indexes)-1]
		*newest = append(*newest, column)
		return nil
	})
}

// column returns the column of that name, in any case as SQLite has it, or nil.
func (r *relation) column(name string) *column {
	i := r.position(name)
	if i < 0 {
		return nil
	}
	return &r.columns[i]
}

// has reports whether there is a column of that name.
func (r *relation) has(name string) bool { return r.position(name) >= 0 }

// position returns where the column of that name stands, or -1.
func (r *relation) position(name string) int {
	return slices.IndexFunc(r.columns, func(c column) bool { return strings.EqualFold(c.name, name) })
}

// each calls read for every row of a query with one argument.
func each(ctx context.Context, db ledger.Conn, query, arg string, read func(scan func(...any) error) error) error {
	answer, err := db.Query(ctx, query, arg)
	if err != nil {
		return err
	}
	defer answer.Close()
	for answer.Next() {
		if err := read(answer.Scan); err != nil {
			return err
		}
	}
	return answer.Err()
}
