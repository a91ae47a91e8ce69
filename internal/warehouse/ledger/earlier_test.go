package ledger_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// migrateTo brings a database to the state that an earlier version of Warren
// left.
func migrateTo(t *testing.T, db testDB, version int64) {
	t.Helper()
	var plain *sql.DB
	dialect := goose.DialectSQLite3
	switch d := db.(type) {
	case *sqliteDB:
		plain = d.db
	case *postgresDB:
		dialect, plain = goose.DialectPostgres, stdlib.OpenDBFromPool(d.pool)
		defer func() { _ = plain.Close() }()
	}
	files, err := ledger.Migrations(db.Dialect())
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(dialect, plain, files, goose.WithTableName("warren_migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}

// ran puts a run into the history as the first version of Warren did.
func ran(t *testing.T, db testDB) {
	t.Helper()
	run(t, db, `INSERT INTO ingestion_sync_history (crm_source, sync_type, start_time, end_time, status, records_processed, records_created,
		records_updated, records_failed, configuration, performance_metrics, created_at, source, stream, mode, watermark)
		VALUES ('salesrabbit', 'leads', $1, $1, 'success', 3, 3, 0, 0, '{}', '{}', $1, 'salesrabbit', 'leads', 'full', $1)`, noon)
	run(t, db, `INSERT INTO warren_stream (source, stream, source_type, watermark) VALUES ('salesrabbit', 'leads', 'salesrabbit', $1)`, noon)
}

// Whoever only looks at the tables of an earlier version is told what to do and
// changes nothing (L6); Migrate brings them up to date, and nothing is lost.
func TestL6_TablesOfAnEarlierVersion(t *testing.T) {
	for _, version := range []int64{1, 2} {
		t.Run(fmt.Sprintf("version %d", version), func(t *testing.T) { tablesOfVersion(t, version) })
	}
}

func tablesOfVersion(t *testing.T, version int64) {
	on(t, func(t *testing.T, db testDB, _ string) {
		migrateTo(t, db, version)
		ran(t, db)
		if version > 1 {
			run(t, db, `INSERT INTO warren_seen (source, stream, walk, part, ids) VALUES ('salesrabbit', 'leads', 1, 1, $1)`, []byte("12345678"))
			run(t, db, `UPDATE warren_stream SET checkpoint = '{"token":"here","mode":"full","walk":1}'`)
		}
		before := texts(t, db, relations(db))
		for name, look := range map[string]func() error{
			"Load":    func() error { _, err := ledger.Load(t.Context(), db, claim(far("1"))); return err },
			"Streams": func() error { _, err := ledger.Streams(t.Context(), db); return err },
			"History": func() error { _, err := ledger.History(t.Context(), db, ledger.Filter{}); return err },
			"FindRun": func() error { _, _, err := ledger.FindRun(t.Context(), db, 1); return err },
		} {
			t.Run(name, func(t *testing.T) {
				err := look()
				wantCode(t, err, crm.CodeWarehouse, "earlier version")
				var e *crm.Error
				if errors.As(err, &e) && !strings.HasPrefix(e.Fix, "run warren migrate, ") {
					t.Errorf("the fix is %q", e.Fix)
				}
			})
		}
		if held, err := ledger.InQuarantine(t.Context(), db, leads, []string{"1"}); err != nil || len(held) != 0 {
			t.Errorf("in quarantine are %v, %v", held, err)
		}
		wantTexts(t, db, before, relations(db))

		for range 2 {
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s := load(t, db)
		if !s.Watermark.Equal(noon) || s.Rows != nil {
			t.Errorf("the state is %+v", s)
		}
		if version > 1 { // a walk is under way: it goes on, and proves nothing
			wantTexts(t, db, []string{"0"}, `SELECT CAST(count(*) AS text) FROM warren_seen`)
			if s.Checkpoint == nil || s.Checkpoint.Token != "here" || s.Checkpoint.Walk != 0 {
				t.Errorf("the checkpoint is %+v", s.Checkpoint)
			}
		}
		if runs := history(t, db); len(runs) != 1 || runs[0].Counts != (crm.Counts{Fetched: 3, Created: 3}) || runs[0].Check != nil {
			t.Errorf("the history is %+v", runs)
		}
		held := acquire(t, db, far("1"))
		d := durable(held.Run.ID, 1)
		d.Counts.Deleted = 2
		mustCommit(t, db, d)
		if got := succeed(t, db, held.Run.ID, d.Counts, noon); got.Counts.Deleted != 2 {
			t.Errorf("the run deleted %d", got.Counts.Deleted)
		}
	})
}

// Where the history is a view on the old system's table, the new column goes
// into that table, beside whatever the old system has added meanwhile, and the
// view shows it.
func TestAnEarlierVersionBesideTheLatestOfTheOldSystem(t *testing.T) {
	db := django(t, "latest")
	migrateTo(t, db, 1)
	ran(t, db)
	run(t, db, `ALTER TABLE orchestration.sync_history ADD COLUMN theirs text`)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	held := acquire(t, db, far("1"))
	d := durable(held.Run.ID, 1)
	d.Counts.Deleted = 4
	mustCommit(t, db, d)
	succeed(t, db, held.Run.ID, d.Counts, noon)
	if runs := history(t, db); len(runs) != 2 || runs[0].Counts.Deleted != 4 || runs[1].Counts.Deleted != 0 {
		t.Errorf("the history is %+v", runs)
	}
	wantTexts(t, db, []string{"-", "4"}, `SELECT COALESCE(records_deleted::text, '-') FROM orchestration.sync_history ORDER BY id`)
	wantTexts(t, db, []string{"v"}, `SELECT relkind::text FROM pg_class WHERE oid = 'ingestion_sync_history'::regclass`)
}

// Warren does not write into tables whose meaning it does not know.
func TestTablesOfALaterVersionAreLeftAlone(t *testing.T) {
	on(t, func(t *testing.T, db testDB, _ string) {
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		run(t, db, `INSERT INTO warren_migrations (version_id, is_applied) VALUES (99, $1)`, true)
		_, err := ledger.Streams(t.Context(), db)
		wantCode(t, err, crm.CodeWarehouse, "later version")
		err = db.Migrate(t.Context())
		wantCode(t, err, crm.CodeWarehouse, "later version")
	})
}

// A migration that ready does not know of would leave whoever only looks
// with errors of the database.
func TestTheNewestMigrationIsLookedFor(t *testing.T) {
	on(t, func(t *testing.T, db testDB, _ string) {
		files, err := ledger.Migrations(db.Dialect())
		if err != nil {
			t.Fatal(err)
		}
		all, err := fs.Glob(files, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		migrateTo(t, db, int64(len(all)-1))
		if _, err := ledger.Streams(t.Context(), db); crm.CodeOf(err) != crm.CodeWarehouse {
			t.Errorf("without the last of %d migrations the tables are held to be ready: %v", len(all), err)
		}
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.Streams(t.Context(), db); err != nil {
			t.Error(err)
		}
	})
}
