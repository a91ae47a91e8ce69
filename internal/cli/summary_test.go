package cli

import (
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

func TestTheLastLineTellsOfTheWorstStream(t *testing.T) {
	ended := func(stream string, n int64, code crm.Code) app.Result {
		r := app.Result{ID: crm.StreamID{Source: "west", Stream: stream}, Run: crm.Run{Counts: crm.Counts{Created: n}}}
		if code != "" {
			r.Err = &crm.Error{Code: code}
		}
		return r
	}
	good, busy, broken := ended("leads", 2, ""), ended("users", 0, crm.CodeBusy), ended("statuses", 1, crm.CodeAuth)
	stopped := ended("histories", 1, crm.CodeCancelled)
	absent := ended("absent", 0, "")
	absent.Skipped = "not offered"
	refused := ended("leads", 2, "")
	refused.Run.ErrorCode = crm.CodeDeletesRefused
	marked := ended("leads", 2, "")
	marked.Run.Counts.Deleted = 700
	east := ended("leads", 5, "")
	east.ID.Source = "east"
	for _, c := range []struct {
		name    string
		results []app.Result
		want    []string
	}{
		{"complete", []app.Result{good}, []string{"west sync completed: 2 created, 0 updated, 0 failed"}},
		{"one left out", []app.Result{good, absent}, []string{"west sync completed: 2 created, 0 updated, 0 failed"}},
		{"deleted", []app.Result{marked}, []string{"west sync completed: 2 created, 0 updated, 0 failed, 700 deleted"}},
		{"refused", []app.Result{refused, good}, []string{"west sync incomplete: 4 created, 0 updated, 0 failed"}},
		{"one busy", []app.Result{busy, good, refused}, []string{"west sync incomplete: 4 created, 0 updated, 0 failed; 2 of 3 streams synced, 1 skipped"}},
		{"all busy", []app.Result{busy, busy}, []string{"west sync skipped: 0 created, 0 updated, 0 failed; 0 of 2 streams synced, 2 skipped"}},
		{"alone and busy", []app.Result{busy}, []string{"west sync skipped: 0 created, 0 updated, 0 failed"}},
		{"failed before a busy one", []app.Result{broken, busy}, []string{"west sync failed: 1 created, 0 updated, 0 failed; 0 of 2 streams synced, 1 skipped"}},
		{"failed before a refusal", []app.Result{broken, refused}, []string{"west sync failed: 3 created, 0 updated, 0 failed"}},
		{"interrupted after a failure", []app.Result{broken, good, stopped}, []string{"west sync interrupted: 4 created, 0 updated, 0 failed"}},
		{"two sources", []app.Result{broken, east}, []string{"west sync failed: 1 created, 0 updated, 0 failed", "east sync completed: 5 created, 0 updated, 0 failed"}},
	} {
		if got := summaries(&config.Config{}, c.results); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
