package warehousetest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// NULL is how Dump and Text write the absence of a value.
const NULL = "NULL"

// Dump reads columns of a stream's table, all of its fields when none is
// named, in the order of the primary key. Every database gives the same texts
// for the same values: those of Text. Besides fields it knows the columns that
// Warren adds: data, warren_hash (in hexadecimal), synced_at, created_in_sync,
// warren_deleted_at, warren_deleted_run.
func Dump(ctx context.Context, db ledger.Conn, stream crm.Stream, columns ...string) ([][]string, error) {
	if len(columns) == 0 {
		for _, f := range stream.Fields {
			columns = append(columns, f.Column)
		}
	}
	types := make([]columnKind, len(columns))
	terms := make([]string, len(columns))
	for i, c := range columns {
		types[i] = kindOf(stream, c)
		terms[i] = quote(c)
		if types[i] == kind(crm.TypeDecimal) || types[i] == kind(crm.TypeJSON) {
			terms[i] = "CAST(" + terms[i] + " AS text)"
		}
	}
	keys := make([]string, len(stream.PrimaryKey))
	for i, c := range stream.PrimaryKey {
		keys[i] = quote(c)
	}
	rows, err := db.Query(ctx, "SELECT "+strings.Join(terms, ", ")+" FROM "+quote(stream.Table)+
		" ORDER BY "+strings.Join(keys, ", "))
	if err != nil {
		return nil, err
	}
	defer rows.Close()

	var dump [][]string
	for rows.Next() {
		cells := make([]cell, len(columns))
		dest := make([]any, len(columns))
		for i := range cells {
			dest[i] = cells[i].target(types[i])
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		texts := make([]string, len(columns))
		for i := range cells {
			texts[i] = cells[i].text(types[i])
		}
		dump = append(dump, texts)
	}
	return dump, rows.Err()
}

// Text writes a value as Dump does: decimals without trailing zeros, instants
// in RFC 3339, JSON without white space and with sorted names, NULL as NULL.
func Text(v crm.Value) string {
	if !v.Valid {
		return NULL
	}
	switch v.Type {
	case crm.TypeDecimal:
		return plainDecimal(string(v.Bytes))
	case crm.TypeJSON:
		return plainJSON(string(v.Bytes))
	default:
		return v.String()
	}
}

// Texts writes all values of a row as Dump does.
func Texts(row crm.Row) []string {
	texts := make([]string, len(row.Values))
	for i, v := range row.Values {
		texts[i] = Text(v)
	}
	return texts
}

// columnKind is a type of crm, or binary.
type columnKind int

const binary columnKind = -1

func kind(t crm.Type) columnKind { return columnKind(t) }

func kindOf(stream crm.Stream, column string) columnKind {
	if f, ok := stream.Field(column); ok {
		return kind(f.Type)
	}
	switch column {
	case "data":
		return kind(crm.TypeJSON)
	case "warren_hash":
		return binary
	case "synced_at", "created_in_sync", "warren_deleted_at":
		return kind(crm.TypeTimestamp)
	case "warren_deleted_run":
		return kind(crm.TypeInteger)
	default:
		return kind(crm.TypeText)
	}
}

// cell holds one column of one row as it was read.
type cell struct {
	integer *int64
	boolean *bool
	content *string
	instant *time.Time
	bytes   *[]byte
}

func (c *cell) target(k columnKind) any {
	switch k {
	case binary:
		return &c.bytes
	case kind(crm.TypeInteger):
		return &c.integer
	case kind(crm.TypeBoolean):
		return &c.boolean
	case kind(crm.TypeTimestamp), kind(crm.TypeDate):
		return &c.instant
	default:
		return &c.content
	}
}

func (c *cell) text(k columnKind) string {
	switch {
	case c.bytes != nil:
		return fmt.Sprintf("%x", *c.bytes)
	case c.integer != nil:
		return strconv.FormatInt(*c.integer, 10)
	case c.boolean != nil:
		return strconv.FormatBool(*c.boolean)
	case c.instant != nil && k == kind(crm.TypeDate):
		return c.instant.UTC().Format(time.DateOnly)
	case c.instant != nil:
		return crm.TimestampValue(*c.instant).String()
	case c.content == nil:
		return NULL
	case k == kind(crm.TypeDecimal):
		return plainDecimal(*c.content)
	case k == kind(crm.TypeJSON):
		return plainJSON(*c.content)
	default:
		return *c.content
	}
}

// plainDecimal writes a decimal without trailing zeros and without an
// exponent, exactly; a text that is none comes back as it is.
func plainDecimal(text string) string {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return text
	}
	digits, exact := r.FloatPrec()
	if !exact {
		return text
	}
	return r.FloatString(digits)
}

// plainJSON writes JSON in one form, its numbers as they stand; a text that is
// none comes back as it is.
func plainJSON(text string) string {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return text
	}
	plain, err := json.Marshal(value)
	if err != nil {
		return text
	}
	return string(plain)
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
