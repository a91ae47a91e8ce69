package salesrabbit_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// gateway serves a list that a test moves about between the calls.
type gateway struct {
	leads  []string
	most   int  // greatest page; 0 for none
	meta   bool // whether it says that more is to come
	zero   bool // whether it counts pages from 0 in what it says
	bare   bool // whether it sends the array alone
	before func()
	after  func(call int)
	calls  int
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.before != nil {
		g.before()
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	size, _ := strconv.Atoi(r.URL.Query().Get("perPage"))
	if g.most > 0 {
		size = min(size, g.most)
	}
	from := min((page-1)*size, len(g.leads))
	to := min(from+size, len(g.leads))
	list := "[" + strings.Join(g.leads[from:to], ",") + "]"
	if g.zero {
		page--
	}
	switch {
	case g.bare:
		_, _ = fmt.Fprint(w, list)
	case g.meta:
		_, _ = fmt.Fprintf(w, `{"data":%s,"meta":{"morePages":%v,"currentPage":%d,"resultsPerPage":%d}}`, list, to < len(g.leads), page, size)
	default:
		_, _ = fmt.Fprintf(w, `{"data":%s}`, list)
	}
	if g.calls++; g.after != nil {
		g.after(g.calls)
	}
}

func gatewayOf(n int) *gateway {
	g := &gateway{meta: true}
	for id := 1; id <= n; id++ {
		g.leads = append(g.leads, gatewayLead(id, "n"))
	}
	return g
}

// gatewayLead is a lead that was created in a second of its own.
func gatewayLead(id int, name string) string { return leadOf(id, name, id) }

// leadOf is a lead that was created in some second.
func leadOf(id int, name string, second int) string {
	created := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(second) * time.Second).Format(time.RFC3339)
	return fmt.Sprintf(`{"id":%d,"firstName":%q,"dateCreated":%q,"dateModified":"2026-02-01T00:00:00+00:00"}`, id, name, created)
}

// distinct returns the different records that a walk yields.
func distinct(t *testing.T, g *gateway, settings map[string]string) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for page, err := range connect(t, serve(t, g), settings).Read(t.Context(), stream(t, "leads"), crm.Request{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range page.Records {
			seen[string(record)]++
		}
	}
	return seen
}

// Records that were read and then change move to the end, where the order
// follows the modification. The last page then holds known ids, behind a gap.
func TestTrapReadRecordsThatMoveToTheEndHideNoGap(t *testing.T) {
	for name, move := range map[string]func(string) string{
		"changed":   func(lead string) string { return strings.Replace(lead, `"n"`, `"changed"`, 1) },
		"unchanged": func(lead string) string { return lead },
	} {
		t.Run(name, func(t *testing.T) {
			g := gatewayOf(180)
			g.after = func(call int) {
				if call == 1 {
					for range 10 {
						g.leads = append(g.leads[1:], move(g.leads[0]))
					}
				}
			}
			seen := distinct(t, g, nil)
			for _, lead := range g.leads {
				if seen[lead] == 0 && strings.Contains(lead, `"n"`) {
					t.Fatalf("%s was passed over", lead)
				}
			}
		})
	}
}

func TestRecordsWithoutAnIDAreAllYielded(t *testing.T) {
	g := gatewayOf(250)
	g.leads[10], g.leads[150] = `{"id":null,"firstName":"first"}`, `{"id":null,"firstName":"second"}`
	if seen := distinct(t, g, nil); seen[g.leads[10]] == 0 || seen[g.leads[150]] == 0 {
		t.Error("a record without an id was dropped")
	}
}

func TestTheNewerCopyOnALaterPageIsYielded(t *testing.T) {
	g := gatewayOf(250)
	g.leads[120] = gatewayLead(50, "newer")
	if seen := distinct(t, g, nil); seen[g.leads[120]] == 0 {
		t.Error("the newer copy was dropped")
	}
}

func TestTrapWithoutMetaAShortPageIsNotTheEnd(t *testing.T) {
	for _, bare := range []bool{true, false} {
		for _, most := range []int{60, 7, 0} {
			for _, n := range []int{0, 1, 59, 60, 250} {
				g := gatewayOf(n)
				g.meta, g.bare, g.most = false, bare, most
				if seen := distinct(t, g, nil); len(seen) != n {
					t.Errorf("bare %v, at most %d a page: %d of %d leads", bare, most, len(seen), n)
				}
			}
		}
	}
}

func TestPagesCountedFromZeroAreNoReasonToStop(t *testing.T) {
	g := gatewayOf(1000)
	g.zero = true
	if seen := distinct(t, g, nil); len(seen) != 1000 {
		t.Errorf("%d of 1000 leads", len(seen))
	}
}

func TestEveryPageSizeWorks(t *testing.T) {
	for _, size := range []string{"1", "2", "3", "10", "49", "1000"} {
		if seen := distinct(t, gatewayOf(130), map[string]string{"page_size": size}); len(seen) != 130 {
			t.Errorf("pages of %s: %d of 130 leads", size, len(seen))
		}
	}
}

// A checkpoint holds no personal data, and stays small.
func TestACheckpointHoldsNoRecords(t *testing.T) {
	g := gatewayOf(300)
	for i := range g.leads {
		g.leads[i] = fmt.Sprintf(`{"n":%d,"email":"person%d@example.com","notes":%q}`, i, i, strings.Repeat("x", 5000))
	}
	for page, err := range connect(t, serve(t, g), nil).Read(t.Context(), stream(t, "leads"), crm.Request{}) {
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Checkpoint) > 4096 || strings.Contains(page.Checkpoint, "example.com") {
			t.Fatalf("%d bytes: %.200s", len(page.Checkpoint), page.Checkpoint)
		}
	}
}

func TestAWrongAddressDoesNotSwitchAStreamOff(t *testing.T) {
	c := connect(t, serve(t, http.NotFoundHandler()), nil)
	if _, err := read(t, c, stream(t, "leadStatuses"), crm.Request{}, nil); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("got %v", err)
	}
}
