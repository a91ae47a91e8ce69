package ledger

import (
	"context"
	"encoding/json"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// State is what is known of a stream between runs.
type State struct {
	Watermark      time.Time       // zero while none is known
	Checkpoint     *crm.Checkpoint // of an unfinished walk; nil when there is none
	Basis          *crm.Basis      // of the last complete walk; nil while none is known
	Rows           *int64          // about how many rows the stream's table has that are not missing; nil while nobody has counted them
	Batch          int64           // number of the last durable batch
	DisabledReason string          // why the stream was left out when it was last tried; "" when it was not
	Columns        []string        // that were written by the runs so far; none while none is known
	ColumnsLost    int64           // how often the table had lost some of them
	LastFull       time.Time       // when the newest full run began that was completed; only where Claim asks for it
}

// Load reads the state from which Acquire would start the run, and changes
// nothing (L6). A warehouse without the ledger's tables has the zero State,
// or what the old system's history tells.
func Load(ctx context.Context, db DB, c Claim) (State, error) {
	migrated, err := ready(ctx, db)
	if err != nil {
		return State{}, err
	}
	if migrated {
		s, known, err := readStream(ctx, db, c.ID, "")
		if err == nil && known {
			err = c.addLastFull(ctx, db, &s.State)
		}
		if err != nil || known {
			return s.State, err
		}
	}
	watermark, err := pastWatermark(ctx, db, db.Dialect(), c, migrated)
	return State{Watermark: watermark}, err
}

// addLastFull fills in State.LastFull where it is wanted.
func (c *Claim) addLastFull(ctx context.Context, conn Conn, s *State) error {
	if !c.LastFull {
		return nil
	}
	run, err := lastRun(ctx, conn, c.ID, whole+` AND mode = 'full'`)
	if err == nil && run != nil {
		s.LastFull = run.Start
	}
	return err
}

// streamRow is the whole row of warren_stream.
type streamRow struct {
	State
	sourceType string
	batchRun   int64
	counts     string // of the last batch, JSON
	run        int64  // the holder's; 0 when the lease is free
	owner      Owner
	since      time.Time // when the holder took the lease
	until      time.Time // when the lease ends
}

// readStream reads the row of a stream; lock is "" or forUpdate's.
func readStream(ctx context.Context, conn Conn, id crm.StreamID, lock string) (s streamRow, known bool, err error) {
	rows, err := conn.Query(ctx, `
SELECT source_type, watermark, COALESCE(checkpoint, ''), COALESCE(basis, ''), row_count, batch, COALESCE(batch_run, 0), COALESCE(batch_counts, ''),
       COALESCE(table_columns, ''), columns_lost, COALESCE(disabled_reason, ''), COALESCE(holder_run, 0), COALESCE(holder, ''), holder_since, lease_until
FROM warren_stream WHERE source = $1 AND stream = $2`+lock, id.Source, id.Stream)
	if err != nil {
		return streamRow{}, false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return streamRow{}, false, rows.Err()
	}
	var watermark, since, until *time.Time
	var checkpoint, basis, columns, owner string
	if err := rows.Scan(&s.sourceType, &watermark, &checkpoint, &basis, &s.Rows, &s.Batch, &s.batchRun, &s.counts,
		&columns, &s.ColumnsLost, &s.DisabledReason, &s.run, &owner, &since, &until); err != nil {
		return streamRow{}, false, err
	}
	s.Watermark, s.since, s.until = timeOf(watermark), timeOf(since), timeOf(until)
	s.owner = ParseOwner(owner)
	if s.Checkpoint, err = parse[crm.Checkpoint](id, "checkpoint", checkpoint); err != nil {
		return streamRow{}, false, err
	}
	if s.Basis, err = parse[crm.Basis](id, "basis", basis); err != nil {
		return streamRow{}, false, err
	}
	written, err := parse[[]string](id, "table_columns", columns)
	if err != nil {
		return streamRow{}, false, err
	}
	if written != nil {
		s.Columns = *written
	}
	return s, true, rows.Err()
}

// parse reads a column that holds JSON; "" is nil.
func parse[T any](id crm.StreamID, column, text string) (*T, error) {
	if text == "" {
		return nil, nil
	}
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return nil, &crm.Error{
			Code: crm.CodeInternal, Origin: crm.OriginWarehouse, Err: err,
			Message: "the " + column + " of " + id.String() + " in warren_stream cannot be read",
			Fix:     "Set the column " + column + " of that row to NULL; the next run then starts from the watermark.",
		}
	}
	return &v, nil
}

// forUpdate makes a SELECT take the row's lock where transactions do not hold
// a lock on the whole database anyway.
func forUpdate(dialect Dialect) string {
	if dialect == PostgreSQL {
		return " FOR UPDATE"
	}
	return ""
}
