package app_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
)

// caller is a CRM that tells of changes as stream/id, with commas between, in calls
// that are signed with "yes", and that shows single records.
type caller struct {
	*script

	mu      sync.Mutex
	has     map[string]string // records by id
	fetched []string          // the ids of each reading
	fail    error
	failOn  string // the stream that fails; "" for all
	during  func() // called while records are read
}

func (c *caller) Read(call crm.Call) ([]crm.Changed, error) {
	if call.Header.Get("Signature") != "yes" {
		return nil, &crm.Error{Code: crm.CodeAuth, Message: "not signed", Fix: "Sign."}
	}
	var changed []crm.Changed
	for one := range strings.SplitSeq(string(call.Body), ",") {
		stream, id, _ := strings.Cut(one, "/")
		changed = append(changed, crm.Changed{Stream: stream, ID: id})
	}
	return changed, nil
}

// source is the connector side of a caller, whose Read is of another kind.
type fetcher struct {
	*script

	c *caller
}

func (f fetcher) Fetch(_ context.Context, stream crm.Stream, ids []string) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		f.c.mu.Lock()
		f.c.fetched = append(f.c.fetched, strings.Join(ids, " "))
		fail, during := f.c.fail, f.c.during
		if f.c.failOn != "" && f.c.failOn != stream.Name {
			fail = nil
		}
		page := crm.Page{Last: true, Requests: 1}
		for _, id := range ids {
			if record, ok := f.c.has[id]; ok {
				page.Records = append(page.Records, []byte(record))
			} else {
				page.Gone = append(page.Gone, []byte(`{"id":`+id+`}`))
			}
		}
		f.c.mu.Unlock()
		if fail != nil {
			yield(crm.Page{}, fail)
			return
		}
		if during != nil {
			during()
		}
		yield(page, nil)
	}
}

func (c *caller) readings() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.fetched, ";")
}

// hooked is an App on a CRM that calls, and its hooks.
func hooked(t *testing.T, database string) (*app.App, *app.Hooks, *caller) {
	t.Helper()
	c := &caller{script: &script{}, has: map[string]string{}}
	a := c.open(t, database, withToken)
	for i := range a.Config.Accounts {
		a.Config.Accounts[i].Source.Hook = func(crm.Settings, crm.Deps) (crm.Hook, error) { return c, nil }
		a.Config.Accounts[i].Source.Open = func(crm.Settings, crm.Deps) (crm.Connector, error) { return fetcher{c.script, c}, nil }
	}
	h, err := a.OpenHooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, h, c
}

func call(body string) crm.Call {
	return crm.Call{Method: "POST", URL: "https://x/hooks/acme", Header: map[string][]string{"Signature": {"yes"}}, Body: []byte(body)}
}

// follow reads what is noted until the condition holds.
func follow(t *testing.T, a *app.App, h *app.Hooks, until func() bool) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	observe := a.Observe
	a.Observe = func(e crm.Event) {
		observe(e)
		if _, ended := e.(crm.RunFinished); ended && until() {
			stop()
		}
	}
	h.Follow(ctx)
	a.Observe = observe
}

// Many calls about few records are read in one run for each stream; what is gone is
// marked, what is not synced is left out.
func TestWhatIsToldIsReadAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		a, h, c := hooked(t, database)
		c.has = map[string]string{"1": record(1), "2": record(2), "3": record(3)}
		for _, body := range []string{"things/1", "things/2,things/1,parts/3", "folk/9", "things/1", "people/4"} {
			if _, err := h.Tell(t.Context(), "acme", call(body)); err != nil {
				t.Fatal(err)
			}
		}
		runs := 0
		follow(t, a, h, func() bool { runs++; return runs == 2 })
		if got := c.readings(); got != "1 2;3" && got != "3;1 2" {
			t.Errorf("read %q", got)
		}
		if n := number(t, a, "SELECT (SELECT count(*) FROM acme_things) * 10 + (SELECT count(*) FROM acme_parts)"); n != 21 {
			t.Errorf("%d", n)
		}
		delete(c.has, "2")
		if _, err := h.Tell(t.Context(), "acme", call("things/2")); err != nil {
			t.Fatal(err)
		}
		follow(t, a, h, func() bool { return true })
		if n := number(t, a, "SELECT count(*) FROM acme_things WHERE warren_deleted_run IS NOT NULL"); n != 1 {
			t.Errorf("%d things are marked", n)
		}
	})
}

