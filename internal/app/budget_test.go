package app_test

import (
	"context"
	"iter"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// later is the machine's clock in so much time.
type later struct {
	crm.SystemClock

	by time.Duration
}

func (c later) Now() time.Time { return c.SystemClock.Now().Add(c.by) }

const day = 24 * time.Hour

// A stream that has used up what it may have scanned in a day, or would with its
// next run, is refused before anything is paid.
func TestARunThatWouldOverspendIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {record(1)}}, bill: crm.Bill{Scanned: 30e6, Dollars: 0.1}}
		a := s.open(t, database, "sources: {acme: {token: t, max_scan_bytes: 100MB, streams: {parts: {max_scan_bytes: 10MB}}}}")
		sel := app.Selection{Account: "acme", Streams: []string{"things"}}
		full := true
		sync := func() error {
			results, err := a.Sync(t.Context(), sel, app.Options{Ask: engine.Ask{Full: full}})
			if err != nil {
				t.Fatal(err)
			}
			return results[0].Err
		}
		for range 3 {
			if err := sync(); err != nil {
				t.Fatal(err)
			}
		}
		for _, full = range []bool{true, false} { // of a stream that is read whole in any case
			err := sync()
			wantCode(t, err, crm.CodeBudget)
			run := runsOf(t, a, "things")[0]
			if run.Status != crm.StatusFailed || run.ErrorCode != crm.CodeBudget || run.ErrorMessage != err.Error() || run.Fix != fixOf(err) {
				t.Errorf("the history says %+v", run)
			}
			if run.Mode != crm.ModeFull || run.Counts != (crm.Counts{}) || run.Bill != (crm.Bill{}) || run.Requests != 0 {
				t.Errorf("it cost something: %+v", run)
			}
			for _, part := range []string{"100.0 MB", "90.0 MB were scanned today", "takes about 30.0 MB"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q lacks %q", err, part)
				}
			}
		}
		full = true
		if len(s.asked) != 3 || s.most[0] != 100e6 || s.most[2] != 40e6 {
			t.Errorf("%d reads, of at most %v", len(s.asked), s.most)
		}
		sel.Streams = []string{"parts"} // it has a bound of its own, and has spent nothing
		if err := sync(); err != nil || s.most[3] != 10e6 {
			t.Errorf("%v, at most %v", err, s.most)
		}
		wantCode(t, sync(), crm.CodeBudget)
		sel.Streams, a.Clock = []string{"things"}, later{by: day}
		if err := sync(); err != nil {
			t.Errorf("the next day: %v", err)
		}
	})
}

// A day is one of UTC, and a run is of the day on which it began.
func TestTheBudgetIsOfTheDay(t *testing.T) {
	now := crm.SystemClock{}.Now()
	midnight := now.Truncate(day).Add(day).Sub(now)
	s := &script{records: map[string][]string{"things": {record(1)}}, bill: crm.Bill{Scanned: 30e6}}
	a := s.open(t, "here.db", "sources: {acme: {token: t, max_scan_bytes: 50MB}}")
	for _, c := range []struct {
		at      time.Duration // from midnight
		refused bool
	}{{-time.Hour, false}, {-time.Hour, true}, {time.Hour, false}, {23 * time.Hour, true}, {25 * time.Hour, false}} {
		a.Clock = later{by: midnight + c.at}
		results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{})
		if err != nil || c.refused != (crm.CodeOf(results[0].Err) == crm.CodeBudget) || !c.refused && results[0].Err != nil {
			t.Errorf("%s from midnight: %v, %+v", c.at, err, results)
		}
	}
}

