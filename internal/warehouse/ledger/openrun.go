package ledger

import (
	"cmp"
	"context"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// openRun inserts the history row. The old system's columns hold what its
// readers expect; source and stream are exact.
func (a *acquisition) openRun(ctx context.Context, s State) (crm.Run, error) {
	intent := a.Decide(s)
	run := crm.Run{
		StreamID: a.ID, Endpoint: a.Endpoint, Mode: intent.Mode, Status: crm.StatusRunning, Start: a.now,
		Since: intent.Since, Until: intent.Until, Configuration: intent.Configuration,
	}
	configuration, err := encode(intent.Configuration)
	if err != nil {
		return crm.Run{}, err
	}
	history, err := describe(ctx, a.tx, a.dialect, historyTable)
	if err != nil {
		return crm.Run{}, err
	}
	insert, args := history.insertSQL(historyTable, []cell{
		{"crm_source", visible(strings.ToLower(a.ID.Source), 50)},
		{"sync_type", visible(cmp.Or(a.HistoryName, a.ID.Stream), 100)},
		{"endpoint", textOrNil(visible(a.Endpoint, 200))},
		{"start_time", a.now},
		{"status", string(crm.StatusRunning)},
		{"records_processed", int64(0)},
		{"records_created", int64(0)},
		{"records_updated", int64(0)},
		{"records_failed", int64(0)},
		{"configuration", configuration},
		{"performance_metrics", "{}"},
		{"created_at", a.now},
		{"source", a.ID.Source},
		{"stream", a.ID.Stream},
		{"mode", string(intent.Mode)},
		{"since", timeOrNil(intent.Since)},
		{"until", timeOrNil(intent.Until)},
		{"records_fetched", int64(0)},
		{"records_unchanged", int64(0)},
		{"records_duplicate", int64(0)},
		{"issues", int64(0)},
		{"requests", int64(0)},
		{"records_deleted", int64(0)},
	}, a.now)
	run.ID, err = queryInteger(ctx, a.tx, insert+" RETURNING id", args...)
	return run, err
}
