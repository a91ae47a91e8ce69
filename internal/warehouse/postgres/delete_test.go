package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// remove deletes rows in a transaction of their own.
func (d *database) remove(table warehouse.Table, hard bool, rows ...crm.Row) (n int64, err error) {
	d.Helper()
	err = d.driver.InTx(d.Context(), func(tx ledger.Conn) (err error) {
		n, err = table.Delete(d.Context(), tx, rows, 17, hard)
		return err
	})
	return n, err
}

// wantPresent compares the IDs of the rows that are present.
func (d *database) wantPresent(table warehouse.Table, want ...string) {
	d.Helper()
	var got []string
	err := table.Present(d.Context(), func(row crm.Row) error {
		got = append(got, row.ID)
		return nil
	})
	if err != nil {
		d.Fatal(err)
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		d.Errorf("present are %q, want %q", got, want)
	}
}

// differing returns the names of the columns in which a row differs.
func (d *database) differing(table warehouse.Table, row crm.Row) (columns []string) {
	d.Helper()
	differences := make([][]crm.FieldDifference, 1)
	if err := table.Compare(d.Context(), []crm.Row{row}, differences); err != nil {
		d.Fatal(err)
	}
	for _, f := range differences[0] {
		columns = append(columns, f.Column)
	}
	return columns
}

