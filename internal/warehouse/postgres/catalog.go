package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
)

// mark is the comment by which a table of Warren's own is told from one that
// it adopted.
const mark = "Kept by Warren."

// maxIdentifier is the most bytes of a name; the server cuts longer ones.
const maxIdentifier = 63

// relation is a table as the server has it.
type relation struct {
	oid     uint32
	schema  string
	name    string
	kind    string // pg_class.relkind
	own     bool   // Warren made it
	tangled bool   // a row can be in the way of another: by triggers, rules, references to other rows, or more than one constraint that keeps rows apart
	columns []column
	width   int // columns, and those that were dropped
	indexes []index
}

// querier is what the catalog is read with: a session or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// findRelation returns the table of a stream under the first of its names that
// search_path leads to, or nil.
func findRelation(ctx context.Context, db querier, stream crm.Stream) (*relation, error) {
	const query = `
		SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.relnatts,
		       coalesce(starts_with(obj_description(c.oid, 'pg_class'), $2), false),
		       c.relhasrules OR EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal)
		           OR EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.confrelid = c.oid)
		           OR 1 < (SELECT count(*) FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND (i.indisunique OR i.indisexclusion))
		FROM unnest($1::text[]) WITH ORDINALITY AS k(name, ord)
		JOIN pg_catalog.pg_class c ON c.oid = to_regclass(k.name)
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		ORDER BY k.ord LIMIT 1`
	rel := &relation{}
	err := db.QueryRow(ctx, query, tableNames(stream), mark).Scan(&rel.oid, &rel.schema, &rel.name, &rel.kind, &rel.width, &rel.own, &rel.tangled)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = rel.usable()
	}
	if err == nil {
		rel.columns, err = readColumns(ctx, db, rel.oid)
	}
	if err == nil {
		rel.indexes, err = readIndexes(ctx, db, rel.oid)
	}
	if err != nil {
		return nil, err
	}
	return rel, nil
}

// tableNames lists the quoted names that the table of a stream may go by: as it
// is named, as later versions of the old system named it, and each in the
// schema that they used.
func tableNames(stream crm.Stream) []string {
	plain := append([]string{stream.Table}, stream.TableAliases...)
	names := make([]string, 0, 2*len(plain))
	for _, name := range plain {
		names = append(names, quote(name))
	}
	for _, name := range plain {
		names = append(names, quote("ingestion", name))
	}
	return names
}

// usable refuses what goes by a table's name and is none.
func (r *relation) usable() error {
	var is string
	switch r.kind {
	case "r", "p":
		return nil
	case "v", "m":
		is = "a view"
	case "f":
		is = "a foreign table"
	default:
		is = "not a table"
	}
	return &crm.Error{
		Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
		Message: r.quoted() + " is " + is + ", Warren cannot write to it",
		Fix:     "Rename it, or leave its schema out of search_path.",
	}
}

// quoted returns the table's full name for SQL.
func (r *relation) quoted() string { return quote(r.schema, r.name) }

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
	return slices.IndexFunc(r.columns, func(c column) bool { return c.name == name })
}

func readColumns(ctx context.Context, db querier, oid uint32) ([]column, error) {
	const query = `
		SELECT a.attname::text, a.atttypid, format_type(a.atttypid, a.atttypmod), a.atttypmod,
		       a.attnotnull OR t.typnotnull, a.atthasdef OR t.typdefault IS NOT NULL OR a.attidentity <> '',
		       a.attidentity <> '', a.attgenerated <> '', t.typcategory::text,
		       EXISTS (SELECT FROM pg_catalog.pg_collation l WHERE l.oid = a.attcollation AND NOT l.collisdeterministic),
		       coalesce((SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder LIMIT 1), '')
		FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
		WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY a.attnum`
	rows, err := db.Query(ctx, query, oid)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (column, error) {
		var (
			c        column
			typeOID  uint32
			modifier int
			category string
		)
		err := row.Scan(&c.name, &typeOID, &c.typeName, &modifier, &c.notNull, &c.hasDefault, &c.identity, &c.generated, &category, &c.folds, &c.firstLabel)
		if err != nil {
			return c, err
		}
		c.kind = kindOf(typeOID)
		c.bounds(typeOID, modifier)
		c.category = category[0]
		return c, nil
	})
}
