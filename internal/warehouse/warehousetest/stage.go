package warehousetest

import (
	"errors"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// stage makes a stage with those rows.
func (f *fixture) stage(table warehouse.Table, rows ...crm.Row) warehouse.Table {
	f.Helper()
	stage, err := table.Stage(f.ctx)
	f.must(err)
	f.wantCounts(f.write(stage, rows...), int64(len(rows)), 0, 0)
	return stage
}

// take moves the rows of a stage into the table.
func (f *fixture) take(table, stage warehouse.Table) (keyless int64) {
	f.Helper()
	var taken warehouse.Taken
	f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) (err error) {
		taken, err = table.Take(f.ctx, tx, stage)
		return err
	}))
	if len(taken.Refused) > 0 {
		f.Errorf("refused %+v", taken.Refused)
	}
	return taken.Keyless
}

// stageTakesPlace: nobody sees the rows before they are taken; they come in the
// place of those with their keys, and the stage is gone.
func stageTakesPlace(f *fixture) {
	table := f.open(leads())
	ann, bob := lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0))
	f.write(table, ann, bob)
	bobby, cid := lead(2, "Bobby", instant(0)), lead(3, "Cid", instant(0))
	stage := f.stage(table, bobby, cid)
	f.wantKnown(table, []crm.Row{ann, bob, cid}, versionOf(ann), versionOf(bob), crm.Version{})
	if n := f.take(table, stage); n != 0 {
		f.Errorf("%d rows without a key", n)
	}
	f.wantRows(leads(), []string{"id", "name"}, []string{"1", "Ann"}, []string{"2", "Bobby"}, []string{"3", "Cid"})
	f.wantKnown(table, []crm.Row{ann, bobby, cid}, versionOf(ann), versionOf(bobby), versionOf(cid))
	f.wantCounts(f.write(table, ann, bobby, cid), 0, 0, 3)
	exists, err := f.db.Exists(f.ctx, "warren_stage_"+leads().Table)
	f.must(err)
	if exists {
		f.Error("the stage is still there")
	}
}

// stageOfADeadRun: what it left does not come into the next one, be that one
// with rows or without.
func stageOfADeadRun(f *fixture) {
	table := f.open(leads())
	f.stage(table, lead(1, "Ann", instant(0)))
	f.take(table, f.stage(table, lead(2, "Bob", instant(0))))
	f.stage(table, lead(3, "Cid", instant(0)))
	f.take(table, nil)
	f.wantRows(leads(), []string{"id"}, []string{"2"})
	exists, err := f.db.Exists(f.ctx, "warren_stage_"+leads().Table)
	f.must(err)
	if exists {
		f.Error("the stage is still there")
	}
}

// stageRollsBack: a swap that fails leaves the table and the stage as they were
// (L4).
func stageRollsBack(f *fixture) {
	table := f.open(leads())
	f.write(table, lead(1, "Ann", instant(0)))
	stage := f.stage(table, lead(1, "Anna", instant(0)), lead(2, "Bob", instant(0)))
	err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		if _, err := table.Take(f.ctx, tx, stage); err != nil {
			return err
		}
		return errDeliberate
	})
	if !errors.Is(err, errDeliberate) {
		f.Errorf("error %v", err)
	}
	f.wantRows(leads(), []string{"id", "name"}, []string{"1", "Ann"})
	f.take(table, stage)
	f.wantRows(leads(), []string{"id", "name"}, []string{"1", "Anna"}, []string{"2", "Bob"})
}

// stageBesideRowsWithoutAKey: a table of the old system gets the key of a
// snapshot, keeps its own columns filled, and loses the rows that have none.
func stageBesideRowsWithoutAKey(f *fixture) {
	stream := leads()
	stream.Snapshot = true
	f.exec("CREATE TABLE " + quote(stream.Table) + " (name text, region text NOT NULL)")
	f.exec("INSERT INTO " + quote(stream.Table) + " VALUES ('old', 'west'), ('older', 'east')")
	table := f.open(stream)
	if n := f.take(table, f.stage(table, lead(1, "Ann", instant(0)))); n != 2 {
		f.Errorf("%d rows without a key, want 2", n)
	}
	f.wantRows(stream, []string{"id", "name"}, []string{"1", "Ann"})
	f.wantPresent(table, lead(1, "Ann", instant(0)))
	again := f.open(stream)
	f.wantCounts(f.write(again, lead(1, "Ann", instant(0))), 0, 0, 1)
}

// stageKeptOut: a trigger of the table that leaves out a row fails the swap (L3).
func stageKeptOut(f *fixture) {
	table := f.open(leads())
	f.trigger("INSERT", "Bob", false)
	stage := f.stage(table, lead(1, "Ann", instant(0)), lead(2, "Bob", instant(0)))
	err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		_, err := table.Take(f.ctx, tx, stage)
		return err
	})
	f.wantError(f.db.Explain(err), crm.CodeRefusedValue)
	f.wantRows(leads(), []string{"id"})
}

// stageNeedsItsOwnDatabase: neither a table that is not there, nor a transaction
// or a stage of anything else is taken.
func stageNeedsItsOwnDatabase(f *fixture) {
	absent, err := f.db.Table(f.ctx, leads(), false)
	f.must(err)
	if _, err := absent.Stage(f.ctx); crm.CodeOf(err) != crm.CodeInternal {
		f.Errorf("a stage of a table that is not there: %v", err)
	}
	if _, err := absent.Take(f.ctx, f.db, nil); crm.CodeOf(err) != crm.CodeInternal {
		f.Errorf("into a table that is not there: %v", err)
	}
	table := f.open(leads())
	if _, err := table.Take(f.ctx, f.db, nil); crm.CodeOf(err) != crm.CodeInternal {
		f.Errorf("without a transaction: %v", err)
	}
	err = f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		_, err := table.Take(f.ctx, tx, absent)
		return err
	})
	if crm.CodeOf(err) != crm.CodeInternal {
		f.Errorf("from a stage that is none: %v", err)
	}
}
