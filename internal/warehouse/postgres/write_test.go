package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

// raceForKey writes the rows id and id+1 while another session has put a row
// of that id into the table, which it commits once the write waits for it.
func raceForKey(d *database, table warehouse.Table, id int64) crm.Counts {
	d.Helper()
	d.exec("BEGIN; INSERT INTO things (id, name, data, synced_at, created_in_sync) VALUES (" + crm.IntegerValue(id).String() + ", 'theirs', '{}', now(), now())")
	return d.whileWaiting(func() { d.exec("COMMIT") }, table, thing(id, "ours", 3), thing(id+1, "other", 3))
}

// whileWaiting writes rows, and does something as soon as the write waits for a
// lock.
func (d *database) whileWaiting(do func(), table warehouse.Table, rows ...crm.Row) crm.Counts {
	d.Helper()
	watch := connect(d, d.url)
	var counts crm.Counts
	done := make(chan error, 1)
	go func() {
		done <- d.driver.InTx(context.Background(), func(tx ledger.Conn) (err error) {
			counts, err = table.Write(context.Background(), tx, rows)
			return err
		})
	}()
	waitForLock(d, watch)
	do()
	if err := <-done; err != nil {
		d.Fatal(err)
	}
	return counts
}

// L2: a row that another session inserts between the look and the COPY is
// updated and counted as that; nothing is counted twice and nothing lost.
func TestL2_RaceForAKey(t *testing.T) {
	d := newDatabase(t)
	table := d.open(things())
	wantCounts(t, raceForKey(d, table, 1), 1, 1, 0)
	d.wantQuery("SELECT id, name FROM things ORDER BY id", []string{"1", "ours"}, []string{"2", "other"})
}

// The same when the other session's row is the newer one (L9): it stays.
func TestL9_RaceAgainstANewerRow(t *testing.T) {
	d := newDatabase(t)
	table := d.open(things())
	d.exec("ALTER TABLE things ALTER COLUMN changed SET DEFAULT '2030-01-01'")
	wantCounts(t, raceForKey(d, table, 1), 1, 0, 1)
	d.wantQuery("SELECT id, name FROM things ORDER BY id", []string{"1", "theirs"}, []string{"2", "other"})
}

// A row that disappears between the look and the update is put back.
func TestL2_RowDeletedMeanwhile(t *testing.T) {
	d := newDatabase(t)
	table := d.open(things())
	d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "b", 1)}, 2, 0, 0)
	d.exec("BEGIN; DELETE FROM things WHERE id = 2")
	counts := d.whileWaiting(func() { d.exec("COMMIT") }, table, thing(1, "A", 2), thing(2, "B", 2))
	wantCounts(t, counts, 1, 1, 0)
	d.wantQuery("SELECT id, name FROM things ORDER BY id", []string{"1", "A"}, []string{"2", "B"})
}

// L3: a trigger that drops rows without an error refuses them, whichever way
// they travel.
func TestL3_SwallowedRows(t *testing.T) {
	for _, c := range []struct{ name, event string }{{"inserted", "INSERT"}, {"updated", "UPDATE OR DELETE OR INSERT"}} {
		t.Run(c.name, func(t *testing.T) {
			d := newDatabase(t)
			table := d.open(things())
			d.exec(`CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
				CREATE TRIGGER swallow BEFORE ` + c.event + ` ON things FOR EACH ROW EXECUTE FUNCTION swallow()`)
			d.refuses(table, []crm.Row{thing(1, "a", 1)}, crm.CodeRefusedValue, "left out 1 rows", "trigger")
			// By way of the staging table too.
			d.exec("ALTER TABLE things ADD COLUMN m point")
			d.refuses(d.open(things(crm.Field{Column: "m", Type: crm.TypeText})), []crm.Row{thing(1, "a", 1, text("(1,2)"))}, crm.CodeRefusedValue, "left out 1 rows")
		})
	}
}

