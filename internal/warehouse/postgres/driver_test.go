package postgres_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
	"github.com/warren-sync/warren/internal/warehouse/warehousetest"
)

// open returns a driver on the database at url; the caller closes it.
func open(t testing.TB, url string, options postgres.Options) *postgres.Driver {
	t.Helper()
	d, err := postgres.Open(t.Context(), url, options)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestConformance(t *testing.T) {
	warehousetest.Run(t, func(t *testing.T) warehouse.Driver {
		return open(t, pgtest.URL(t), postgres.Options{})
	})
}

func TestConformanceOfTwo(t *testing.T) {
	warehousetest.RunShared(t, func(t *testing.T) (a, b warehouse.Driver) {
		url := pgtest.URL(t)
		return open(t, url, postgres.Options{}), open(t, url, postgres.Options{})
	})
}

// Behind a pooler that gives a server connection to one transaction, nothing
// may rest on the session.
func TestConformanceBehindPooler(t *testing.T) {
	warehousetest.Run(t, func(t *testing.T) warehouse.Driver {
		return open(t, withParameter(pgtest.URL(t), "default_query_exec_mode=exec"), postgres.Options{})
	})
}
