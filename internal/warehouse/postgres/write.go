package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

const uniqueViolation = "23505"

// Write inserts and updates rows in tx. What the table already has in the same
// or a newer version is neither written nor locked.
func (t *table) Write(ctx context.Context, tx ledger.Conn, rows []crm.Row) (crm.Counts, error) {
	w, ok := tx.(*transaction)
	if !ok || w.driver != t.driver || !t.whole {
		return crm.Counts{}, notOpenedToWrite(t.stream)
	}
	t.unchanged = t.unchanged[:0]
	if len(rows) == 0 {
		return crm.Counts{}, nil
	}
	b := &batch{table: t, tx: w, conn: w.tx.Conn().PgConn(), rows: rows}
	counts, err := b.write(ctx)
	if err == nil {
		// What is deferred would fail the commit, when it is too late to tell
		// the row (L3); this checks what there is so far, and from here on each
		// statement.
		_, err = b.exec(ctx, "SET CONSTRAINTS ALL IMMEDIATE")
	}
	if err != nil {
		return crm.Counts{}, t.driver.Explain(err)
	}
	return counts, nil
}

// Unchanged returns the positions of the rows that the last Write left as they were.
func (t *table) Unchanged() []int { return t.unchanged }

// batch is one Write under way.
type batch struct {
	table *table
	tx    *transaction
	conn  *pgconn.PgConn
	rows  []crm.Row
	now   int64 // the transaction's time, in microseconds since 1970

	fresh    []int // positions in rows: the table does not have them
	differ   []int // it has them in an older version, or marked as missing
	repair   []int // it has them in a version that does not matter
	counts   crm.Counts
	released bool // whether the savepoint that sort set is given up
}

func (b *batch) write(ctx context.Context) (crm.Counts, error) {
	if err := b.widenIndexes(ctx); err != nil {
		return crm.Counts{}, err
	}
	if err := b.sort(ctx); err != nil {
		return crm.Counts{}, err
	}
	merge := false // whether some fresh rows have to go the long way
	if len(b.fresh) > 0 {
		taken, err := b.copyFresh(ctx)
		if err != nil {
			return crm.Counts{}, err
		}
		merge = !taken
	}
	stage := b.differ
	if merge {
		stage = append(stage, b.fresh...)
	}
	if len(stage) > 0 {
		if err := b.mergeRows(ctx, stage); err != nil {
			return crm.Counts{}, err
		}
	}
	if len(b.repair) > 0 {
		if err := b.overwrite(ctx); err != nil {
			return crm.Counts{}, err
		}
	}
	b.counts.Fetched = int64(len(b.rows))
	b.counts.Unchanged = b.counts.Fetched - b.counts.Created - b.counts.Updated
	return b.counts, nil
}

// sort finds out which rows are fresh, which differ, and which need nothing. In
// the same round trip it learns the time and sets the savepoint that copyFresh
// may have to return to.
func (b *batch) sort(ctx context.Context) error {
	versions := make([]crm.Version, len(b.rows))
	look := b.table.again
	query, params, types := look.ask(b.rows)
	defer look.trim()
	p := b.conn.StartPipeline(ctx)
	p.SendQueryParams("SELECT (extract(epoch FROM now()) * 1000000)::bigint", nil, nil, nil, look.formats)
	p.SendQueryParams(query, params, types, look.formats, look.formats)
	p.SendQueryParams("SAVEPOINT warren_copy", nil, nil, nil, nil)
	_, err := finish(p, 3, func(statement int, answer [][]byte) {
		switch statement {
		case 0:
			b.now = decodeValue(kindInt8, answer[0]).Int
		case 1:
			look.read(answer, versions)
		}
	})
	if err != nil {
		return err
	}
	for i := range b.rows {
		row, has := &b.rows[i], &versions[i]
		switch {
		case !has.Known:
			b.fresh = append(b.fresh, i)
		case row.Repair:
			b.repair = append(b.repair, i)
		case !has.Current(row):
			b.differ = append(b.differ, i)
		default:
			b.table.unchanged = append(b.table.unchanged, i)
		}
	}
	return nil
}

// copyFresh copies rows that the table does not have straight into it. It
// reports whether it took them; it does not where another session has put one of
// them there meanwhile, and where a column does not take the binary format.
func (b *batch) copyFresh(ctx context.Context) (bool, error) {
	m := b.table.merge
	if !m.direct {
		return false, nil
	}
	err := b.copy(ctx, m.copyNew, b.fresh, false)
	var refused *pgconn.PgError
	switch {
	case err == nil:
		b.counts.Created = int64(len(b.fresh))
		return true, nil
	case m.keyIndex != "" && errors.As(err, &refused) && refused.Code == uniqueViolation:
		// If it was another constraint than the key's, the merge says so again.
		_, err = b.exec(ctx, "ROLLBACK TO SAVEPOINT warren_copy")
		return false, err
	default:
		return false, err
	}
}

// copy sends rows by COPY and makes sure that all of them were stored: a
// trigger can leave rows out without an error (L3).
func (b *batch) copy(ctx context.Context, query string, pick []int, staging bool) error {
	stream := &copyStream{slots: b.table.slots, staging: staging, rows: b.rows, pick: pick, now: b.now, buffer: b.table.buffer}
	b.table.buffer = nil
	tag, err := b.conn.CopyFrom(ctx, stream, query)
	if !b.conn.IsClosed() { // on a broken connection the stream may still be read
		b.table.buffer = stream.kept()
	}
	switch {
	case !b.conn.IsClosed() && stream.err != nil:
		return stream.err
	case err != nil:
		return err
	case tag.RowsAffected() != int64(len(pick)):
		return b.table.swallowed(int64(len(pick)) - tag.RowsAffected())
	default:
		return nil
	}
}

// swallowed says that the table does not have what it took. That is a matter of
// single rows, as a trigger's reasons are.
func (t *table) swallowed(n int64) error {
	return &crm.Error{
		Code: crm.CodeRefusedValue, Origin: crm.OriginWarehouse,
		Message: fmt.Sprintf("%s left out %d rows without an error", t.rel.quoted(), n),
		Fix:     "Look for a trigger or a rule on the table that drops rows, disable it for Warren's role, then replay the quarantine.",
	}
}
