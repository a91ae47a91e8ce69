package cli

import (
	"time"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// lastFull tells when the stream was last read whole, and what became of that
// where it is no matter of course.
func lastFull(s app.StreamState, now time.Time) string {
	run := s.LastFull
	if run == nil {
		return "never"
	}
	_, capped := run.Configuration["max_records"]
	switch when := ago(now, run.Start); {
	case run.Status == crm.StatusRunning && s.Dead:
		return when + ", died"
	case run.Status == crm.StatusRunning:
		return "running"
	case run.Status == crm.StatusFailed, run.Status == crm.StatusCancelled:
		return when + ", " + string(run.Status)
	case run.ErrorCode == crm.CodeDeletesRefused:
		return when + ", refused"
	case capped:
		return when + ", not all"
	case run.Counts.Deleted > 0:
		return when + ", " + count(run.Counts.Deleted, "row") + " gone"
	default:
		return when
	}
}

// unmarked says why the records that were deleted since are not marked: the
// newest full run did not come to its end. "" when it did, or when it is the
// stream's last run, of which is told elsewhere.
func unmarked(s app.StreamState) string {
	full := s.LastFull
	if full == nil || full.ID == s.LastRun.ID || full.End.IsZero() {
		return ""
	}
	switch {
	case full.ErrorCode == crm.CodeDeletesRefused:
		return "had its deletes refused"
	case full.ErrorCode == crm.CodeProcessDied:
		return "died on the way"
	case full.Status == crm.StatusFailed:
		return "failed (" + string(full.ErrorCode) + ")"
	case full.Status == crm.StatusCancelled:
		return "was interrupted"
	default:
		return ""
	}
}
