package cli

import (
	"time"

	"github.com/warren-sync/warren/internal/app"
)

// streamJSON is one stream's state as --output json shows it.
type streamJSON struct {
	Source      string     `json:"source"`
	Stream      string     `json:"stream"`
	State       string     `json:"state"`
	Configured  bool       `json:"configured"`
	LastSuccess *time.Time `json:"last_success,omitempty"`
	Watermark   *time.Time `json:"watermark,omitempty"`
	Holder      string     `json:"holder,omitempty"`
	HolderSince *time.Time `json:"holder_since,omitempty"`
	Dead        bool       `json:"dead"`
	LeftOut     string     `json:"left_out,omitempty"`
	Quarantine  int64      `json:"quarantine"`
	Issues      int64      `json:"issues"`
	LastRun     *runJSON   `json:"last_run,omitempty"`
	LastFull    *runJSON   `json:"last_full_run,omitempty"`
	LastWrong   *runJSON   `json:"last_inconsistent_run,omitempty"` // unless everything was repaired since
	Next        []string   `json:"next"`
}

func (c *command) statusJSON(a *app.App, states []app.StreamState, exists bool) any {
	now := c.Clock.Now()
	list := make([]streamJSON, 0, len(states))
	for _, s := range states {
		j := streamJSON{
			Source: s.ID.Source, Stream: s.ID.Stream, State: doing(s), Configured: s.Current, Watermark: instantOrNil(s.Watermark),
			Holder: s.Holder, HolderSince: instantOrNil(s.HolderSince), Dead: s.Dead, LeftOut: s.DisabledReason,
			Quarantine: s.OpenQuarantine, Issues: s.OpenIssues, Next: append([]string{}, next(s, now)...),
		}
		if s.LastSuccess != nil {
			j.LastSuccess = instantOrNil(s.LastSuccess.End)
		}
		if s.LastRun != nil {
			run := asRunJSON(*s.LastRun, now)
			j.LastRun = &run
		}
		if s.LastFull != nil {
			run := asRunJSON(*s.LastFull, now)
			j.LastFull = &run
		}
		if s.LastWrong != nil {
			run := asRunJSON(*s.LastWrong, now)
			j.LastWrong = &run
		}
		list = append(list, j)
	}
	return map[string]any{"warehouse": a.Config.Database.String(), "exists": exists, "streams": list}
}
