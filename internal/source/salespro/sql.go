package salespro

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// query is what Athena is asked for a stream.
type query struct {
	text    string
	columns []string          // that it selects, without the copies
	types   map[string]string // of the table's columns, in lower case; empty where they are not known
	nested  map[string]bool   // those that are turned into JSON
	hashed  bool              // rows get a key of what they hold
	copies  bool              // rows that are the very same are counted
	key     string            // column without which a row is left out, and by which rows follow each other, the one that counts ahead; "" for none
	unload  bool              // Athena writes the result into files
	notices []string
}

// names are the columns of the result.
func (q *query) names() []string {
	if q.copies {
		return append(slices.Clip(q.columns), copiesColumn)
	}
	return q.columns
}

// keyed is the key of the streams that have rows without one, which are nobody's and
// count for nothing, as in the old system, and several rows with one, of which the
// newest counts; "" for all others.
func keyed(stream crm.Stream) string {
	switch stream.Name {
	case "customer", "lead_results":
		return stream.PrimaryKey[0]
	default:
		return ""
	}
}

// query makes the query of a stream: one for a run, with the columns that are
// mapped, for most of what Athena charges is what it scans.
func (c *connector) query(ctx context.Context, stream crm.Stream, req crm.Request) (*query, error) {
	table, known, err := c.table(ctx, stream)
	if err != nil {
		return nil, err
	}
	if err := c.tellUnmapped(stream, unmapped(stream, table)); err != nil {
		return nil, err
	}
	return c.compose(stream, req, table, known)
}

// compose writes the query. known says whether the table was described.
func (c *connector) compose(stream crm.Stream, req crm.Request, described athena.Table, known bool) (*query, error) {
	q := &query{types: map[string]string{}, nested: map[string]bool{}, key: keyed(stream)}
	q.hashed = stream.PrimaryKey[0] == hashMember
	q.unload = c.unloads() && q.key == ""
	// Of a log that is read in parts each row has its number in original_row_num.
	q.copies = q.hashed && !stream.Incremental
	for _, column := range slices.Concat(described.Columns, described.Partitions) {
		q.types[strings.ToLower(column.Name)] = strings.ToLower(column.Type)
	}
	var absent []string
	for _, w := range wanted(stream) {
		if _, has := q.types[strings.ToLower(w.name)]; known && !has || !known && w.absent {
			absent = append(absent, w.name)
			continue
		}
		q.columns = append(q.columns, w.name)
	}
	if len(q.columns) == 0 {
		return nil, c.notTheTable(stream)
	}
	if len(absent) > 0 {
		q.note("the table %s has no column %s, and what it would fill stays NULL", stream.Name, strings.Join(absent, ", "))
	}
	list := make([]string, 0, len(q.columns)+1)
	var ordinals []string
	for i, name := range q.columns {
		list = append(list, c.expression(q, name))
		ordinals = append(ordinals, fmt.Sprint(i+1))
	}
	if q.copies {
		list = append(list, "count(*) AS "+quote(copiesColumn))
	}
	q.text = "SELECT " + strings.Join(list, ", ") + " FROM " + quote(c.database) + "." + quote(stream.Name)
	if where := c.where(q, stream, req, described); len(where) > 0 {
		q.text += " WHERE " + strings.Join(where, " AND ")
	}
	if q.copies {
		q.text += " GROUP BY " + strings.Join(ordinals, ", ")
	}
	if q.key != "" {
		q.text += " ORDER BY " + q.order(stream)
	}
	return q, nil
}

// order puts the rows of one key behind each other, the newest ahead: of rows that
// changed at the same time always the same one, or each run would write another. Where
// there is no time NULL comes last. The files of an UNLOAD have no order, so where one
// is needed the result is read in another way.
func (q *query) order(stream crm.Stream) string {
	cursor, _ := q.cursor(stream)
	first := slices.Index(q.columns, q.key)
	second := slices.Index(q.columns, cursor)
	var terms []string
	if first >= 0 {
		terms = append(terms, fmt.Sprint(first+1))
	}
	if second >= 0 {
		terms = append(terms, fmt.Sprintf("%d DESC", second+1))
	}
	for i := range q.columns {
		if i != first && i != second {
			terms = append(terms, fmt.Sprintf("%d DESC", i+1))
		}
	}
	return strings.Join(terms, ", ")
}

// note adds to what a person should know of the query.
func (q *query) note(format string, args ...any) {
	q.notices = append(q.notices, fmt.Sprintf(format, args...))
}

// column is a column of the share.
type column struct {
	name   string
	kind   crm.Type // of the field that it fills; text where it holds several
	absent bool     // the fields that it fills are
}

// wanted lists the columns that the fields of a stream are made of, in their order.
func wanted(stream crm.Stream) []column {
	var columns []column
	for _, f := range stream.Fields {
		for _, path := range f.Paths {
			c := column{name: columnOf(path), kind: f.Type, absent: f.Absent}
			if c.name != path {
				c.kind = crm.TypeText
			}
			if c.name != hashMember && !slices.ContainsFunc(columns, func(o column) bool { return o.name == c.name }) {
				columns = append(columns, c)
			}
		}
	}
	return columns
}

// columnOf is the column of the share that a path leads into.
func columnOf(path string) string {
	if first := firstStep(path); first != titlesMember {
		return first
	}
	return resultsMember
}

// firstStep is the member of the record that a path begins with.
func firstStep(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		switch {
		case path[i] == '\\' && i+1 < len(path):
			i++
			b.WriteByte(path[i])
		case path[i] == '.':
			return b.String()
		default:
			b.WriteByte(path[i])
		}
	}
	return b.String()
}

// expression is how a column is asked for. Nested values come as JSON: their own
// text cannot be read back.
func (c *connector) expression(q *query, name string) string {
	kind, column := q.types[strings.ToLower(name)], quote(name)
	base, _, _ := strings.Cut(kind, "<")
	base, _, _ = strings.Cut(base, "(")
	switch {
	case base == "array" || base == "map" || base == "struct" || base == "row":
		q.nested[name] = true
		return "json_format(CAST(" + column + " AS JSON)) AS " + column
	case q.unload && (base == "time" || isZoned(kind)):
		return "CAST(" + column + " AS varchar) AS " + column // UNLOAD cannot write it
	default:
		return column
	}
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (c *connector) notTheTable(stream crm.Stream) error {
	return &crm.Error{
		Code: crm.CodeBadAnswer, Origin: crm.OriginSource,
		Message: fmt.Sprintf("the table %s of %s has none of the columns that SalesPro's has", stream.Name, c.database),
		Fix:     "Check that SALESPRO_DATABASE is the database that Leap shares with you.",
	}
}
