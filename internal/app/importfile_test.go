package app_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func csvOf(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	write(t, path, strings.Join(lines, "\n")+"\n")
	return path
}

// A file is validated, counted and in the history as a sync is; a row that did not
// change is not written again, and one bad row costs no other.
func TestImport(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{}
		a := s.open(t, database, "log: {level: info}") // no token is needed
		people := app.Selection{Account: "acme", Streams: []string{"people"}}
		from := func(complete bool, o app.Options, lines ...string) crm.Run {
			t.Helper()
			r, err := a.Import(t.Context(), people, csvOf(t, lines...), complete, o)
			if err != nil || r.Err != nil {
				t.Fatalf("%v, %v", err, r.Err)
			}
			return r.Run
		}
		lines := []string{"id,email", `1,"ann@example.com"`, "2,no address", `3,`, `x,bad@example.com`, `4,a,b`, `5,"e@example.com"`}
		run := from(false, app.Options{}, lines...)
		want := crm.Counts{Fetched: 6, Created: 4, Failed: 2, Issues: 1}
		if run.Counts != want || run.Status != crm.StatusPartial || run.Mode != crm.ModeFull {
			t.Errorf("%+v", run)
		}
		if n := number(t, a, "SELECT count(*) FROM acme_people WHERE email IS NULL"); n != 1 {
			t.Errorf("%d rows without an address, want the one with nothing between its commas", n)
		}
		held := entries(t, a, ledger.EntryOpen)
		if len(held) != 2 {
			t.Fatalf("%d in the quarantine: %+v", len(held), held)
		}
		slices.SortFunc(held, func(x, y ledger.Entry) int { return strings.Compare(x.Reason, y.Reason) })
		if !strings.Contains(held[0].Reason, "the primary key id") || !strings.Contains(held[1].Reason, "the row in line 6 of people.csv has 3 cells") {
			t.Errorf("%q and %q", held[0].Reason, held[1].Reason)
		}
		if run := from(false, app.Options{}, lines[0], lines[1], "7,"); run.Counts.Unchanged != 1 || run.Counts.Created != 1 || run.Counts.Deleted != 0 {
			t.Errorf("a part of the people: %+v", run.Counts)
		}
		if run := from(true, app.Options{Ask: engine.Ask{DryRun: true}}, lines[:4]...); run.Counts.Deleted != 0 || run.ErrorCode != crm.CodeDeletesRefused {
			t.Errorf("dry: %+v", run)
		}
		if run := from(true, app.Options{}, lines[0], lines[1], lines[2], lines[3], "5,e@example.com"); run.Counts.Deleted != 1 {
			t.Errorf("all people but one: %+v", run)
		}
	})
}

func TestWhatCannotBeImported(t *testing.T) {
	a := (&script{}).open(t, "here.db", withToken)
	for name, c := range map[string]struct {
		stream, path string
		code         crm.Code
		says         string
	}{
		"a stream that is asked for": {"things", csvOf(t, "id", "1"), crm.CodeUsage, "not imported"},
		"no such stream":             {"folk", csvOf(t, "id", "1"), crm.CodeUsage, "no stream of acme"},
		"no such file":               {"people", "/no/such/people.csv", crm.CodeUsage, "people.csv cannot be opened: no such file"},
		"an empty file":              {"people", csvOf(t, ""), crm.CodeUsage, "is empty"},
		"no key":                     {"people", csvOf(t, "email", "x"), crm.CodeUsage, "no column id"},
		"a name twice":               {"people", csvOf(t, "id,id", "x,y"), crm.CodeUsage, `two columns named "id"`},
		"a column without a name":    {"people", csvOf(t, "id,,email", "x,y,z"), crm.CodeUsage, "no name for its column 2"},
		"a quote that never ends":    {"people", csvOf(t, `id,"email`), crm.CodeBadAnswer, "cannot be read"},
	} {
		r, err := a.Import(t.Context(), app.Selection{Account: "acme", Streams: []string{c.stream}}, c.path, false, app.Options{})
		if r.Err != nil || err == nil {
			t.Errorf("%s: %v, %+v", name, err, r)
			continue
		}
		wantCode(t, err, c.code)
		if !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a.Exists() {
		t.Error("it made a warehouse")
	}
}

// A file that is cut in the middle is a failed run, and what stands before the cut
// is written.
func TestL3AFileThatIsCutIsAFailedRun(t *testing.T) {
	a := (&script{}).open(t, "here.db", withToken)
	path := csvOf(t, "id,email", "1,a@example.com", `2,"b@exam`)
	r, err := a.Import(t.Context(), app.Selection{Account: "acme", Streams: []string{"people"}}, path, false, app.Options{})
	if err != nil || r.Run.Status != crm.StatusFailed || r.Run.Counts.Created != 1 {
		t.Errorf("%v, %+v", err, r.Run)
	}
	wantCode(t, r.Err, crm.CodeBadAnswer)
}

// What comes in files is not asked for.
func TestStreamsFromFilesAreNotSynced(t *testing.T) {
	s := &script{}
	a := s.open(t, "here.db", withToken)
	if _, err := a.Sync(t.Context(), app.Selection{}, app.Options{}); err != nil || strings.Contains(strings.Join(s.asked, " "), "people") {
		t.Errorf("%v, %q were read", err, s.asked)
	}
	_, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"people"}}, app.Options{})
	wantCode(t, err, crm.CodeUsage)
	if !strings.Contains(fixOf(err), "warren import acme people FILE") {
		t.Errorf("fix %q", fixOf(err))
	}
}
