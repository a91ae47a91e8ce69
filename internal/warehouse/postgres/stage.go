package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
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
func (t *table) Take(ctx context.Context, tx ledger.Conn, stage warehouse.Table) (taken warehouse.Taken, err error) {
	w, ok := tx.(*transaction)
	if !ok || w.driver != t.driver || !t.whole {
		return taken, notOpenedToWrite(t.stream)
	}
	var absent []string
	for _, name := range t.stream.PrimaryKey {
		absent = append(absent, quote(name)+" IS NULL")
	}
	tag, err := w.tx.Exec(ctx, "DELETE FROM "+t.rel.quoted()+" WHERE "+strings.Join(absent, " OR "))
	if err != nil {
		return taken, t.driver.Explain(err)
	}
	if taken.Keyless = tag.RowsAffected(); stage != nil {
		if taken.Refused, err = t.takeRows(ctx, w, stage); err != nil {
			return taken, t.driver.Explain(err)
		}
	}
	_, err = w.tx.Exec(ctx, "DROP TABLE IF EXISTS "+quote(t.rel.schema, layout.StageName(t.rel.name)))
	if err == nil {
		_, err = w.tx.Exec(ctx, "SET CONSTRAINTS ALL IMMEDIATE") // see Write
	}
	return taken, t.driver.Explain(err)
}

func (t *table) takeRows(ctx context.Context, w *transaction, stage warehouse.Table) ([]crm.Reject, error) {
	staged, ok := stage.(*table)
	if !ok || staged.driver != t.driver {
		return nil, notOpenedToWrite(t.stream)
	}
	var columns, equal []string
	for i := range t.rel.columns {
		// The stage counts for itself: what numbers the rows is the table's own affair,
		// unless it is Warren that fills it.
		c := &t.rel.columns[i]
		filled := slices.ContainsFunc(t.slots, func(s slot) bool { return s.column == c })
		if !c.generated && (!c.identity || filled) {
			columns = append(columns, c.name)
		}
	}
	for _, name := range t.stream.PrimaryKey {
		equal = append(equal, "t."+quote(name)+" = s."+quote(name))
	}
	from, same := staged.rel.quoted()+" AS s", strings.Join(equal, " AND ")
	if _, err := w.tx.Exec(ctx, "DELETE FROM "+t.rel.quoted()+" AS t USING "+from+" WHERE "+same); err != nil {
		return nil, err
	}
	var rows int64
	if err := w.tx.QueryRow(ctx, "SELECT count(*) FROM "+from).Scan(&rows); err != nil {
		return nil, err
	}
	names := quoteAll(columns)
	insert := "INSERT INTO " + t.rel.quoted() + " (" + names + ") OVERRIDING SYSTEM VALUE SELECT " + names + " FROM " + from
	others := t.otherUnique()
	if len(others) > 0 {
		insert += " ON CONFLICT DO NOTHING" // those that do not come in are found below (L3)
	}
	tag, err := w.tx.Exec(ctx, insert)
	if err != nil || tag.RowsAffected() == rows {
		return nil, err
	}
	if len(others) == 0 {
		return nil, t.swallowed(rows - tag.RowsAffected())
	}
	return t.leftOut(ctx, w, from, same, others)
}

// otherUnique names the unique indexes that are not the key's.
func (t *table) otherUnique() []string {
	var names []string
	for _, ix := range t.rel.indexes {
		if ix.unique && !(len(ix.columns) == len(t.stream.PrimaryKey) && containsAll(ix.columns, t.stream.PrimaryKey)) {
			names = append(names, quote(ix.name))
		}
	}
	return names
}

// leftOut returns the rows of a stage that are not in the table, as rejects.
func (t *table) leftOut(ctx context.Context, w *transaction, from, same string, others []string) ([]crm.Reject, error) {
	var key []string
	for _, name := range t.stream.PrimaryKey {
		key = append(key, "s."+quote(name)+"::text")
	}
	rows, err := w.tx.Query(ctx, "SELECT concat_ws('/', "+strings.Join(key, ", ")+"), s."+quote(layout.Data)+"::text FROM "+from+
		" WHERE NOT EXISTS (SELECT FROM "+t.rel.quoted()+" AS t WHERE "+same+")")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var rejects []crm.Reject
	for rows.Next() {
		r := crm.Reject{
			Code: crm.CodeRefusedValue,
			Reason: "another row of " + t.rel.quoted() + " has the same values in what a unique constraint keeps apart (" + strings.Join(others, ", ") +
				"); drop the constraint if such records may be",
		}
		var raw string
		if err := rows.Scan(&r.ID, &raw); err != nil {
			return nil, err
		}
		r.Raw = []byte(raw)
		rejects = append(rejects, r)
	}
	return rejects, rows.Err()
}

func (t absentTable) Stage(context.Context) (warehouse.Table, error) {
	return nil, notOpenedToWrite(t.stream)
}

func (t absentTable) Take(context.Context, ledger.Conn, warehouse.Table) (warehouse.Taken, error) {
	return warehouse.Taken{}, notOpenedToWrite(t.stream)
}
