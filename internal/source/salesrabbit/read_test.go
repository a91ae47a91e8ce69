package salesrabbit_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
	"github.com/warren-sync/warren/internal/source/salesrabbit"
)

// account opens the connector on a sandbox with so many leads.
func account(t *testing.T, cfg sandbox.Config, settings map[string]string) (crm.Connector, *sandbox.Server) {
	t.Helper()
	url, server := sandboxtest.SalesRabbit(t, cfg)
	return connect(t, url, settings), server
}

func connect(t *testing.T, url string, settings map[string]string) crm.Connector {
	t.Helper()
	return connectBy(t, impatient{}, url, settings)
}

func connectBy(t *testing.T, clock crm.Clock, url string, settings map[string]string) crm.Connector {
	t.Helper()
	source := salesrabbit.Source()
	values := map[string]string{}
	for _, o := range source.Options {
		values[o.Name] = o.Default
	}
	values["url"], values["token"], values["rate"], values["retries"], values["page_size"] = url, sandbox.DefaultToken, "0", "2", "100"
	for name, value := range settings {
		values[name] = value
	}
	c, err := source.Open(crm.Settings{Account: "salesrabbit", Values: values}, crm.Deps{
		Clock: clock, Transport: http.DefaultTransport, Observe: func(crm.Event) {}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// impatient is the machine's clock, but does not wait.
type impatient struct{ crm.SystemClock }

func (impatient) Wait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

func stream(t *testing.T, name string) crm.Stream {
	t.Helper()
	source := salesrabbit.Source()
	s, ok := source.Stream(name)
	if !ok {
		t.Fatalf("no stream %s", name)
	}
	return s
}

type reading struct {
	records map[string]string // by id
	count   int
	pages   []crm.Page
}

// read walks the stream to its end; between runs after each page.
func read(t *testing.T, c crm.Connector, s crm.Stream, req crm.Request, between func(page int)) (reading, error) {
	t.Helper()
	r := reading{records: map[string]string{}}
	for page, err := range c.Read(t.Context(), s, req) {
		if err != nil {
			return r, err
		}
		r.pages = append(r.pages, page)
		for _, raw := range page.Records {
			r.count++
			r.records[string(rawjson.Member(raw, "id"))] = string(raw)
		}
		if len(r.pages) > 1000 {
			t.Fatal("the walk does not end")
		}
		if between != nil {
			between(len(r.pages))
		}
	}
	return r, nil
}

func mustRead(t *testing.T, c crm.Connector, s crm.Stream, req crm.Request) reading {
	t.Helper()
	r, err := read(t, c, s, req, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReadYieldsEveryLeadOnce(t *testing.T) {
	for _, n := range []int{0, 1, 99, 100, 101, 1234} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			c, server := account(t, sandbox.Config{Records: n, Seed: 1}, nil)
			got := mustRead(t, c, stream(t, "leads"), crm.Request{})
			if got.count != n || len(got.records) != n {
				t.Fatalf("%d records, %d ids, want %d", got.count, len(got.records), n)
			}
			for id, raw := range server.Leads() {
				if got.records[strconv.FormatInt(id, 10)] != string(raw) {
					t.Fatalf("lead %d differs", id)
				}
			}
			if last := got.pages[len(got.pages)-1]; !last.Last {
				t.Error("the last page does not say so")
			}
		})
	}
}

// The trap that loses records with every peer: pages are numbered, and what is
// deleted before the reader moves the rest up.
func TestTrapShiftingPagesLoseNothing(t *testing.T) {
	for name, traps := range map[string]sandbox.Traps{
		"steady order":                {},
		"sortBy ignored":              {IgnoreSort: true},
		"newest first by default too": {IgnoreSort: false, Shifting: true},
	} {
		t.Run(name, func(t *testing.T) {
			c, server := account(t, sandbox.Config{Records: 1500, Seed: 2, Traps: traps}, nil)
			before := map[string]string{}
			for id, raw := range server.Leads() {
				before[strconv.FormatInt(id, 10)] = string(raw)
			}
			got, err := read(t, c, stream(t, "leads"), crm.Request{}, func(page int) {
				if page <= 12 {
					server.Delete(sandbox.Random(15), sandbox.Gone)
					server.Change(sandbox.Random(10))
					server.Insert(5)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			missing := 0
			for id, raw := range server.Leads() {
				key := strconv.FormatInt(id, 10)
				if before[key] != string(raw) {
					continue // came or changed during the walk: the next run asks for it
				}
				if _, ok := got.records[key]; !ok {
					missing++
				}
			}
			if missing > 0 {
				t.Errorf("%d leads that stood still the whole time were passed over", missing)
			}
		})
	}
}

func TestTrapIncrementalAsksForChangesOnly(t *testing.T) {
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := &stepping{now: start}
	c, server := account(t, sandbox.Config{Records: 500, Seed: 3, Clock: clock, Start: start}, nil)
	clock.now = start.Add(time.Hour)
	changed := server.Change(sandbox.Random(20))
	got := mustRead(t, c, stream(t, "leads"), crm.Request{Since: start.Add(time.Minute)})
	if len(got.records) != len(changed) {
		t.Errorf("%d records, want the %d that changed", len(got.records), len(changed))
	}
}

type stepping struct {
	crm.SystemClock
	now time.Time
}

func (c *stepping) Now() time.Time { return c.now }

func TestTrap304IsAnEmptyAnswer(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 100, Seed: 4}, nil)
	got := mustRead(t, c, stream(t, "leads"), crm.Request{Since: time.Now().Add(time.Hour)})
	if got.count != 0 || len(got.pages) == 0 || !got.pages[len(got.pages)-1].Last {
		t.Errorf("%d records in %d pages", got.count, len(got.pages))
	}
}

func TestTrapANewStatusMayLeaveDateModifiedAlone(t *testing.T) {
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := &stepping{now: start}
	c, server := account(t, sandbox.Config{Records: 300, Seed: 5, Clock: clock, Start: start}, nil)
	clock.now = start.Add(time.Hour)
	touched := server.TouchStatus(sandbox.Random(7))
	changed := server.Change(sandbox.These(touched[0], touched[0]+1))
	got := mustRead(t, c, stream(t, "leads"), crm.Request{Since: start.Add(time.Minute)})
	for _, id := range append(touched, changed...) {
		if _, ok := got.records[strconv.FormatInt(id, 10)]; !ok {
			t.Errorf("lead %d was passed over", id)
		}
	}
	if got.count != len(got.records) {
		t.Errorf("%d records for %d leads: the two passes repeat each other", got.count, len(got.records))
	}
	off := connectTo(t, server, map[string]string{"status_pass": "false"})
	if got := mustRead(t, off, stream(t, "leads"), crm.Request{Since: start.Add(time.Minute)}); len(got.records) != len(changed) {
		t.Errorf("without the second pass: %d records, want %d", len(got.records), len(changed))
	}
}

// A record whose dateModified lies shortly before the watermark, and whose
// status alone is new.
func TestTrapANewStatusOfARecordChangedShortlyBefore(t *testing.T) {
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := &stepping{now: start}
	c, server := account(t, sandbox.Config{Records: 50, Seed: 18, Clock: clock, Start: start}, nil)
	clock.now = start.Add(time.Hour)
	lead := server.Change(sandbox.Random(1))
	clock.now = start.Add(2 * time.Hour)
	server.TouchStatus(sandbox.These(lead...))
	got := mustRead(t, c, stream(t, "leads"), crm.Request{Since: start.Add(time.Hour + 10*time.Minute)})
	if _, ok := got.records[strconv.FormatInt(lead[0], 10)]; !ok {
		t.Error("it was passed over")
	}
}

// lagging is a clock on which half a minute passes between two looks.
type lagging struct {
	impatient
	now *time.Time
}

func (c lagging) Now() time.Time {
	*c.now = c.now.Add(30 * time.Second)
	return *c.now
}

// What changes while the source makes its answer may not be in it, so the
// answer speaks of the time when it was asked for (L1).
func TestTheSourcesClockIsThatOfTheQuestion(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	answered := now.Add(time.Hour)
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", answered.Format(http.TimeFormat))
		_, _ = w.Write([]byte(`{"data":[],"meta":{"morePages":false}}`))
	}))
	got := mustRead(t, connectBy(t, lagging{now: &now}, url, nil), stream(t, "leads"), crm.Request{})
	if asked := got.pages[0].SourceTime; asked.IsZero() || asked.After(answered.Add(-30*time.Second)) {
		t.Errorf("asked at %v, answered at %v", asked, answered)
	}
}