// L3: what was told is forgotten only when it was read, whoever dies meanwhile, and
// what is told while it is read is read once more.
func TestL3WhatIsToldIsKeptUntilItIsRead(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		a, h, c := hooked(t, database)
		c.has = map[string]string{"1": record(1)}
		c.fail = &crm.Error{Code: crm.CodeSourceDown, Message: "no", Fix: "Yes."}
		if _, err := h.Tell(t.Context(), "acme", call("things/1")); err != nil {
			t.Fatal(err)
		}
		follow(t, a, h, func() bool { return true })
		if n := number(t, a, "SELECT count(*) FROM warren_changed"); n != 1 {
			t.Fatalf("%d are noted after a reading that failed", n)
		}
		c.fail = nil
		c.during = func() {
			c.during = nil
			c.mu.Lock()
			c.has["1"] = `{"id":1,"email":"later@example.com"}`
			c.mu.Unlock()
			if _, err := h.Tell(t.Context(), "acme", call("things/1")); err != nil {
				t.Error(err)
			}
		}
		runs := 0
		follow(t, a, h, func() bool { runs++; return runs == 2 })
		if n := number(t, a, "SELECT count(*) FROM acme_things WHERE email = 'later@example.com'"); n != 1 {
			t.Error("what changed while it was read was not read once more")
		}
		if n := number(t, a, "SELECT count(*) FROM warren_changed"); n != 0 {
			t.Errorf("%d are still noted", n)
		}
	})
}

// A stream that cannot be read keeps no other from being read.
func TestAStreamThatFailsKeepsNoOtherWaiting(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		a, h, c := hooked(t, database)
		c.has = map[string]string{"1": record(1), "3": record(3)}
		c.fail, c.failOn = &crm.Error{Code: crm.CodeForbidden, Message: "no", Fix: "Yes."}, "things"
		for _, body := range []string{"things/1", "parts/3"} {
			if _, err := h.Tell(t.Context(), "acme", call(body)); err != nil {
				t.Fatal(err)
			}
		}
		read := func() int64 {
			return number(t, a, "SELECT count(*) FROM ingestion_sync_history WHERE status = 'success'")
		}
		runs := 0
		follow(t, a, h, func() bool { runs++; return runs == 4 || read() == 1 })
		if n := number(t, a, "SELECT count(*) FROM acme_parts"); n != 1 || read() != 1 {
			t.Errorf("%d parts after %d runs", n, runs)
		}
		if n := number(t, a, "SELECT count(*) FROM warren_changed WHERE stream = 'things'"); n != 1 {
			t.Errorf("%d things are noted", n)
		}
	})
}

// hours is the machine's clock, on which the waits of Follow pass at once. It stands
// still otherwise.
type hours struct {
	crm.SystemClock

	time   *crmtest.Clock
	passed func() // called after each look
}

func (c hours) Now() time.Time { return c.time.Now() }

func (c hours) Wait(ctx context.Context, d time.Duration) error {
	if d != time.Second && d != 30*time.Second {
		return c.SystemClock.Wait(ctx, d)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.time.Pass(d)
	if d == 30*time.Second {
		c.passed()
	}
	return nil
}

// ended is when a run ended, and how.
type ended struct {
	at     time.Duration
	status crm.Status
}

// followFor follows for so much time, with call after each look, and returns the runs
// that ended and what was said of those that could not be read.
func followFor(t *testing.T, a *app.App, h *app.Hooks, span time.Duration, call func()) (runs []ended, said []string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	clock := hours{time: crmtest.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))}
	begun := clock.Now()
	clock.passed = func() {
		if call(); clock.Now().Sub(begun) >= span {
			stop()
		}
	}
	observe := a.Observe
	a.Clock, a.Observe = clock, func(e crm.Event) {
		observe(e)
		switch e := e.(type) {
		case crm.RunFinished:
			runs = append(runs, ended{clock.Now().Sub(begun), e.Run.Status})
		case crm.Notice:
			if strings.Contains(e.Message, "could not be read again") {
				said = append(said, e.Message)
			}
		}
	}
	h.Follow(ctx)
	a.Clock, a.Observe = crm.SystemClock{}, observe
	return runs, said
}

// The pauses after a failure grow from half a minute to an hour: ten tries in four
// hours, however often the source calls meanwhile. What is true of the account is
// asked, and told, once for all of its streams.
func TestWhatFailsAgainAndAgainIsTriedMoreAndMoreRarely(t *testing.T) {
	for _, c := range []struct {
		name string
		code crm.Code
		runs int // of the two streams together
		says string
	}{
		{"one stream's failure", crm.CodeForbidden, 20, "it is tried again in 1h0m0s"},
		{"a refused token", crm.CodeAuth, 10, "no stream of acme is tried for 1h0m0s"},
		{"a used-up day", crm.CodeDayLimit, 10, "no stream of acme is tried for 1h0m0s"},
	} {
		for _, calls := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, calls %t", c.name, calls), func(t *testing.T) {
				onBoth(t, func(t *testing.T, database string) {
					a, h, source := hooked(t, database)
					source.fail = &crm.Error{Code: c.code, Message: "no", Fix: "Yes."}
					tell := func(body string) {
						if _, err := h.Tell(t.Context(), "acme", call(body)); err != nil {
							t.Error(err)
						}
					}
					tell("things/1")
					tell("parts/3")
					_, said := followFor(t, a, h, 4*time.Hour, func() {
						if calls {
							tell("things/1,things/2,parts/3")
						}
					})
					if n := number(t, a, "SELECT count(*) FROM ingestion_sync_history"); n != int64(c.runs) || len(said) != c.runs {
						t.Fatalf("%d runs in the history, told %q", n, said)
					}
					if last := said[len(said)-1]; !strings.Contains(last, c.says) {
						t.Errorf("said %q at last", last)
					}
				})
			})
		}
	}
}

