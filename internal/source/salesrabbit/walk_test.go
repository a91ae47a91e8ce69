package salesrabbit_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// grow puts new leads before all others.
func (g *gateway) grow(n, call int) {
	for i := range n {
		g.leads = append([]string{gatewayLead(-1000*call-i, "n")}, g.leads...)
	}
}

// all fails the test if one of the leads was not yielded.
func all(t *testing.T, leads []string, seen map[string]int) {
	t.Helper()
	missing := 0
	for _, lead := range leads {
		if seen[lead] == 0 {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d leads were passed over", missing, len(leads))
	}
}

// Nothing new on a page that is longer than what overlaps: others came in
// before the reader. It is neither the end nor the same page for ever.
func TestTrapWithoutMetaAListThatGrowsBeforeTheReaderIsReadToTheEnd(t *testing.T) {
	for _, by := range []int{1, 30, 99, 100, 150} {
		g := gatewayOf(450)
		before := append([]string{}, g.leads...)
		g.meta = false
		g.after = func(call int) {
			if call <= 2 {
				g.grow(by, call)
			}
		}
		all(t, before, distinct(t, g, nil))
	}
}

// A list may grow before the reader by more than a page, again and again: page
// after page holds nothing new, and none of them is the one before.
func TestTrapAListThatGrowsFasterThanItsSmallPagesIsReadToTheEnd(t *testing.T) {
	g := gatewayOf(60)
	before := append([]string{}, g.leads...)
	g.most = 5
	g.after = func(call int) {
		if call > 5 && call < 20 {
			g.grow(5, call)
		}
	}
	all(t, before, distinct(t, g, nil))
}

func TestTrapWithoutMetaTheSamePageForEverIsAnError(t *testing.T) {
	for name, traps := range map[string]sandbox.Traps{
		"with meta": {RepeatPages: true}, "without": {RepeatPages: true, NoMeta: true},
	} {
		c, _ := account(t, sandbox.Config{Records: 500, Seed: 30, Traps: traps}, nil)
		r, err := read(t, c, stream(t, "leads"), crm.Request{}, nil)
		if crm.CodeOf(err) != crm.CodeBadAnswer || !strings.Contains(err.Error(), "again and again") {
			t.Errorf("%s: %v after %d pages", name, err, len(r.pages))
		}
		for _, p := range r.pages {
			if p.Last {
				t.Errorf("%s: a page says that it is the last", name)
			}
		}
	}
}

// A page that is read again after a gap brings nothing new, and is no end.
func TestTrapWithoutMetaGoingBackAfterAGapIsNoEnd(t *testing.T) {
	for _, size := range []string{"7", "19", "100"} {
		g := gatewayOf(300)
		g.meta = false
		g.after = func(call int) {
			if call == 3 {
				g.leads = g.leads[5:]
			}
		}
		all(t, gatewayOf(300).leads[5:], distinct(t, g, map[string]string{"page_size": size}))
	}
}

// Pages that are read again after a gap are no pages that repeat themselves,
// however small they are.
func TestTrapAGapBetweenSmallPagesIsNoReasonToFail(t *testing.T) {
	for _, most := range []int{7, 20} {
		g := gatewayOf(300)
		g.most = most
		g.after = func(call int) {
			if call == 60/most {
				g.leads = g.leads[2:]
			}
		}
		all(t, gatewayOf(300).leads[2:], distinct(t, g, nil))
	}
}

// leadsWithHistory reads the histories and returns the leads that they are of.
func leadsWithHistory(t *testing.T, c crm.Connector, between func(page int)) map[string]int {
	t.Helper()
	r, err := read(t, c, stream(t, "leadStatusHistories"), crm.Request{}, between)
	if err != nil {
		t.Fatal(err)
	}
	leads := map[string]int{}
	for _, p := range r.pages {
		for _, raw := range p.Records {
			leads[string(rawjson.Member(raw, "leadId"))]++
		}
	}
	return leads
}

func TestTrapHistoriesBehindASmallerMaximumAreReadToTheEnd(t *testing.T) {
	for name, traps := range map[string]sandbox.Traps{"with meta": {}, "without": {NoMeta: true}} {
		for _, most := range []int{27, 50, 57, 100} {
			c, _ := account(t, sandbox.Config{Records: 130, Seed: 31, MaxPerPage: most, Traps: traps}, map[string]string{"page_size": "57"})
			if got := len(leadsWithHistory(t, c, nil)); got != 130 {
				t.Errorf("%s, at most %d a page: the histories of %d leads, want 130", name, most, got)
			}
		}
	}
}

func TestTrapHistoriesLoseNothingWhenLeadsAreDeleted(t *testing.T) {
	for name, traps := range map[string]sandbox.Traps{"with meta": {}, "without": {NoMeta: true}} {
		c, server := account(t, sandbox.Config{Records: 300, Seed: 32, MaxPerPage: 20, Traps: traps}, nil)
		got := leadsWithHistory(t, c, func(page int) {
			if page == 4 {
				for id := int64(10_000_002); id < 10_000_030; id++ { // more than any two pages share
					server.Delete(sandbox.These(id), sandbox.Gone)
				}
			}
		})
		for id := range server.Leads() {
			if got[strconv.FormatInt(id, 10)] == 0 {
				t.Errorf("%s: the history of lead %d was passed over", name, id)
			}
		}
	}
}

func TestTrapAListThatAlwaysComesWholeMayBeLargerThanManyPages(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 10, Users: 950, Seed: 33, Traps: sandbox.Traps{UsersRepeat: true}}, map[string]string{"page_size": "100"})
	got := mustRead(t, c, stream(t, "users"), crm.Request{})
	if got.count != 950 || len(got.pages) > 4 {
		t.Errorf("%d users in %d pages, want 950 once each", got.count, len(got.pages))
	}
}

