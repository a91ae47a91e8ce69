package sqlite

import (
	"context"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/layout"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Stage makes the table that is staged for this one.
func (t *table) Stage(ctx context.Context) (warehouse.Table, error) {
	stream := t.stream
	stream.Table, stream.TableAliases, stream.Indexes = layout.StageName(t.rel.name), nil, nil
	var rel *relation
	err := t.driver.inTx(ctx, func(tx *transaction) (err error) {
		if _, err := tx.Exec(ctx, "DROP TABLE IF EXISTS "+quote(stream.Table)); err != nil {
			return err
		}
		rel, err = makeTable(ctx, tx, stream)
		return err
	})
	if err != nil {
		return nil, t.driver.Explain(err)
	}
	return newTable(t.driver, stream, rel), nil
}

// Take moves the rows of a stage into this table.
func (t *table) Take(ctx context.Context, tx ledger.Conn, stage warehouse.Table) (taken warehouse.Taken, err error) {
	own, ok := tx.(*transaction)
	if !ok || own.driver != t.driver {
		return taken, misuse("the transaction belongs to another database")
	}
	var absent []string
	for _, name := range t.stream.PrimaryKey {
		absent = append(absent, quote(name)+" IS NULL")
	}
	if taken.Keyless, err = own.Exec(ctx, "DELETE FROM "+quote(t.rel.name)+" WHERE "+strings.Join(absent, " OR ")); err != nil {
		return taken, t.driver.Explain(err)
	}
	if stage != nil {
		if err := t.takeRows(ctx, own, stage); err != nil {
			return taken, t.driver.Explain(err)
		}
	}
	_, err = own.Exec(ctx, "DROP TABLE IF EXISTS "+quote(layout.StageName(t.rel.name)))
	return taken, t.driver.Explain(err)
}

// takeRows fills what the stage has no column for as Write does.
func (t *table) takeRows(ctx context.Context, tx *transaction, stage warehouse.Table) error {
	staged, ok := stage.(*table)
	if !ok || staged.driver != t.driver {
		return misuse("the stage belongs to another database")
	}
	from := quote(staged.rel.name)
	var names, values []string
	var without []any
	now := t.driver.clock.Now().UTC().Format(timestampLayout)
	for i := range t.slots {
		s := &t.slots[i]
		names = append(names, s.column.name)
		if staged.rel.column(s.column.name) != nil {
			values = append(values, quote(s.column.name))
			continue
		}
		values = append(values, "?")
		without = append(without, s.value(&crm.Row{}, now))
	}
	key := quoteAll(t.stream.PrimaryKey)
	if _, err := tx.Exec(ctx, "DELETE FROM "+quote(t.rel.name)+" WHERE ("+key+") IN (SELECT "+key+" FROM "+from+")"); err != nil {
		return err
	}
	rows, err := staged.Count(ctx)
	if err != nil {
		return err
	}
	taken, err := tx.Exec(ctx, "INSERT INTO "+quote(t.rel.name)+" ("+quoteAll(names)+") SELECT "+strings.Join(values, ", ")+" FROM "+from, without...)
	if err == nil && taken != rows {
		err = t.refused("a trigger left it out")
	}
	return err
}

func (t absentTable) Stage(context.Context) (warehouse.Table, error) {
	return nil, misuse("the table of stream " + t.stream.Name + " was not opened for writing")
}

func (t absentTable) Take(context.Context, ledger.Conn, warehouse.Table) (warehouse.Taken, error) {
	return warehouse.Taken{}, misuse("the table of stream " + t.stream.Name + " was not opened for writing")
}
