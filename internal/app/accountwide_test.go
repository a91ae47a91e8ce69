package app_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// openAccounts is an App on two accounts of the CRM, acme and west, with so many streams
// each, s0, s1 … west is a CRM of its own, which answers.
func (s *script) openAccounts(t *testing.T, streams int, parallel string) (a *app.App, west *script) {
	t.Helper()
	dir := t.TempDir()
	west = &script{records: map[string][]string{}}
	source := s.source()
	base := source.Streams[0]
	source.Streams = nil
	for n := range streams {
		stream := base
		stream.Name, stream.Table = fmt.Sprintf("s%d", n), fmt.Sprintf("acme_s%d", n)
		stream.Aliases, stream.TableAliases = nil, nil
		source.Streams = append(source.Streams, stream)
		west.records[stream.Name] = []string{record(1)}
	}
	open := source.Open
	source.Open = func(settings crm.Settings, deps crm.Deps) (crm.Connector, error) {
		if settings.Text("token") == "west" {
			return west, nil
		}
		return open(settings, deps)
	}
	write(t, filepath.Join(dir, config.DefaultFile), "sync: {parallel: "+parallel+"}\n"+
		"sources: {acme: {token: t}, west: {type: acme, token: west, table_prefix: west_}}")
	cfg, err := config.Load(config.Input{Dir: dir, Sources: []crm.Source{source}, Overrides: config.Overrides{Database: "here.db"}})
	if err != nil {
		t.Fatal(err)
	}
	return &app.App{Config: cfg, Clock: crm.SystemClock{}, Observe: func(crm.Event) {}}, west
}

// failing is the script's answer for each of so many streams.
func failing(streams int, err error) map[string]error {
	fails := map[string]error{}
	for n := range streams {
		fails[fmt.Sprintf("s%d", n)] = err
	}
	return fails
}

// after is err in the words of an open breaker, whose own code says nothing of why.
func after(err error) error {
	return &crm.Error{Code: crm.CodeSourceDown, Origin: crm.OriginSource, Message: "left alone", Fix: "Wait.", Err: err}
}

// What is true of every stream of an account is asked once, or as often as streams are
// asked at the same time. What is not stops nobody, and an account never stops another.
func TestWhatIsTrueOfTheWholeAccountIsNotAskedAgain(t *testing.T) {
	const streams = 10
	for name, c := range map[string]struct {
		err error
		all bool // it is true of all streams
	}{
		"the credentials are refused":          {refusedWith(crm.CodeAuth), true},
		"nothing can be reached":               {refusedWith(crm.CodeUnreachable), true},
		"the calls of the day are used up":     {refusedWith(crm.CodeDayLimit), true},
		"the rows are another account's":       {refusedWith(crm.CodeOtherAccount), true},
		"it is left alone, for it was away":    {after(refusedWith(crm.CodeUnreachable)), true},
		"it is left alone, for it was slow":    {after(refusedWith(crm.CodeTimeout)), false},
		"one heavy question takes too long":    {refusedWith(crm.CodeTimeout), false},
		"it refuses a question":                {refusedWith(crm.CodeSourceRefused), false},
		"a right is lacking":                   {refusedWith(crm.CodeForbidden), false},
		"it is down":                           {errAway, false},
		"one of its limits is reached":         {refusedWith(crm.CodeRateLimit), false},
		"a stream's columns are configured so": {refusedWith(crm.CodeConfig), false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, parallel := range []string{"1", "2"} {
				s := &script{fails: failing(streams, c.err)}
				a, west := s.openAccounts(t, streams, parallel)
				var mu sync.Mutex
				told := 0
				a.Observe = func(e crm.Event) {
					if n, is := e.(crm.Notice); is && strings.Contains(n.Message, "the answer would be the same") {
						mu.Lock()
						told++
						mu.Unlock()
					}
				}
				results, err := a.Sync(t.Context(), app.Selection{}, app.Options{})
				if err != nil || len(results) != 2*streams {
					t.Fatalf("%d results, %v", len(results), err)
				}
				asked, tells, most := len(s.asked), 0, streams
				if c.all {
					most, tells = int(parallel[0]-'0'), 1
				}
				if asked > most || asked < 1 || !c.all && asked != streams || told != tells {
					t.Errorf("parallel %s: asked for %d streams, at most %d; told %d times", parallel, asked, most, told)
				}
				if len(west.asked) != streams {
					t.Errorf("parallel %s: of the other account %d were asked for", parallel, len(west.asked))
				}
				begun := 0
				for _, r := range results {
					if r.ID.Source == "west" {
						if r.Err != nil || r.Run.Counts.Created != 1 || r.SameAs != (crm.StreamID{}) {
							t.Errorf("%+v", r)
						}
						continue
					}
					if !errors.Is(r.Err, c.err) || crm.CodeOf(r.Err) != crm.CodeOf(c.err) || fixOf(r.Err) != fixOf(c.err) || r.Run.Status != crm.StatusFailed {
						t.Errorf("%+v", r)
					}
					if r.Begun() {
						begun++
					} else if want := r.ID.String() + " was not asked: the answer would be the same as for " + r.SameAs.String(); r.SameAs.Source != "acme" || !strings.HasPrefix(r.Err.Error(), want) {
						t.Errorf("%+v: %v, want %q", r, r.Err, want)
					}
				}
				if begun != asked {
					t.Errorf("parallel %s: %d were begun, %d asked for", parallel, begun, asked)
				}
				if n := number(t, a, "SELECT count(*) FROM ingestion_sync_history WHERE crm_source = 'acme'"); n != int64(begun) {
					t.Errorf("parallel %s: %d runs in the history, %d were begun", parallel, n, begun)
				}
			}
		})
	}
}

