package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

func leads() crm.Stream {
	return crm.Stream{
		Name: "leads", Table: "ingestion_test_lead",
		Fields: []crm.Field{
			{Column: "id", Type: crm.TypeInteger},
			{Column: "name", Type: crm.TypeText},
			{Column: "modified_at", Type: crm.TypeTimestamp},
		},
		PrimaryKey: []string{"id"}, Cursor: "modified_at",
	}
}

func lead(id int64, name string, modified time.Time) crm.Row {
	cursor := crm.TimestampValue(modified)
	row := crm.Row{ID: "1", Key: []crm.Value{crm.IntegerValue(id)}, Cursor: cursor, Raw: []byte(`{}`),
		Values: []crm.Value{crm.IntegerValue(id), crm.TextValue([]byte(name)), cursor}}
	copy(row.Hash[:], name)
	return row
}

func instant() time.Time { return time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC) }

// write writes rows of leads in one transaction.
func write(t testing.TB, d *sqlite.Driver, rows ...crm.Row) {
	t.Helper()
	table, err := d.Table(t.Context(), leads(), true)
	if err != nil {
		t.Fatal(err)
	}
	err = d.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := table.Write(t.Context(), tx, rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// snapshot returns what a directory holds, byte for byte, with the times of
// the last change.
func snapshot(t *testing.T, directory string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range list(t, directory) {
		path := filepath.Join(directory, name)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = info.ModTime().String() + " " + string(content)
	}
	return files
}

func TestL6_ReadOnlyLeavesNoTrace(t *testing.T) {
	directory := t.TempDir()
	path := filepath.Join(directory, "warren.db")
	d, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	row := lead(1, "Ann", instant())
	write(t, d, row)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, directory)

	d, err = sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	wantKnown(t, d, row, true)
	wantNoWrites(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	after := snapshot(t, directory)
	if len(after) != len(before) || after["warren.db"] != before["warren.db"] {
		t.Errorf("the directory changed: %v", list(t, directory))
	}
}

func TestL6_ReadOnlyMakesNoFile(t *testing.T) {
	directory := t.TempDir()
	for _, path := range []string{filepath.Join(directory, "warren.db"), filepath.Join(directory, "absent", "warren.db")} {
		d := open(t, path, sqlite.Options{ReadOnly: true})
		wantKnown(t, d, lead(1, "Ann", instant()), false)
		wantNoWrites(t, d)
		if there, err := d.Exists(t.Context(), "ingestion_sync_history"); there || err != nil {
			t.Errorf("a history in a database that does not exist: %t, %v", there, err)
		}
	}
	if names := list(t, directory); len(names) > 0 {
		t.Errorf("made: %v", names)
	}
}

func TestReadOnlySeesWhatIsBeingWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warren.db")
	writer := open(t, path, sqlite.Options{})
	reader := open(t, path, sqlite.Options{ReadOnly: true})
	row := lead(1, "Ann", instant())
	write(t, writer, row)
	wantKnown(t, reader, row, true)
}

func wantKnown(t *testing.T, d *sqlite.Driver, row crm.Row, want bool) {
	t.Helper()
	table, err := d.Table(t.Context(), leads(), false)
	if err != nil {
		t.Fatal(err)
	}
	versions := []crm.Version{{Known: !want}}
	if err := table.Known(t.Context(), []crm.Row{row}, versions); err != nil {
		t.Fatal(err)
	}
	if versions[0].Known != want || want && versions[0].Hash != row.Hash {
		t.Errorf("the lookup said %+v", versions[0])
	}
}

// wantNoWrites tries all ways to write.
func wantNoWrites(t *testing.T, d *sqlite.Driver) {
	t.Helper()
	want := func(what string, err error) {
		t.Helper()
		if code := crm.CodeOf(d.Explain(err)); err == nil || code != crm.CodeReadOnly {
			t.Errorf("%s: %v, code %s", what, err, code)
		}
	}
	_, err := d.Exec(t.Context(), "CREATE TABLE written (id)")
	want("statement", err)
	want("transaction", d.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := tx.Exec(t.Context(), "CREATE TABLE written (id)")
		return err
	}))
	want("migrate", d.Migrate(t.Context()))
	other := leads()
	other.Table = "ingestion_test_other"
	_, err = d.Table(t.Context(), other, true)
	want("table", err)
	if there, err := d.Exists(t.Context(), "written"); there || err != nil {
		t.Errorf("something was written: %t, %v", there, err)
	}
}
