package cli

import (
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// printReport prints a table of what became of each stream, what to do about
// what went wrong, and as the last line of each source the old system's.
func (c *command) printReport(cfg *config.Config, results []app.Result, dry bool) {
	t := c.table("stream", "mode", "fetched", "created", "updated", "unchanged", "failed", "issues", "time", "result")
	for _, r := range results {
		n := r.Run.Counts
		if r.Skipped != "" {
			t.AppendRow(table.Row{r.ID, "", "", "", "", "", "", "", "", "left out: " + r.Skipped})
			continue
		}
		t.AppendRow(table.Row{
			r.ID, r.Run.Mode, n.Fetched, n.Created, n.Updated, n.Unchanged, n.Failed, n.Issues,
			took(r.Run), verdict(r, dry),
		})
	}
	t.Render()
	for _, r := range results {
		c.printAdvice(r, dry)
	}
	if dry {
		fmt.Fprintln(c.Stdout, "Dry run: nothing was written.")
	} else {
		fmt.Fprintf(c.Stdout, "Warehouse: %s\n", cfg.Database)
	}
	for _, line := range summaries(cfg, results) {
		fmt.Fprintln(c.Stdout, line)
	}
}

// table is a plain table on standard output: aligned columns, no frame.
func (c *command) table(columns ...string) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(c.Stdout)
	style := table.StyleLight
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = "  "
	t.SetStyle(style)
	header := make(table.Row, len(columns))
	for i, name := range columns {
		header[i] = name
	}
	t.AppendHeader(header)
	return t
}

func took(run crm.Run) string {
	d := run.End.Sub(run.Start)
	if d < 10*time.Second {
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func verdict(r app.Result, dry bool) string {
	switch {
	case r.Err != nil:
		return string(r.Run.Status)
	case dry:
		return "dry run"
	case r.Run.Status == crm.StatusPartial:
		return "completed with warnings"
	default:
		return string(r.Run.Status)
	}
}

func (c *command) printAdvice(r app.Result, dry bool) {
	switch {
	case r.Err != nil:
		e := asJSON(r.Err)
		fmt.Fprintf(c.Stdout, "\n%s failed: %s\n  Fix: %s\n  Code: %s\n", r.ID, e.Message, e.Fix, e.Code)
	case dry:
	case r.Run.Counts.Failed > 0:
		fmt.Fprintf(c.Stdout, "\n%s: %d records could not be written and are kept in the quarantine: warren quarantine list %s\n",
			r.ID, r.Run.Counts.Failed, r.ID)
	}
	if r.Err == nil && !dry && r.Run.Counts.Issues > 0 {
		fmt.Fprintf(c.Stdout, "%s: %d values look wrong; the records are loaded: warren issues %s\n", r.ID, r.Run.Counts.Issues, r.ID)
	}
}

// summaries are the lines that scripts of the old system look for, one for
// each source.
func summaries(cfg *config.Config, results []app.Result) []string {
	var lines []string
	var names []string
	sums := map[string]*crm.Counts{}
	failed := map[string]bool{}
	for _, r := range results {
		if sums[r.ID.Source] == nil {
			sums[r.ID.Source] = &crm.Counts{}
			names = append(names, r.ID.Source)
		}
		sums[r.ID.Source].Add(r.Run.Counts)
		failed[r.ID.Source] = failed[r.ID.Source] || r.Err != nil
	}
	for _, name := range names {
		title := name
		if account, ok := cfg.Account(name); ok && account.Name == account.Source.Type {
			title = account.Source.Title
		}
		how := "completed"
		if failed[name] {
			how = "failed"
		}
		n := sums[name]
		lines = append(lines, fmt.Sprintf("%s sync %s: %d created, %d updated, %d failed", title, how, n.Created, n.Updated, n.Failed))
	}
	return lines
}

// runJSON is one stream's run as --output json shows it.
type runJSON struct {
	Source    string     `json:"source"`
	Stream    string     `json:"stream"`
	RunID     int64      `json:"run_id,omitempty"`
	Mode      crm.Mode   `json:"mode,omitempty"`
	Status    crm.Status `json:"status"`
	DryRun    bool       `json:"dry_run,omitempty"`
	Start     time.Time  `json:"start"`
	End       *time.Time `json:"end,omitempty"`
	Seconds   float64    `json:"seconds"`
	Since     *time.Time `json:"since,omitempty"`
	Until     *time.Time `json:"until,omitempty"`
	Watermark *time.Time `json:"watermark,omitempty"`
	Requests  int64      `json:"requests"`
	Outside   int64      `json:"outside_range,omitempty"`
	crm.Counts
	Skipped string     `json:"skipped,omitempty"`
	Error   *errorJSON `json:"error,omitempty"`
}

func asRunJSON(run crm.Run, now time.Time) runJSON {
	r := runJSON{
		Source: run.StreamID.Source, Stream: run.StreamID.Stream, RunID: run.ID, Mode: run.Mode, Status: run.Status,
		Start: run.Start, End: instantOrNil(run.End), Since: instantOrNil(run.Since), Until: instantOrNil(run.Until),
		Watermark: instantOrNil(run.Watermark), Requests: run.Requests, Outside: run.Outside, Counts: run.Counts,
		Seconds: run.Duration(now).Seconds(),
	}
	if run.ErrorCode != "" {
		r.Error = &errorJSON{Code: run.ErrorCode, Message: run.ErrorMessage, Fix: run.Fix}
	}
	return r
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

func instantOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
