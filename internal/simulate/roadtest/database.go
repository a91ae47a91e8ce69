package roadtest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// Kind is a kind of database.
type Kind string

// The kinds of databases.
const (
	SQLite   Kind = "sqlite"
	Postgres Kind = "postgres"
)

// OnBoth runs a test once with each kind, both at the same time.
func OnBoth(t *testing.T, test func(t *testing.T, kind Kind)) {
	t.Helper()
	for _, kind := range []Kind{SQLite, Postgres} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			test(t, kind)
		})
	}
}

// Address makes a new, empty database and returns where it is: a file or a URL.
func (k Kind) Address(t testing.TB) string {
	t.Helper()
	if k == Postgres {
		return pgtest.URL(t)
	}
	return filepath.Join(t.TempDir(), "warren.db")
}

// Open opens the database at address for a process of its own, on that clock.
// It is closed with the test, or earlier by the caller.
func (k Kind) Open(t testing.TB, address string, clock *crmtest.Clock) warehouse.Driver {
	t.Helper()
	var db warehouse.Driver
	var err error
	if k == Postgres {
		db, err = postgres.Open(t.Context(), address, postgres.Options{})
	} else {
		db, err = sqlite.Open(t.Context(), address, sqlite.Options{Clock: patient{clock}})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return timed{db, clock}
}

// New makes a new, empty database and opens it.
func (k Kind) New(t testing.TB, clock *crmtest.Clock) warehouse.Driver {
	t.Helper()
	return k.Open(t, k.Address(t), clock)
}

// timed is a database whose leases go by the test's clock.
type timed struct {
	warehouse.Driver
	clock crm.Clock
}

func (d timed) Now(context.Context) (time.Time, error) { return d.clock.Now(), nil }