func connectTo(t *testing.T, server *sandbox.Server, settings map[string]string) crm.Connector {
	t.Helper()
	return connect(t, serve(t, server), settings)
}

func TestTrapUsersIgnorePaging(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 10, Users: 150, Seed: 6, Traps: sandbox.Traps{UsersRepeat: true}}, nil)
	if got := mustRead(t, c, stream(t, "users"), crm.Request{}); got.count != 150 {
		t.Errorf("%d users, want 150 once each", got.count)
	}
}

func TestTrapTheSamePageForEverIsAnErrorAndNotALoss(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 500, Seed: 7, Traps: sandbox.Traps{RepeatPages: true}}, nil)
	_, err := read(t, c, stream(t, "leads"), crm.Request{}, nil)
	if crm.CodeOf(err) != crm.CodeBadAnswer || !strings.Contains(err.Error(), "again and again") {
		t.Errorf("got %v", err)
	}
}

func TestTrapPerPageIgnored(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 500, Seed: 8, MaxPerPage: 120, Traps: sandbox.Traps{IgnorePerPage: true}}, nil)
	got := mustRead(t, c, stream(t, "leads"), crm.Request{})
	if len(got.records) != 500 {
		t.Errorf("%d leads, want 500", len(got.records))
	}
	told := false
	for _, p := range got.pages {
		told = told || strings.Contains(p.Notice, "cannot overlap")
	}
	if !told {
		t.Error("nobody is told that pages cannot overlap")
	}
}

