package ledger

import (
	"context"
	"iter"

	"github.com/warren-sync/warren/internal/crm"
)

// addSeen remembers the records that a batch has shown, with the batch (L4).
func addSeen(ctx context.Context, tx Conn, d Durable) error {
	if len(d.Seen) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO warren_seen (source, stream, run_id, part, ids) VALUES ($1, $2, $3, $4, $5)`,
		d.ID.Source, d.ID.Stream, d.RunID, d.Batch, d.Seen)
	return err
}

// Seen yields the records that were shown since the run of that number began,
// by it and by all runs after it, each batch as it was given to Commit, or the
// error that ends it. They come in the order of the table's key, for to sort them takes
// memory for all that was shown (L11).
func Seen(ctx context.Context, db DB, id crm.StreamID, since int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		rows, err := db.Query(ctx, `SELECT ids FROM warren_seen WHERE source = $1 AND stream = $2 AND run_id >= $3 ORDER BY run_id, part`,
			id.Source, id.Stream, since)
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var ids []byte
			if err := rows.Scan(&ids); err != nil {
				yield(nil, err)
				return
			}
			if !yield(ids, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// forgetSeen drops what was shown of a stream: there is no walk that will be
// gone on with, and that would have to know it.
func forgetSeen(ctx context.Context, tx Conn, id crm.StreamID) error {
	_, err := tx.Exec(ctx, `DELETE FROM warren_seen WHERE source = $1 AND stream = $2`, id.Source, id.Stream)
	return err
}
