package salespro

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// query is what Athena is asked for a stream.
type query struct {
	text        string
	columns     []string        // that it selects, without the copies
	nested      map[string]bool // those that are turned into JSON
	hashed      bool            // rows get a key of what they hold
	skipWithout string          // column without which a row is left out; "" for none
	notice      string
}

// keyless are the streams whose rows count only with their key, as they did in the
// old system: most tables of the share have rows without one, which are nobody's.
func keyless(stream crm.Stream) string {
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
	described, err := c.client.Columns(ctx, stream.Name)
	if err != nil && !errors.Is(err, athena.ErrNoMetadata) {
		return nil, err
	}
	known := err == nil
	types := map[string]string{}
	for _, column := range slices.Concat(described.Columns, described.Partitions) {
		types[strings.ToLower(column.Name)] = strings.ToLower(column.Type)
	}
	q := &query{hashed: stream.PrimaryKey[0] == hashMember, nested: map[string]bool{}, skipWithout: keyless(stream)}
	var absent []string
	for _, name := range wanted(stream) {
		if _, has := types[strings.ToLower(name)]; known && !has {
			absent = append(absent, name)
			continue
		}
		q.columns = append(q.columns, name)
	}
	if len(q.columns) == 0 {
		return nil, c.notTheTable(stream)
	}
	if len(absent) > 0 {
		q.notice = fmt.Sprintf("the table %s has no column %s, and what it would fill stays NULL", stream.Name, strings.Join(absent, ", "))
	}
	var list []string
	for _, name := range q.columns {
		list = append(list, c.expression(q, name, types[strings.ToLower(name)]))
	}
	text := "SELECT " + strings.Join(list, ", ")
	if q.copies(stream) {
		text += ", count(*) AS " + quote(copiesColumn)
	}
	text += " FROM " + quote(c.database) + "." + quote(stream.Name)
	if where := c.where(stream, req, described, types); len(where) > 0 {
		text += " WHERE " + strings.Join(where, " AND ")
	}
	if q.copies(stream) {
		var ordinals []string
		for i := range q.columns {
			ordinals = append(ordinals, fmt.Sprint(i+1))
		}
		text += " GROUP BY " + strings.Join(ordinals, ", ")
	}
	q.text = text
	return q, nil
}

// copies reports whether the query counts rows that are the very same. A log that
// is read in parts has a column that tells them apart.
func (q *query) copies(stream crm.Stream) bool { return q.hashed && !stream.Incremental }

// wanted lists the columns that the fields of a stream are made of.
func wanted(stream crm.Stream) []string {
	var names []string
	for _, f := range stream.Fields {
		for _, path := range f.Paths {
			name := firstStep(path)
			if name == titlesMember {
				name = resultsMember
			}
			if name != hashMember && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
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
func (c *connector) expression(q *query, name, kind string) string {
	column := quote(name)
	base, _, _ := strings.Cut(kind, "<")
	base, _, _ = strings.Cut(base, "(")
	switch {
	case base == "array" || base == "map" || base == "struct" || base == "row":
		q.nested[name] = true
		return "json_format(CAST(" + column + " AS JSON)) AS " + column
	case c.results == resultsUnload && (strings.HasPrefix(base, "time") && base != "timestamp" || strings.HasSuffix(kind, "with time zone")):
		return "CAST(" + column + " AS varchar) AS " + column // UNLOAD cannot write it
	default:
		return column
	}
}

// where is the half-open span of time that is asked for.
func (c *connector) where(stream crm.Stream, req crm.Request, described athena.Table, types map[string]string) []string {
	var terms []string
	kind := types[strings.ToLower(stream.Cursor)]
	if !req.Since.IsZero() && stream.Cursor != "" {
		terms = append(terms, quote(stream.Cursor)+" >= "+instant(kind, req.Since))
		for _, p := range described.Partitions {
			if c.partitions[stream.Name] == p.Name {
				// A day more: who made the partitions may have had another time zone.
				terms = append(terms, quote(p.Name)+" >= "+day(strings.ToLower(p.Type), req.Since.AddDate(0, 0, -1)))
			}
		}
	}
	if !req.Until.IsZero() && stream.Cursor != "" {
		terms = append(terms, quote(stream.Cursor)+" < "+instant(kind, req.Until))
	}
	return terms
}

// instant writes an instant for a comparison with a column of that type, cut to
// the millisecond, which is what the share has: never later than it is.
func instant(kind string, t time.Time) string {
	text := t.UTC().Truncate(time.Millisecond).Format("2006-01-02 15:04:05.000")
	switch {
	case kind == "string" || strings.HasPrefix(kind, "varchar") || strings.HasPrefix(kind, "char"):
		return "'" + text + "'"
	case kind == "date":
		return day(kind, t)
	case strings.HasSuffix(kind, "with time zone"):
		return "TIMESTAMP '" + text + " UTC'"
	default:
		return "TIMESTAMP '" + text + "'"
	}
}

func day(kind string, t time.Time) string {
	text := "'" + t.UTC().Format(time.DateOnly) + "'"
	if kind == "date" {
		return "DATE " + text
	}
	return text
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (c *connector) notTheTable(stream crm.Stream) error {
	return &crm.Error{
		Code: crm.CodeBadAnswer, Origin: crm.OriginSource,
		Message: fmt.Sprintf("the table %s of %s has none of the columns that SalesPro's has", stream.Name, c.database),
		Fix:     "check that SALESPRO_DATABASE is the database that Leap shares with you",
	}
}
