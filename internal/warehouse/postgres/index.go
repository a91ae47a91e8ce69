package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// index is one index of a table.
type index struct {
	name    string
	columns []string // "" where it has an expression, but see prefixed
	unique  bool     // and fit to say which rows are the same one: whole and immediate
	whole   bool     // over the columns themselves, not over expressions
	tree    bool     // a B-tree that queries may use: its build has ended well
	where   string   // the rows that it has, as a condition; "" for all
}

// holds reports whether the whole values of a column are in the index.
func (ix *index) holds(column string) bool { return ix.whole && slices.Contains(ix.columns, column) }

// keyIndex returns the name of a unique index over exactly these columns, or
// "".
func (r *relation) keyIndex(key []string) string {
	for _, ix := range r.indexes {
		if ix.unique && len(ix.columns) == len(key) && containsAll(ix.columns, key) {
			return ix.name
		}
	}
	return ""
}

// leads reports whether an index has all rows by these columns first.
func (ix *index) leads(columns []string) bool {
	return ix.where == "" && len(ix.columns) >= len(columns) && slices.Equal(ix.columns[:len(columns)], columns)
}

// indexed reports whether an index of all rows leads with these columns.
func (r *relation) indexed(columns []string) bool {
	return slices.ContainsFunc(r.indexes, func(ix index) bool { return ix.leads(columns) })
}

// ordered reports whether such an index can be read from one value to another.
func (r *relation) ordered(columns []string) bool {
	return slices.ContainsFunc(r.indexes, func(ix index) bool { return ix.tree && ix.leads(columns) })
}

func containsAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(have, w) })
}

func readIndexes(ctx context.Context, db querier, oid uint32) ([]index, error) {
	const query = `
		SELECT ic.relname::text,
		       i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL,
		       i.indexprs IS NULL, i.indisvalid AND m.amname = 'btree', coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
		       ARRAY(SELECT coalesce(a.attname::text, pg_get_indexdef(i.indexrelid, k.ord::int, true))
		             FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, ord)
		             LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
		             WHERE k.ord <= i.indnkeyatts ORDER BY k.ord)
		FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
		JOIN pg_catalog.pg_am m ON m.oid = ic.relam
		WHERE i.indrelid = $1
		ORDER BY i.indisprimary DESC, ic.relname`
	rows, err := db.Query(ctx, query, oid)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (index, error) {
		var ix index
		if err := row.Scan(&ix.name, &ix.unique, &ix.whole, &ix.tree, &ix.where, &ix.columns); err != nil || ix.whole {
			return ix, err
		}
		for i, term := range ix.columns {
			if strings.ContainsRune(term, '(') {
				ix.columns[i] = prefixed(term)
			}
		}
		return ix, nil
	})
}