// A stream that is named is tried, whatever the last sync met.
func TestAStreamThatIsNamedIsTriedAgain(t *testing.T) {
	refused := refusedWith(crm.CodeAuth)
	s := &script{fails: failing(3, refused), records: map[string][]string{"s2": {record(1)}}}
	a, _ := s.openAccounts(t, 3, "1")
	sync := func(sel app.Selection) []app.Result {
		t.Helper()
		results, err := a.Sync(t.Context(), sel, app.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	alone := app.Selection{Account: "acme", Streams: []string{"s2"}}
	sync(app.Selection{Account: "acme"})
	if r := sync(alone); strings.Join(s.asked, " ") != "s0 s2" || !errors.Is(r[0].Err, refused) || !r[0].Begun() {
		t.Errorf("asked for %q; %+v", s.asked, r)
	}
	s.fails = nil
	if r := sync(alone); r[0].Err != nil || r[0].Run.Counts.Created != 1 {
		t.Errorf("%+v", r)
	}
	s.fails = failing(3, refused)
	if r := sync(app.Selection{Account: "acme", Streams: []string{"s1", "s2"}}); r[1].Begun() || r[1].SameAs != r[0].ID {
		t.Errorf("two that are named: %+v", r)
	}
}

// An account that cannot be opened is so for all of its streams, whatever the reason.
func TestAnAccountThatCannotBeOpenedIsToldOnce(t *testing.T) {
	cannot := refusedWith(crm.CodeConfig)
	s := &script{cannot: cannot}
	a, west := s.openAccounts(t, 4, "1")
	results, err := a.Sync(t.Context(), app.Selection{}, app.Options{})
	if err != nil || len(results) != 8 || len(west.asked) != 4 {
		t.Fatalf("%+v, %v; asked for %q", results, err, west.asked)
	}
	first := results[0].ID
	for i, r := range results[:4] {
		if !errors.Is(r.Err, cannot) || r.Begun() || r.Run.Status != crm.StatusFailed || (r.SameAs == first) != (i > 0) {
			t.Errorf("%+v", r)
		}
	}
}

// Whoever interrupts a sync did not find out anything about the account.
func TestAnInterruptionIsNoFailureOfTheAccount(t *testing.T) {
	cancelled := &crm.Error{Code: crm.CodeCancelled, Origin: crm.OriginWarren, Message: "interrupted", Fix: "Again.", Err: refusedWith(crm.CodeUnreachable)}
	if code := app.AccountWide(cancelled); code != "" {
		t.Errorf("%q", code)
	}
	s := &script{fails: failing(5, refusedWith(crm.CodeAuth))}
	a, _ := s.openAccounts(t, 5, "1")
	ctx, interrupt := context.WithCancel(t.Context())
	a.Observe = func(e crm.Event) {
		if _, is := e.(crm.RunStarted); is {
			interrupt()
		}
	}
	if results, err := a.Sync(ctx, app.Selection{Account: "acme"}, app.Options{}); err != nil || len(results) != 1 {
		t.Errorf("%+v, %v", results, err)
	}
}

// together is a CRM that answers when all of its streams are being read.
type together struct {
	*script

	all sync.WaitGroup
}

func (g *together) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	g.all.Done()
	g.all.Wait()
	return g.script.Read(ctx, stream, req)
}

// Streams that are read at the same time fail each by itself; which of them failed for
// one reason is known, so that it can be told once.
func TestStreamsThatFailAtTheSameTimeForOneReason(t *testing.T) {
	auth, away := refusedWith(crm.CodeAuth), refusedWith(crm.CodeUnreachable)
	for name, c := range map[string]struct {
		first, second error
		same          int
	}{
		"for one reason":                    {auth, refusedWith(crm.CodeAuth), 1},
		"for one reason, in other words":    {away, after(away), 1},
		"for two reasons":                   {auth, away, 0},
		"one of them alone":                 {auth, errAway, 0},
		"for reasons that are each its own": {errAway, errAway, 0},
	} {
		t.Run(name, func(t *testing.T) {
			g := &together{script: &script{fails: map[string]error{"s0": c.first, "s1": c.second}}}
			g.all.Add(2)
			a, _ := g.openAccounts(t, 2, "2")
			a.Config.Accounts[0].Source.Open = func(crm.Settings, crm.Deps) (crm.Connector, error) { return g, nil }
			results, err := a.Sync(t.Context(), app.Selection{Account: "acme"}, app.Options{})
			if err != nil || len(results) != 2 || !errors.Is(results[0].Err, c.first) || !errors.Is(results[1].Err, c.second) {
				t.Fatalf("%+v, %v", results, err)
			}
			same := 0
			for i, r := range results {
				if !r.Begun() {
					t.Errorf("%s was not begun", r.ID)
				}
				if r.SameAs == results[1-i].ID {
					same++
				} else if r.SameAs != (crm.StreamID{}) {
					t.Errorf("%s as %s", r.ID, r.SameAs)
				}
			}
			if same != c.same {
				t.Errorf("%d failed for the same reason, want %d: %+v", same, c.same, results)
			}
		})
	}
}