// Only a walk without a gap proves that what it did not show is gone.
func TestPagesThatCannotOverlapProveNothing(t *testing.T) {
	fixed := sandbox.Config{Records: 300, Seed: 34, MaxPerPage: 120, Traps: sandbox.Traps{IgnorePerPage: true}}
	c, _ := account(t, fixed, nil)
	whole := mustRead(t, c, stream(t, "leads"), crm.Request{})
	last := whole.pages[len(whole.pages)-1]
	if len(whole.pages) < 3 || whole.pages[0].Unsure != "" || !strings.Contains(last.Unsure, "cannot overlap") {
		t.Errorf("%d pages, the first is unsure for %q, the last for %q", len(whole.pages), whole.pages[0].Unsure, last.Unsure)
	}
	rest := mustRead(t, c, stream(t, "leads"), crm.Request{Resume: whole.pages[len(whole.pages)-2].Checkpoint})
	if end := rest.pages[len(rest.pages)-1]; end.Unsure == "" {
		t.Errorf("a walk that was gone on with for %d pages is sure", len(rest.pages))
	}

	fixed.Records = 100 // one page shows them all
	c, _ = account(t, fixed, nil)
	for _, p := range mustRead(t, c, stream(t, "leads"), crm.Request{}).pages {
		if p.Unsure != "" {
			t.Errorf("a single page is unsure: %s", p.Unsure)
		}
	}
	c, _ = account(t, sandbox.Config{Records: 300, Seed: 34}, nil)
	for _, p := range mustRead(t, c, stream(t, "leads"), crm.Request{}).pages {
		if p.Unsure != "" {
			t.Errorf("pages that overlap are unsure: %s", p.Unsure)
		}
	}
}

// The events of a lead repeat its dateModified, and so they change with each
// edit of it; a new status adds one, and may leave dateModified alone.
func TestTrapHistoriesFollowTheLeadAndItsStatus(t *testing.T) {
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := &stepping{now: start}
	_, server := account(t, sandbox.Config{Records: 200, Seed: 35, Clock: clock, Start: start}, nil)
	clock.now = start.Add(time.Hour)
	edited := []int64{10_000_005, 10_000_007, 10_000_009}
	for _, id := range edited {
		if !server.Edit(id, sandbox.Fields{"notes": []byte(`"edited, and nothing else"`)}) {
			t.Fatalf("there is no lead %d", id)
		}
	}
	touched := server.TouchStatus(sandbox.These(10_000_020, 10_000_021))
	both := server.TouchStatus(sandbox.These(edited[0]))
	since := start.Add(time.Minute)
	for _, settings := range []map[string]string{nil, {"status_pass": "false"}} {
		c := connectTo(t, server, settings)
		events := map[string]int{}
		leads := map[string]int{}
		for _, p := range mustRead(t, c, stream(t, "leadStatusHistories"), crm.Request{Since: since}).pages {
			for _, raw := range p.Records {
				events[string(raw)]++
				leads[string(rawjson.Member(raw, "leadId"))]++
			}
		}
		want := append(append([]int64{}, edited...), touched...)
		for _, id := range append(want, both...) {
			if leads[strconv.FormatInt(id, 10)] == 0 {
				t.Errorf("%v: the history of lead %d was passed over", settings, id)
			}
		}
		if len(leads) != len(want) {
			t.Errorf("%v: the histories of %d leads, want %d", settings, len(leads), len(want))
		}
		for event, n := range events {
			if n > 1 {
				t.Errorf("%v: %s came %d times", settings, event, n)
			}
		}
	}
}

