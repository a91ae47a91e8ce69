package warehouse_test

import (
	"context"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// refusing is how a database keeps the row of name n3 out, in SQL before the
// run; the table's name is thing.
var refusing = map[string]map[ledger.Dialect][]string{
	"a constraint": {
		ledger.PostgreSQL: {"CREATE TABLE thing (id bigint PRIMARY KEY, name text CHECK (name <> 'n3'))"},
		ledger.SQLite:     {"CREATE TABLE thing (id integer PRIMARY KEY, name text CHECK (name <> 'n3'))"},
	},
	"a constraint that is checked at the commit": {
		ledger.PostgreSQL: {
			"CREATE TABLE known (name text PRIMARY KEY)", "INSERT INTO known SELECT 'n' || i FROM generate_series(1, 20) AS i WHERE i <> 3",
			"CREATE TABLE thing (id bigint PRIMARY KEY, name text REFERENCES known DEFERRABLE INITIALLY DEFERRED)",
		},
	},
	"a trigger that raises an error": {
		ledger.PostgreSQL: {
			"CREATE TABLE thing (id bigint PRIMARY KEY, name text)",
			"CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'n3' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$",
			"CREATE TRIGGER theirs BEFORE INSERT ON thing FOR EACH ROW EXECUTE FUNCTION theirs()",
		},
		ledger.SQLite: {
			"CREATE TABLE thing (id integer PRIMARY KEY, name text)",
			"CREATE TRIGGER theirs BEFORE INSERT ON thing WHEN NEW.name = 'n3' BEGIN SELECT RAISE(ABORT, 'no'); END",
		},
	},
	"a constraint trigger that is fired at the commit": {
		ledger.PostgreSQL: {
			"CREATE TABLE thing (id bigint PRIMARY KEY, name text)",
			"CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'n3' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$",
			"CREATE CONSTRAINT TRIGGER theirs AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION theirs()",
		},
	},
	"a trigger that says nothing": {
		ledger.PostgreSQL: {
			"CREATE TABLE thing (id bigint PRIMARY KEY, name text)",
			"CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'n3' THEN RETURN NULL; END IF; RETURN NEW; END $$",
			"CREATE TRIGGER theirs BEFORE INSERT ON thing FOR EACH ROW EXECUTE FUNCTION theirs()",
		},
		ledger.SQLite: {
			"CREATE TABLE thing (id integer PRIMARY KEY, name text)",
			"CREATE TRIGGER theirs BEFORE INSERT ON thing WHEN NEW.name = 'n3' BEGIN SELECT RAISE(IGNORE); END",
		},
	},
}

// However a database keeps a row out, that row alone goes into the quarantine
// and the run goes on.
func TestL3ARefusedRowCostsNoOther(t *testing.T) {
	for name, statements := range refusing {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, db *faulty) {
				if statements[db.Dialect()] == nil {
					return // SQLite has no such thing
				}
				run(t, db, statements[db.Dialect()]...)
				s := session(t, db)
				sum := crm.Counts{}
				for _, b := range []*warehouse.Batch{batch(1, 10), batch(11, 5)} {
					w, err := s.Write(t.Context(), b)
					if err != nil {
						t.Fatal(err)
					}
					sum.Add(w.Counts)
				}
				if want := (crm.Counts{Fetched: 15, Created: 14, Failed: 1}); sum != want {
					t.Errorf("%+v, want %+v", sum, want)
				}
				finish(t, s, sum)
				wantCount(t, db, 14, "SELECT count(*) FROM thing WHERE name <> 'n3'")
				wantCount(t, db, 1, "SELECT count(*) FROM warren_quarantine WHERE record_id = '3'")
				wantCount(t, db, 1, "SELECT count(*) FROM warren_quarantine")
			})
		})
	}
}

// A row that refers to one which comes later in its batch is not refused with
// the row that is.
func TestL3ARowMayNeedALaterOneOfItsBatch(t *testing.T) {
	for _, when := range []string{"NOT DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"} {
		t.Run(when, func(t *testing.T) {
			onBoth(t, func(t *testing.T, db *faulty) {
				if db.Dialect() == ledger.SQLite {
					return // it is opened without foreign keys
				}
				// 1 needs 2, 2 needs 3 … and 10 needs one that is not there.
				run(t, db, "CREATE TABLE thing (id bigint PRIMARY KEY, name text, "+
					"needs bigint GENERATED ALWAYS AS (nullif(id + 1, 9)) STORED REFERENCES thing "+when+")")
				s := session(t, db)
				w, err := s.Write(t.Context(), batch(1, 10))
				if err != nil {
					t.Fatal(err)
				}
				// 8 needs nobody; 9 needs 10, which is refused.
				if want := (crm.Counts{Fetched: 10, Created: 8, Failed: 2}); w.Counts != want || len(w.Rejects) != 2 || len(w.Issues) != 8 {
					t.Errorf("%+v, want %+v; %d rejects, issues of %d rows", w.Counts, want, len(w.Rejects), len(w.Issues))
				}
				finish(t, s, w.Counts)
				wantCount(t, db, 8, "SELECT count(*) FROM thing WHERE id <= 8")
			})
		})
	}
}

func run(t *testing.T, db warehouse.Driver, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func wantCount(t *testing.T, db warehouse.Driver, want int64, query string) {
	t.Helper()
	err := func(ctx context.Context) error {
		rows, err := db.Query(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var got int64
			if err := rows.Scan(&got); err != nil {
				return err
			}
			if got != want {
				t.Errorf("%s: %d, want %d", query, got, want)
			}
		}
		return rows.Err()
	}(t.Context())
	if err != nil {
		t.Error(err)
	}
}