// A partitioned table is deleted from and compared as one table.
func TestDeletesAndComparesInAPartitionedTable(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE things (id bigint PRIMARY KEY, name text, changed timestamptz) PARTITION BY RANGE (id);
		CREATE TABLE things_low PARTITION OF things FOR VALUES FROM (MINVALUE) TO (100);
		CREATE TABLE things_high PARTITION OF things FOR VALUES FROM (100) TO (MAXVALUE)`)
	table := d.open(things())
	rows := []crm.Row{thing(1, "a", 1), thing(2, "b", 1), thing(100, "c", 1), thing(101, "d", 1)}
	d.write(table, rows, 4, 0, 0)
	d.exec(`UPDATE things SET name = 'x' WHERE id IN (2, 101)`)
	for i, want := range [][]string{nil, {"name"}, nil, {"name"}} {
		if got := d.differing(table, rows[i]); !slices.Equal(got, want) {
			t.Errorf("row %s differs in %q, want %q", rows[i].ID, got, want)
		}
	}
	if n, err := d.remove(table, false, rows[0], rows[2]); n != 2 || err != nil {
		t.Errorf("%d rows were marked, %v", n, err)
	}
	d.wantPresent(table, "101", "2")
	if n, err := d.remove(table, true, rows[1], rows[3]); n != 2 || err != nil {
		t.Errorf("%d rows were deleted, %v", n, err)
	}
	d.wantQuery(`SELECT id, warren_deleted_run, warren_deleted_at IS NOT NULL FROM things ORDER BY id`, []string{"1", "17", "t"}, []string{"100", "17", "t"})
	d.write(table, rows[:1], 0, 1, 0)
	d.wantPresent(table, "1")
}

// A key that the column may take for another one says nothing of its record:
// no row is held to be gone on such a word, and the error says what to do.
func TestKeysThatFoldCannotTellWhatIsGone(t *testing.T) {
	key := func(as crm.Type) crm.Stream {
		s := things()
		s.Fields[0].Type = as
		return s
	}
	for name, c := range map[string]struct {
		before, column string
		stream         crm.Stream
	}{
		"char":                         {"", "char(10)", key(crm.TypeText)},
		"name":                         {"", "name", key(crm.TypeText)},
		"text without a fixed order":   {"CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", "text COLLATE folded", key(crm.TypeText)},
		"domain over text":             {"CREATE DOMAIN label AS text", "label", key(crm.TypeText)},
		"number for a text":            {"", "bigint", key(crm.TypeText)},
		"numeric for an integer":       {"", "numeric", key(crm.TypeInteger)},
		"numeric for a decimal":        {"", "numeric(10,2)", key(crm.TypeDecimal)},
		"double":                       {"", "double precision", key(crm.TypeInteger)},
		"seconds for microseconds":     {"", "timestamptz(0)", key(crm.TypeTimestamp)},
		"day for an instant":           {"", "date", key(crm.TypeTimestamp)},
		"text for a day":               {"", "text", key(crm.TypeDate)},
		"number for a boolean":         {"", "smallint", key(crm.TypeBoolean)},
		"a second part of a composite": {"", "char(3)", func() crm.Stream { s := key(crm.TypeText); s.PrimaryKey = []string{"changed", "id"}; return s }()},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDatabase(t, c.before, `CREATE TABLE things (id `+c.column+`, name text, changed timestamptz, PRIMARY KEY (id, changed))`)
			err := d.open(c.stream).Present(t.Context(), func(row crm.Row) error {
				t.Errorf("row %s is present", row.ID)
				return nil
			})
			typeName, _, _ := strings.Cut(c.column, " COLLATE")
			wantError(t, err, crm.CodeDeletesRefused, `"id"`, `"public"."things"`, strings.Replace(typeName, "char(", "character(", 1)[:4], "deletes: off", "bigint or text")
		})
	}
}

// Keys of every type that tells records apart come back as records have them.
func TestKeysThatTellRecordsApart(t *testing.T) {
	for name, c := range map[string]struct {
		column, values string
		as             crm.Type
		want           []string
	}{
		"smallint":           {"smallint", "(1), (-2)", crm.TypeInteger, []string{"-2", "1"}},
		"integer":            {"integer", "(1), (-2)", crm.TypeInteger, []string{"-2", "1"}},
		"bigint":             {"bigint", "(9223372036854775807)", crm.TypeInteger, []string{"9223372036854775807"}},
		"varchar":            {"varchar(10)", "('a'), ('A'), ('a ')", crm.TypeText, []string{"A", "a", "a "}},
		"C":                  {`text COLLATE "C"`, "('a'), ('A')", crm.TypeText, []string{"A", "a"}},
		"text of integers":   {"text", "('1'), ('01'), ('x')", crm.TypeInteger, []string{"1"}},
		"timestamp":          {"timestamp", "('2026-03-14 15:09:26.535897')", crm.TypeTimestamp, []string{"2026-03-14T15:09:26.535897Z"}},
		"timestamptz":        {"timestamptz(6)", "('2026-03-14 15:09:26.535897+01')", crm.TypeTimestamp, []string{"2026-03-14T14:09:26.535897Z"}},
		"date":               {"date", "('2026-03-14'), ('1969-12-31')", crm.TypeDate, []string{"1969-12-31", "2026-03-14"}},
		"boolean":            {"boolean", "(true), (false)", crm.TypeBoolean, []string{"false", "true"}},
		"instants of nobody": {"timestamptz", "('infinity'), ('-infinity'), ('2026-03-14Z')", crm.TypeTimestamp, []string{"2026-03-14T00:00:00Z"}},
		"days of nobody":     {"date", "('infinity'), ('-infinity'), ('2026-03-14')", crm.TypeDate, []string{"2026-03-14"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDatabase(t, `CREATE TABLE things (id `+c.column+` PRIMARY KEY); INSERT INTO things VALUES `+c.values)
			s := things()
			s.Fields[0].Type = c.as
			table := d.open(s)
			d.wantPresent(table, c.want...)
			var rows []crm.Row
			err := table.Present(t.Context(), func(row crm.Row) error {
				key := row.Key[0]
				key.Bytes = slices.Clone(key.Bytes)
				rows = append(rows, crm.Row{Key: []crm.Value{key}})
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := d.remove(table, true, rows...); n != int64(len(c.want)) || err != nil {
				t.Errorf("%d rows were deleted by their keys, %v", n, err)
			}
		})
	}
}

// What refers to a row keeps it, and says so while the transaction can still be
// undone, not at the commit; a mark hurts nobody.
func TestL3_AReferenceKeepsARow(t *testing.T) {
	for _, when := range []string{"", "DEFERRABLE INITIALLY DEFERRED"} {
		d := newDatabase(t)
		table := d.open(things())
		d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "b", 1)}, 2, 0, 0)
		d.exec(`CREATE TABLE parts (thing bigint REFERENCES things ` + when + `); INSERT INTO parts VALUES (1)`)
		err := d.driver.InTx(t.Context(), func(tx ledger.Conn) error {
			_, err := table.Delete(t.Context(), tx, []crm.Row{thing(1, "", 1), thing(2, "", 1)}, 17, true)
			wantError(t, err, crm.CodeRefusedValue, "parts")
			return err
		})
		wantError(t, err, crm.CodeRefusedValue, "parts")
		d.wantPresent(table, "1", "2")
		if n, err := d.remove(table, false, thing(1, "", 1)); n != 1 || err != nil {
			t.Errorf("%d rows were marked, %v", n, err)
		}
		d.wantPresent(table, "2")
	}
}

// The count is that of the database: a trigger may keep rows from it (L2).
func TestL2_DeletedAreThoseThatTheDatabaseTouched(t *testing.T) {
	d := newDatabase(t)
	table := d.open(things())
	d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "b", 1)}, 2, 0, 0)
	d.exec(`CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = 1 THEN RETURN NULL; END IF;
		IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$;
		CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON things FOR EACH ROW EXECUTE FUNCTION keep()`)
	if n, err := d.remove(table, false, thing(1, "", 1), thing(2, "", 1)); n != 1 || err != nil {
		t.Errorf("%d rows were marked, %v", n, err)
	}
	d.wantPresent(table, "1")
	repair := thing(1, "a", 1)
	repair.Repair = true
	d.refuses(table, []crm.Row{repair}, crm.CodeRefusedValue, "trigger")
}

// Columns of each type that the old tables have are compared in that type.
func TestCompareOfEachColumnType(t *testing.T) {
	for name, c := range map[string]struct {
		column    string
		as        crm.Type
		value     crm.Value
		same      []string // what somebody may write there without a difference
		different []string
	}{
		"char":              {"char(5)", crm.TypeText, text("ab "), []string{"'ab'"}, []string{"'abc'", "' ab'", "NULL"}},
		"varchar":           {"varchar(5)", crm.TypeText, text("ab "), []string{"'ab '"}, []string{"'ab'", "'Ab '"}},
		"numeric":           {"numeric(10,4)", crm.TypeDecimal, decimal("1.50"), []string{"1.5"}, []string{"1.5001", "-1.5", "NULL"}},
		"numeric as such":   {"numeric", crm.TypeDecimal, decimal("1.50"), []string{"1.5000"}, []string{"'NaN'", "1.50000000000000000001"}},
		"real":              {"real", crm.TypeDecimal, decimal("0.5"), []string{"0.50"}, []string{"0.25", "'NaN'"}},
		"double":            {"double precision", crm.TypeDecimal, decimal("0.125"), []string{"0.1250"}, []string{"0.1250001"}},
		"number as text":    {"text", crm.TypeDecimal, decimal("1.50"), []string{"'1.50'"}, []string{"'1.5'"}},
		"integer as text":   {"varchar(9)", crm.TypeInteger, crm.IntegerValue(7), []string{"'7'"}, []string{"'07'", "''"}},
		"text as integer":   {"integer", crm.TypeText, text("7"), []string{"7"}, []string{"8"}},
		"smallint":          {"smallint", crm.TypeInteger, crm.IntegerValue(-7), []string{"-7"}, []string{"7"}},
		"boolean":           {"boolean", crm.TypeBoolean, crm.BooleanValue(true), []string{"true"}, []string{"false", "NULL"}},
		"boolean as int":    {"integer", crm.TypeBoolean, crm.BooleanValue(true), []string{"1"}, []string{"0", "2"}},
		"timestamp":         {"timestamp", crm.TypeTimestamp, crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: 1_500_000}, []string{"'1970-01-01 00:00:01.5'"}, []string{"'1970-01-01 00:00:01.500001'", "'infinity'"}},
		"timestamptz":       {"timestamptz", crm.TypeTimestamp, crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: 1_500_000}, []string{"'1970-01-01 01:00:01.5+01'"}, []string{"'1970-01-01 00:00:01.5+01'"}},
		"date":              {"date", crm.TypeDate, crm.DateValue(1), []string{"'1970-01-02'"}, []string{"'1970-01-03'", "'-infinity'"}},
		"json":              {"json", crm.TypeJSON, crm.JSONValue([]byte(`{"b":1.50,"a":[]}`)), []string{`'{"a": [], "b": 1.5}'`}, []string{`'{"a": [], "b": "1.5"}'`, `'null'`, "NULL"}},
		"jsonb":             {"jsonb", crm.TypeJSON, crm.JSONValue([]byte(`{"b":1.50,"a":[]}`)), []string{`'{"a": [], "b": 15e-1}'`}, []string{`'{"a": [null], "b": 1.5}'`}},
		"of no single form": {"inet", crm.TypeText, text("10.0.0.1"), []string{"'10.0.0.2'"}, nil},
		"binary":            {"bytea", crm.TypeText, text("a"), []string{`'\x62'`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDatabase(t, `CREATE TABLE things (id bigint PRIMARY KEY, v `+c.column+`)`)
			table := d.open(things(crm.Field{Column: "v", Type: c.as}))
			row := thing(1, "a", 1, c.value)
			if issues := table.Fit(&row); len(issues) > 0 {
				t.Fatal(issues)
			}
			d.write(table, []crm.Row{row}, 1, 0, 0)
			if got := d.differing(table, row); got != nil {
				t.Errorf("what was written differs in %q", got)
			}
			for _, v := range c.same {
				d.exec(`UPDATE things SET v = ` + v)
				if got := d.differing(table, row); got != nil {
					t.Errorf("%s: differs in %q", v, got)
				}
			}
			for _, v := range c.different {
				d.exec(`UPDATE things SET v = ` + v)
				if got := d.differing(table, row); !slices.Equal(got, []string{"v"}) {
					t.Errorf("%s: differs in %q", v, got)
				}
			}
			none := thing(1, "a", 1, crm.Value{})
			d.exec(`UPDATE things SET v = NULL`)
			if got := d.differing(table, none); got != nil {
				t.Errorf("NULL differs from NULL in %q", got)
			}
		})
	}
}

// A connection that is gone is said to be.
func TestPresentAndCompareOfALostDatabase(t *testing.T) {
	d := newDatabase(t)
	table := d.open(things())
	d.write(table, []crm.Row{thing(1, "a", 1)}, 1, 0, 0)
	d.exec(`DROP TABLE things`)
	wantError(t, table.Present(t.Context(), func(crm.Row) error { return nil }), crm.CodeWarehouse)
	wantError(t, table.Compare(t.Context(), []crm.Row{thing(1, "a", 1)}, make([][]crm.FieldDifference, 1)), crm.CodeWarehouse)
	_, err := d.remove(table, false, thing(1, "a", 1))
	wantError(t, err, crm.CodeWarehouse)
	if err := d.driver.Close(); err != nil {
		t.Fatal(err)
	}
	if err := table.Present(t.Context(), func(crm.Row) error { return nil }); err == nil {
		t.Error("a closed driver shows rows")
	}
	if err := table.Compare(t.Context(), []crm.Row{thing(1, "a", 1)}, make([][]crm.FieldDifference, 1)); err == nil {
		t.Error("a closed driver compares rows")
	}
}