// runsOf are the runs of a stream, the newest first.
func runsOf(t *testing.T, a *app.App, stream string) []crm.Run {
	t.Helper()
	var runs []crm.Run
	if _, err := a.Look(t.Context(), func(db warehouse.Driver) (err error) {
		runs, err = ledger.History(t.Context(), db, ledger.Filter{Source: "acme", Stream: stream})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return runs
}

// killedRun leaves what a process leaves that was killed behind its first batch.
func killedRun(t *testing.T, a *app.App, stream string, bill crm.Bill) {
	t.Helper()
	dead := ledger.ThisProcess()
	dead.Process = "99999999@1" // a process of this machine that is no more
	s := openRun(t, a, stream, dead)
	if _, err := s.Write(t.Context(), &warehouse.Batch{Unchanged: 1, Bill: bill}); err != nil {
		t.Fatal(err)
	}
}

// openRun is a run of somebody else that has the stream.
func openRun(t *testing.T, a *app.App, stream string, owner ledger.Owner) *warehouse.Session {
	t.Helper()
	db, err := a.Warehouse(t.Context(), app.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	targets, err := a.Select(app.Selection{Account: "acme", Streams: []string{stream}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := warehouse.Open(t.Context(), db, warehouse.Claim{
		ID: targets[0].ID(), SourceType: "acme", Stream: targets[0].Stream, Lease: time.Hour,
		Decide: func(warehouse.State) warehouse.Intent { return warehouse.Intent{Mode: crm.ModeFull} },
	}, warehouse.Tools{Clock: a.Clock, Observe: a.Observe, Owner: owner})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A run that was killed was paid for like any other, be it closed already or not.
func TestTheBudgetCountsRunsThatWereKilled(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {record(1)}}, bill: crm.Bill{Scanned: 30e6}}
		a := s.open(t, database, "sources: {acme: {token: t, max_scan_bytes: 100MB}}")
		killedRun(t, a, "things", crm.Bill{Scanned: 25e6, Dollars: 0.1})
		for _, left := range []int64{75e6, 45e6} {
			things(t, a, engine.Ask{Full: true})
			if got := s.most[len(s.most)-1]; got != left {
				t.Errorf("a run may have %d bytes scanned, want %d", got, left)
			}
		}
	})
}

func TestARunThatWouldOverspendIsWarnedOf(t *testing.T) {
	s := &script{records: map[string][]string{"things": {record(1)}}, bill: crm.Bill{Scanned: 30e6}}
	a := s.open(t, "here.db", "sources: {acme: {token: t, max_scan_bytes: 20MB, on_max_scan: warn}}")
	var told []string
	a.Observe = func(e crm.Event) {
		if n, is := e.(crm.Notice); is && strings.Contains(n.Message, "scanned a day") {
			told = append(told, n.Fix)
		}
	}
	for range 2 {
		things(t, a, engine.Ask{Full: true})
	}
	if len(told) != 1 || s.most[0] != 20e6 || s.most[1] != 0 {
		t.Errorf("told %q, at most %v", told, s.most)
	}
}

// busy is the machine's clock, by which whoever waits for a stream does not wait for
// long: the run that has it ends.
type busy struct {
	crm.SystemClock

	end func()
}

func (b busy) Wait(ctx context.Context, d time.Duration) error {
	if d > 2*time.Second { // a heartbeat
		return b.SystemClock.Wait(ctx, d)
	}
	b.end()
	return ctx.Err()
}

// What the run that had the stream has spent meanwhile counts.
func TestTheBudgetCountsTheRunThatWasWaitedFor(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		for spent, refused := range map[int64]bool{40e6: false, 100e6: true} {
			s := &script{records: map[string][]string{"things": {record(1)}}}
			a := s.open(t, database, "sources: {acme: {token: t, max_scan_bytes: 100MB}}")
			stream := map[int64]string{40e6: "things", 100e6: "parts"}[spent]
			other := openRun(t, a, stream, ledger.ThisProcess())
			a.Clock = busy{end: func() {
				if _, err := other.Finish(t.Context(), warehouse.Outcome{Status: crm.StatusFailed, Err: errAway, Bill: crm.Bill{Scanned: spent}}); err != nil {
					t.Error(err)
				}
			}}
			results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{stream}}, app.Options{Wait: time.Hour})
			if err != nil || refused != (results[0].Err != nil) || refused && crm.CodeOf(results[0].Err) != crm.CodeBudget {
				t.Fatalf("%v: %+v", err, results)
			}
			if !refused && (len(s.most) != 1 || s.most[0] != 100e6-spent) || refused && len(s.asked) > 0 {
				t.Errorf("after %d bytes the source was asked for %q, of at most %v", spent, s.asked, s.most)
			}
		}
	})
}

// changing is the script with a stream of which changes can be asked for.
func (s *script) changing(t *testing.T, database, yaml string, fullEvery time.Duration) *app.App {
	t.Helper()
	source := s.source()
	things := &source.Streams[0]
	things.Cursor, things.Incremental, things.FullEvery = "changed", true, fullEvery
	things.Fields = append(things.Fields, crm.Field{Column: "changed", Paths: []string{"changed"}, Type: crm.TypeTimestamp})
	return with(t, source, database, yaml)
}

// with is an App on a source of its own.
func with(t *testing.T, source crm.Source, database, yaml string) *app.App {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, config.DefaultFile), yaml)
	cfg, err := config.Load(config.Input{Dir: dir, Sources: []crm.Source{source}, Overrides: config.Overrides{Database: database}})
	if err != nil {
		t.Fatal(err)
	}
	return &app.App{Config: cfg, Clock: crm.SystemClock{}, Log: slog.New(slog.DiscardHandler), Observe: func(crm.Event) {}}
}

const changed = `{"id":1,"email":"x","changed":"2026-01-01T00:00:00Z"}`

