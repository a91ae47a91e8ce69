package cli

import (
	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// exitOf returns the error that stands for the exit code of what became of the
// streams; partial reports whether one that did not fail is no success either.
func exitOf(results []app.Result, partial func(app.Result) bool) error {
	exit := ExitOK
	for _, r := range results {
		switch {
		case r.Err != nil:
			exit = worse(exit, codeExit(crm.CodeOf(r.Err)))
		case partial(r):
			exit = worse(exit, ExitPartial)
		}
	}
	return exitWith(exit)
}

// resultNames returns how to call the streams of the results.
func resultNames(results []app.Result) func(crm.StreamID) string {
	ids := make([]crm.StreamID, 0, len(results))
	for _, r := range results {
		ids = append(ids, r.ID)
	}
	return namer(ids)
}

// The words for how a run ended that did not complete.
const (
	interrupted = "interrupted"
	failed      = "failed"
	skipped     = "skipped"   // another run has the stream
	notBegun    = "not begun" // so in tables: there was no run
)

// ending is the word for how a run ended that did not complete.
func ending(err error) string {
	switch crm.CodeOf(err) {
	case crm.CodeCancelled:
		return interrupted
	case crm.CodeBusy:
		return skipped
	default:
		return failed
	}
}
