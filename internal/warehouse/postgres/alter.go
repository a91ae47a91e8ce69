package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// alterStatements returns what adds to a table what it lacks: nullable columns,
// and indexes where the table is Warren's own.
func alterStatements(rel *relation, stream crm.Stream) ([]string, error) {
	if err := rel.checkKey(stream); err != nil {
		return nil, err
	}
	var adds []string
	for _, d := range missing(rel, stream) {
		adds = append(adds, "ADD COLUMN "+quote(d.name)+" "+d.definition)
	}
	var statements []string
	if len(adds) > 0 {
		statements = append(statements, "ALTER TABLE "+rel.quoted()+" "+strings.Join(adds, ", "))
	}
	return append(statements, missingIndexes(rel, stream)...), nil
}

// missingIndexes returns what makes the indexes that a table lacks.
func missingIndexes(rel *relation, stream crm.Stream) (statements []string) {
	if stream.Snapshot && rel.keyIndex(stream.PrimaryKey) == "" {
		statements = append(statements, "CREATE UNIQUE INDEX ON "+rel.quoted()+" ("+quoteAll(stream.PrimaryKey)+")")
	}
	if rel.own {
		// The server drops a key with any column that its index includes, and says nothing.
		if !stream.Snapshot && rel.keyIndex(stream.PrimaryKey) == "" {
			statements = append(statements, "ALTER TABLE "+rel.quoted()+" ADD "+primaryKey(stream))
		}
		if !rel.marksIndexed(stream.PrimaryKey) {
			statements = append(statements, createMarkedIndex(rel.quoted(), stream.PrimaryKey))
		}
		for _, columns := range stream.Indexes {
			if !rel.indexed(columns) {
				statements = append(statements, createIndex(rel.quoted(), columns))
			}
		}
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

// checkKey makes sure that the table can name a record. The key of a snapshot's rows is of
// Warren's making: a table of the old system does not have it, and is given it.
func (r *relation) checkKey(stream crm.Stream) error {
	for _, name := range stream.PrimaryKey {
		if r.column(name) == nil && !stream.Snapshot {
			return &crm.Error{
				Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
				Message: fmt.Sprintf("%s has no column %s, which names a record of stream %s", r.quoted(), quote(name), stream.Name),
				Fix:     "Rename that table, and Warren makes one of its own; or add the column and fill it.",
			}
		}
	}
	return nil
}

// missing lists the columns that a table lacks. Bookkeeping under any of its
// old names is not missing.
func missing(rel *relation, stream crm.Stream) []definition {
	var list []definition
	for _, f := range stream.Fields {
		if rel.column(f.Column) == nil {
			list = append(list, definition{f.Column, ownType(f.Type)})
		}
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			_, declared := stream.Field(name)
			return !declared && rel.column(name) != nil
		})
	}
	_, dataDeclared := stream.Field(layout.Data)
	for _, d := range []struct {
		definition
		has bool
	}{
		{definition{layout.Data, "jsonb"}, dataDeclared || has(layout.Data)},
		{definition{layout.Hash, "bytea"}, has(layout.Hash)},
		{definition{layout.Synced, "timestamptz"}, has(layout.WrittenNames()...)},
		{definition{layout.Created, "timestamptz"}, has(layout.CreatedNames()...)},
		{definition{layout.DeletedAt, "timestamptz"}, has(layout.DeletedAt)},
		{definition{layout.DeletedRun, "bigint"}, has(layout.DeletedRun)},
	} {
		if !d.has {
			list = append(list, d.definition)
		}
	}
	return list
}
