package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	directory := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(directory, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	socket := filepath.Join(directory, "null")
	if err := os.Symlink(os.DevNull, socket); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		code       crm.Code
		origin     crm.Origin
		words      string
	}{
		{"no name", "", crm.CodeConfig, crm.OriginConfig, "must be that of a file"},
		{"memory", ":memory:", crm.CodeConfig, crm.OriginConfig, "must be that of a file"},
		{"a directory", directory, crm.CodeConfig, crm.OriginConfig, "is a directory"},
		{"a device", socket, crm.CodeConfig, crm.OriginConfig, "not a file that can hold a database"},
		{"no directory", filepath.Join(directory, "absent", "warren.db"), crm.CodeWarehouseConn, crm.OriginWarehouse, "does not exist"},
		{"a file for a directory", filepath.Join(file("plain", "x"), "warren.db"), crm.CodeWarehouseConn, crm.OriginWarehouse, "cannot be looked at"},
		{"a text file", file("notes.txt", strings.Repeat("These are notes, and no database. ", 50)), crm.CodeWarehouse, crm.OriginWarehouse, "is not a SQLite database"},
	} {
		for _, readOnly := range []bool{false, true} {
			if readOnly && c.name == "no directory" {
				continue // an empty database
			}
			_, err := sqlite.Open(t.Context(), c.path, sqlite.Options{ReadOnly: readOnly})
			var e *crm.Error
			if !errors.As(err, &e) {
				t.Errorf("%s: %v is no *crm.Error", c.name, err)
				continue
			}
			if e.Code != c.code || e.Origin != c.origin || e.Retryable || e.Fix == "" || !strings.Contains(e.Message, c.words) {
				t.Errorf("%s, read only %t: %+v", c.name, readOnly, e)
			}
		}
	}
}

func TestOpenTakesAnyFileName(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "a b#c")
	if err := os.Mkdir(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plain.db", "with space.db", "q?mode=ro.db", "50%.db", "%41.db", "a#b.db", "ünï.db", "it's.db", "a&b=c.db", "semi;colon.db"} {
		path := filepath.Join(directory, name)
		d := open(t, path, sqlite.Options{})
		if _, err := d.Exec(t.Context(), "CREATE TABLE t (a)"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: the database is somewhere else: %v", name, err)
		}
		there, err := open(t, path, sqlite.Options{ReadOnly: true}).Exists(t.Context(), "t")
		if err != nil || !there {
			t.Errorf("%s: opened again: %t, %v", name, there, err)
		}
	}
}

// A column that does not exist is an error, not a text of that name.
func TestQuotedNamesAreNames(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	if _, err := d.Exec(t.Context(), `CREATE TABLE t AS SELECT "absent"`); err == nil {
		t.Error("a column that does not exist was read")
	}
}

func TestCloseLeavesOneFile(t *testing.T) {
	directory := t.TempDir()
	d, err := sqlite.Open(t.Context(), filepath.Join(directory, "warren.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if names := list(t, directory); len(names) != 1 || names[0] != "warren.db" {
		t.Errorf("left behind: %v", names)
	}
}

// list returns the names of the files in a directory.
func list(t *testing.T, directory string) []string {
	t.Helper()
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
