package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/lmittmann/tint"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// logger logs to standard error: coloured text on a terminal, plain text in a
// pipe, JSON on request.
func (c *command) logger(cfg *config.Config) *slog.Logger { return c.loggerTo(cfg, c.Stderr) }

func (c *command) loggerTo(cfg *config.Config, out io.Writer) *slog.Logger {
	if cfg.Log.Format == config.LogJSON {
		return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: cfg.Log.Level}))
	}
	return slog.New(tint.NewTextHandler(out, &tint.Options{
		Level: cfg.Log.Level, TimeFormat: time.TimeOnly, NoColor: !c.StderrTerminal || c.noColour(),
	}))
}

// issueLines bounds how many issues of one run of a stream are logged: they show of what
// kind they are, and more would drown everything else. All of them are in the warehouse.
const issueLines = 5

// logEvents tells the log what happens, in the old system's words.
type logEvents struct {
	log *slog.Logger
	all bool // every issue

	mu     sync.Mutex
	issues map[crm.StreamID]int
	modes  map[crm.StreamID]crm.Mode
	causes causes
}

func newLogEvents(ctx context.Context, log *slog.Logger) *logEvents {
	return &logEvents{log: log, all: log.Enabled(ctx, slog.LevelDebug), issues: map[crm.StreamID]int{}, modes: map[crm.StreamID]crm.Mode{}, causes: causes{}}
}

func (l *logEvents) hear(e crm.Event) {
	switch e := e.(type) {
	case crm.RunStarted:
		l.begin(e)
		l.log.Debug(fmt.Sprintf("%s: %s run", e.ID, e.Mode), "since", instant(e.Since), "until", instant(e.Until), "resumed", e.Resumed, "dry_run", e.DryRun)
		if e.Resumed {
			l.log.Info(fmt.Sprintf("%s: going on where the last run stopped; what has changed since %s, when that began, comes with the run after this one; --restart begins anew",
				e.ID, instant(e.Begun)))
		}
	case crm.PageFetched:
		switch {
		case !e.First:
		case l.verifies(e.ID):
			l.log.Info(fmt.Sprintf("Comparing %s with the source: %s records", e.ID, expected(e)))
		default:
			l.log.Info(fmt.Sprintf("Starting %s sync with %s records", e.ID, expected(e)))
		}
		l.log.Debug(fmt.Sprintf("%s: page of %d records, %d bytes", e.ID, e.Records, e.Bytes))
	case crm.BatchWritten:
		l.log.Debug(fmt.Sprintf("%s: batch written", e.ID), "created", e.Counts.Created, "updated", e.Counts.Updated,
			"unchanged", e.Counts.Unchanged, "failed", e.Counts.Failed, "deleted", e.Counts.Deleted)
	case crm.IssueFound:
		l.issue(e)
	case crm.RecordFailed:
		l.log.Error(fmt.Sprintf("Error processing %s %s: %s", e.ID.Stream, short(cmp.Or(e.Reject.ID, noID), mostShown), short(e.Reject.Reason, mostShown)),
			"code", e.Reject.Code)
	case crm.RetryScheduled:
		tell := l.log.Warn
		if e.Held { // as BreakerOpened has told, once for all that wait
			tell = l.log.Debug
		}
		tell(fmt.Sprintf("%s: attempt %d failed, next in %s: %v", e.Source, e.Attempt, e.Wait.Round(1e6), e.Err))
	case crm.BreakerOpened:
		l.log.Warn(fmt.Sprintf("%s failed %d times in a row since %s and is left alone; it is tried again at %s: %v", e.Source, e.Failures, instant(e.Since), instant(e.Until), e.Err))
	case crm.BreakerClosed:
		l.log.Info(fmt.Sprintf("%s answers again, after %s", e.Source, span(e.Down)))
	case crm.RateWaited:
		l.log.Debug(fmt.Sprintf("%s: waited %s to stay within %.1f calls a second", e.Source, e.Wait.Round(1e6), e.Rate))
	case crm.CallMade:
		l.log.Debug(fmt.Sprintf("%s: call answered", e.Source), "status", e.Status, "duration", e.Duration.Round(1e6))
	case crm.RowDiffers:
		l.log.Debug(fmt.Sprintf("%s: %s", e.ID, short(e.Finding.String(), mostShown)), "pending", e.Finding.Pending)
	case crm.SchemaChanged:
		l.log.Warn(fmt.Sprintf("%s: the schema has changed: %s", e.ID, e), "reaction", e.Reaction)
	case crm.Notice:
		l.log.Warn(fmt.Sprintf("%s: %s", e.ID, e.Message), fix(e.Fix)...)
	case crm.RunFinished:
		l.finished(e)
	}
}

func (l *logEvents) begin(e crm.RunStarted) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.modes[e.ID] = e.Mode
}

func (l *logEvents) verifies(id crm.StreamID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.modes[id] == crm.ModeVerify
}

// expected is the number of records a run will see: exact where the source
// tells, else what the first page shows with a plus behind it.
func expected(e crm.PageFetched) string {
	switch {
	case e.Total > 0:
		return fmt.Sprint(e.Total)
	case e.Last:
		return fmt.Sprint(e.Records)
	default:
		return fmt.Sprintf("%d+", e.Records)
	}
}

// issue tells of a value that looks wrong, to whoever loads it.
func (l *logEvents) issue(e crm.IssueFound) {
	if l.verifies(e.ID) {
		return
	}
	l.mu.Lock()
	l.issues[e.ID]++
	n := l.issues[e.ID]
	l.mu.Unlock()
	switch i := e.Issue; {
	case l.all || n <= issueLines:
		l.log.Warn(fmt.Sprintf("Validation warning for field '%s' with value '%s' (Record: id=%s): %s", short(i.Field, mostShown), short(i.Value, mostShown), short(i.RecordID, mostShown), i.Message), "stream", e.ID)
	case n == issueLines+1:
		l.log.Warn(fmt.Sprintf("%s: further validation warnings are not shown here; warren issues %s lists all", e.ID, e.ID))
	}
}

func (l *logEvents) finished(e crm.RunFinished) {
	l.mu.Lock()
	by, same := l.causes.same(e)
	l.mu.Unlock()
	var failure *crm.Error
	switch {
	case errors.As(e.Err, &failure) && failure.Code == crm.CodeStreamAbsent:
		l.log.Warn(fmt.Sprintf("%s is left out: %s", e.ID, failure.Message))
		return
	case e.Err != nil:
		what := "sync"
		if l.verifies(e.ID) {
			what = "verify"
		}
		if same {
			l.log.Warn(fmt.Sprintf("%s %s failed for the same reason as that of %s", e.ID, what, by), "code", crm.CodeOf(e.Err))
			return
		}
		l.log.Error(fmt.Sprintf("%s %s failed: %v", e.ID, what, e.Err), "code", crm.CodeOf(e.Err))
		return
	case l.verifies(e.ID):
		return // the report says it all
	}
	l.log.Info(fmt.Sprintf("Completed %s sync: %s", e.ID, tally(e.Run.Counts)))
}

func fix(text string) []any {
	if text == "" {
		return nil
	}
	return []any{"fix", text}
}

// noID stands where a record without a key has none to show.
const noID = "(no id)"

// mostShown keeps log lines readable, in characters; the whole value is in the
// warehouse.
const mostShown = 120
