package postgres

import (
	"context"
	"strings"

	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/layout"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Stage makes the table that is staged for this one: like it in all that a row
// has to obey, so that a row which it does not take is found before the swap.
func (t *table) Stage(ctx context.Context) (warehouse.Table, error) {
	if !t.whole {
		return nil, notOpenedToWrite(t.stream)
	}
	stream := t.stream
	stream.Table, stream.TableAliases, stream.Indexes = layout.StageName(t.rel.name), nil, nil
	stage := quote(t.rel.schema, stream.Table)
	var rel *relation
	err := t.driver.inTx(ctx, func(tx *transaction) (err error) {
		for _, s := range []string{
			"DROP TABLE IF EXISTS " + stage,
			"CREATE TABLE " + stage + " (LIKE " + t.rel.quoted() + " INCLUDING ALL EXCLUDING COMMENTS)",
		} {
			if _, err := tx.tx.Exec(ctx, s); err != nil {
				return err
			}
		}
		rel, err = findRelation(ctx, tx.tx, stream)
		return err
	})
	if err != nil {
		return nil, t.driver.Explain(err)
	}
	staged, err := newTable(t.driver, stream, rel)
	if err != nil {
		return nil, err
	}
	return staged, nil
}

// Take moves the rows of a stage into this table.
func (t *table) Take(ctx context.Context, tx ledger.Conn, stage warehouse.Table) (keyless int64, err error) {
	w, ok := tx.(*transaction)
	if !ok || w.driver != t.driver || !t.whole {
		return 0, notOpenedToWrite(t.stream)
	}
	var absent, equal []string
	for _, name := range t.stream.PrimaryKey {
		absent = append(absent, quote(name)+" IS NULL")
		equal = append(equal, "t."+quote(name)+" = s."+quote(name))
	}
	tag, err := w.tx.Exec(ctx, "DELETE FROM "+t.rel.quoted()+" WHERE "+strings.Join(absent, " OR "))
	if err != nil {
		return 0, t.driver.Explain(err)
	}
	if keyless = tag.RowsAffected(); stage != nil {
		if err := t.takeRows(ctx, w, stage, strings.Join(equal, " AND ")); err != nil {
			return 0, t.driver.Explain(err)
		}
	}
	_, err = w.tx.Exec(ctx, "DROP TABLE IF EXISTS "+quote(t.rel.schema, layout.StageName(t.rel.name)))
	if err == nil {
		_, err = w.tx.Exec(ctx, "SET CONSTRAINTS ALL IMMEDIATE") // see Write
	}
	return keyless, t.driver.Explain(err)
}

func (t *table) takeRows(ctx context.Context, w *transaction, stage warehouse.Table, equal string) error {
	staged, ok := stage.(*table)
	if !ok || staged.driver != t.driver {
		return notOpenedToWrite(t.stream)
	}
	var columns []string
	for _, c := range t.rel.columns {
		if !c.generated {
			columns = append(columns, c.name)
		}
	}
	from := staged.rel.quoted()
	if _, err := w.tx.Exec(ctx, "DELETE FROM "+t.rel.quoted()+" AS t USING "+from+" AS s WHERE "+equal); err != nil {
		return err
	}
	var rows int64
	if err := w.tx.QueryRow(ctx, "SELECT count(*) FROM "+from).Scan(&rows); err != nil {
		return err
	}
	names := quoteAll(columns)
	tag, err := w.tx.Exec(ctx, "INSERT INTO "+t.rel.quoted()+" ("+names+") OVERRIDING SYSTEM VALUE SELECT "+names+" FROM "+from)
	if err == nil && tag.RowsAffected() != rows {
		err = t.swallowed(rows - tag.RowsAffected())
	}
	return err
}

func (t absentTable) Stage(context.Context) (warehouse.Table, error) {
	return nil, notOpenedToWrite(t.stream)
}

func (t absentTable) Take(context.Context, ledger.Conn, warehouse.Table) (int64, error) {
	return 0, notOpenedToWrite(t.stream)
}