// L2: of several rows, each one that a trigger swallows is noticed, with and
// without a cursor that says which version is the newer.
func TestL2_SwallowedUpdates(t *testing.T) {
	for _, c := range []struct{ name, cursor string }{{"with a cursor", "changed"}, {"without", ""}} {
		t.Run(c.name, func(t *testing.T) {
			d := newDatabase(t)
			stream := things()
			stream.Cursor = c.cursor
			table := d.open(stream)
			d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "b", 1), thing(3, "c", 1)}, 3, 0, 0)
			d.exec(`CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id > 1 THEN RETURN NULL; END IF; RETURN NEW; END $$;
				CREATE TRIGGER swallow BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION swallow()`)
			d.refuses(table, []crm.Row{thing(1, "A", 2), thing(2, "B", 2), thing(3, "C", 2)}, crm.CodeRefusedValue, "left out 2 rows")
			d.write(table, []crm.Row{thing(1, "A", 2), thing(2, "b", 1)}, 0, 1, 1)
		})
	}
}

// L3: what a deferred constraint would refuse at the commit, too late to tell
// which row it was, is refused by the write.
func TestL3_DeferredConstraints(t *testing.T) {
	for _, c := range []struct{ name, table string }{
		{"foreign key", "CREATE TABLE owners (name text PRIMARY KEY); INSERT INTO owners VALUES ('known'), ('also'); " +
			"CREATE TABLE things (id bigint PRIMARY KEY, name text CONSTRAINT late REFERENCES owners DEFERRABLE INITIALLY DEFERRED)"},
		{"unique", "CREATE TABLE things (id bigint PRIMARY KEY, name text CONSTRAINT late UNIQUE DEFERRABLE INITIALLY DEFERRED); " +
			"INSERT INTO things VALUES (99, 'unknown')"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDatabase(t, c.table)
			table := d.open(things())
			refuses := func(rows ...crm.Row) {
				t.Helper()
				var refused error
				_ = d.driver.InTx(t.Context(), func(tx ledger.Conn) error {
					_, refused = table.Write(t.Context(), tx, rows)
					return refused
				})
				wantError(t, refused, crm.CodeRefusedValue, `constraint "late"`)
			}
			refuses(thing(1, "known", 1), thing(2, "unknown", 1))
			d.write(table, []crm.Row{thing(1, "known", 1)}, 1, 0, 0)
			refuses(thing(1, "unknown", 2))
			d.write(table, []crm.Row{thing(1, "also", 2)}, 0, 1, 0)
		})
	}
}

// A clash with another constraint than the key is a refused record, never one
// that is left out.
func TestL3_OtherUniqueConstraint(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE things (id bigint PRIMARY KEY, name text CONSTRAINT one_name UNIQUE)")
	table := d.open(things())
	d.write(table, []crm.Row{thing(1, "same", 1)}, 1, 0, 0)
	d.refuses(table, []crm.Row{thing(2, "same", 1)}, crm.CodeRefusedValue, `"one_name"`)
	d.write(table, []crm.Row{thing(2, "two", 1)}, 1, 0, 0)
	d.refuses(table, []crm.Row{thing(2, "same", 2)}, crm.CodeRefusedValue, `"one_name"`)
}

// After a refusal the caller goes back to a savepoint and halves the batch; the
// staging table must be there whatever was undone.
func TestBisectingARefusedBatch(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE things (id bigint PRIMARY KEY, name text CHECK (name <> 'bad'))")
	table := d.open(things())
	var rows, changed []crm.Row
	for i := range int64(64) {
		name := "new"
		if i == 41 {
			name = "bad"
		}
		rows = append(rows, thing(i, "old", 1))
		changed = append(changed, thing(i, name, 2))
	}
	d.write(table, rows, 64, 0, 0)
	var refused []string
	var sum crm.Counts
	err := d.driver.InTx(t.Context(), func(tx ledger.Conn) error {
		var halve func(rows []crm.Row) error
		halve = func(rows []crm.Row) error {
			if _, err := tx.Exec(t.Context(), "SAVEPOINT attempt"); err != nil {
				return err
			}
			counts, err := table.Write(t.Context(), tx, rows)
			if err == nil {
				sum.Add(counts)
				_, err = tx.Exec(t.Context(), "RELEASE SAVEPOINT attempt")
				return err
			}
			wantError(t, err, crm.CodeRefusedValue, "things_name_check")
			if _, err := tx.Exec(t.Context(), "ROLLBACK TO SAVEPOINT attempt"); err != nil {
				return err
			}
			if len(rows) == 1 {
				refused = append(refused, rows[0].ID)
				return nil
			}
			if err := halve(rows[:len(rows)/2]); err != nil {
				return err
			}
			return halve(rows[len(rows)/2:])
		}
		return halve(changed)
	})
	if err != nil {
		t.Fatal(err)
	}
	wantCounts(t, sum, 0, 63, 0)
	if len(refused) != 1 || refused[0] != "41" {
		t.Errorf("refused %v", refused)
	}
	d.wantQuery("SELECT name, count(*) FROM things GROUP BY name ORDER BY name", []string{"new", "63"}, []string{"old", "1"})
}

