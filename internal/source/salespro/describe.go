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
	stream.Fields, stream.DescribedAs = slices.Clone(stream.Fields), map[string]crm.Type{}
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
			if t, is := typeIn(table, path); is {
				stream.DescribedAs[path] = t
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
	_, has := typeIn(table, name)
	return has
}

// typeIn returns the type of a column of a table.
func typeIn(table athena.Table, name string) (t crm.Type, has bool) {
	for _, c := range slices.Concat(table.Columns, table.Partitions) {
		if strings.EqualFold(c.Name, name) {
			return typeOf(c.Type), true
		}
	}
	return 0, false
}

// typeOf is what Athena's type is to a warehouse.
func typeOf(kind string) crm.Type {
	base, _, _ := strings.Cut(strings.ToLower(kind), "(")
	base, _, _ = strings.Cut(base, "<")
	switch {
	case base == "tinyint" || base == "smallint" || base == "int" || base == "integer" || base == "bigint":
		return crm.TypeInteger
	case base == "decimal" || base == "double" || base == "float" || base == "real":
		return crm.TypeDecimal
	case base == "boolean":
		return crm.TypeBoolean
	case base == "date":
		return crm.TypeDate
	case strings.HasPrefix(base, "timestamp"):
		return crm.TypeTimestamp
	case base == "array" || base == "map" || base == "struct" || base == "row" || base == "json":
		return crm.TypeJSON
	default:
		return crm.TypeText
	}
}
