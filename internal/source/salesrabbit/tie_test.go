package salesrabbit_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// imported is a gateway whose leads were created in seconds that hold so many
// each, and that puts those of one second in another order for each call.
func imported(seed uint64, perSecond ...int) *gateway {
	g := &gateway{meta: true}
	var seconds [][]string
	id := 0
	for second, n := range perSecond {
		var group []string
		for range n {
			id++
			group = append(group, leadOf(id, "n", second))
		}
		seconds = append(seconds, group)
	}
	r := rand.New(rand.NewPCG(seed, 0))
	g.before = func() {
		g.leads = nil
		for _, group := range seconds {
			r.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
			g.leads = append(g.leads, group...)
		}
	}
	g.before()
	return g
}

// unsure is why a walk says that it may have passed over records.
func unsure(t *testing.T, g *gateway, settings map[string]string) (why, notice string, seen map[string]int) {
	t.Helper()
	seen = map[string]int{}
	for page, err := range connect(t, serve(t, g), settings).Read(t.Context(), stream(t, "leads"), crm.Request{}) {
		if err != nil {
			t.Fatal(err)
		}
		why, notice = page.Unsure, notice+page.Notice
		for _, record := range page.Records {
			seen[string(record)]++
		}
	}
	return why, notice, seen
}

// A time is no order among the leads of one second.
func TestTrapLeadsOfOneSecondComeInAnotherOrderWithEachCall(t *testing.T) {
	for seed := range uint64(40) {
		g := imported(seed, 1, 30, 1, 45, 7, 1, 1, 30, 2, 40, 3, 1, 1, 20, 44)
		why, notice, seen := unsure(t, g, map[string]string{"page_size": "100"})
		all(t, g.leads, seen)
		if why != "" || notice != "" {
			t.Errorf("order %d: unsure for %q, notice %q", seed, why, notice)
		}
	}
}

// The first of the two times by which a list may be sorted says nothing where the
// leads lack it; the other one does.
func TestTrapLeadsWithoutATimeOfCreationComeInAnotherOrderWithEachCall(t *testing.T) {
	for seed := range uint64(40) {
		g := imported(seed, 1, 30, 1, 45, 7, 1, 1, 30, 2, 40, 3, 1, 1, 20, 44)
		shuffle := g.before
		g.before = func() {
			shuffle()
			for i, lead := range g.leads {
				bare := strings.Replace(lead, `,"dateModified":"2026-02-01T00:00:00+00:00"`, "", 1)
				g.leads[i] = strings.Replace(bare, "dateCreated", "dateModified", 1)
			}
		}
		g.before()
		_, _, seen := unsure(t, g, map[string]string{"page_size": "100"})
		all(t, g.leads, seen)
	}
}

// Where a second holds more leads than a page, their number says whether all of
// them were read; but it does not prove that what did not come is gone.
func TestTrapMoreLeadsOfOneSecondThanAPageHolds(t *testing.T) {
	for _, seconds := range [][]int{{3, 230, 1, 5}, {230}, {230, 5}, {1, 120}, {3, 150, 130, 1}} {
		for seed := range uint64(20) {
			g := imported(seed, seconds...)
			why, notice, seen := unsure(t, g, map[string]string{"page_size": "100"})
			all(t, g.leads, seen)
			if !strings.HasSuffix(why, "change their order from call to call") || notice != "" {
				t.Errorf("%v, order %d: unsure for %q, notice %q", seconds, seed, why, notice)
			}
			if g.calls > 80 {
				t.Errorf("%v, order %d: %d calls", seconds, seed, g.calls)
			}
		}
	}
}

func TestLeadsOfOneSecondInASteadyOrderCostNoCalls(t *testing.T) {
	for _, c := range []struct{ alone, together, calls int }{{1000, 0, 12}, {0, 1000, 13}, {500, 500, 13}} {
		g := &gateway{meta: true}
		for id := range c.alone {
			g.leads = append(g.leads, leadOf(id, "n", id))
		}
		for id := range c.together {
			g.leads = append(g.leads, leadOf(c.alone+id, "n", c.alone))
		}
		why, _, seen := unsure(t, g, map[string]string{"page_size": "100"})
		all(t, g.leads, seen)
		if g.calls > c.calls || why != "" {
			t.Errorf("%d leads of different seconds and %d of one: %d calls, unsure for %q", c.alone, c.together, g.calls, why)
		}
	}
}

// A lead that is never shown is not passed over in silence.
func TestALeadOfACrowdedSecondThatNeverComesIsTold(t *testing.T) {
	g := gatewayOf(0)
	for id := range 300 {
		g.leads = append(g.leads, leadOf(id, "n", min(id, 10)))
	}
	g.leads[150] = g.leads[140] // in its place another one comes twice
	g.leads = append(g.leads, leadOf(1000, "n", 1000))
	why, notice, seen := unsure(t, g, map[string]string{"page_size": "100"})
	if len(seen) != 300 || !strings.Contains(why, "1 of them did not come") || !strings.Contains(notice, "290 records share one time") {
		t.Errorf("%d leads, unsure for %q, notice %q", len(seen), why, notice)
	}
	if g.calls > 60 {
		t.Errorf("%d calls", g.calls)
	}
}

