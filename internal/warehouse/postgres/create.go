package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// lockSpace is the first half of the advisory locks that guard the making of
// tables; the name's hash is the other.
const lockSpace = 0x57a44e4e

// ownType returns the type of a column of Warren's own: none that cuts or
// refuses (L5).
func ownType(t crm.Type) string {
	switch t {
	case crm.TypeInteger:
		return "bigint"
	case crm.TypeDecimal:
		return "numeric"
	case crm.TypeBoolean:
		return "boolean"
	case crm.TypeTimestamp:
		return "timestamptz"
	case crm.TypeDate:
		return "date"
	case crm.TypeJSON:
		return "jsonb"
	default:
		return "text"
	}
}

// makeTable makes the table of a stream, or adds what an existing one lacks.
// Processes that do so at the same time wait for each other, and the later ones
// find nothing left to do. With hurry it waits for no lock for long.
func makeTable(ctx context.Context, tx pgx.Tx, stream crm.Stream, hurry bool) error {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1::int4, hashtext($2))", int32(lockSpace), stream.Table); err != nil {
		return err
	}
	rel, err := findRelation(ctx, tx, stream)
	if err != nil {
		return err
	}
	statements := createStatements(stream)
	if rel != nil {
		if statements, err = alterStatements(rel, stream); err != nil {
			return err
		}
	}
	if len(statements) > 0 && hurry {
		statements = append([]string{"SET LOCAL lock_timeout = '" + alterPatience + "'"}, statements...)
	}
	for _, s := range statements {
		if _, err := tx.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func createStatements(stream crm.Stream) []string {
	table := quote(stream.Table)
	var columns []string
	for _, name := range stream.PrimaryKey {
		if _, declared := stream.Field(name); !declared {
			columns = append(columns, quote(name)+" text NOT NULL")
		}
	}
	for _, f := range stream.Fields {
		columns = append(columns, quote(f.Column)+" "+ownType(f.Type)+ownConstraint(stream, f))
	}
	for _, c := range bookkeeping() {
		if _, declared := stream.Field(c.name); !declared {
			columns = append(columns, quote(c.name)+" "+c.definition)
		}
	}
	columns = append(columns, primaryKey(stream))
	statements := []string{
		"CREATE TABLE " + table + " (" + strings.Join(columns, ", ") + ")",
		"COMMENT ON TABLE " + table + " IS " + quoteText(mark+" "+stream.Title),
	}
	statements = append(statements, createMarkedIndex(table, stream.PrimaryKey))
	made := [][]string{stream.PrimaryKey}
	for _, columns := range stream.Indexes {
		covered := slices.ContainsFunc(made, func(m []string) bool {
			return len(m) >= len(columns) && slices.Equal(m[:len(columns)], columns)
		})
		if !covered {
			statements = append(statements, createIndex(table, columns))
			made = append(made, columns)
		}
	}
	return statements
}

func primaryKey(stream crm.Stream) string {
	return "PRIMARY KEY (" + quoteAll(stream.PrimaryKey) + ") INCLUDE (" + quoteAll(besideKey(stream)) + ")"
}

// besideKey lists the columns that the key's index holds beside the key: what a lookup asks
// for. So it reads the index, and not the rows, which are wide and many times as large. A
// cursor that may be long is left out, for an index entry must fit (see longtext.go).
func besideKey(stream crm.Stream) []string {
	columns := []string{layout.Hash, layout.DeletedRun}
	cursor, ok := stream.Field(stream.Cursor)
	short := cursor.Type == crm.TypeTimestamp || cursor.Type == crm.TypeDate || cursor.Type == crm.TypeInteger
	if ok && short && !slices.Contains(stream.PrimaryKey, cursor.Column) {
		columns = append(columns, cursor.Column)
	}
	return columns
}

type definition struct{ name, definition string }

func bookkeeping() []definition {
	return []definition{
		{layout.Data, "jsonb NOT NULL"},
		{layout.Hash, "bytea"},
		{layout.Synced, "timestamptz NOT NULL DEFAULT now()"},
		{layout.Created, "timestamptz NOT NULL DEFAULT now()"},
		{layout.DeletedAt, "timestamptz"},
		{layout.DeletedRun, "bigint"},
	}
}

// ownConstraint makes a column NOT NULL where the stream says what stands in
// for NULL; without that, NULL is the only honest value.
func ownConstraint(stream crm.Stream, f crm.Field) string {
	switch {
	case slices.Contains(stream.PrimaryKey, f.Column):
		return " NOT NULL"
	case f.NotNull && (f.Default != "" || f.Type == crm.TypeText):
		return " NOT NULL DEFAULT " + quoteText(f.Default)
	default:
		return ""
	}
}

func createIndex(table string, columns []string) string {
	return "CREATE INDEX ON " + table + " (" + quoteAll(columns) + ")"
}