// What an earlier write of the transaction staged does not come back in a later
// one, not even where no cursor says which version is the newer.
func TestSeveralWritesInOneTransaction(t *testing.T) {
	d := newDatabase(t)
	table := d.open(things())
	version := func(id int64, name string) crm.Row {
		row := thing(id, name, 1)
		row.Cursor, row.Values[2] = crm.Value{}, crm.Value{}
		return row
	}
	d.write(table, []crm.Row{version(1, "a"), version(2, "a")}, 2, 0, 0)
	err := d.driver.InTx(t.Context(), func(tx ledger.Conn) error {
		for _, rows := range [][]crm.Row{{version(1, "b")}, {version(1, "c")}, {version(2, "d")}} {
			counts, err := table.Write(t.Context(), tx, rows)
			if err != nil {
				return err
			}
			wantCounts(t, counts, 0, 1, 0)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d.wantQuery("SELECT id, name FROM things ORDER BY id", []string{"1", "c"}, []string{"2", "d"})
}

// L10: rows that need nothing are neither written nor locked: the write goes
// through while another session holds a lock on them.
func TestL10_UnchangedRowsAreNotLocked(t *testing.T) {
	d := newDatabase(t)
	table := d.open(things())
	d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "b", 1)}, 2, 0, 0)
	d.exec("BEGIN; SELECT FROM things WHERE id = 1 FOR UPDATE")
	d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "b", 1)}, 0, 0, 2)
	d.wantQuery("SELECT count(*) FROM pg_class WHERE relname LIKE 'warren_staging%'", []string{"0"}) // nothing travelled
	d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "B", 2)}, 0, 1, 1)
	d.exec("ROLLBACK")
	d.wantQuery("SELECT id, xmax::text FROM things WHERE id = 2", []string{"2", "0"})
}

// L5: a table of Warren's own takes a text that no index entry takes; its index
// gives way once, and a later start leaves it so.
func TestL5_LongTextInAnIndexedColumn(t *testing.T) {
	d := newDatabase(t)
	stream := things()
	stream.Indexes = [][]string{{"name"}, {"changed"}, {"changed", "name"}}
	table := d.open(stream)
	long := thing(1, "x", 1)
	long.Values[1] = text(randomText(9000))
	short := thing(2, "short", 1)
	d.write(table, []crm.Row{short}, 1, 0, 0)
	d.write(table, []crm.Row{long}, 1, 0, 0)
	again := thing(1, "y", 2)
	again.Values[1] = text(randomText(9001))
	d.write(table, []crm.Row{again}, 0, 1, 0)
	const indexes = "SELECT count(*) FILTER (WHERE indexdef LIKE '%\"left\"(name, 200)%'), count(*) FROM pg_indexes WHERE tablename = 'things'"
	d.wantQuery("SELECT char_length(name) FROM things ORDER BY id", []string{"9001"}, []string{"5"})
	d.wantQuery(indexes, []string{"2", "5"})
	d.write(d.open(stream), []crm.Row{thing(3, "z", 1)}, 1, 0, 0)
	d.wantQuery(indexes, []string{"2", "5"})
}

