package sqlite

import (
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
)

// What a column holds is asked of SQLite itself: a value is put in and read
// back.
func TestL5_AffinityIsWhatSQLiteDoes(t *testing.T) {
	d, err := Open(t.Context(), filepath.Join(t.TempDir(), "warren.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()

	values := []driver.Value{
		nil, int64(0), int64(-7), int64(1<<53 + 1), int64(-1 << 63), 0.5, -12.25, 1e15 + 0.5, "", " ", "abc", "12", "-12", "+12", "012", "00123", "12 ",
		" 12", "1.5", "1.50", "1e5", "1E5", ".5", "5.", "-", "e", "1-2", "2026-03-14", "2026", "9223372036854775807", "9223372036854775808",
		"12345678901234567890.123", "0.1234567890123456789", "1e400", "[1,2]", `{"a":1}`, "true", "null", `"x"`, "0x10", "1_000", "Inf", "nan",
	}
	types := []struct {
		declared string
		strict   bool
	}{
		{"", false}, {"BLOB", false}, {"TEXT", false}, {"varchar(50)", false}, {"CLOB", false}, {"integer", false}, {"bigint", false},
		{"bool", false}, {"decimal(10, 2)", false}, {"numeric", false}, {"real", false}, {"double precision", false}, {"float", false},
		{"datetime", false}, {"json", false}, {"ANY", false}, {"charint", false},
		{"INT", true}, {"INTEGER", true}, {"REAL", true}, {"TEXT", true}, {"BLOB", true}, {"ANY", true},
	}
	for i, c := range types {
		table := fmt.Sprintf("t%d", i)
		create := "CREATE TABLE " + table + " (v " + c.declared + ")"
		if c.strict {
			create += " STRICT"
		}
		if _, err := d.Exec(t.Context(), create); err != nil {
			t.Fatal(err)
		}
		a := affinityOf(c.declared, c.strict)
		for _, v := range values {
			if got, want := a.holds(v), comesBack(t, d, table, v); got != want {
				t.Errorf("type %q, strict %t: holds %T %v: %t, SQLite: %t", c.declared, c.strict, v, v, got, want)
			}
		}
	}
}

// comesBack reports whether the column gives a value back as the same number
// or the same text.
func comesBack(t *testing.T, d *Driver, table string, v driver.Value) bool {
	t.Helper()
	if _, err := d.Exec(t.Context(), "DELETE FROM "+table); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec(t.Context(), "INSERT INTO "+table+" VALUES ($1)", v); err != nil {
		return false
	}
	var back any
	// The expression has no declared type, so the driver does not interpret it.
	if err := d.readers.QueryRowContext(t.Context(), "SELECT coalesce(v, NULL) FROM "+table).Scan(&back); err != nil {
		t.Fatal(err)
	}
	if back == v {
		return true
	}
	switch back := back.(type) {
	case string:
		n, isInt := v.(int64)
		f, isFloat := v.(float64)
		return isInt && back == strconv.FormatInt(n, 10) || isFloat && back == strconv.FormatFloat(f, 'f', -1, 64)
	case int64:
		return v == strconv.FormatInt(back, 10)
	case float64:
		n, isInt := v.(int64)
		return isInt && int64(back) == n
	default:
		return false
	}
}
