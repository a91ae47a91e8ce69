package postgres

import (
	"fmt"
	"hash/crc32"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// merge is the SQL by which rows come into a table, made once.
type merge struct {
	copyNew     string // into the table itself
	createStage string // harmless where the staging table exists
	emptyStage  string
	copyStage   string
	update      string // existing rows that are missing, or neither equal nor older
	overwrite   string // existing rows, whatever they are
	insert      string // rows that the table does not have
	settled     string // staged rows that the table has in the same or a newer version
	stage       string // name of the staging table
	keyIndex    string // the index by which the same key twice is noticed; "" when there is none
	direct      bool   // every column takes our binary format
}

// stagingKind returns the kind of a column in the staging table and in key
// arrays. JSON is staged as text, so that it is parsed only once.
func stagingKind(k kind) kind {
	switch k {
	case kindJSON, kindJSONB, kindOther:
		return kindText
	default:
		return k
	}
}

// castFrom returns an expression over a staged value in the type of the column.
func castFrom(c *column, expression string) string {
	if c.kind == stagingKind(c.kind) {
		return expression
	}
	return expression + "::" + c.typeName
}

func newMerge(rel *relation, stream crm.Stream, slots []slot, pooled bool) *merge {
	var names, staged, values, sets []string
	m := &merge{keyIndex: rel.keyIndex(stream.PrimaryKey), direct: true}
	for _, s := range slots {
		name := quote(s.column.name)
		value := castFrom(s.column, "s."+name)
		names = append(names, name)
		staged = append(staged, name+" "+wireOf(stagingKind(s.column.kind)).name)
		values = append(values, value)
		if !s.insertOnly {
			sets = append(sets, name+" = "+value)
		}
		m.direct = m.direct && s.column.kind != kindOther
	}
	columns, table := strings.Join(names, ", "), rel.quoted()
	// The name tells of the shape, so that a connection which staged for an
	// earlier shape of the table makes another.
	shape := strings.Join(staged, ", ")
	m.stage = quote(fmt.Sprintf("warren_staging_%d_%08x", rel.oid, crc32.ChecksumIEEE([]byte(shape))))
	// Behind a pooler the next transaction may be on another connection.
	end := "DELETE ROWS"
	if pooled {
		end = "DROP"
	}
	from, equal := "pg_temp."+m.stage+" AS s", keysEqual(rel, stream)
	// Rows up to a page stay as they are, for compressing them here is wasted.
	m.createStage = "CREATE TEMPORARY TABLE IF NOT EXISTS " + m.stage + " (" + shape + ") WITH (toast_tuple_target = 8160, autovacuum_enabled = false) ON COMMIT " + end
	m.emptyStage = "TRUNCATE pg_temp." + m.stage
	m.copyStage = "COPY pg_temp." + m.stage + " (" + columns + ") FROM STDIN BINARY"
	m.copyNew = "COPY " + table + " (" + columns + ") FROM STDIN BINARY"
	m.insert = "INSERT INTO " + table + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + strings.Join(values, ", ") +
		" FROM " + from + " WHERE NOT EXISTS (SELECT FROM " + table + " AS t WHERE " + equal + ")"
	if m.keyIndex != "" {
		// The target is named: a clash with any other constraint is an error,
		// never a row that is left out in silence (L3).
		m.insert += " ON CONFLICT (" + quoteAll(stream.PrimaryKey) + ") DO NOTHING"
	}
	guard := guards(rel, stream, slots)
	if len(sets) > 0 {
		m.overwrite = "UPDATE " + table + " AS t SET " + strings.Join(sets, ", ") + " FROM " + from + " WHERE " + equal
		m.update = m.overwrite + guard
	}
	m.settled = "SELECT FROM " + from + " WHERE EXISTS (SELECT FROM " + table + " AS t WHERE " + equal
	if m.update != "" && guard != "" {
		m.settled += " AND NOT (TRUE" + guard + ")"
	}
	m.settled += ")"
	return m
}

func keysEqual(rel *relation, stream crm.Stream) string {
	equal := make([]string, len(stream.PrimaryKey))
	for i, name := range stream.PrimaryKey {
		equal[i] = "t." + quote(name) + " = " + castFrom(rel.column(name), "s."+quote(name))
	}
	return strings.Join(equal, " AND ")
}

// guards keeps equal rows (L10) and newer ones (L9) from being written, unless
// they are marked as missing.
func guards(rel *relation, stream crm.Stream, slots []slot) string {
	var b strings.Builder
	for _, s := range slots {
		name := quote(s.column.name)
		switch {
		case s.origin == layout.FromHash && s.column.kind == kindBytea:
			fmt.Fprintf(&b, " AND t.%[1]s IS DISTINCT FROM s.%[1]s", name)
		case s.origin == layout.FromField && s.column.name == stream.Cursor && s.column.kind.comparable():
			fmt.Fprintf(&b, " AND (t.%[1]s IS NULL OR s.%[1]s IS NULL OR s.%[1]s >= t.%[1]s)", name)
		}
	}
	if b.Len() > 0 && rel.column(layout.DeletedRun) != nil {
		return " AND (t." + quote(layout.DeletedRun) + " IS NOT NULL OR (TRUE" + b.String() + "))"
	}
	return b.String()
}
