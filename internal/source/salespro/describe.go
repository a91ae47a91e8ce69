package salespro

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// Describe says which of the columns that the fields of a stream are made of its table
// has. Where the catalog cannot be read that is not known, and all of them are asked for.
func (c *connector) Describe(ctx context.Context, stream crm.Stream) (crm.Stream, error) {
	if stream.FromFile {
		return stream, nil
	}
	table, known, err := c.table(ctx, stream)
	if err != nil {
		return crm.Stream{}, c.absent(ctx, stream, err)
	}
	c.tables.Store(stream.Name, description{table, known})
	stream.Undescribed = !known
	stream.Fields = slices.Clone(stream.Fields)
	for i := range stream.Fields {
		f := &stream.Fields[i]
		f.Absent = len(f.Paths) > 0
		for _, path := range f.Paths {
			column := columnOf(path)
			switch {
			case column == hashMember:
				f.Absent = false
			case !known || hasColumn(table, column):
				f.Absent, stream.Described = false, append(stream.Described, path)
			}
		}
	}
	return stream, nil
}

// description is what the catalog says of a table, if it may be read.
type description struct {
	table athena.Table
	known bool
}

// table returns the description of a stream's table, which Describe may have asked for
// already. known is false where the key may not read the catalog.
func (c *connector) table(ctx context.Context, stream crm.Stream) (table athena.Table, known bool, err error) {
	if had, is := c.tables.LoadAndDelete(stream.Name); is {
		d, _ := had.(description)
		return d.table, d.known, nil
	}
	table, err = c.client.Columns(ctx, stream.Name)
	if errors.Is(err, athena.ErrNoMetadata) {
		return athena.Table{}, false, nil
	}
	return table, err == nil, err
}

// hasColumn reports whether a table has a column, whatever its letters.
func hasColumn(table athena.Table, name string) bool {
	is := func(c athena.Column) bool { return strings.EqualFold(c.Name, name) }
	return slices.ContainsFunc(table.Columns, is) || slices.ContainsFunc(table.Partitions, is)
}