// Leads in front of a crowded second go while it is read, be it more than a
// page holds or not, or all of it goes.
func TestTrapLeadsAreDeletedWhileACrowdedSecondIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		seconds  []int
		from, to int // the leads that go
	}{
		"in front of what a page holds": {[]int{60, 40, 45, 48, 40, 5}, 0, 60},
		"in front of more than a page":  {[]int{60, 230, 5}, 0, 60},
		"more than a page":              {[]int{60, 230, 150}, 60, 290},
		"more than a page, at the end":  {[]int{60, 230}, 60, 290},
	} {
		for seed := range uint64(20) {
			g := imported(seed, c.seconds...)
			shuffle, call, last := g.before, uint64(0), seed%5+1
			g.before = func() {
				shuffle()
				if call++; call > last {
					g.leads = append(append([]string{}, g.leads[:c.from]...), g.leads[c.to:]...)
				}
			}
			_, _, seen := unsure(t, g, map[string]string{"page_size": "100"})
			all(t, g.leads, seen)
			if g.calls > 100 {
				t.Errorf("%s, order %d: %d calls", name, seed, g.calls)
			}
		}
	}
}

// The first page is short since the list is, not since the source gives no more.
func TestTrapWithoutMetaAListThatGrowsIsAskedForInLargePagesAgain(t *testing.T) {
	g := gatewayOf(5)
	g.meta = false
	g.after = func(call int) {
		if call == 1 {
			g.leads = gatewayOf(900).leads
		}
	}
	seen := distinct(t, g, map[string]string{"page_size": "100"})
	all(t, g.leads, seen)
	if g.calls > 20 {
		t.Errorf("%d calls for 900 leads in pages of 100", g.calls)
	}
	g = gatewayOf(900)
	g.meta, g.most = false, 50
	all(t, g.leads, distinct(t, g, map[string]string{"page_size": "100"}))
	if g.calls > 25 {
		t.Errorf("%d calls for 900 leads in pages of 50", g.calls)
	}
}

// Users come whole; but without meta nobody says so.
func TestTrapUsersWithoutMetaAreReadToTheEnd(t *testing.T) {
	for _, most := range []int{40, 100, 0} {
		g := gatewayOf(250)
		g.meta, g.most = false, most
		n := 0
		for page, err := range connect(t, serve(t, g), map[string]string{"page_size": "100"}).Read(t.Context(), stream(t, "users"), crm.Request{}) {
			if err != nil {
				t.Fatal(err)
			}
			n += len(page.Records)
		}
		if n != 250 {
			t.Errorf("at most %d a page: %d users, want 250", most, n)
		}
	}
}

// A few leads of an import were edited since: their dateModified is no order, for
// all others share one too.
func TestTrapAFewLeadsOfACrowdedSecondWereEdited(t *testing.T) {
	for _, c := range []struct{ leads, every, page int }{{1200, 150, 500}, {1200, 1200, 500}, {300, 150, 100}} {
		for seed := range uint64(10) {
			r := rand.New(rand.NewPCG(seed, 1))
			g := &gateway{meta: true}
			for id := range c.leads {
				lead := leadOf(id, "n", 7)
				if id%c.every == c.every/2 {
					lead = strings.Replace(lead, "2026-02-01T00:00:00", "2026-02-01T00:05:00", 1)
				}
				g.leads = append(g.leads, lead)
			}
			g.before = func() { r.Shuffle(len(g.leads), func(i, j int) { g.leads[i], g.leads[j] = g.leads[j], g.leads[i] }) }
			why, _, seen := unsure(t, g, map[string]string{"page_size": strconv.Itoa(c.page)})
			if all(t, g.leads, seen); why == "" {
				t.Errorf("%+v, order %d: it is sure", c, seed)
			}
		}
	}
}

// Leads of a crowded second go while it is read: they take the place of others
// that have not come yet, and no more than that may be wrong.
func TestTrapLeadsOfACrowdedSecondAreDeletedFromItsMidst(t *testing.T) {
	for _, c := range []struct{ leads, gone, after int }{{230, 30, 2}, {230, 5, 2}, {150, 10, 2}, {230, 30, 5}} {
		for seed := range uint64(15) {
			g := imported(seed, 60, c.leads, 5)
			shuffle, call := g.before, 0
			g.before = func() {
				shuffle()
				if call++; call > c.after {
					g.leads = slices.DeleteFunc(g.leads, func(lead string) bool {
						id := 0
						_, _ = fmt.Sscanf(lead, `{"id":%d`, &id)
						return id > 60 && id <= 60+c.gone
					})
				}
			}
			why, _, seen := unsure(t, g, map[string]string{"page_size": "100"})
			if all(t, g.leads, seen); why == "" {
				t.Errorf("%+v, order %d: it is sure", c, seed)
			}
		}
	}
}

func TestTrapASecondThatHoldsManyPagesOfLeads(t *testing.T) {
	for _, n := range []int{500, 1500} {
		for seed := range uint64(3) {
			g := imported(seed, 60, n, 5)
			_, notice, seen := unsure(t, g, map[string]string{"page_size": "100"})
			if all(t, g.leads, seen); notice != "" {
				t.Errorf("%d leads, order %d: %q", n, seed, notice)
			}
		}
	}
}
