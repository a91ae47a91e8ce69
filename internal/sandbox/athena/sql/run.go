package sql

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// checkEvery is after how many rows a query looks whether it is still wanted.
const checkEvery = 1024

// Run passes the rows of the result to emit, which must not keep the slice, and
// adds the bytes that are read to scanned as it goes. Memory depends on the
// number of rows only where there is an ORDER BY, on the number of groups where
// there is a GROUP BY.
func (p *Plan) Run(ctx context.Context, scanned *atomic.Int64, emit func(row []table.Value) error) error {
	out := p.limited(emit)
	var sorted [][]table.Value
	if len(p.order) > 0 {
		out = func(row []table.Value) error {
			sorted = append(sorted, slices.Clone(row))
			return nil
		}
	}
	err := p.produce(ctx, scanned, out)
	if err == nil && len(p.order) > 0 {
		err = p.emitSorted(sorted, p.limited(emit))
	}
	return err
}

// limited passes on as many rows as LIMIT lets through, without sort keys. What
// is read does not become less by it, nor is it by Athena's.
func (p *Plan) limited(emit func([]table.Value) error) func([]table.Value) error {
	var n int64
	return func(row []table.Value) error {
		if p.limit >= 0 && n >= p.limit {
			return nil
		}
		n++
		return emit(row[:len(p.Columns)])
	}
}

func (p *Plan) emitSorted(rows [][]table.Value, emit func([]table.Value) error) error {
	var failed error
	slices.SortStableFunc(rows, func(x, y []table.Value) int {
		for _, o := range p.order {
			a, errA := o.expr.eval(x)
			b, errB := o.expr.eval(y)
			if err := errors.Join(errA, errB); err != nil {
				failed = err
				return 0
			}
			c := table.Compare(a, b, o.expr.typ)
			if o.descending && !a.IsNull() && !b.IsNull() { // NULL comes last either way
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	if failed != nil {
		return failed
	}
	for _, row := range rows {
		if err := emit(row); err != nil {
			return err
		}
	}
	return nil
}

// produce makes the rows of the result in the order of the table.
func (p *Plan) produce(ctx context.Context, scanned *atomic.Int64, out func([]table.Value) error) error {
	if p.group == nil {
		return p.filter(ctx, scanned, p.project(out))
	}
	tally := p.group.tally()
	if err := p.filter(ctx, scanned, tally.add); err != nil {
		return err
	}
	return tally.rows(out)
}

// project makes the items of a row; the row itself follows them, for sort keys.
func (p *Plan) project(out func([]table.Value) error) func([]table.Value) error {
	made := make([]table.Value, 0, len(p.items))
	return func(row []table.Value) error {
		made = made[:0]
		for _, e := range p.items {
			v, err := e.eval(row)
			if err != nil {
				return err
			}
			made = append(made, v)
		}
		if len(p.order) > 0 {
			made = append(made, row...)
		}
		return out(made)
	}
}

// filter passes on the rows of the table that WHERE lets through.
func (p *Plan) filter(ctx context.Context, scanned *atomic.Int64, out func([]table.Value) error) error {
	if p.table == nil {
		if ok, err := all(p.conditions(), nil); !ok || err != nil {
			return err
		}
		return out(nil)
	}
	n := 0
	for row := range p.table.Rows {
		if n++; n%checkEvery == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if read, err := all(p.partition, row); !read {
			if err != nil {
				return err
			}
			continue
		}
		var size int64
		for _, column := range p.reads {
			size += row[column].Size(p.scope.types[column])
		}
		scanned.Add(size)
		ok, err := all(p.conditions(), row)
		if err == nil && ok {
			err = out(row)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) conditions() []expr {
	if p.where == nil {
		return nil
	}
	return []expr{*p.where}
}

// all reports whether all conditions are true of the row.
func all(conditions []expr, row []table.Value) (bool, error) {
	for _, c := range conditions {
		v, err := c.eval(row)
		if err != nil || !v.IsTrue() {
			return false, err
		}
	}
	return true, nil
}