// After a success the pauses begin anew, for a stream as for an account.
func TestTheRestBeginsAnewAfterASuccess(t *testing.T) {
	for _, code := range []crm.Code{crm.CodeForbidden, crm.CodeAuth} {
		t.Run(string(code), func(t *testing.T) {
			a, h, c := hooked(t, "here.db")
			c.has = map[string]string{"1": record(1)}
			no := &crm.Error{Code: code, Message: "no", Fix: "Yes."}
			c.fail = no
			tell := func() {
				if _, err := h.Tell(t.Context(), "acme", call("things/1")); err != nil {
					t.Error(err)
				}
			}
			tell()
			count := 0
			a.Observe = func(e crm.Event) {
				if _, is := e.(crm.RunFinished); !is {
					return
				}
				count++
				c.mu.Lock()
				c.fail = no
				if count == 4 { // the fifth succeeds
					c.fail = nil
				}
				c.mu.Unlock()
			}
			runs, _ := followFor(t, a, h, 30*time.Minute, func() {
				if count == 5 {
					tell()
				}
			})
			if len(runs) < 7 || runs[4].status != crm.StatusSuccess {
				t.Fatalf("%v", runs)
			}
			if before, anew := runs[4].at-runs[3].at, runs[6].at-runs[5].at; before < 4*time.Minute || anew < 30*time.Second || anew >= 2*time.Minute {
				t.Errorf("rested %s before the success, %s after the next failure", before, anew)
			}
		})
	}
}

// A stream that a sync has is asked for each half minute, and nothing is told of it.
func TestAStreamThatASyncHasIsAskedForSteadily(t *testing.T) {
	a, h, c := hooked(t, "here.db")
	c.fail = &crm.Error{Code: crm.CodeBusy, Message: "taken", Fix: "Wait."}
	if _, err := h.Tell(t.Context(), "acme", call("things/1")); err != nil {
		t.Fatal(err)
	}
	_, said := followFor(t, a, h, 10*time.Minute, func() {})
	if n := len(strings.Split(c.readings(), ";")); n < 18 || len(said) != 0 {
		t.Errorf("asked %d times in ten minutes, told %q", n, said)
	}
}

// More than one run takes is read at once, without a wait between the runs.
func TestManyRecordsAreReadWithoutAWait(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		a, h, _ := hooked(t, database)
		var body []string
		for n := range 1001 {
			body = append(body, fmt.Sprintf("things/%d", n+1))
		}
		if _, err := h.Tell(t.Context(), "acme", call(strings.Join(body, ","))); err != nil {
			t.Fatal(err)
		}
		runs, _ := followFor(t, a, h, time.Hour, func() {})
		if len(runs) != 2 || runs[0].at != 0 || runs[1].at != 0 {
			t.Errorf("the runs ended at %v", runs)
		}
		if n := number(t, a, "SELECT count(*) FROM warren_changed"); n != 0 {
			t.Errorf("%d are still noted", n)
		}
	})
}

func TestCallsThatAreRefused(t *testing.T) {
	a, h, _ := hooked(t, "here.db")
	unsigned := call("things/1")
	unsigned.Header = nil
	_, err := h.Tell(t.Context(), "acme", unsigned)
	wantCode(t, err, crm.CodeAuth)
	_, err = h.Tell(t.Context(), "nobody", call("things/1"))
	wantCode(t, err, crm.CodeNotFound)
	if n := number(t, a, "SELECT count(*) FROM warren_changed"); n != 0 {
		t.Errorf("%d are noted", n)
	}
	if got := h.Accounts(); len(got) != 1 || got[0] != "acme" {
		t.Errorf("%q", got)
	}
}

func TestASourceThatTellsNothing(t *testing.T) {
	a := (&script{}).open(t, "here.db", withToken)
	_, err := a.OpenHooks(t.Context())
	wantCode(t, err, crm.CodeConfig)
	_, err = (&script{}).open(t, "here.db", "log: {level: info}").OpenHooks(t.Context())
	wantCode(t, err, crm.CodeConfig)
}
