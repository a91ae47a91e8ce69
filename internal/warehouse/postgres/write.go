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
	if len(rows) == 0 {
		return crm.Counts{}, nil
	}
	b := &batch{table: t, tx: w, conn: w.tx.Conn().PgConn(), rows: rows}
	counts, err := b.write(ctx)
	if err != nil {
		return crm.Counts{}, t.driver.Explain(err)
	}
	return counts, nil
}

// batch is one Write under way.
type batch struct {
	table *table
	tx    *transaction
	conn  *pgconn.PgConn
	rows  []crm.Row
	now   int64 // the transaction's time, in microseconds since 1970

	fresh  []int // positions in rows: the table does not have them
	differ []int // it has them in an older version
	counts crm.Counts
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
	look.bind(b.rows)
	defer look.trim()
	p := b.conn.StartPipeline(ctx)
	p.SendQueryParams("SELECT (extract(epoch FROM now()) * 1000000)::bigint", nil, nil, nil, look.formats)
	p.SendQueryParams(look.query, look.params, look.types, look.formats, look.formats)
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
		case has.Hash != row.Hash && row.Newer(has.Cursor):
			b.differ = append(b.differ, i)
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
	case m.keyIndex != "" && errors.As(err, &refused) && refused.Code == uniqueViolation && refused.ConstraintName == m.keyIndex:
		_, err = b.exec(ctx, "ROLLBACK TO SAVEPOINT warren_copy")
		return false, err
	default:
		return false, err
	}
}

// copy sends rows by COPY and makes sure that all of them were stored: a
// trigger can leave rows out without an error (L3).
func (b *batch) copy(ctx context.Context, query string, pick []int, staging bool) error {
	stream := &copyStream{slots: b.table.slots, staging: staging, rows: b.rows, pick: pick, now: b.now}
	tag, err := b.conn.CopyFrom(ctx, stream, query)
	switch {
	case stream.err != nil && !b.conn.IsClosed():
		return stream.err
	case err != nil:
		return err
	case tag.RowsAffected() != int64(len(pick)):
		return b.table.swallowed(int64(len(pick)) - tag.RowsAffected())
	default:
		return nil
	}
}

// mergeRows brings rows into the table by way of the staging table.
func (b *batch) mergeRows(ctx context.Context, pick []int) error {
	m := b.table.merge
	prepare := []string{"RELEASE SAVEPOINT warren_copy", m.createStage}
	if b.tx.staged[m.stage] {
		prepare = append(prepare, m.emptyStage)
	}
	b.tx.staged[m.stage] = true
	if _, err := b.exec(ctx, prepare...); err != nil {
		return err
	}
	if err := b.copy(ctx, m.copyStage, pick, true); err != nil {
		return err
	}
	if m.update != "" {
		updated, err := b.join(ctx, m.update)
		if err != nil {
			return err
		}
		b.counts.Updated = updated
	}
	if b.counts.Updated == int64(len(pick)) {
		return nil
	}
	return b.mergeRest(ctx, int64(len(pick)))
}

// mergeRest deals with staged rows that the update did not take: some are not
// in the table, some another session has brought up to date since the look. It
// inserts, and updates again what came in between; then every staged row must
// be in the table, whoever put it there.
func (b *batch) mergeRest(ctx context.Context, staged int64) error {
	m := b.table.merge
	created, err := b.join(ctx, m.insert)
	if err != nil {
		return err
	}
	b.counts.Created += created
	if m.update != "" {
		updated, err := b.join(ctx, m.update)
		if err != nil {
			return err
		}
		b.counts.Updated += updated
	}
	present, err := b.join(ctx, m.present)
	if err == nil && present != staged {
		err = b.table.swallowed(staged - present)
	}
	return err
}

// join runs a statement over the staging table and returns how many rows it
// touched or found. It is planned each time, for every batch is another, and by
// way of the key's index: the planner knows nothing of the staging table and
// would rather read all of the stream's table (L10).
func (b *batch) join(ctx context.Context, query string) (int64, error) {
	if b.table.merge.keyIndex == "" {
		return b.exec(ctx, query)
	}
	tags, err := b.execAll(ctx,
		"SET LOCAL enable_hashjoin = off", "SET LOCAL enable_mergejoin = off", query,
		"SET LOCAL enable_hashjoin TO DEFAULT", "SET LOCAL enable_mergejoin TO DEFAULT")
	if err != nil {
		return 0, err
	}
	return tags[2].RowsAffected(), nil
}

func (t *table) swallowed(n int64) error {
	return &crm.Error{
		Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
		Message: fmt.Sprintf("%s left out %d rows without an error", t.rel.quoted(), n),
		Fix:     "Look for a trigger or a rule on the table that drops rows, and disable it for Warren's role.",
	}
}
