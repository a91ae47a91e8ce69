package sqlite_test

import (
	"encoding/binary"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
	"github.com/warren-sync/warren/internal/warehouse/warehousetest"
)

// indexed is the stream estimates with an index on every field that may stay what it was.
func indexed() crm.Stream {
	s := estimates()
	s.Indexes = nil
	for _, f := range s.Fields[1:] {
		if f.Column == s.Cursor {
			continue // which changes with each version
		}
		s.Indexes = append(s.Indexes, []string{f.Column})
	}
	return s
}

func openIndexed(t *testing.T, statements ...string) (*sqlite.Driver, warehouse.Table) {
	t.Helper()
	d, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	table, err := d.Table(t.Context(), indexed(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := d.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return d, table
}

func put(t testing.TB, d *sqlite.Driver, table warehouse.Table, rows ...crm.Row) {
	t.Helper()
	err := d.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := table.Write(t.Context(), tx, rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An index is written when what it holds has changed, and not because the record has.
func TestAnUpdateLeavesIndexesAloneOfWhichNothingChanged(t *testing.T) {
	d, table := openIndexed(t,
		"CREATE TABLE told (name TEXT)",
		"CREATE TRIGGER zip AFTER UPDATE OF zip ON ingestion_test_estimate BEGIN INSERT INTO told VALUES ('zip'); END",
		"CREATE TRIGGER due AFTER UPDATE OF due ON ingestion_test_estimate BEGIN INSERT INTO told VALUES ('due'); END",
		"CREATE TRIGGER mark AFTER UPDATE OF warren_deleted_run ON ingestion_test_estimate BEGIN INSERT INTO told VALUES ('mark'); END")
	row := func(zip string, version int64, due crm.Value) crm.Row {
		at := crm.TimestampValue(time.Unix(version, 0))
		return estimate(crm.IntegerValue(1), text(zip), decimal("1.5"), crm.BooleanValue(true), at, due)
	}
	for i, step := range []struct {
		row  crm.Row
		want []string
	}{
		{row("80202", 1, crm.Value{}), nil},
		{row("80202", 2, crm.Value{}), nil},
		{row("80203", 3, crm.Value{}), []string{"due", "mark", "zip"}},
		{row("80203", 4, crm.Value{}), nil},
		{row("80203", 5, crm.DateValue(7)), []string{"due", "mark", "zip"}},
	} {
		put(t, d, table, step.row)
		if got := told(t, d); !slices.Equal(got, step.want) {
			t.Errorf("write %d touches %v, want %v", i+1, got, step.want)
		}
	}
	mark := row("80203", 5, crm.DateValue(7))
	if err := d.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := table.Delete(t.Context(), tx, []crm.Row{mark}, 1, false)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	told(t, d)
	put(t, d, table, mark)
	if got := told(t, d); !slices.Equal(got, []string{"due", "mark", "zip"}) {
		t.Errorf("a record that is back touches %v", got)
	}
}

// Whether indexed columns have changed is asked of each row only while that is worth it:
// after eight answers of yes more than of no, the rest of the batch is written without.
func TestIndexesAreLeftAloneOnlyWhileThatPays(t *testing.T) {
	const rows = 40
	for name, c := range map[string]struct {
		changes func(i int) bool // of row i, whether its zip does
		want    int              // of the rows, how many have their indexes written
	}{
		"eight to begin with":     {func(i int) bool { return i < 8 }, rows},
		"seven to begin with":     {func(i int) bool { return i < 7 }, 7},
		"every other":             {func(i int) bool { return i%2 == 0 }, rows / 2},
		"two of three, then none": {func(i int) bool { return i%3 != 2 && i < 18 }, 12},
		"two of three":            {func(i int) bool { return i%3 != 2 }, rows - 6}, // all behind the 20th
	} {
		t.Run(name, func(t *testing.T) {
			d, table := openIndexed(t,
				"CREATE TABLE told (name TEXT)",
				"CREATE TRIGGER zip AFTER UPDATE OF zip ON ingestion_test_estimate BEGIN INSERT INTO told VALUES ('zip'); END")
			version := func(n int64, changes func(int) bool) []crm.Row {
				batch := make([]crm.Row, rows)
				for i := range batch {
					zip := text("80202")
					if changes(i) {
						zip = text("80203")
					}
					batch[i] = estimate(crm.IntegerValue(int64(i)), zip, decimal("1.5"), crm.BooleanValue(true), crm.TimestampValue(time.Unix(n, 0)), crm.Value{})
				}
				return batch
			}
			put(t, d, table, version(1, func(int) bool { return false })...)
			put(t, d, table, version(2, c.changes)...)
			if got := len(told(t, d)); got != c.want {
				t.Errorf("the indexes of %d rows are written, want %d", got, c.want)
			}
		})
	}
}

// told returns what the triggers have told since it was asked last.
func told(t *testing.T, d *sqlite.Driver) []string {
	t.Helper()
	rows, err := d.Query(t.Context(), "SELECT name FROM told ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	rows.Close()
	if _, err := d.Exec(t.Context(), "DELETE FROM told"); err != nil || rows.Err() != nil {
		t.Fatal(err, rows.Err())
	}
	return names
}

// Whatever changes of a record, the table then has all of it.
func TestL5AnUpdateStoresWhateverChanged(t *testing.T) {
	d, table := openIndexed(t)
	reference := indexed()
	reference.Table = "ingestion_test_reference"
	fresh, err := d.Table(t.Context(), reference, true)
	if err != nil {
		t.Fatal(err)
	}
	version, id := int64(0), int64(0)
	null := func(v crm.Value) *rapid.Generator[crm.Value] { return rapid.SampledFrom([]crm.Value{{}, v}) }
	rapid.Check(t, func(r *rapid.T) {
		version++
		id++ // of the reference, where each version is a row of its own
		row := func(values []crm.Value) crm.Row {
			row := estimate(values...)
			binary.BigEndian.PutUint64(row.Hash[8:], uint64(version))
			return row
		}
		values := []crm.Value{
			crm.IntegerValue(1),
			rapid.SampledFrom([]crm.Value{{}, text(""), text("1"), text("01"), text("1.0")}).Draw(r, "zip"),
			rapid.SampledFrom([]crm.Value{{}, decimal("1"), decimal("1.0"), decimal("1.5"), decimal("12345678901234567890.1")}).Draw(r, "price"),
			rapid.SampledFrom([]crm.Value{{}, crm.BooleanValue(false), crm.BooleanValue(true)}).Draw(r, "sold"),
			crm.TimestampValue(time.Unix(version, 0)),
			null(crm.DateValue(0)).Draw(r, "due"),
			rapid.SampledFrom([]crm.Value{{}, crm.JSONValue([]byte(`1`)), crm.JSONValue([]byte(`"1"`))}).Draw(r, "extra"),
			null(crm.IntegerValue(1)).Draw(r, "count"),
		}
		others := make([]crm.Row, 0, 64) // each with another combination of columns that stay NULL
		for n := range 64 {
			other := slices.Clone(values)
			other[0] = crm.IntegerValue(int64(2 + n))
			for _, column := range without(n) {
				other[column] = crm.Value{}
			}
			others = append(others, row(other))
		}
		put(t, d, table, append(others, row(values))...)
		values[0] = crm.IntegerValue(id)
		put(t, d, fresh, row(values))
		columns := []string{"zip", "price", "sold", "changed", "due", "extra", "count"}
		got, err := warehousetest.Dump(t.Context(), d, indexed(), columns...)
		if err != nil {
			r.Fatal(err)
		}
		want, err := warehousetest.Dump(t.Context(), d, reference, columns...)
		if err != nil {
			r.Fatal(err)
		}
		inserted := want[len(want)-1]
		if !slices.Equal(got[0], inserted) {
			r.Fatalf("updated to %v, inserted as %v", got[0], inserted)
		}
		for n, other := range got[1:] {
			want := slices.Clone(inserted)
			for _, column := range without(n) {
				want[column-1] = "NULL"
				if columns[column-1] == "sold" {
					want[column-1] = "false"
				}
			}
			if !slices.Equal(other, want) {
				r.Fatalf("updated to %v, want %v", other, want)
			}
		}
	})
}

// without returns the columns of estimates that the nth of 64 rows has nothing in.
func without(n int) []int {
	var columns []int
	for bit, column := range []int{1, 2, 3, 5, 6, 7} {
		if n&(1<<bit) != 0 {
			columns = append(columns, column)
		}
	}
	return columns
}
