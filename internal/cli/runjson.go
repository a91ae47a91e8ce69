package cli

import (
	"time"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// runJSON is one run of a stream's run as --output json shows it.
type runJSON struct {
	Source    string     `json:"source"`
	Stream    string     `json:"stream"`
	RunID     int64      `json:"run_id,omitempty"`
	Mode      crm.Mode   `json:"mode,omitempty"`
	Status    crm.Status `json:"status"`
	DryRun    bool       `json:"dry_run,omitempty"`
	Dead      bool       `json:"dead,omitempty"` // it says that it runs, but its process is gone
	Start     *time.Time `json:"start,omitempty"`
	End       *time.Time `json:"end,omitempty"`
	Seconds   float64    `json:"seconds"`
	Since     *time.Time `json:"since,omitempty"`
	Until     *time.Time `json:"until,omitempty"`
	Watermark *time.Time `json:"watermark,omitempty"`
	Requests  int64      `json:"requests"`
	Outside   int64      `json:"outside_range,omitempty"`
	crm.Counts
	Bill    *crm.Bill  `json:"bill,omitempty"`
	Check   *checkJSON `json:"check,omitempty"`
	Skipped string     `json:"skipped,omitempty"`
	Error   *errorJSON `json:"error,omitempty"`
}

func asRunJSON(run crm.Run, now time.Time) runJSON {
	r := runJSON{
		Source: run.StreamID.Source, Stream: run.StreamID.Stream, RunID: run.ID, Mode: run.Mode, Status: run.Status,
		Start: instantOrNil(run.Start), End: instantOrNil(run.End), Since: instantOrNil(run.Since), Until: instantOrNil(run.Until),
		Watermark: instantOrNil(run.Watermark), Requests: run.Requests, Outside: run.Outside, Counts: run.Counts,
		Seconds: run.Duration(now).Seconds(), Check: asCheckJSON(run.Check),
	}
	if run.Bill != (crm.Bill{}) {
		r.Bill = &run.Bill
	}
	if run.ErrorCode != "" {
		r.Error = &errorJSON{Code: run.ErrorCode, Message: run.ErrorMessage, Fix: sentence(run.Fix)}
	}
	return r
}

// checkJSON is what a comparison with the source found, and the share of rows
// that are right, in percent.
type checkJSON struct {
	crm.Check
	Score float64 `json:"score"`
}

func asCheckJSON(check *crm.Check) *checkJSON {
	if check == nil {
		return nil
	}
	return &checkJSON{Check: *check, Score: check.Score()}
}

func reportJSON(cfg *config.Config, results []app.Result, dry bool) any {
	runs := make([]runJSON, 0, len(results))
	for _, r := range results {
		j := asRunJSON(r.Run, r.Run.End)
		j.Source, j.Stream, j.DryRun, j.Skipped = r.ID.Source, r.ID.Stream, dry, r.Skipped
		if r.Err != nil {
			j.Error = asJSON(r.Err)
		}
		if r.Skipped != "" {
			j.Status = "skipped"
		}
		runs = append(runs, j)
	}
	return map[string]any{"warehouse": cfg.Database.String(), "runs": runs}
}
