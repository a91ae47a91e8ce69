package sqlite_test

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// nobody is a user that owns nothing.
const nobody = 65534

// asNobody runs do on a thread that has no rights of root on files. The thread
// ends with the goroutine.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	failed := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			if err := syscall.Setfsuid(nobody); err != nil {
				failed <- err
				return
			}
		}
		do()
	}()
	<-done
	select {
	case err := <-failed:
		t.Fatal(err)
	default:
	}
}

// public makes a directory that everybody may enter, unlike those of t.TempDir
// in some places.
func public(t *testing.T, mode os.FileMode) string {
	t.Helper()
	outer := t.TempDir()
	directory := filepath.Join(outer, "public")
	if err := os.Mkdir(directory, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{filepath.Dir(outer), outer} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(directory, 0o755) })
	if err := os.Chmod(directory, mode); err != nil {
		t.Fatal(err)
	}
	return directory
}

func TestOpenWithoutRights(t *testing.T) {
	closed := public(t, 0o700)
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	sealed := public(t, 0o755)
	if err := os.WriteFile(filepath.Join(sealed, "secret.db"), nil, 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(sealed, 0o555); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		readOnly   bool
	}{
		{"a directory that cannot be entered", filepath.Join(closed, "warren.db"), false},
		{"a directory that cannot be entered, read only", filepath.Join(closed, "warren.db"), true},
		{"a directory in which nothing can be made", filepath.Join(sealed, "warren.db"), false},
		{"a file that cannot be read", filepath.Join(sealed, "secret.db"), false},
		{"a file that cannot be read, read only", filepath.Join(sealed, "secret.db"), true},
	} {
		asNobody(t, func() {
			d, err := sqlite.Open(t.Context(), c.path, sqlite.Options{ReadOnly: c.readOnly})
			if err == nil {
				_ = d.Close()
			}
			if code := crm.CodeOf(err); code != crm.CodeWarehouseRight {
				t.Errorf("%s: %v, code %s", c.name, err, code)
			}
		})
	}
}

func TestDatabaseThatMayOnlyBeRead(t *testing.T) {
	directory := public(t, 0o755)
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
	for name, mode := range map[string]os.FileMode{path: 0o444, directory: 0o555} {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	asNobody(t, func() {
		d, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
		if err != nil {
			t.Errorf("to read only: %v", err)
			return
		}
		wantKnown(t, d, row, true)
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		d, err = sqlite.Open(t.Context(), path, sqlite.Options{})
		if err == nil {
			_ = d.Close()
		}
		if code := crm.CodeOf(err); code != crm.CodeReadOnly && code != crm.CodeWarehouseRight {
			t.Errorf("to write: %v, code %s", err, code)
		}
	})
	if names := list(t, directory); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
}
