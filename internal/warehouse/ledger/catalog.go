package ledger

import (
	"context"
	"strings"
	"time"
)

// relation is a table or view as the database describes it.
type relation struct {
	columns []column // none when there is no such relation
	table   bool     // a table, not a view
}

type column struct {
	name     string
	kind     string // the type in the database's words, lower case
	required bool   // NOT NULL without a default
}

func (r relation) column(name string) (column, bool) {
	for _, c := range r.columns {
		if c.name == name {
			return c, true
		}
	}
	return column{}, false
}

func (r relation) has(names ...string) bool {
	for _, name := range names {
		if _, ok := r.column(name); !ok {
			return false
		}
	}
	return true
}

const describePostgreSQL = `
SELECT CAST(a.attname AS text), format_type(a.atttypid, a.atttypmod),
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', c.relkind IN ('r', 'p')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.oid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum`

const describeSQLite = `
SELECT p.name, p.type, p."notnull" = 1 AND p.dflt_value IS NULL AND p.pk = 0, m.type = 'table'
FROM pragma_table_info($1) AS p JOIN sqlite_master AS m ON m.name = $1
ORDER BY p.cid`

// describe returns the relation of that name, as the search path finds it.
func describe(ctx context.Context, conn Conn, dialect Dialect, name string) (relation, error) {
	query := describePostgreSQL
	if dialect == SQLite {
		query = describeSQLite
	}
	rows, err := conn.Query(ctx, query, name)
	if err != nil {
		return relation{}, err
	}
	defer rows.Close()
	var r relation
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.name, &c.kind, &c.required, &r.table); err != nil {
			return relation{}, err
		}
		c.kind = strings.ToLower(c.kind)
		r.columns = append(r.columns, c)
	}
	return r, rows.Err()
}

// cell is one column of a row to insert.
type cell struct {
	column string
	value  any
}

// insertSQL writes the statement that puts the cells into the relation: those
// whose column it has, and a neutral value in every other column that must
// have one, so that a table with more columns than we know still takes rows.
func (r relation) insertSQL(table string, cells []cell, now time.Time) (string, []any) {
	names := make([]string, 0, len(r.columns))
	places := make([]string, 0, len(r.columns))
	args := make([]any, 0, len(r.columns))
	put := func(name string, value any) {
		names = append(names, `"`+strings.ReplaceAll(name, `"`, `""`)+`"`)
		args = append(args, value)
		places = append(places, placeholder(len(args)))
	}
	given := make(map[string]bool, len(cells))
	for _, c := range cells {
		given[c.column] = true
		if col, ok := r.column(c.column); ok {
			if c.value == nil && col.required {
				c.value = neutral(col.kind, now)
			}
			put(c.column, c.value)
		}
	}
	for _, col := range r.columns {
		if col.required && !given[col.name] {
			put(col.name, neutral(col.kind, now))
		}
	}
	return "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(places, ", ") + ")", args
}

// neutral is what stands in a column that must have a value while there is
// none, in text form, which both databases turn into the column's type.
func neutral(kind string, now time.Time) any {
	switch {
	case strings.HasSuffix(kind, "[]"), strings.HasPrefix(kind, "json"):
		return "{}"
	case strings.HasPrefix(kind, "timestamp"), strings.HasPrefix(kind, "date"):
		return now
	case strings.HasPrefix(kind, "bool"):
		return false
	case strings.Contains(kind, "int"), strings.HasPrefix(kind, "numeric"), strings.HasPrefix(kind, "double"),
		strings.HasPrefix(kind, "real"):
		return "0"
	case strings.HasPrefix(kind, "time"):
		return "00:00"
	case kind == "uuid":
		return "00000000-0000-0000-0000-000000000000"
	case strings.HasPrefix(kind, "inet"), strings.HasPrefix(kind, "cidr"):
		return "0.0.0.0"
	default:
		return ""
	}
}
