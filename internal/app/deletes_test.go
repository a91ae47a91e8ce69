package app_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// sampler is a CRM that can show a few of its records; it notes how many it
// was asked for.
type sampler struct {
	*script

	sizes []int
}

func (s *sampler) Sample(_ context.Context, stream crm.Stream, n int, _ float64, _ int64) (crm.Page, error) {
	s.sizes = append(s.sizes, n)
	page := crm.Page{Requests: 1, Last: true}
	for _, record := range s.records[stream.Name] {
		page.Records = append(page.Records, []byte(record))
	}
	return page, nil
}

// sampling is an App on a CRM with those things, and the file warren.yaml.
func sampling(t *testing.T, database, yaml string, things ...string) (*app.App, *sampler) {
	t.Helper()
	s := &sampler{script: &script{records: map[string][]string{"things": things}}}
	a := s.open(t, database, yaml)
	for i := range a.Config.Accounts {
		a.Config.Accounts[i].Source.Open = func(crm.Settings, crm.Deps) (crm.Connector, error) { return s, nil }
	}
	return a, s
}

// things syncs the things and fails the test when that fails.
func things(t *testing.T, a *app.App, ask engine.Ask) crm.Run {
	t.Helper()
	results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{Ask: ask})
	if err != nil || len(results) != 1 || results[0].Err != nil {
		t.Fatalf("%+v, %v", results, err)
	}
	return results[0].Run
}

func TestTheConfigurationSaysHowManyRecordsARunLooksAt(t *testing.T) {
	for yaml, want := range map[string][]int{
		withToken:                               {config.DefaultCheck},
		"sync: {check_sample: 3}\n" + withToken: {3},
		"sync: {check_sample: 0}\n" + withToken: nil,
	} {
		a, s := sampling(t, "here.db", yaml, record(1), record(2))
		run := things(t, a, engine.Ask{})
		if !slices.Equal(s.sizes, want) || (run.Check != nil) != (want != nil) {
			t.Errorf("%s: asked for %v, want %v; check %+v", yaml, s.sizes, want, run.Check)
		}
		if run.Check != nil && (run.Check.Compared != 2 || run.Check.Right != 2) {
			t.Errorf("%+v", run.Check)
		}
	}
}

// A verify run compares all unless it is asked for a sample, whatever the
// configuration says of the look at the end of a run.
func TestVerifyComparesAllOrTheSampleAskedFor(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		a, s := sampling(t, database, "sync: {check_sample: 3}\n"+withToken, record(1), record(2))
		things(t, a, engine.Ask{})
		s.sizes, s.asked = nil, nil
		run := things(t, a, engine.Ask{Verify: true, DryRun: true})
		if s.sizes != nil || !slices.Equal(s.asked, []string{"things"}) || run.Check == nil || run.Check.Right != 2 {
			t.Errorf("all: asked for samples of %v and for %v; check %+v", s.sizes, s.asked, run.Check)
		}
		run = things(t, a, engine.Ask{Verify: true, DryRun: true, Sample: 2})
		if !slices.Equal(s.sizes, []int{2}) || len(s.asked) != 1 || run.Check == nil || run.Check.Compared != 2 {
			t.Errorf("a sample: asked for samples of %v and for %v; check %+v", s.sizes, s.asked, run.Check)
		}
	})
}

func TestSampleOfASourceThatCannotShowOne(t *testing.T) {
	s := &script{records: map[string][]string{"things": {record(1)}}}
	a := s.open(t, "here.db", withToken)
	if run := things(t, a, engine.Ask{}); run.Check != nil {
		t.Errorf("%+v", run.Check)
	}
	results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{Ask: engine.Ask{Verify: true, DryRun: true, Sample: 2}})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, results[0].Err, crm.CodeUsage)
}

func TestTheConfigurationSaysWhatBecomesOfRowsThatAreGone(t *testing.T) {
	const soft, hard, off = "SELECT count(*) FROM acme_things WHERE warren_deleted_at IS NOT NULL", "SELECT 2 - count(*) FROM acme_things", "SELECT count(*) FROM acme_things WHERE warren_deleted_at IS NULL"
	onBoth(t, func(t *testing.T, database string) {
		for _, tc := range []struct {
			yaml, query   string
			rows, deleted int64
			status        crm.Status
		}{
			{withToken, soft, 0, 0, crm.StatusPartial}, // 2 of 3 are more than a fifth
			{"sync: {delete_limit: 70%}\n" + withToken, soft, 2, 2, crm.StatusSuccess},
			{"sources: {acme: {token: t, streams: {things: {deletes: off}}}}", off, 3, 0, crm.StatusSuccess},
			{"sources: {acme: {token: t, streams: {things: {deletes: hard, delete_limit: 1}}}}", hard, 1, 2, crm.StatusSuccess},
		} {
			a, s := sampling(t, database, tc.yaml, record(1), record(2), record(3))
			if a.Config.Database.Path != "" {
				a.Config.Database.Path = filepath.Join(t.TempDir(), "gone.db")
			}
			things(t, a, engine.Ask{Full: true})
			s.records["things"] = []string{record(2)}
			run := things(t, a, engine.Ask{Full: true})
			if n := number(t, a, tc.query); n != tc.rows || run.Counts.Deleted != tc.deleted || run.Status != tc.status {
				t.Errorf("%s: %d, want %d; %d deleted, status %s", tc.yaml, n, tc.rows, run.Counts.Deleted, run.Status)
			}
		}
	})
}

func TestCheckOfAFileThatCannotBe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "x.db")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"no such directory": filepath.Join(dir, "none", "x.db"), "a directory": dir} {
		findings := check(t, (&script{}).open(t, path, withToken))
		wantCode(t, findings[1].Err, crm.CodeWarehouseConn)
		if t.Failed() {
			t.Fatalf("%s: %+v", name, findings)
		}
	}
	file := filepath.Join(t.TempDir(), "text.db")
	write(t, file, "this is no database, but long enough to be taken for one by mistake")
	findings := check(t, (&script{}).open(t, file, withToken))
	if findings[1].Err == nil || fixOf(findings[1].Err) == "" {
		t.Errorf("%+v", findings[1])
	}
}

func TestSyncOfAnAccountThatIsNot(t *testing.T) {
	_, err := (&script{}).open(t, "here.db", withToken).Sync(t.Context(), app.Selection{Account: "acne"}, app.Options{})
	wantCode(t, err, crm.CodeUsage)
}
