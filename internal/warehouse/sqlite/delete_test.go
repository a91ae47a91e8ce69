package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// keyed is a stream with one column, its key.
func keyed(as crm.Type) crm.Stream {
	return crm.Stream{Name: "things", Table: "things", Fields: []crm.Field{{Column: "id", Type: as}, {Column: "v", Type: crm.TypeText}}, PrimaryKey: []string{"id"}}
}

// prepared is a database in which statements were run.
func prepared(t *testing.T, statements ...string) *sqlite.Driver {
	t.Helper()
	d := open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	for _, s := range statements {
		if _, err := d.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return d
}

func opened(t *testing.T, d *sqlite.Driver, stream crm.Stream) warehouse.Table {
	t.Helper()
	table, err := d.Table(t.Context(), stream, true)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// A key that the column may take for another one says nothing of its record: no
// row is held to be gone on such a word, and the error says what to do.
func TestKeysThatFoldCannotTellWhatIsGone(t *testing.T) {
	for name, c := range map[string]struct {
		column string
		as     crm.Type
	}{
		"without case":           {"id TEXT COLLATE NOCASE PRIMARY KEY", crm.TypeText},
		"without blanks":         {"id varchar(20) collate rtrim PRIMARY KEY", crm.TypeText},
		"texts as integers":      {"id INTEGER PRIMARY KEY", crm.TypeText},
		"texts as numbers":       {"id numeric PRIMARY KEY", crm.TypeText},
		"texts as floating ones": {"id REAL PRIMARY KEY", crm.TypeText},
		"decimals":               {"id TEXT PRIMARY KEY", crm.TypeDecimal},
		"JSON":                   {"id TEXT PRIMARY KEY", crm.TypeJSON},
	} {
		t.Run(name, func(t *testing.T) {
			d := prepared(t, `CREATE TABLE Things (`+c.column+`)`, `INSERT INTO Things VALUES (1)`)
			err := opened(t, d, keyed(c.as)).Present(t.Context(), func(row crm.Row) error {
				t.Errorf("row %s is present", row.ID)
				return nil
			})
			var e *crm.Error
			if !errors.As(err, &e) || e.Code != crm.CodeDeletesRefused || e.Origin != crm.OriginWarehouse {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(e.Message, `"Things"`) || !strings.Contains(e.Message, `"id"`) || !strings.Contains(e.Fix, "deletes: off") {
				t.Errorf("%q, fix %q", e.Message, e.Fix)
			}
		})
	}
}

// A table that an earlier Warren made gets the index of its marked rows, which then
// tells them from the others, as does a table that is only read without it.
func TestMarkedRowsAreTheSameWithAndWithoutTheirIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warren.db")
	d := open(t, path, sqlite.Options{})
	for _, s := range []string{
		`CREATE TABLE things (id INTEGER PRIMARY KEY, warren_deleted_at TEXT, warren_deleted_run INTEGER)`,
		`INSERT INTO things VALUES (1, NULL, NULL), (2, 'then', 7), (3, NULL, 7), (4, 'then', NULL)`,
	} {
		if _, err := d.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	stream := keyed(crm.TypeInteger)
	stream.Table = "things"
	present := func(table warehouse.Table) {
		t.Helper()
		var ids []string
		err := table.Present(t.Context(), func(row crm.Row) error {
			ids = append(ids, row.ID)
			return nil
		})
		n, counting := table.Count(t.Context())
		if slices.Sort(ids); err != nil || counting != nil || n != 3 || !slices.Equal(ids, []string{"1", "3", "4"}) {
			t.Errorf("present are %q, %v; counted %d, %v", ids, err, n, counting)
		}
	}
	const index = "pragma_index_list('things') WHERE name = 'things_warren_marked_idx' AND partial = 1"
	without, err := open(t, path, sqlite.Options{ReadOnly: true}).Table(t.Context(), stream, false)
	if err != nil {
		t.Fatal(err)
	}
	wantCount(t, d, 0, index)
	present(without)
	with := opened(t, d, stream)
	wantCount(t, d, 1, index)
	present(with)
	present(opened(t, d, stream))
}

// Keys that tell records apart come back as records have them, and none that no
// record could have been stored with.
func TestKeysThatTellRecordsApart(t *testing.T) {
	for name, c := range map[string]struct {
		column string
		as     crm.Type
		values string
		want   []string
	}{
		"texts":                 {"id TEXT PRIMARY KEY", crm.TypeText, `('a'), ('A'), ('a '), (1), (x'61')`, []string{"1", "A", "a", "a "}},
		"texts, undeclared":     {"id PRIMARY KEY", crm.TypeText, `('a'), (1), (1.5), (x'61'), (NULL)`, []string{"a"}},
		"integers":              {"id INTEGER PRIMARY KEY", crm.TypeInteger, `(1), (-9223372036854775808)`, []string{"-9223372036854775808", "1"}},
		"integers as text":      {"id TEXT PRIMARY KEY", crm.TypeInteger, `(1), ('01'), ('1.0'), (' 2'), ('x')`, []string{"1"}},
		"integers, undeclared":  {"id PRIMARY KEY", crm.TypeInteger, `(1), ('2'), (3.0), (3.5), (NULL), (x'31')`, []string{"1"}},
		"integers, loosely":     {"id bigint PRIMARY KEY", crm.TypeInteger, `(1), ('2'), ('3.5'), ('x'), (1e300)`, []string{"1", "2"}},
		"booleans":              {"id boolean PRIMARY KEY", crm.TypeBoolean, `(0), (1), (2), ('x')`, []string{"false", "true"}},
		"instants":              {"id TEXT PRIMARY KEY", crm.TypeTimestamp, `('2026-03-14T15:09:26.000000Z'), ('2026-03-14 15:09:26'), ('x'), (7)`, []string{"2026-03-14T15:09:26Z"}},
		"instants, declared so": {"id datetime PRIMARY KEY", crm.TypeTimestamp, `('2026-03-14T15:09:26.500000Z'), ('2026-03-14 15:09:27.500000')`, []string{"2026-03-14T15:09:26.5Z"}},
		"days":                  {"id date PRIMARY KEY", crm.TypeDate, `('2026-03-14'), ('2026-03-15 00:00:00'), ('x')`, []string{"2026-03-14"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := prepared(t, `CREATE TABLE things (`+c.column+`)`, `INSERT INTO things VALUES `+c.values)
			table := opened(t, d, keyed(c.as))
			var got []string
			var rows []crm.Row
			err := table.Present(t.Context(), func(row crm.Row) error {
				got = append(got, row.ID)
				rows = append(rows, crm.Row{Key: slices.Clone(row.Key)})
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if slices.Sort(got); !slices.Equal(got, c.want) {
				t.Errorf("present are %q, want %q", got, c.want)
			}
			err = d.InTx(t.Context(), func(tx ledger.Conn) error {
				n, err := table.Delete(t.Context(), tx, rows, 1, true)
				if n != int64(len(c.want)) {
					t.Errorf("%d rows were deleted by their keys", n)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// Columns of each affinity are compared by what they make of a value.
func TestCompareOfEachAffinity(t *testing.T) {
	text := func(s string) crm.Value { return crm.TextValue([]byte(s)) }
	decimal := func(s string) crm.Value { return crm.DecimalValue([]byte(s)) }
	at := crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: 1_500_000}
	for name, c := range map[string]struct {
		column          string
		value           crm.Value
		same, different []string
	}{
		"text":                {"text", text("1.50"), []string{"'1.50'"}, []string{"'1.5'", "1.5", "'1.50 '", "NULL"}},
		"text as numbers":     {"numeric", text("7"), []string{"7", "'7'", "7.0"}, []string{"8", "'x'"}},
		"text as it comes":    {"", text("a"), []string{"'a'"}, []string{"'b'", "'A'", "0"}},
		"decimal":             {"decimal", decimal("1.50"), []string{"1.5", "'1.500'"}, []string{"1.51", "'x'", "x''"}},
		"decimal as text":     {"varchar(9)", decimal("1.50"), []string{"'1.5'", "1.5"}, []string{"'1.51'", "'one'"}},
		"decimal as it comes": {"BLOB", decimal("12345678901234567890.5"), []string{"'12345678901234567890.50'"}, []string{"'12345678901234567890.51'"}},
		"integer as text":     {"text", crm.IntegerValue(7), []string{"7", "'7'"}, []string{"'07'", "'7.0'"}},
		"integer as real":     {"real", crm.IntegerValue(7), []string{"7.0"}, []string{"7.5"}},
		"boolean":             {"boolean", crm.BooleanValue(true), []string{"1", "true"}, []string{"0", "'yes'"}},
		"instant":             {"datetime", at, []string{"'1970-01-01 00:00:01.5'", "'1970-01-01T00:00:01.500Z'"}, []string{"'1970-01-01 00:00:01.6'", "'x'"}},
		"instant as text":     {"text", at, []string{"'1970-01-01T00:00:01.500000Z'"}, []string{"'1970-01-01 00:00:01.5'"}},
		"day":                 {"date", crm.DateValue(1), []string{"'1970-01-02'"}, []string{"'1970-01-03'"}},
		"JSON":                {"text", crm.JSONValue([]byte(`{"b":1.50,"a":[]}`)), []string{`'{"a": [], "b": 1.5}'`}, []string{`'{"a": []}'`, `'x'`}},
		"JSON as it comes":    {"json", crm.JSONValue([]byte(`{"b":1.50,"a":[]}`)), []string{`'{"a": [], "b": 1.5}'`}, []string{`1`}},
	} {
		t.Run(name, func(t *testing.T) {
			d := prepared(t, `CREATE TABLE things (id INTEGER PRIMARY KEY, v `+c.column+`)`)
			stream := keyed(crm.TypeInteger)
			stream.Fields[1].Type = c.value.Type
			table := opened(t, d, stream)
			row := crm.Row{ID: "1", Key: []crm.Value{crm.IntegerValue(1)}, Raw: []byte(`{}`), Hash: crm.Hash{1}, Values: []crm.Value{crm.IntegerValue(1), c.value}}
			if issues := table.Fit(&row); len(issues) > 0 {
				t.Fatal(issues)
			}
			wantWritten(t, d, table, []crm.Row{row}, crm.Counts{Created: 1})
			differing := func() (columns []string) {
				t.Helper()
				differences := make([][]crm.FieldDifference, 1)
				if err := table.Compare(t.Context(), []crm.Row{row}, differences); err != nil {
					t.Fatal(err)
				}
				for _, f := range differences[0] {
					columns = append(columns, f.Column)
				}
				return columns
			}
			if got := differing(); got != nil {
				t.Errorf("what was written differs in %q", got)
			}
			set := func(v string) {
				t.Helper()
				if _, err := d.Exec(t.Context(), `UPDATE things SET v = `+v); err != nil {
					t.Fatal(err)
				}
			}
			for _, v := range c.same {
				if set(v); differing() != nil {
					t.Errorf("%s differs", v)
				}
			}
			for _, v := range c.different {
				if set(v); !slices.Equal(differing(), []string{"v"}) {
					t.Errorf("%s does not differ", v)
				}
			}
		})
	}
}

// The time of the write that stands in for a time that a record lacks is
// nobody's value to compare.
func TestCompareLeavesOutTheTimeThatStandsIn(t *testing.T) {
	d := prepared(t, `CREATE TABLE things (id INTEGER PRIMARY KEY, v datetime NOT NULL)`)
	stream := keyed(crm.TypeInteger)
	stream.Fields[1].Type = crm.TypeTimestamp
	table := opened(t, d, stream)
	row := crm.Row{ID: "1", Key: []crm.Value{crm.IntegerValue(1)}, Raw: []byte(`{}`), Values: []crm.Value{crm.IntegerValue(1), {}}}
	wantWritten(t, d, table, []crm.Row{row}, crm.Counts{Created: 1})
	differences := make([][]crm.FieldDifference, 1)
	if err := table.Compare(t.Context(), []crm.Row{row}, differences); err != nil || differences[0] != nil {
		t.Errorf("differs in %+v, %v", differences[0], err)
	}
	row.Values[1] = crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: 1}
	if err := table.Compare(t.Context(), []crm.Row{row}, differences); err != nil || len(differences[0]) != 1 {
		t.Errorf("differs in %+v, %v", differences[0], err)
	}
}

// A trigger may keep a row: the count is the database's (L2). A constraint that
// keeps it is an error.
func TestL2_DeletedAreThoseThatTheDatabaseTouched(t *testing.T) {
	d := prepared(t, `CREATE TABLE things (id INTEGER PRIMARY KEY)`, `INSERT INTO things VALUES (1), (2), (3)`)
	table := opened(t, d, keyed(crm.TypeInteger))
	for _, s := range []string{
		`CREATE TRIGGER keep_update BEFORE UPDATE ON things WHEN OLD.id = 1 BEGIN SELECT RAISE(IGNORE); END`,
		`CREATE TRIGGER keep_delete BEFORE DELETE ON things WHEN OLD.id = 3 BEGIN SELECT RAISE(ABORT, 'keep it'); END`,
	} {
		if _, err := d.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(hard bool, ids ...int64) (n int64, err error) {
		var rows []crm.Row
		for _, id := range ids {
			rows = append(rows, crm.Row{Key: []crm.Value{crm.IntegerValue(id)}})
		}
		err = d.InTx(t.Context(), func(tx ledger.Conn) (err error) {
			n, err = table.Delete(t.Context(), tx, rows, 1, hard)
			return err
		})
		return n, err
	}
	if n, err := remove(false, 1, 2); n != 1 || err != nil {
		t.Errorf("%d rows were marked, %v", n, err)
	}
	if _, err := remove(true, 1, 3); crm.CodeOf(err) != crm.CodeRefusedValue {
		t.Errorf("got %v", err)
	}
}

// What ends in the middle says so, and what cannot be asked any more too.
func TestDeleteAndCompareThatAreInterrupted(t *testing.T) {
	d := prepared(t)
	table := opened(t, d, keyed(crm.TypeInteger))
	row := crm.Row{ID: "1", Key: []crm.Value{crm.IntegerValue(1)}, Raw: []byte(`{}`), Values: []crm.Value{crm.IntegerValue(1), {}}}
	err := d.InTx(t.Context(), func(tx ledger.Conn) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := table.Delete(ctx, tx, []crm.Row{row}, 1, false)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("delete: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := table.Compare(ctx, []crm.Row{row}, make([][]crm.FieldDifference, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("compare: %v", err)
	}
	if err := table.Present(ctx, func(crm.Row) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("present: %v", err)
	}
	if _, err := d.Exec(t.Context(), `DROP TABLE things`); err != nil {
		t.Fatal(err)
	}
	var failed *crm.Error
	if err := table.Compare(t.Context(), []crm.Row{row}, make([][]crm.FieldDifference, 1)); !errors.As(err, &failed) {
		t.Errorf("compare without a table: %v", err)
	}
	if err := table.Present(t.Context(), func(crm.Row) error { return nil }); !errors.As(err, &failed) {
		t.Errorf("present without a table: %v", err)
	}
	err = d.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := table.Delete(t.Context(), tx, []crm.Row{row}, 1, false)
		return err
	})
	if !errors.As(err, &failed) {
		t.Errorf("delete without a table: %v", err)
	}
}