func TestTrapNoMeta(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 350, Seed: 9, Traps: sandbox.Traps{NoMeta: true}}, nil)
	if got := mustRead(t, c, stream(t, "leads"), crm.Request{}); len(got.records) != 350 {
		t.Errorf("%d leads, want 350", len(got.records))
	}
}

func TestTrapAStreamThatTheAccountLacks(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 10, Seed: 10, Traps: sandbox.Traps{NoHistories: true, NoStatuses: true}}, nil)
	for _, name := range []string{"leadStatusHistories", "leadStatuses"} {
		_, err := read(t, c, stream(t, name), crm.Request{}, nil)
		if crm.CodeOf(err) != crm.CodeStreamAbsent {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.Check(t.Context(), stream(t, name)); crm.CodeOf(err) != crm.CodeStreamAbsent {
			t.Errorf("check of %s: %v", name, err)
		}
	}
}

func TestTrapHistoriesAreKeyedByLead(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 300, Seed: 11}, nil)
	events := map[string]int{}
	for page, err := range c.Read(t.Context(), stream(t, "leadStatusHistories"), crm.Request{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range page.Records {
			events[fmt.Sprintf("%s/%s/%s", rawjson.Member(raw, "leadId"), rawjson.Member(raw, "id"), rawjson.Member(raw, "statusUpdated"))]++
		}
	}
	if len(events) < 300 {
		t.Errorf("%d events of 300 leads", len(events))
	}
	for event, n := range events {
		if n > 1 || strings.HasPrefix(event, "/") {
			t.Errorf("event %s came %d times", event, n)
		}
	}
	if got := mustRead(t, c, stream(t, "leadStatusHistories"), crm.Request{Since: time.Now().Add(time.Hour)}); got.count != 0 {
		t.Errorf("%d events since the future", got.count)
	}
}

func TestLeadStatuses(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 10, Seed: 12}, nil)
	if got := mustRead(t, c, stream(t, "leadStatuses"), crm.Request{}); got.count < 3 {
		t.Errorf("%d statuses", got.count)
	}
}