// An index of somebody else's stays, and the record is refused by its name.
func TestLongTextInAnAdoptedIndex(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE things (id bigint PRIMARY KEY, name text); CREATE INDEX theirs ON things (name)")
	table := d.open(things())
	long := thing(1, "x", 1)
	long.Values[1] = text(randomText(5000))
	d.refuses(table, []crm.Row{long}, crm.CodeRefusedValue, "theirs")
}

// randomText does not compress.
func randomText(n int) string {
	var b strings.Builder
	state := uint64(1)
	for range n {
		state = state*6364136223846793005 + 1442695040888963407
		b.WriteByte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[state>>58])
	}
	return b.String()
}

// A key alone is a record too: there is nothing to update.
func TestTableOfKeysOnly(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE pairs (a text, b bigint, data jsonb GENERATED ALWAYS AS ('{}') STORED, PRIMARY KEY (a, b))")
	stream := crm.Stream{Name: "pairs", Table: "pairs", PrimaryKey: []string{"a", "b"},
		Fields: []crm.Field{{Column: "a", Type: crm.TypeText}, {Column: "b", Type: crm.TypeInteger}}}
	table := d.open(stream)
	key := []crm.Value{text("x"), crm.IntegerValue(1)}
	row := crm.Row{ID: "x/1", Key: key, Values: key, Raw: []byte("{}"), Hash: crm.Hash{1}}
	d.write(table, []crm.Row{row}, 1, 0, 0)
	d.write(table, []crm.Row{row}, 0, 0, 1)
	row.Hash = crm.Hash{2}
	d.write(table, []crm.Row{row}, 0, 1, 0)
	d.wantQuery("SELECT a, b, data FROM pairs", []string{"x", "1", "{}"})
}

// An identity column that Django made takes the source's keys.
func TestIdentityKey(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, m point)")
	table := d.open(things())
	d.write(table, []crm.Row{thing(77, "a", 1)}, 1, 0, 0)
	staged := d.open(things(crm.Field{Column: "m", Type: crm.TypeText}))
	d.write(staged, []crm.Row{thing(78, "b", 1, text("(1,2)")), thing(77, "c", 2, crm.Value{})}, 1, 1, 0)
	d.wantQuery("SELECT id, name, m FROM things ORDER BY id", []string{"77", "c", "NULL"}, []string{"78", "b", "(1,2)"})
}

// A table that was not opened to be written refuses, and so does a transaction
// of another driver.
func TestWriteOnlyWhereOpened(t *testing.T) {
	d := newDatabase(t)
	absent, err := d.driver.Table(t.Context(), things(), false)
	if err != nil {
		t.Fatal(err)
	}
	if absent.Shape() != "" {
		t.Errorf("shape %q", absent.Shape())
	}
	d.refuses(absent, []crm.Row{thing(1, "a", 1)}, crm.CodeInternal, "things")

	table := d.open(things())
	narrow, err := d.driver.Table(t.Context(), things(crm.Field{Column: "more", Type: crm.TypeText}), false)
	if err != nil {
		t.Fatal(err)
	}
	d.refuses(narrow, []crm.Row{thing(1, "a", 1, crm.Value{})}, crm.CodeInternal, "things")

	other := open(t, d.url, postgres.Options{})
	defer func() { _ = other.Close() }()
	err = other.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := table.Write(t.Context(), tx, []crm.Row{thing(1, "a", 1)})
		return err
	})
	wantError(t, err, crm.CodeInternal)
}

// A value that does not fit its column and was not fitted is a refused record.
func TestValueThatWasNotFitted(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE things (id bigint PRIMARY KEY, name smallint)")
	table := d.open(things())
	d.refuses(table, []crm.Row{thing(1, "word", 1)}, crm.CodeRefusedValue, `"name"`, "smallint")
	d.refuses(table, []crm.Row{thing(1, "70000", 1)}, crm.CodeRefusedValue, `"name"`, "smallint")
	d.write(table, []crm.Row{thing(1, "700", 1)}, 1, 0, 0)
}
