package postgres

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
)

// mergeRows brings rows into the table by way of the staging table.
func (b *batch) mergeRows(ctx context.Context, pick []int) error {
	m := b.table.merge
	if err := b.stage(ctx, pick); err != nil {
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
	return b.mergeRest(ctx, pick)
}

// stage puts rows, and only them, into the staging table.
func (b *batch) stage(ctx context.Context, pick []int) error {
	m := b.table.merge
	prepare := []string{m.createStage}
	if !b.released {
		prepare = []string{"RELEASE SAVEPOINT warren_copy", m.createStage}
		b.released = true
	}
	if b.tx.staged[m.stage] {
		prepare = append(prepare, m.emptyStage)
	}
	b.tx.staged[m.stage] = true
	if _, err := b.exec(ctx, prepare...); err != nil {
		return err
	}
	return b.copy(ctx, m.copyStage, pick, true)
}

// overwrite writes the rows to repair over what the table has.
func (b *batch) overwrite(ctx context.Context) error {
	if b.table.merge.overwrite == "" {
		return nil // the table has nothing but its key
	}
	if err := b.stage(ctx, b.repair); err != nil {
		return err
	}
	written, err := b.join(ctx, b.table.merge.overwrite)
	b.counts.Updated += written
	if err == nil && written != int64(len(b.repair)) {
		err = b.table.swallowed(int64(len(b.repair)) - written)
	}
	return err
}

// mergeRest deals with staged rows that the update did not take: some are not
// in the table, some another session has brought up to date since the look. It
// inserts, and updates again what came in between; then the table must have
// every other staged row in the same or a newer version, whoever put it there:
// a trigger can swallow an update without an error (L2, L3).
func (b *batch) mergeRest(ctx context.Context, pick []int) error {
	m, already := b.table.merge, b.counts.Created // by copyFresh, without staging
	staged := int64(len(pick))
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
	if b.counts.Updated+b.counts.Created == already+staged {
		return nil
	}
	settled, err := b.join(ctx, m.settled)
	if err == nil && settled != staged {
		err = b.table.swallowed(staged - settled)
	}
	if err != nil {
		return err
	}
	return b.lookAgain(ctx, pick)
}

// lookAgain notes which of the staged rows the table has in another version: one
// that another session has put there since the look.
func (b *batch) lookAgain(ctx context.Context, pick []int) error {
	versions := make([]crm.Version, len(b.rows))
	if err := b.table.again.run(ctx, b.conn, b.rows, versions); err != nil {
		return err
	}
	for _, i := range pick {
		if versions[i].Hash != b.rows[i].Hash {
			b.table.unchanged = append(b.table.unchanged, i)
		}
	}
	return nil
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
