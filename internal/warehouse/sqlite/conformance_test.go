package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
	"github.com/warren-sync/warren/internal/warehouse/warehousetest"
)

// open opens the database in a file for a test, which closes it at its end.
func open(t testing.TB, path string, options sqlite.Options) *sqlite.Driver {
	t.Helper()
	d, err := sqlite.Open(t.Context(), path, options)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

func TestConformance(t *testing.T) {
	warehousetest.Run(t, func(t *testing.T) warehouse.Driver {
		return open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	})
}

func TestConformanceShared(t *testing.T) {
	warehousetest.RunShared(t, func(t *testing.T) (a, b warehouse.Driver) {
		path := filepath.Join(t.TempDir(), "warren.db")
		return open(t, path, sqlite.Options{}), open(t, path, sqlite.Options{})
	})
}
