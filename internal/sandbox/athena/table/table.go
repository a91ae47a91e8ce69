package table

import "iter"

// Column is one column of a table.
type Column struct {
	Name string // lower case
	Type string // as the Glue catalog writes it: string, decimal(12,2), array<string>
}

// Table is what a query can read.
type Table struct {
	Name          string // lower case
	Columns       []Column
	PartitionKeys []Column // they follow Columns in a row

	// Rows streams the rows as they are when the iteration begins, whatever is
	// changed meanwhile. The slice is good until the next row, the values for
	// ever.
	Rows iter.Seq[[]Value]
}

// All returns the columns of a row: those of the files, then the partition keys.
func (t *Table) All() []Column {
	return append(append(make([]Column, 0, len(t.Columns)+len(t.PartitionKeys)), t.Columns...), t.PartitionKeys...)
}

// Database is a set of tables by name.
type Database map[string]*Table

// Catalog is all databases by name, both in lower case.
type Catalog map[string]Database