// What a run will scan is reckoned by what it will do, not by what it was asked for: one
// that is due to read everything is judged as such, and costs other than one that reads
// what has changed.
func TestARunIsJudgedByWhatItWillRead(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {changed}}, bill: crm.Bill{Scanned: 30e6}}
		a := s.changing(t, database, "sources: {acme: {token: t, max_scan_bytes: 20MB}}", 36*time.Hour)
		sync := func(after time.Duration, ask engine.Ask) app.Result {
			a.Clock = later{by: after}
			results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{Ask: ask})
			if err != nil {
				t.Fatal(err)
			}
			return results[0]
		}
		if r := sync(0, engine.Ask{}); r.Err != nil || r.Run.Mode != crm.ModeFull {
			t.Fatalf("the first run: %+v", r)
		}
		s.bill.Scanned = 1e6
		for _, c := range []struct {
			after   time.Duration
			ask     engine.Ask
			mode    crm.Mode
			refused bool
		}{
			{25 * time.Hour, engine.Ask{}, crm.ModeIncremental, false},
			{25 * time.Hour, engine.Ask{Full: true}, crm.ModeFull, true},
			{37 * time.Hour, engine.Ask{}, crm.ModeFull, true}, // it is due
			{25 * time.Hour, engine.Ask{}, crm.ModeIncremental, false},
		} {
			r := sync(c.after, c.ask)
			if r.Run.Mode != c.mode || c.refused != (r.Err != nil) {
				t.Errorf("after %s, %+v: a %s run, %v", c.after, c.ask, r.Run.Mode, r.Err)
			}
			if c.refused && (crm.CodeOf(r.Err) != crm.CodeBudget || !strings.Contains(r.Err.Error(), "takes about 30.0 MB")) {
				t.Error(r.Err)
			}
		}
	})
}

// A day that is used up to the last byte has nothing left, also for a run of which nobody
// knows what it costs.
func TestADayThatIsUsedUpToTheLastByte(t *testing.T) {
	s := &script{records: map[string][]string{"things": {changed}}, bill: crm.Bill{Scanned: 30e6}}
	a := s.changing(t, "here.db", "sources: {acme: {token: t, max_scan_bytes: 30MB}}", 0)
	for _, code := range []crm.Code{"", crm.CodeBudget} {
		results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{})
		if err != nil || (results[0].Err != nil) != (code != "") || code != "" && crm.CodeOf(results[0].Err) != code {
			t.Errorf("%v: %+v, want %q", err, results, code)
		}
	}
	if len(s.most) != 1 {
		t.Errorf("it was read %d times", len(s.most))
	}
}

// What a run costs is known although hundreds were refused since.
func TestRefusedRunsDoNotHideWhatARunCosts(t *testing.T) {
	s := &script{records: map[string][]string{"things": {record(1)}}, bill: crm.Bill{Scanned: 30e6}}
	a := s.open(t, "here.db", "sources: {acme: {token: t, max_scan_bytes: 20MB}}")
	things(t, a, engine.Ask{})
	for range 55 {
		if _, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	a.Clock = later{by: day}
	results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{})
	if err != nil || len(s.most) != 1 {
		t.Fatalf("%v: it was read %d times", err, len(s.most))
	}
	wantCode(t, results[0].Err, crm.CodeBudget)
}

// torn is the script, of which the first reading breaks off behind a page that was paid
// for.
type torn struct {
	*script

	resumed []string
}

func (c *torn) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	c.resumed = append(c.resumed, req.Resume)
	return func(yield func(crm.Page, error) bool) {
		for page, err := range c.script.Read(ctx, stream, req) {
			if err != nil {
				yield(page, err)
				return
			}
			if req.Resume != "" {
				page.Bill = crm.Bill{}
				yield(page, nil)
				return
			}
			page.Last, page.Checkpoint = false, "behind"
			if yield(page, nil) {
				yield(crm.Page{}, errAway)
			}
		}
	}
}

// A run that reads what is paid for already is not refused, or it never could be read.
func TestARunThatReadsOnInWhatIsPaidForIsNotRefused(t *testing.T) {
	for settings, bound := range map[string]int64{
		"max_scan_bytes: 50MB": 20e6, "max_scan_bytes: 20MB": 1, "max_scan_bytes: 20MB, on_max_scan: warn": 0,
	} {
		t.Run(settings, func(t *testing.T) {
			s := &script{records: map[string][]string{"things": {record(1)}}, bill: crm.Bill{Scanned: 30e6}}
			c := &torn{script: s}
			source := s.source()
			source.Open = func(crm.Settings, crm.Deps) (crm.Connector, error) { return c, nil }
			a := with(t, source, "here.db", "sources: {acme: {token: t, "+settings+"}}")
			sync := func() error {
				results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{})
				if err != nil {
					t.Fatal(err)
				}
				return results[0].Err
			}
			wantCode(t, sync(), crm.CodeSourceDown)
			if err := sync(); err != nil || len(c.resumed) != 2 || c.resumed[1] != "behind" || s.most[1] != bound {
				t.Errorf("%v: read from %q, of at most %v", err, c.resumed, s.most)
			}
		})
	}
}
