package warehousetest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// patience ends a test that would hang.
const patience = 2 * time.Minute

// fixture is one test with its driver and the shorthands that the tests share.
// Its methods end the test on an error that the test does not expect.
type fixture struct {
	*testing.T
	ctx context.Context
	db  warehouse.Driver
}

func newFixture(t *testing.T, db warehouse.Driver) *fixture {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(func() {
		cancel()
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &fixture{T: t, ctx: ctx, db: db}
}

// must ends the test when err is not nil.
func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatalf("unexpected error: %v", f.db.Explain(err))
	}
}

// open returns the stream's table, made or amended.
func (f *fixture) open(stream crm.Stream) warehouse.Table {
	f.Helper()
	table, err := f.db.Table(f.ctx, stream, true)
	f.must(err)
	return table
}

// write writes the rows in a transaction of their own.
func (f *fixture) write(table warehouse.Table, rows ...crm.Row) crm.Counts {
	f.Helper()
	var counts crm.Counts
	f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		var err error
		counts, err = table.Write(f.ctx, tx, rows)
		return err
	}))
	f.wantUnchanged(table, rows, counts)
	return counts
}

// wantUnchanged makes sure that the table names as many of the rows as it counted as
// unchanged, each once.
func (f *fixture) wantUnchanged(table warehouse.Table, rows []crm.Row, counts crm.Counts) {
	f.Helper()
	named := map[int]bool{}
	for _, i := range table.Unchanged() {
		named[i] = i >= 0 && i < len(rows)
		if !named[i] {
			f.Errorf("position %d of %d rows", i, len(rows))
		}
	}
	if int64(len(named)) != counts.Unchanged || len(named) != len(table.Unchanged()) {
		f.Errorf("%d rows are unchanged, and the table names %v", counts.Unchanged, table.Unchanged())
	}
}

// known looks the rows up.
func (f *fixture) known(table warehouse.Table, rows ...crm.Row) []crm.Version {
	f.Helper()
	versions := make([]crm.Version, len(rows))
	f.must(table.Known(f.ctx, rows, versions))
	return versions
}

// exec runs a statement outside any transaction.
func (f *fixture) exec(query string, args ...any) int64 {
	f.Helper()
	n, err := f.db.Exec(f.ctx, query, args...)
	if err != nil {
		f.Fatalf("%s: %v", query, err)
	}
	return n
}

// wantRows compares what the table holds, in the order of its primary key,
// with rows of text; see Text for how values are written.
func (f *fixture) wantRows(stream crm.Stream, columns []string, want ...[]string) {
	f.Helper()
	got, err := Dump(f.ctx, f.db, stream, columns...)
	f.must(err)
	if len(got) != len(want) {
		f.Errorf("%s has %d rows %v, want %d", stream.Table, len(got), got, len(want))
		return
	}
	for i := range got {
		for j := range columns {
			if got[i][j] != want[i][j] {
				f.Errorf("row %d, %s: %q, want %q", i, columns[j], got[i][j], want[i][j])
			}
		}
	}
}

// wantCounts compares counts, of which Write fills three.
func (f *fixture) wantCounts(got crm.Counts, created, updated, unchanged int64) {
	f.Helper()
	want := crm.Counts{Created: created, Updated: updated, Unchanged: unchanged}
	if got.Created != want.Created || got.Updated != want.Updated || got.Unchanged != want.Unchanged {
		f.Errorf("created %d, updated %d, unchanged %d; want %d, %d, %d",
			got.Created, got.Updated, got.Unchanged, created, updated, unchanged)
	}
}

// wantError ends the test unless err is a *crm.Error with that code, with the
// warehouse as its origin and with advice.
func (f *fixture) wantError(err error, code crm.Code) {
	f.Helper()
	if err == nil {
		f.Fatalf("no error, want %s", code)
	}
	var e *crm.Error
	switch {
	case !errors.As(err, &e):
		f.Fatalf("%v (%T) is no *crm.Error", err, err)
	case e.Code != code:
		f.Errorf("code %s, want %s: %v", e.Code, code, err)
	case e.Origin != crm.OriginWarehouse:
		f.Errorf("origin %q of %v", e.Origin, err)
	case e.Message == "" || e.Fix == "":
		f.Errorf("message %q and fix %q are not both there", e.Message, e.Fix)
	}
}

// leads is the stream that most tests write: one column of each type.
func leads() crm.Stream {
	return crm.Stream{
		Name:  "leads",
		Table: "ingestion_test_lead",
		Fields: []crm.Field{
			{Column: "id", Type: crm.TypeInteger},
			{Column: "name", Type: crm.TypeText},
			{Column: "amount", Type: crm.TypeDecimal},
			{Column: "active", Type: crm.TypeBoolean},
			{Column: "modified_at", Type: crm.TypeTimestamp},
			{Column: "born_on", Type: crm.TypeDate},
			{Column: "tags", Type: crm.TypeJSON},
			{Column: "visits", Type: crm.TypeInteger},
		},
		PrimaryKey: []string{"id"},
		Cursor:     "modified_at",
		Indexes:    [][]string{{"name"}, {"active", "modified_at"}},
	}
}

// instant is the time from which tests count.
func instant(plus time.Duration) time.Time {
	return time.Date(2026, 3, 14, 15, 9, 26, 535897000, time.UTC).Add(plus)
}

// lead returns a row of leads with NULL in the columns that are not named.
func lead(id int64, name string, modified time.Time) crm.Row {
	cursor := crm.Value{}
	if !modified.IsZero() {
		cursor = crm.TimestampValue(modified)
	}
	return makeRow(leads(), crm.IntegerValue(id), crm.TextValue([]byte(name)), crm.Value{}, crm.Value{}, cursor)
}

// makeRow returns a row with the values of the stream's first fields and NULL
// in the others, with key, cursor, raw record and hash as the processor gives
// them.
func makeRow(stream crm.Stream, values ...crm.Value) crm.Row {
	row := crm.Row{Values: make([]crm.Value, len(stream.Fields))}
	copy(row.Values, values)
	var id []byte
	for i, column := range stream.PrimaryKey {
		v := row.Values[stream.FieldIndex(column)]
		row.Key = append(row.Key, v)
		if i > 0 {
			id = append(id, '/')
		}
		id = v.AppendText(id)
	}
	row.ID = string(id)
	if i := stream.FieldIndex(stream.Cursor); i >= 0 {
		row.Cursor = row.Values[i]
	}
	raw := make(map[string]string, len(values))
	for i, v := range row.Values {
		if v.Valid {
			raw[stream.Fields[i].Column] = v.String()
		}
	}
	row.Raw, _ = json.Marshal(raw) // a map of texts always has a JSON form
	sum := sha256.Sum256(row.Raw)
	copy(row.Hash[:], sum[:])
	return row
}
