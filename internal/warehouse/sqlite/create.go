package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// definition is a column of Warren's own.
type definition struct{ name, words string }

// ownType returns the type of a column of Warren's own: none that changes or
// refuses a value (L5).
func ownType(t crm.Type, strict bool) string {
	switch t {
	case crm.TypeInteger, crm.TypeBoolean:
		return "INTEGER"
	case crm.TypeDecimal:
		if strict {
			return "ANY"
		}
		return "BLOB" // what stores every value as it comes, where tables are not STRICT
	default:
		return "TEXT"
	}
}

// makeTable makes the table of a stream, or adds what an existing one lacks.
// The transaction has the write lock, so processes that do so at the same time
// wait for each other, and the later ones find nothing left to do.
func makeTable(ctx context.Context, tx *transaction, stream crm.Stream) (*relation, error) {
	rel, err := findRelation(ctx, tx, stream)
	if err != nil {
		return nil, err
	}
	statements, err := statementsFor(rel, stream)
	if err != nil {
		return nil, err
	}
	for _, s := range statements {
		if _, err := tx.Exec(ctx, s); err != nil {
			return nil, err
		}
	}
	return findRelation(ctx, tx, stream)
}

// statementsFor returns what makes or completes a table; rel is nil when there
// is none. Nothing is dropped or retyped.
func statementsFor(rel *relation, stream crm.Stream) ([]string, error) {
	var statements []string
	if rel == nil {
		rel = &relation{name: stream.Table, strict: true, indexes: [][]string{stream.PrimaryKey}}
		statements = append(statements, createStatement(stream))
	} else {
		if err := rel.checkKey(stream); err != nil {
			return nil, err
		}
		for _, d := range missing(rel, stream) {
			statements = append(statements, "ALTER TABLE "+quote(rel.name)+" ADD COLUMN "+quote(d.name)+" "+d.words)
		}
	}
	return append(statements, missingIndexes(rel, stream)...), nil
}

// missingIndexes returns what makes the indexes that a table lacks.
func missingIndexes(rel *relation, stream crm.Stream) (statements []string) {
	made := slices.Clone(rel.indexes)
	for _, columns := range append([][]string{stream.PrimaryKey}, stream.Indexes...) {
		if !covered(made, columns) {
			name := quote(rel.name + "_" + strings.Join(columns, "_") + "_idx")
			statements = append(statements, "CREATE INDEX IF NOT EXISTS "+name+" ON "+quote(rel.name)+" ("+quoteAll(columns)+")")
			made = append(made, columns)
		}
	}
	if !rel.marked {
		statements = append(statements, createMarkedIndex(rel.name, stream.PrimaryKey))
	}
	return statements
}

// gapOf is what a table lacks.
func gapOf(rel *relation, stream crm.Stream) layout.Gap {
	var names []string
	for _, d := range missing(rel, stream) {
		names = append(names, d.name)
	}
	return layout.GapOf(stream, names, len(missingIndexes(rel, stream)) > 0)
}

// covered reports whether an index begins with the columns.
func covered(indexes [][]string, columns []string) bool {
	return slices.ContainsFunc(indexes, func(index []string) bool {
		return len(index) >= len(columns) && slices.EqualFunc(index[:len(columns)], columns, strings.EqualFold)
	})
}

func createStatement(stream crm.Stream) string {
	var columns []string
	for _, name := range stream.PrimaryKey {
		if _, declared := stream.Field(name); !declared {
			columns = append(columns, quote(name)+" TEXT NOT NULL")
		}
	}
	for _, f := range stream.Fields {
		columns = append(columns, quote(f.Column)+" "+ownType(f.Type, true)+ownConstraint(stream, f))
	}
	for _, d := range []definition{
		{layout.Data, "TEXT NOT NULL"}, {layout.Hash, "BLOB"}, {layout.Synced, "TEXT NOT NULL"}, {layout.Created, "TEXT NOT NULL"},
		{layout.DeletedAt, "TEXT"}, {layout.DeletedRun, "INTEGER"},
	} {
		if _, declared := stream.Field(d.name); !declared {
			columns = append(columns, quote(d.name)+" "+d.words)
		}
	}
	columns = append(columns, "PRIMARY KEY ("+quoteAll(stream.PrimaryKey)+")")
	return "CREATE TABLE " + quote(stream.Table) + " (" + strings.Join(columns, ", ") + ") STRICT"
}

// ownConstraint makes a column NOT NULL where the stream says what stands in
// for NULL; without that, NULL is the only honest value.
func ownConstraint(stream crm.Stream, f crm.Field) string {
	if slices.Contains(stream.PrimaryKey, f.Column) {
		return " NOT NULL"
	}
	switch v := declaredStandIn(f).(type) {
	case string:
		return " NOT NULL DEFAULT " + quoteText(v)
	case int64:
		return " NOT NULL DEFAULT " + strconv.FormatInt(v, 10)
	case float64:
		return " NOT NULL DEFAULT " + strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return ""
	}
}

// missing lists the columns that a table lacks. Bookkeeping under any of its
// old names is not missing.
func missing(rel *relation, stream crm.Stream) []definition {
	var list []definition
	for _, f := range stream.Fields {
		if rel.column(f.Column) == nil {
			list = append(list, definition{f.Column, ownType(f.Type, rel.strict)})
		}
	}
	for _, d := range []struct {
		definition
		names []string
	}{
		{definition{layout.Data, "TEXT"}, []string{layout.Data}},
		{definition{layout.Hash, "BLOB"}, []string{layout.Hash}},
		{definition{layout.Synced, "TEXT"}, layout.WrittenNames()},
		{definition{layout.Created, "TEXT"}, layout.CreatedNames()},
		{definition{layout.DeletedAt, "TEXT"}, []string{layout.DeletedAt}},
		{definition{layout.DeletedRun, "INTEGER"}, []string{layout.DeletedRun}},
	} {
		has := slices.ContainsFunc(d.names, func(name string) bool {
			_, declared := stream.Field(name)
			return !declared && rel.column(name) != nil
		})
		if _, declared := stream.Field(d.name); !has && !declared {
			list = append(list, d.definition)
		}
	}
	return list
}

// checkKey makes sure that the table can name a record.
func (r *relation) checkKey(stream crm.Stream) error {
	for _, name := range stream.PrimaryKey {
		c := r.column(name)
		if c == nil && stream.Snapshot {
			continue // its key is of Warren's making, and is added
		}
		if c == nil || c.generated {
			return &crm.Error{
				Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
				Message: fmt.Sprintf("table %s has no column %s to write, which names a record of stream %s", quote(r.name), quote(name), stream.Name),
				Fix:     "Rename that table, and Warren makes one of its own; or add the column and fill it.",
			}
		}
	}
	return nil
}
