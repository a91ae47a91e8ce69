package postgres_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// Batches are written side by side only where none can be in the way of another but
// through a record that is in both.
func TestTablesThatTwoTransactionsCanWriteToAtOnce(t *testing.T) {
	const plain = "CREATE TABLE things (id bigint PRIMARY KEY, name text); "
	for name, c := range map[string]struct {
		sql  string // "" lets Warren make the table
		want bool
	}{
		"Warren's own":                 {"", true},
		"somebody's, as Django has it": {plain + "CREATE INDEX ON things (name)", true},
		"with a trigger": {plain + `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
			CREATE TRIGGER t BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION f()`, false},
		"with a rule":                     {plain + "CREATE RULE r AS ON DELETE TO things DO ALSO NOTIFY gone", false},
		"with another unique column":      {plain + "CREATE UNIQUE INDEX ON things (name)", false},
		"with one that is unique in part": {plain + "CREATE UNIQUE INDEX ON things (name) WHERE id > 5", false},
		"with an exclusion constraint":    {plain + "ALTER TABLE things ADD EXCLUDE USING btree (name WITH =)", false},
		"in partitions":                   {"CREATE TABLE things (id bigint PRIMARY KEY, name text) PARTITION BY HASH (id)", false},
		"without a unique key":            {"CREATE TABLE things (id bigint, name text)", false},
		"with a foreign key to itself":    {plain + "ALTER TABLE things ADD parent bigint REFERENCES things", false},
		"with a foreign key to another":   {plain + "CREATE TABLE parents (id bigint PRIMARY KEY); ALTER TABLE things ADD parent bigint REFERENCES parents", true},
		"whose key ignores upper and lower": {`CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
			CREATE TABLE things (id text COLLATE folded PRIMARY KEY, name text)`, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDatabase(t, c.sql)
			table, err := d.driver.Table(t.Context(), things(), true)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := table.Lane(); ok != c.want {
				t.Errorf("there is a lane: %t", ok)
			}
		})
	}
	t.Run("that is not there", func(t *testing.T) {
		d := newDatabase(t)
		table, err := d.driver.Table(t.Context(), crm.Stream{Name: "things", Table: "things", PrimaryKey: []string{"id"}}, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := table.Lane(); ok {
			t.Error("there is a lane")
		}
	})
}
