package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Durable is what becomes durable together with the rows of one batch (L4).
type Durable struct {
	ID         crm.StreamID
	RunID      int64
	Batch      int64           // number of the batch, growing within the run
	Counts     crm.Counts      // of this batch
	Requests   int64           // calls to the source so far in this run
	Bill       crm.Bill        // what the source charges for the run so far; zero leaves what is known
	Checkpoint *crm.Checkpoint // nil leaves the last one
	Rejects    []crm.Reject
	Written    []Version   // the rows that the batch created or updated
	Seen       []byte      // the records that the batch was made of, as package seen writes them; nil where nobody will ask
	Issues     []crm.Issue // those of Written and of Rejects
	Now        time.Time

	// CleanIssues and CleanQuarantine say that the stream may have issues and
	// open entries of earlier versions of the Written records: Held had some,
	// or this run added some.
	CleanIssues     bool
	CleanQuarantine bool
}

// Version names a record and the version of it that was written.
type Version struct {
	ID     string
	Cursor crm.Value
}

// Commit adds to the transaction of a batch what the ledger has to say about
// it: the number, counts and checkpoint of the batch, the run's counts, the
// records that failed (L3), and the issues (L5).
//
// It begins with the fence: when the run does not hold the stream any more the
// error has CodeLeaseLost, and the transaction must be rolled back (L7). From
// there to the end of the transaction the stream's row is locked and a Beat
// waits, so Commit belongs at the end of the transaction.
func Commit(ctx context.Context, tx Conn, d Durable) error {
	counts, err := encode(d.Counts)
	if err != nil {
		return err
	}
	var checkpoint any
	if d.Checkpoint != nil {
		if checkpoint, err = encode(d.Checkpoint); err != nil {
			return err
		}
	}
	held, err := tx.Exec(ctx, `
UPDATE warren_stream SET batch = $4, batch_run = $3, batch_counts = $5, batch_time = $6, checkpoint = COALESCE($7, checkpoint),
       row_count = CASE WHEN row_count + $8 < 0 THEN 0 ELSE row_count + $8 END
WHERE source = $1 AND stream = $2 AND holder_run = $3 AND (batch_run IS NULL OR batch_run <> $3 OR batch < $4)`,
		d.ID.Source, d.ID.Stream, d.RunID, d.Batch, counts, d.Now.UTC(), checkpoint, d.Counts.Created-d.Counts.Deleted)
	if err != nil {
		return err
	}
	if held == 0 {
		return fenced(ctx, tx, d)
	}
	if err := addCounts(ctx, tx, d); err != nil {
		return err
	}
	if err := addSeen(ctx, tx, d); err != nil {
		return err
	}
	if err := replaceIssues(ctx, tx, d); err != nil {
		return err
	}
	// Entries close before new ones open: a batch may hold both a good and a
	// bad version of a record.
	if err := closeReplaced(ctx, tx, d); err != nil {
		return err
	}
	return addRejects(ctx, tx, d)
}

// fenced says why the fence stopped a batch: the lease is lost, or the batch
// is durable already and would be counted twice (L2).
func fenced(ctx context.Context, tx Conn, d Durable) error {
	s, _, err := readStream(ctx, tx, d.ID, "")
	if err != nil {
		return err
	}
	if s.run != d.RunID {
		return leaseLost(d.ID, d.RunID)
	}
	return &crm.Error{
		Code: crm.CodeInternal, Origin: crm.OriginWarren,
		Message: fmt.Sprintf("batch %d of %s was to be committed although batch %d is", d.Batch, d.ID, s.Batch),
		Fix:     "Run again; nothing was written twice. Report this as a fault of Warren.",
	}
}

func addCounts(ctx context.Context, tx Conn, d Durable) error {
	c := d.Counts
	var metrics any // nil leaves them
	if d.Bill != (crm.Bill{}) {
		var err error
		if metrics, err = encode(billed(nil, d.Bill)); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `
UPDATE ingestion_sync_history SET records_fetched = records_fetched + $2, records_processed = records_processed + $3,
       records_created = records_created + $4, records_updated = records_updated + $5,
       records_unchanged = records_unchanged + $6, records_failed = records_failed + $7,
       records_duplicate = records_duplicate + $8, issues = issues + $9, requests = $10, records_deleted = records_deleted + $11,
       performance_metrics = COALESCE($12, performance_metrics)
WHERE id = $1`, d.RunID, c.Fetched, c.Processed(), c.Created, c.Updated, c.Unchanged, c.Failed, c.Duplicates, c.Issues, d.Requests, c.Deleted, metrics)
	return err
}

// Committed answers after a commit whose answer was lost: whether that batch
// of the run is durable, and with which counts. It waits for the transaction
// if that is still under way. The error has CodeLeaseLost when the run does
// not hold the stream any more.
func Committed(ctx context.Context, db DB, id crm.StreamID, runID, batch int64) (counts crm.Counts, durable bool, err error) {
	err = db.InTx(ctx, func(tx Conn) error {
		counts, durable = crm.Counts{}, false
		s, _, err := readStream(ctx, tx, id, forUpdate(db.Dialect()))
		if err != nil {
			return err
		}
		if s.run != runID {
			return leaseLost(id, runID)
		}
		if s.batchRun != runID || s.Batch != batch {
			return nil
		}
		durable = true
		return json.Unmarshal([]byte(s.counts), &counts)
	})
	return counts, durable, err
}

// encode returns the value as JSON text; an absent map is an empty object.
func encode(value any) (string, error) {
	if m, ok := value.(map[string]any); ok && m == nil {
		return "{}", nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "", &crm.Error{
			Code: crm.CodeInternal, Origin: crm.OriginWarren, Err: err,
			Message: "a value for the ledger cannot be written as JSON",
			Fix:     "Report this as a fault of Warren.",
		}
	}
	return string(text), nil
}