func TestTheSpecificationsDialect(t *testing.T) {
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := &stepping{now: start}
	c, server := account(t, sandbox.Config{Records: 450, Seed: 13, Clock: clock, Start: start}, map[string]string{"api_style": "spec"})
	if got := mustRead(t, c, stream(t, "leads"), crm.Request{}); len(got.records) != 450 {
		t.Errorf("%d leads, want 450", len(got.records))
	}
	clock.now = start.Add(time.Hour)
	changed := server.Change(sandbox.Random(9))
	if got := mustRead(t, c, stream(t, "leads"), crm.Request{Since: start.Add(time.Minute)}); len(got.records) != len(changed) {
		t.Errorf("%d leads, want the %d that changed", len(got.records), len(changed))
	}
}

// A walk that was broken off goes on behind its checkpoint, also when the
// pages have moved meanwhile.
func TestResumeAtEveryCheckpoint(t *testing.T) {
	c, server := account(t, sandbox.Config{Records: 900, Seed: 14}, nil)
	whole := mustRead(t, c, stream(t, "leads"), crm.Request{})
	for n := range len(whole.pages) - 1 {
		first := map[string]bool{}
		for _, p := range whole.pages[:n+1] {
			for _, raw := range p.Records {
				first[string(rawjson.Member(raw, "id"))] = true
			}
		}
		server.Delete(sandbox.Random(3), sandbox.Gone)
		rest := mustRead(t, c, stream(t, "leads"), crm.Request{Resume: whole.pages[n].Checkpoint})
		for id := range server.Leads() {
			key := strconv.FormatInt(id, 10)
			if _, ok := rest.records[key]; !ok && !first[key] {
				t.Fatalf("resumed behind page %d, lead %s is in neither part", n+1, key)
			}
		}
	}
}

func TestResumeFromNonsenseBeginsAnew(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 250, Seed: 15}, nil)
	for _, token := range []string{"nonsense", `{"pass":-1}`, `{"read":120,"recent":["no such mark"]}`, `{"read":99999}`, `{"pass":7}`, `{"read":9000000000000000000}`} {
		if got := mustRead(t, c, stream(t, "leads"), crm.Request{Resume: token}); len(got.records) != 250 {
			t.Errorf("%s: %d leads, want 250", token, len(got.records))
		}
	}
}

func TestPagesHalveWhenAnAnswerIsTooLarge(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 1000, Seed: 16}, map[string]string{"page_size": "400", "max_response": "300kB"})
	got := mustRead(t, c, stream(t, "leads"), crm.Request{})
	if len(got.records) != 1000 {
		t.Errorf("%d leads, want 1000", len(got.records))
	}
	if !strings.Contains(got.pages[0].Notice, "pages of 200 records") {
		t.Errorf("the first page's notice is %q", got.pages[0].Notice)
	}
}

func TestCheck(t *testing.T) {
	c, server := account(t, sandbox.Config{Records: 10, Seed: 17}, nil)
	if err := c.Check(t.Context(), stream(t, "leads")); err != nil {
		t.Error(err)
	}
	wrong := connectTo(t, server, map[string]string{"token": "wrong"})
	if err := wrong.Check(t.Context(), stream(t, "leads")); crm.CodeOf(err) != crm.CodeAuth {
		t.Errorf("wrong token: %v", err)
	}
}

func TestBadAnswers(t *testing.T) {
	for name, body := range map[string]string{
		"a web page":           "<!doctype html><title>Sign in</title>",
		"no data":              `{"meta":{}}`,
		"data is text":         `{"data":"none"}`,
		"cut":                  `{"data":[{"id":1},{"id":`,
		"a bare number":        `7`,
		"something behind it":  `{"data":[]} {"data":[]}`,
		"a history of nothing": `{"data":{"1":7}}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := connect(t, answering(t, body), nil)
			got, err := read(t, c, stream(t, "leads"), crm.Request{}, nil)
			if crm.CodeOf(err) != crm.CodeBadAnswer || got.count != 0 {
				t.Errorf("%d records, %v", got.count, err)
			}
		})
	}
	c := connect(t, answering(t, `[{"id":1},{"id":2}]`), nil)
	if got := mustRead(t, c, stream(t, "leads"), crm.Request{}); got.count != 2 {
		t.Errorf("a bare array: %d records, want 2", got.count)
	}
	if got := mustRead(t, connect(t, answering(t, `{"data":null}`), nil), stream(t, "leads"), crm.Request{}); got.count != 0 {
		t.Errorf("null data: %d records", got.count)
	}
}
