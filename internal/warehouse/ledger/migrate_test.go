package ledger_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"log"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver by the name pgx

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestMigrateTwiceAndInSilence(t *testing.T) {
	on(t, func(t *testing.T, db testDB, _ string) {
		var printed bytes.Buffer
		before := log.Writer()
		log.SetOutput(&printed)
		defer log.SetOutput(before)
		for range 2 {
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{
				"ingestion_sync_history", "ingestion_salesrabbit_sync_history", "warren_stream", "warren_quarantine", "warren_issue", "warren_migrations",
			} {
				if exists, err := db.Exists(t.Context(), table); !exists || err != nil {
					t.Errorf("%s exists: %t, %v", table, exists, err)
				}
			}
		}
		if printed.Len() > 0 {
			t.Errorf("printed %q", printed.String())
		}
	})
}

func TestMigrateOfManyProcessesAtOnce(t *testing.T) {
	address := pgtest.URL(t)
	const many = 8
	errs := make([]error, many)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			db, closeDB, err := openAddress(t.Context(), address)
			if err != nil {
				errs[i] = err
				return
			}
			defer closeDB()
			errs[i] = db.Migrate(t.Context())
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

// Once the tables are there, Migrate writes nothing: a connection that may not
// write is enough.
func TestMigrateWritesNothingWhenDone(t *testing.T) {
	address := pgtest.URL(t)
	db, closeDB, err := openAddress(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeDB)
	reader, err := sql.Open("pgx", withParameter(t, address, "default_transaction_read_only", "on"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Close() })

	err = ledger.Migrate(t.Context(), reader, ledger.PostgreSQL)
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "25006" {
		t.Errorf("the database's refusal comes back as %v", err)
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := ledger.Migrate(t.Context(), reader, ledger.PostgreSQL); err != nil {
		t.Error(err)
	}
}

func withParameter(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}

func TestMigrateIntoAnotherSchema(t *testing.T) {
	address := pgtest.URL(t)
	db, closeDB, err := openAddress(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeDB)
	// The history stands in the second schema: it is not made again in the
	// first, where it would hide the other.
	run(t, db, `CREATE SCHEMA django`)
	run(t, db, `CREATE SCHEMA ingestion`)
	run(t, db, `CREATE TABLE ingestion.ingestion_sync_history (id bigserial PRIMARY KEY, crm_source varchar(50) NOT NULL,
		sync_type varchar(100) NOT NULL, start_time timestamptz NOT NULL, end_time timestamptz, status varchar(20) NOT NULL)`)
	split, closeSplit, err := openAddress(t.Context(), withParameter(t, address, "search_path", "django,ingestion"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeSplit)
	for range 2 {
		if err := split.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wholeRun(t, split, noon)
	wantTexts(t, db, []string{"partial"}, `SELECT status FROM ingestion.ingestion_sync_history`)
	wantTexts(t, db, []string{"ingestion_salesrabbit_sync_history", "warren_changed", "warren_issue", "warren_migrations", "warren_quarantine", "warren_schema", "warren_seen", "warren_stream"},
		`SELECT relname::text FROM pg_class WHERE relnamespace = 'django'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1`)
}

func TestMigrateOfAnUnknownDialect(t *testing.T) {
	wantCode(t, ledger.Migrate(t.Context(), nil, "oracle"), crm.CodeInternal, "oracle")
}

func TestMigrationsAreTheSameInBothDialects(t *testing.T) {
	var names [2][]string
	for i, dialect := range []ledger.Dialect{ledger.PostgreSQL, ledger.SQLite} {
		files, err := ledger.Migrations(dialect)
		if err != nil {
			t.Fatal(err)
		}
		if names[i], err = fs.Glob(files, "*.sql"); err != nil || len(names[i]) == 0 {
			t.Fatalf("%s: %v, %v", dialect, names[i], err)
		}
	}
	for i := range names[0] {
		if names[0][i] != names[1][i] {
			t.Errorf("%s stands beside %s", names[0][i], names[1][i])
		}
	}
}
