package app_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
)

// notOffered is an answer of an account that does not offer a stream.
func notOffered(why string) error {
	return &crm.Error{
		Code: crm.CodeStreamAbsent, Origin: crm.OriginSource, Message: why, Fix: "Give the right.",
		Err: &crm.Error{Code: crm.CodeForbidden, Origin: crm.OriginSource, Message: "403", Fix: "no"},
	}
}

// syncThings is what becomes of the stream things in a sync.
func syncThings(t *testing.T, a *app.App, sel app.Selection, o app.Options) app.Result {
	t.Helper()
	results, err := a.Sync(t.Context(), sel, o)
	if err != nil || results[0].ID.Stream != "things" {
		t.Fatalf("%+v, %v", results, err)
	}
	return results[0]
}

// change does to the warehouse what a statement says.
func change(t *testing.T, a *app.App, statement string) {
	t.Helper()
	if err := a.Change(t.Context(), func(db warehouse.Driver) error {
		_, err := db.Exec(t.Context(), statement)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

const runsOfThings = "SELECT count(*) FROM ingestion_sync_history WHERE stream = 'things'"

// A stream that was left out is tried again by each sync, at the price of one call.
func TestAStreamThatIsLeftOutIsTriedAgainByItself(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{fails: map[string]error{"things": notOffered("no right")}, records: map[string][]string{"things": {`{"id":1}`}}}
		a := s.open(t, database, "sync: {parallel: 1}\n"+withToken)
		if r := syncThings(t, a, app.Selection{}, app.Options{}); r.Err != nil || r.Skipped != "no right" {
			t.Errorf("the first time: %+v", r)
		}
		runs := number(t, a, runsOfThings)
		s.fails["things"], s.asked = notOffered("another right"), nil
		if r := syncThings(t, a, app.Selection{}, app.Options{}); r.Err != nil || r.Skipped != "another right" || r.Run.ID != 0 {
			t.Errorf("the second time: %+v", r)
		}
		if len(s.asked) != 2 || s.asked[0] != "things" || number(t, a, runsOfThings) != runs {
			t.Errorf("asked %v, and %d runs of nothing in the history", s.asked, number(t, a, runsOfThings)-runs)
		}
		wantCode(t, syncThings(t, a, app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{}).Err, crm.CodeStreamAbsent)
		s.fails = nil
		if r := syncThings(t, a, app.Selection{}, app.Options{}); r.Err != nil || r.Skipped != "" || r.Run.Counts.Created != 1 {
			t.Errorf("it is there, and stays left out: %+v", r)
		}
	})
}

// What else is wrong when a left out stream is tried again is a failed run.
func TestAStreamThatIsLeftOutAndCannotBeAskedForHasFailed(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{fails: map[string]error{"things": notOffered("no right")}}
		a := s.open(t, database, withToken)
		syncThings(t, a, app.Selection{}, app.Options{})
		s.fails["things"] = errAway
		verify := syncThings(t, a, app.Selection{}, app.Options{Ask: engine.Ask{DryRun: true, Verify: true}})
		wantCode(t, verify.Err, crm.CodeSourceDown)
		r := syncThings(t, a, app.Selection{}, app.Options{})
		wantCode(t, r.Err, crm.CodeSourceDown)
		if r.Run.Status != crm.StatusFailed || r.Run.ID == 0 {
			t.Errorf("%+v", r.Run)
		}
	})
}

// A stream that was synced and is refused now is an alarm, for sync and for check.
func TestAStreamThatVanishesHasFailed(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {`{"id":1}`}}}
		a := s.open(t, database, withToken)
		syncThings(t, a, app.Selection{}, app.Options{})
		s.fails = map[string]error{"things": notOffered("no right")}
		for range 2 {
			r := syncThings(t, a, app.Selection{}, app.Options{})
			wantCode(t, r.Err, crm.CodeForbidden)
			if r.Skipped != "" || r.Run.Status != crm.StatusFailed || fixOf(r.Err) != "Give the right." {
				t.Errorf("%+v", r)
			}
		}
		f := check(t, a)[3]
		wantCode(t, f.Err, crm.CodeForbidden)
		if f.Subject != "acme things" || f.Left != "" {
			t.Errorf("%+v", f)
		}
	})
}

// A stream that is marked as left out though it was synced, in whatever way it came to
// that, is not left out any longer.
func TestAStreamThatIsLeftOutThoughItWasSyncedHasFailed(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {`{"id":1}`}}}
		a := s.open(t, database, withToken)
		syncThings(t, a, app.Selection{}, app.Options{})
		s.fails = map[string]error{"things": notOffered("no right")}
		change(t, a, "UPDATE warren_stream SET disabled_reason = 'no right' WHERE stream = 'things'")
		wantCode(t, syncThings(t, a, app.Selection{}, app.Options{}).Err, crm.CodeForbidden)
	})
}

// Where nobody can tell whether a stream was left out, it is not asked for.
func TestAStreamOfWhichTheLedgerCannotBeReadHasFailed(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{}
		a := s.open(t, database, withToken)
		syncThings(t, a, app.Selection{}, app.Options{})
		change(t, a, "UPDATE warren_stream SET checkpoint = 'no json' WHERE stream = 'things'")
		s.asked = nil
		wantCode(t, syncThings(t, a, app.Selection{}, app.Options{}).Err, crm.CodeInternal)
		if slices.Contains(s.asked, "things") {
			t.Errorf("asked %v", s.asked)
		}
	})
}

// Check says in the source's words why a stream is left out; a warehouse that cannot
// be read shows no sync, and is a finding of its own.
func TestCheckSaysWhyAStreamIsLeftOut(t *testing.T) {
	s := &script{fails: map[string]error{"things": notOffered("the token lacks things.read")}}
	const want = "the token lacks things.read; it is left out"
	onBoth(t, func(t *testing.T, database string) {
		a := s.open(t, database, withToken)
		a.Check(t.Context(), app.Selection{}, func(f app.Finding) {
			if f.Err != nil || (f.Subject == "acme things") != (f.Left == want) {
				t.Errorf("%+v", f)
			}
		})
	})
	text := filepath.Join(t.TempDir(), "text.db")
	write(t, text, strings.Repeat("this is no database\n", 99))
	for _, f := range check(t, s.open(t, "sqlite:///"+text, withToken)) {
		if f.Subject == "acme things" && (f.Err != nil || f.Left != want) {
			t.Errorf("%+v", f)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	a := s.open(t, "here.db", withToken)
	syncThings(t, a, app.Selection{}, app.Options{})
	a.Check(ctx, app.Selection{}, func(f app.Finding) {
		switch f.Subject {
		case "acme things":
			if f.Err == nil {
				t.Errorf("%+v", f)
			}
		case "configuration":
		default:
			stop() // the warehouse was read, and cannot be any more
		}
	})
	stop()
}
