package simulate_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/simulate"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

// virtual is a PostgreSQL whose clock is that of the bubble.
type virtual struct {
	warehouse.Driver

	clock crm.Clock
}

func (v virtual) Now(context.Context) (time.Time, error) { return v.clock.Now(), nil }

// The same world before PostgreSQL. It is slower than SQLite, so it lives few
// lives; what differs between the two is for warehousetest and for the same
// lives lived here.
func TestSimulationOnPostgreSQL(t *testing.T) {
	url := pgtest.URL(t)
	for _, source := range simulate.Sources() {
		t.Run(source, func(t *testing.T) {
			for seed := uint64(1); seed <= max(1, option(t, "seeds")/40); seed++ {
				onPostgreSQL(t, url, source, seed)
				wipe(t, url, registered(source))
			}
		})
	}
}

func onPostgreSQL(t *testing.T, url, source string, seed uint64) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		life, err := simulate.Play(t.Context(), seed, simulate.Options{
			Source: source, Atomic: true,
			Open: func(ctx context.Context, clock crm.Clock, _ bool) (warehouse.Driver, error) {
				db, err := postgres.Open(ctx, url, postgres.Options{})
				if err != nil {
					return nil, err
				}
				return virtual{db, clock}, nil
			},
		})
		if err != nil {
			t.Fatalf("seed %d could not be lived: %v", seed, err)
		}
		if life.Breach != nil {
			t.Errorf("seed %d on PostgreSQL\n%s\n%s", seed, life.Story, life.Breach)
		}
	})
}

// wipe empties the tables: to make them anew takes longer than a life. Those to which
// an account adds columns are made anew.
func wipe(t *testing.T, url string, source crm.Source) {
	t.Helper()
	db, err := postgres.Open(t.Context(), url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if source.Describes {
		for _, s := range source.Streams {
			if _, err := db.Exec(t.Context(), "DROP TABLE IF EXISTS "+s.Table); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := db.Exec(t.Context(), `DO $$ DECLARE name text; BEGIN
		FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'warren_migrations' LOOP
			EXECUTE format('TRUNCATE %I RESTART IDENTITY CASCADE', name);
		END LOOP; END $$`); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
