package warehousetest

import (
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// trigger makes a trigger on the table of leads, before each row of an event
// ("INSERT" or "UPDATE"): one that raises an error for rows of a name, or one
// that leaves them out without an error.
func (f *fixture) trigger(event, name string, raises bool) {
	f.Helper()
	table := quote(leads().Table)
	if f.db.Dialect() == ledger.SQLite {
		does := "RAISE(IGNORE)"
		if raises {
			does = "RAISE(ABORT, 'not this one')"
		}
		f.exec("CREATE TRIGGER theirs BEFORE " + event + " ON " + table + " WHEN NEW.name = '" + name + "' BEGIN SELECT " + does + "; END")
		return
	}
	does := "RETURN NULL;"
	if raises {
		does = "RAISE EXCEPTION 'not this one';"
	}
	f.exec("CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = '" + name + "' THEN " + does + " END IF; RETURN NEW; END $$")
	f.exec("CREATE TRIGGER theirs BEFORE " + event + " ON " + table + " FOR EACH ROW EXECUTE FUNCTION theirs()")
}

// A trigger that keeps a row out, with an error or without a word, makes it a
// refused row: it is never counted as one that is there, nor does it fail
// those that are (L2, L3).
func keptOut(event string, raises bool) func(f *fixture) {
	return func(f *fixture) {
		table := f.open(leads())
		ann, bob := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0))
		was := "Cid"
		if event == "UPDATE" {
			f.write(table, ann, lead(2, "Ben", instant(0)), lead(3, was, instant(0)))
		} else {
			f.write(table, ann)
		}
		f.trigger(event, "Cyd", raises)
		bad := lead(3, "Cyd", instant(1))
		for _, rows := range [][]crm.Row{{bad}, {ann, bad}, {bob, bad}} {
			err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
				_, err := table.Write(f.ctx, tx, rows)
				return err
			})
			f.wantError(f.db.Explain(err), crm.CodeRefusedValue)
			if crm.Retryable(f.db.Explain(err)) {
				f.Error("a row that a trigger keeps out is said to be worth trying again")
			}
		}
		if event == "UPDATE" {
			f.wantCounts(f.write(table, ann, lead(2, "Bob", instant(1))), 0, 1, 1)
			f.wantRows(leads(), []string{"id", "name"}, []string{"1", "Ann"}, []string{"2", "Bob"}, []string{"3", was})
			return
		}
		f.wantCounts(f.write(table, ann, bob), 1, 0, 1)
		f.wantRows(leads(), []string{"id", "name"}, []string{"1", "Ann"}, []string{"2", "Bob"})
	}
}
