package ledger

import (
	"context"
	"encoding/json"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// historyTable is the history of all sources, a contract with the old system.
const historyTable = "ingestion_sync_history"

// History lists runs, the newest first. Runs of the old system have its names
// for source and stream.
func History(ctx context.Context, db DB, f Filter) ([]crm.Run, error) {
	exists, err := ready(ctx, db)
	if err != nil || !exists {
		return nil, err
	}
	var c clause
	c.addText("COALESCE(source, crm_source) = ?", f.Source)
	c.addText("COALESCE(stream, sync_type) = ?", f.Stream)
	c.addText("status = ?", f.Status)
	if !f.Since.IsZero() {
		c.add("start_time >= ?", f.Since.UTC())
	}
	return queryRuns(ctx, db, c.where()+` ORDER BY start_time DESC, id DESC`+f.limit(), c.args...)
}

// queryRuns reads rows of the history; the tail is everything from WHERE on.
func queryRuns(ctx context.Context, conn Conn, tail string, args ...any) ([]crm.Run, error) {
	rows, err := conn.Query(ctx, `
SELECT id, COALESCE(source, crm_source), COALESCE(stream, sync_type), COALESCE(endpoint, ''), COALESCE(mode, ''), status,
       start_time, end_time, COALESCE(records_fetched, records_processed), records_created, records_updated,
       COALESCE(records_unchanged, 0), records_failed, COALESCE(records_duplicate, 0), COALESCE(issues, 0),
       COALESCE(requests, 0), COALESCE(records_deleted, 0), since, until, watermark, COALESCE(error_code, ''), COALESCE(error_message, ''),
       COALESCE(error_fix, ''), CAST(configuration AS text), CAST(performance_metrics AS text)
FROM ingestion_sync_history`+tail, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var runs []crm.Run
	for rows.Next() {
		run, err := scanRun(rows)
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	return runs, rows.Err()
}

func scanRun(rows Rows) (crm.Run, error) {
	var run crm.Run
	var mode, status, code, configuration, metrics string
	var end, since, until, watermark *time.Time
	c := &run.Counts
	if err := rows.Scan(&run.ID, &run.StreamID.Source, &run.StreamID.Stream, &run.Endpoint, &mode, &status,
		&run.Start, &end, &c.Fetched, &c.Created, &c.Updated, &c.Unchanged, &c.Failed, &c.Duplicates, &c.Issues,
		&run.Requests, &c.Deleted, &since, &until, &watermark, &code, &run.ErrorMessage, &run.Fix, &configuration, &metrics); err != nil {
		return crm.Run{}, err
	}
	run.Mode, run.Status, run.ErrorCode = crm.Mode(mode), crm.Status(status), crm.Code(code)
	run.Start, run.End, run.Since, run.Until, run.Watermark = run.Start.UTC(), timeOf(end), timeOf(since), timeOf(until), timeOf(watermark)
	// The old system wrote all kinds of JSON here; what is no object tells
	// nothing about the run's options.
	if json.Unmarshal([]byte(configuration), &run.Configuration) != nil {
		run.Configuration = nil
	}
	measured(&run, metrics)
	return run, nil
}

// queryInteger returns the one number that the query yields, or 0.
func queryInteger(ctx context.Context, conn Conn, query string, args ...any) (int64, error) {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var n int64
	if rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, rows.Err()
}

// closeRun writes how a run ended; its counts are in the row already.
func closeRun(ctx context.Context, tx Conn, run crm.Run, metrics string) error {
	_, err := tx.Exec(ctx, `
UPDATE ingestion_sync_history SET status = $2, end_time = $3, requests = $4, watermark = $5, error_code = $6,
       error_message = $7, error_fix = $8, performance_metrics = $9
WHERE id = $1`, run.ID, string(run.Status), run.End, run.Requests, timeOrNil(run.Watermark), textOrNil(string(run.ErrorCode)),
		textOrNil(visible(run.ErrorMessage, maxMessage)), textOrNil(visible(run.Fix, maxMessage)), metrics)
	return err
}

// maxMessage bounds the error message and the fix that the history keeps, in
// bytes.
const maxMessage = 4096
