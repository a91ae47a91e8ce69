package sqlite

import (
	"context"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/layout"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// table is the table of one stream as it really is.
type table struct {
	driver *Driver
	stream crm.Stream
	rel    *relation
	slots  []slot
	keys   int   // how many of the slots, the first, are the primary key
	checks []int // slots whose column may be unable to hold a value of its field
	cursor crm.Type

	unchanged []int // positions in the rows of the last Write

	indexed []int // slots that an update may set and that stand in an index

	lookup, insert, update, lean, present string
}

// Table returns the table of a stream, as it really is. With create it first
// makes the table or adds the columns and indexes that it lacks.
func (d *Driver) Table(ctx context.Context, stream crm.Stream, create bool) (warehouse.Table, error) {
	if err := checkNames(stream); err != nil {
		return nil, err
	}
	rel, err := findRelation(ctx, d, stream)
	if err != nil {
		return nil, d.Explain(err)
	}
	if rel != nil {
		if err := rel.checkKey(stream); err != nil {
			return nil, err
		}
	}
	if err := checkWidth(rel, stream); err != nil {
		return nil, err
	}
	if create && !complete(rel, stream) {
		err = d.inTx(ctx, func(tx *transaction) error {
			rel, err = makeTable(ctx, tx, stream)
			return err
		})
		if err != nil {
			return nil, d.Explain(err)
		}
	}
	if rel == nil {
		return absentTable{stream}, nil
	}
	if !rel.keyed(stream) {
		return unkeyedTable{absentTable{stream}, &table{driver: d, stream: stream, rel: rel}}, nil
	}
	return newTable(d, stream, rel), nil
}

// complete reports whether there is nothing to make, so that a steady state
// takes no lock.
func complete(rel *relation, stream crm.Stream) bool {
	return rel != nil && !gapOf(rel, stream).Any()
}

// Lacks reports what Table with create would add.
func (t *table) Lacks() layout.Gap { return gapOf(t.rel, t.stream) }

func newTable(d *Driver, stream crm.Stream, rel *relation) *table {
	t := &table{driver: d, stream: stream, rel: rel, slots: slotsOf(rel, stream), keys: len(stream.PrimaryKey)}
	for i, s := range t.slots {
		if s.origin == layout.FromField && s.mayMisfit(stream.Fields[s.index].Type) {
			t.checks = append(t.checks, i)
		}
	}
	if f, ok := stream.Field(stream.Cursor); ok {
		t.cursor = f.Type
	}
	t.indexed = indexedSlots(rel, t.slots, stream)
	t.lookup = lookupStatement(rel, stream)
	t.update = updateStatement(rel, slices.DeleteFunc(slices.Clone(t.slots), func(s slot) bool { return s.insertOnly }), stream.PrimaryKey)
	t.lean = leanStatement(rel, t.slots, t.indexed, stream.PrimaryKey)
	t.present = presentStatement(rel, stream.PrimaryKey)
	t.insert = insertStatement(rel, t.slots)
	return t
}

// absentTable is a table that does not exist: no record is known (L6).
type absentTable struct{ stream crm.Stream }

func (absentTable) Known(_ context.Context, _ []crm.Row, versions []crm.Version) error {
	clear(versions)
	return nil
}

// Lacks of a table that does not exist: everything.
func (t absentTable) Lacks() layout.Gap {
	return layout.GapOf(t.stream, layout.Written(t.stream), true)
}

func (absentTable) Fit(*crm.Row) []crm.Issue { return nil }

// Shape of a table that does not exist: what Warren would make holds everything.
func (absentTable) Shape() string { return "" }

func (absentTable) Present(context.Context, func(crm.Row) error) error { return nil }

func (absentTable) Compare(_ context.Context, _ []crm.Row, differences [][]crm.FieldDifference) error {
	clear(differences)
	return nil
}

func (t absentTable) Delete(context.Context, ledger.Conn, []crm.Row, int64, bool) (int64, error) {
	return 0, misuse("the table of stream " + t.stream.Name + " was not opened for writing")
}

func (t absentTable) Write(context.Context, ledger.Conn, []crm.Row) (crm.Counts, error) {
	return crm.Counts{}, misuse("the table of stream " + t.stream.Name + " was not opened for writing")
}

func (absentTable) Unchanged() []int { return nil }

func misuse(message string) *crm.Error {
	return &crm.Error{Code: crm.CodeInternal, Origin: crm.OriginWarren, Message: message, Fix: "Report this as a fault of Warren."}
}
