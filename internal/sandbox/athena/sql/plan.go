package sql

import (
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// Column is one column of a result.
type Column struct {
	Name string
	Type table.Type
}

// Plan is a query made ready to run.
type Plan struct {
	Columns []Column
	Unload  *Unload // nil for a SELECT

	scope     *scope
	table     *table.Table // nil: one row without columns
	partition []expr       // conditions on partition keys alone
	where     *expr
	items     []expr
	group     *grouping // nil without GROUP BY and count(*)
	order     []order
	limit     int64
	reads     []int // columns of the files that the query names
}

type order struct {
	expr       expr
	descending bool
}

// NewPlan resolves the names of a statement; database is where tables without
// one are looked for. Errors are *Error.
func NewPlan(st *Statement, catalog table.Catalog, database string) (*Plan, error) {
	p := &Plan{Unload: st.unload, limit: st.sel.limit}
	var err error
	if p.table, err = resolve(st.sel.from, catalog, database); err != nil {
		return nil, err
	}
	if p.scope, err = newScope(p.table); err != nil {
		return nil, err
	}
	for _, step := range []func(*selection) error{p.planWhere, p.planItems, p.planOrder} {
		if err := step(st.sel); err != nil {
			return nil, err
		}
	}
	p.planReads()
	return p, nil
}

func resolve(from *source, catalog table.Catalog, database string) (*table.Table, error) {
	if from == nil {
		return nil, nil
	}
	if from.database != "" {
		database = from.database
	}
	database, name := strings.ToLower(database), strings.ToLower(from.table)
	tables, ok := catalog[database]
	if !ok {
		return nil, fail("SCHEMA_NOT_FOUND", from.at, "Schema '%s' does not exist", database)
	}
	t, ok := tables[name]
	if !ok {
		return nil, fail("TABLE_NOT_FOUND", from.at, "Table 'awsdatacatalog.%s.%s' does not exist", database, name)
	}
	return t, nil
}

func (p *Plan) planWhere(sel *selection) error {
	if sel.where == nil {
		return nil
	}
	where, err := p.scope.boolean(sel.where, "WHERE clause")
	if err != nil {
		return err
	}
	p.where = &where
	for _, term := range terms(sel.where) {
		e, err := p.scope.compile(term)
		if err != nil {
			return err
		}
		if len(e.columns) > 0 && !slices.ContainsFunc(e.columns, p.inFile) {
			p.partition = append(p.partition, e)
		}
	}
	return nil
}

// terms takes a condition apart at its ANDs.
func terms(n node) []node {
	if l, ok := n.(logicNode); ok && l.and {
		return append(terms(l.left), terms(l.right)...)
	}
	return []node{n}
}

// inFile reports whether the column lies in files, and not in their paths as
// partition keys do.
func (p *Plan) inFile(column int) bool { return column < len(p.table.Columns) }

func (p *Plan) planItems(sel *selection) error {
	items, err := p.expand(sel)
	if err != nil {
		return err
	}
	if len(sel.groupBy) > 0 || slices.ContainsFunc(items, func(it item) bool { return counts(it.expr) }) {
		return p.planGroup(items, sel.groupBy)
	}
	for i, it := range items {
		e, err := p.scope.compile(it.expr)
		if err != nil {
			return err
		}
		p.items = append(p.items, e)
		p.Columns = append(p.Columns, Column{Name: it.label(i), Type: e.typ})
	}
	return nil
}

// expand puts the columns in place of *.
func (p *Plan) expand(sel *selection) ([]item, error) {
	var items []item
	for _, it := range sel.items {
		if it.expr != nil {
			items = append(items, it)
			continue
		}
		if p.table == nil {
			return nil, fail("COLUMN_NOT_FOUND", it.at, "SELECT * not allowed in queries without FROM clause")
		}
		for _, c := range p.scope.columns {
			items = append(items, item{expr: columnNode{at: it.at, name: c.Name}, at: it.at})
		}
	}
	return items, nil
}

// label returns the name of the i-th column of the result.
func (it item) label(i int) string {
	if it.name != "" {
		return it.name
	}
	if c, ok := it.expr.(columnNode); ok {
		return strings.ToLower(c.name)
	}
	return "_col" + itoa(i)
}

func counts(n node) bool {
	c, ok := n.(callNode)
	return ok && c.star && c.name == "count"
}

// planOrder resolves sort keys: ordinals, names of items, else expressions over
// the table. In a grouped query they must be items.
func (p *Plan) planOrder(sel *selection) error {
	for _, key := range sel.orderBy {
		if i, err := p.itemOf(key.expr, sel); err != nil {
			return err
		} else if i >= 0 {
			p.order = append(p.order, order{resultColumn(i, p.Columns[i].Type), key.descending})
			continue
		}
		if p.group != nil {
			return fail("EXPRESSION_NOT_AGGREGATE", key.expr.where(), "'%s' must be an aggregate expression or appear in GROUP BY clause", key.expr.text())
		}
		e, err := p.scope.compile(key.expr)
		if err != nil {
			return err
		}
		shift := e.eval
		width := len(p.items)
		e.eval = func(row []table.Value) (table.Value, error) { return shift(row[width:]) }
		p.order = append(p.order, order{e, key.descending})
	}
	return nil
}

// itemOf returns the item that a sort key or a key of a group means, -1 if it is
// an expression of its own.
func (p *Plan) itemOf(n node, sel *selection) (int, error) {
	if l, ok := n.(literalNode); ok && l.typ.Whole() {
		if l.value.Num() < 1 || l.value.Num() > int64(len(p.Columns)) {
			return 0, fail("INVALID_COLUMN_REFERENCE", l.at, "ORDER BY position %d is not in select list", l.value.Num())
		}
		return int(l.value.Num()) - 1, nil
	}
	if c, ok := n.(columnNode); ok {
		for i, column := range p.Columns {
			if strings.EqualFold(column.Name, c.name) {
				return i, nil
			}
		}
	}
	items, err := p.expand(sel)
	if err != nil {
		return 0, err
	}
	return slices.IndexFunc(items, func(it item) bool { return it.expr.text() == n.text() }), nil
}

// resultColumn is an expression over the rows of the result.
func resultColumn(i int, t table.Type) expr {
	return expr{typ: t, eval: func(row []table.Value) (table.Value, error) { return row[i], nil }}
}

// planReads notes which columns of the files have to be read.
func (p *Plan) planReads() {
	var named []int
	if p.where != nil {
		named = append(named, p.where.columns...)
	}
	for _, e := range p.items {
		named = append(named, e.columns...)
	}
	for _, o := range p.order {
		named = append(named, o.expr.columns...)
	}
	if p.group != nil {
		for _, e := range p.group.keys {
			named = append(named, e.columns...)
		}
	}
	slices.Sort(named)
	for _, column := range slices.Compact(named) {
		if p.inFile(column) {
			p.reads = append(p.reads, column)
		}
	}
}