func TestTrapHistoriesThatAlwaysComeWholeWithoutMetaAreReadOnce(t *testing.T) {
	c := connect(t, answering(t, `{"data":{"1":[{"id":1}],"2":[{"id":2}],"3":[{"id":3}],"4":[{"id":4}],"5":[{"id":5}]}}`), map[string]string{"page_size": "3"})
	got := leadsWithHistory(t, c, nil)
	for lead := range 5 {
		if n := got[strconv.Itoa(lead+1)]; n != 1 {
			t.Errorf("the history of lead %d came %d times", lead+1, n)
		}
	}
}

// A walk that is gone on with begins on a later page, and a smaller maximum is
// one there, too: its pages overlap as those of any other walk.
func TestTrapAWalkThatIsGoneOnWithHeedsASmallerMaximum(t *testing.T) {
	c, server := account(t, sandbox.Config{Records: 300, Seed: 36, MaxPerPage: 21}, map[string]string{"page_size": "42"})
	whole := mustRead(t, c, stream(t, "leads"), crm.Request{})
	first := map[string]bool{}
	for _, p := range whole.pages[:3] {
		for _, raw := range p.Records {
			first[string(rawjson.Member(raw, "id"))] = true
		}
	}
	rest, err := read(t, c, stream(t, "leads"), crm.Request{Resume: whole.pages[2].Checkpoint}, func(page int) {
		if page == 2 {
			for id := int64(10_000_001); id < 10_000_030; id++ {
				server.Delete(sandbox.These(id), sandbox.Gone)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range server.Leads() {
		key := strconv.FormatInt(id, 10)
		if _, ok := rest.records[key]; !ok && !first[key] {
			t.Errorf("lead %s was passed over", key)
		}
	}
	for _, p := range rest.pages {
		if p.Unsure != "" || p.Notice != "" {
			t.Errorf("unsure for %q, notice %q", p.Unsure, p.Notice)
		}
	}
}

// A source that counts in pages of its own has nothing on page 2 of a size that
// it was asked for: the walk goes back, finds nothing new, and comes to an end.
func TestTrapAnEmptyPageBehindAListThatIsReadIsTheEnd(t *testing.T) {
	for _, name := range []string{"leads", "leadStatusHistories"} {
		calls := 0
		c := connect(t, serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls++
			switch {
			case r.URL.Query().Get("page") != "1":
				_, _ = io.WriteString(w, `{"data":[]}`)
			case name == "leads":
				_, _ = io.WriteString(w, `{"data":[`+gatewayLead(1, "a")+`,`+gatewayLead(2, "b")+`,`+gatewayLead(3, "c")+`]}`)
			default:
				_, _ = io.WriteString(w, `{"data":{"1":[{"id":5}],"2":[{"id":5}],"3":[{"id":5}]}}`)
			}
		})), nil)
		if got := mustRead(t, c, stream(t, name), crm.Request{}); got.count != 3 || calls > 50 {
			t.Errorf("%s: %d records in %d calls", name, got.count, calls)
		}
	}
}

// Records have whole seconds, rounded down: one that changes behind the call,
// in the same second, looks as if it had changed before it.
func TestTrapTheClockOfTheSourceHasWholeSeconds(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 10, Seed: 40}, nil)
	for _, p := range mustRead(t, c, stream(t, "leads"), crm.Request{}).pages {
		if p.SourceTime.IsZero() || !p.SourceTime.Equal(p.SourceTime.Truncate(time.Second)) {
			t.Errorf("the page says that it was asked for at %s", p.SourceTime.Format(time.RFC3339Nano))
		}
	}
}

// Pages that do not overlap cannot show that a checkpoint speaks of this list.
func TestTrapPagesThatCannotOverlapAreReadFromTheBeginning(t *testing.T) {
	fixed := sandbox.Config{Records: 300, Seed: 43, MaxPerPage: 60, Traps: sandbox.Traps{IgnorePerPage: true}}
	c, server := account(t, fixed, nil)
	whole := mustRead(t, c, stream(t, "leads"), crm.Request{})
	for id := range server.Leads() {
		if id > 10_000_100 {
			server.Delete(sandbox.These(id), sandbox.Gone)
		}
	}
	rest := mustRead(t, c, stream(t, "leads"), crm.Request{Resume: whole.pages[3].Checkpoint})
	if len(rest.records) != 100 {
		t.Errorf("a walk that was gone on with behind the end yields %d of 100 leads", len(rest.records))
	}
}
