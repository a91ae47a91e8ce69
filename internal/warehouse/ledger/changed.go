package ledger

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Told is a record of which the source has told that it changed.
type Told struct {
	RecordID string
	Times    int64 // how often it was told so far
}

// Tell notes records that are to be read again. What is told twice is noted once. Rows
// are taken in one order, so that two who tell of the same ones do not wait for each
// other.
func Tell(ctx context.Context, db DB, source string, changed []crm.Changed, now time.Time) error {
	if len(changed) == 0 {
		return nil
	}
	changed = slices.SortedFunc(slices.Values(changed), func(a, b crm.Changed) int {
		return cmp.Or(strings.Compare(a.Stream, b.Stream), strings.Compare(a.ID, b.ID))
	})
	return db.InTx(ctx, func(tx Conn) error {
		for _, c := range changed {
			if _, err := tx.Exec(ctx, `
INSERT INTO warren_changed (source, stream, record_id, told_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (source, stream, record_id) DO UPDATE SET told = warren_changed.told + 1`,
				source, c.Stream, c.ID, now.UTC()); err != nil {
				return err
			}
		}
		return nil
	})
}

// Waiting lists the streams of which records are to be read again, the one that has
// waited longest first.
func Waiting(ctx context.Context, db DB) ([]crm.StreamID, error) {
	rows, err := db.Query(ctx, `SELECT source, stream FROM warren_changed GROUP BY source, stream ORDER BY MIN(told_at), source, stream`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []crm.StreamID
	for rows.Next() {
		var id crm.StreamID
		if err := rows.Scan(&id.Source, &id.Stream); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// ToldOf returns records of a stream that are to be read again, at most so many, the
// one that has waited longest first.
func ToldOf(ctx context.Context, db DB, id crm.StreamID, most int) ([]Told, error) {
	rows, err := db.Query(ctx, `SELECT record_id, told FROM warren_changed WHERE source = $1 AND stream = $2 ORDER BY told_at, record_id LIMIT $3`,
		id.Source, id.Stream, int64(most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Told
	for rows.Next() {
		var t Told
		if err := rows.Scan(&t.RecordID, &t.Times); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

// Heard forgets records that were read again. One that was told of once more since
// then stays: it may have changed after it was read.
func Heard(ctx context.Context, db DB, id crm.StreamID, heard []Told) error {
	heard = slices.SortedFunc(slices.Values(heard), func(a, b Told) int { return strings.Compare(a.RecordID, b.RecordID) })
	return db.InTx(ctx, func(tx Conn) error {
		for _, t := range heard {
			if _, err := tx.Exec(ctx, `DELETE FROM warren_changed WHERE source = $1 AND stream = $2 AND record_id = $3 AND told = $4`,
				id.Source, id.Stream, t.RecordID, t.Times); err != nil {
				return err
			}
		}
		return nil
	})
}
