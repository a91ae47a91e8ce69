package ledger

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// oldHistoryTable is the history of SalesRabbit in the old system's first
// shape. Where it is a table, each run of such an account is appended to it;
// where the old system did not make it, it is a view on the common history.
const (
	oldHistoryTable  = "ingestion_salesrabbit_sync_history"
	oldHistorySource = "salesrabbit"
)

// oldStatus translates to the words of that table. A partial run is complete,
// with some records in records_failed.
func oldStatus(s crm.Status) string {
	switch s {
	case crm.StatusSuccess, crm.StatusPartial:
		return "completed"
	default:
		return string(s)
	}
}

// appendOldHistory adds a run that has ended to the old system's table.
// watermark is the stream's after the run: what its readers take for
// last_sync_timestamp, the instant up to which all is known (L1).
func appendOldHistory(ctx context.Context, tx Conn, dialect Dialect, sourceType string, run crm.Run, watermark, now time.Time) error {
	if sourceType != oldHistorySource {
		return nil
	}
	old, err := describe(ctx, tx, dialect, oldHistoryTable)
	if err != nil || !old.table {
		return err
	}
	params, err := encode(map[string]any{"mode": run.Mode, "warren_run": run.ID, "options": run.Configuration})
	if err != nil {
		return err
	}
	last := timeOrNil(watermark)
	if column, ok := old.column("last_sync_timestamp"); ok && column.required && last == nil {
		// Nothing is known yet: the beginning of time makes a reader fetch all.
		last = time.Unix(0, 0).UTC()
	}
	c := run.Counts
	insert, args := old.insertSQL(oldHistoryTable, []cell{
		{"sync_type", visible(run.StreamID.Stream, 95) + "_sync"},
		{"api_endpoint", visible(run.Endpoint, 255)},
		{"query_params", params},
		{"status", oldStatus(run.Status)},
		{"records_processed", c.Processed()},
		{"records_created", c.Created},
		{"records_updated", c.Updated},
		{"records_failed", c.Failed},
		{"error_message", textOrNil(visible(run.ErrorMessage, maxMessage))},
		{"last_sync_timestamp", last},
		{"incremental_sync", run.Mode == crm.ModeIncremental},
		{"created_at", run.Start},
		{"completed_at", run.End},
		{"sync_duration", oldDuration(old, run.End.Sub(run.Start))},
	}, now)
	_, err = tx.Exec(ctx, insert, args...)
	return err
}

// oldDuration is the duration in the unit of the column: its type was not the
// same in all versions.
func oldDuration(old relation, d time.Duration) any {
	column, _ := old.column("sync_duration")
	seconds := d.Seconds()
	switch {
	case column.kind == "interval":
		return fmt.Sprintf("%.6f seconds", seconds)
	case strings.Contains(column.kind, "int"):
		return fmt.Sprintf("%.0f", math.Round(seconds))
	default:
		return fmt.Sprintf("%.3f", seconds)
	}
}
