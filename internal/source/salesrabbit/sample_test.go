package salesrabbit_test

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// sampled returns a member of each record of a sample.
func sampled(t *testing.T, c crm.Connector, name, member string, n int, at float64, total int64) ([]string, crm.Page) {
	t.Helper()
	page, err := c.(crm.Sampler).Sample(t.Context(), stream(t, name), n, at, total)
	if err != nil {
		t.Fatal(err)
	}
	var members []string
	for _, raw := range page.Records {
		members = append(members, string(rawjson.Member(raw, member)))
	}
	return members, page
}

func TestSampleOfTheLeads(t *testing.T) {
	const firstID = 10_000_001
	for _, style := range []string{"live", "spec"} {
		for _, tc := range []struct {
			name                string
			leads, n            int
			at                  float64
			total               int64
			first, count, calls int
		}{
			{"the beginning", 1000, 20, 0, 1000, 0, 20, 1},
			{"the middle", 1000, 20, 0.5, 1000, 500, 20, 1},
			{"the end", 1000, 20, 0.9999, 1000, 980, 20, 1},
			{"the last page is short", 995, 20, 0.9999, 995, 980, 15, 1},
			{"the total is twice too large, and so nearer to the beginning", 1000, 20, 0.75, 2000, 740, 20, 2},
			{"the total is much too large", 7, 20, 0.99, 100_000, 0, 7, 13},
			{"the total is not known", 1000, 20, 0.5, 0, 0, 20, 1},
			{"fewer than are wanted", 7, 20, 0.5, 7, 0, 7, 1},
			{"none", 0, 20, 0.5, 0, 0, 0, 1},
		} {
			t.Run(style+"/"+tc.name, func(t *testing.T) {
				c, _ := account(t, sandbox.Config{Records: tc.leads, Seed: 20, Traps: sandbox.Traps{}}, map[string]string{"api_style": style})
				whole := mustRead(t, c, stream(t, "leads"), crm.Request{})
				var order []string
				for _, p := range whole.pages {
					for _, raw := range p.Records {
						order = append(order, string(rawjson.Member(raw, "id")))
					}
				}
				got, page := sampled(t, c, "leads", "id", tc.n, tc.at, tc.total)
				want := order[tc.first : tc.first+tc.count]
				if !slices.Equal(got, want) || !page.Last || page.Unsure != "" {
					t.Errorf("got %v, want %v; last %v", got, want, page.Last)
				}
				if page.Requests != tc.calls {
					t.Errorf("%d calls, want %d", page.Requests, tc.calls)
				}
				if style == "live" && tc.count > 0 && got[0] != strconv.Itoa(firstID+tc.first) {
					t.Errorf("the first is %s", got[0])
				}
			})
		}
	}
}

func TestSampleOfAListThatComesWhole(t *testing.T) {
	for name, traps := range map[string]sandbox.Traps{"everything on every page": {UsersRepeat: true}, "in pages": {}} {
		t.Run(name, func(t *testing.T) {
			c, _ := account(t, sandbox.Config{Records: 10, Users: 160, Seed: 21, Traps: traps}, nil)
			var order []string
			for _, p := range mustRead(t, c, stream(t, "users"), crm.Request{}).pages {
				for _, raw := range p.Records {
					order = append(order, string(rawjson.Member(raw, "id")))
				}
			}
			for at, first := range map[float64]int{0: 0, 0.5: 80, 0.99: 140} {
				if got, _ := sampled(t, c, "users", "id", 20, at, 160); !slices.Equal(got, order[first:first+20]) {
					t.Errorf("at %g: %v, want %v", at, got, order[first:first+20])
				}
			}
		})
	}
}

// A unit of the histories is a lead with all its events, so the total speaks
// of more than there are pages for.
func TestSampleOfTheHistoriesIsNotAlwaysTheFirstLeads(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 400, Seed: 22}, nil)
	total := int64(mustRead(t, c, stream(t, "leadStatusHistories"), crm.Request{}).count)
	starts := map[string]bool{}
	for _, at := range []float64{0, 0.2, 0.4, 0.6, 0.8, 0.99} {
		leads, page := sampled(t, c, "leadStatusHistories", "leadId", 20, at, total)
		if len(slices.Compact(leads)) != 20 || page.Requests > 3 {
			t.Fatalf("at %g: the events of %d leads in %d calls", at, len(slices.Compact(leads)), page.Requests)
		}
		starts[leads[0]] = true
	}
	if len(starts) < 4 {
		t.Errorf("the samples begin at %v only", starts)
	}
}

func TestSampleOfASourceWithPagesOfItsOwnSize(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 500, Seed: 23, MaxPerPage: 120, Traps: sandbox.Traps{IgnorePerPage: true}}, nil)
	if got, _ := sampled(t, c, "leads", "id", 20, 0.1, 500); len(got) != 20 {
		t.Errorf("%d records, want 20", len(got))
	}
}

func TestSampleThatFails(t *testing.T) {
	c, server := account(t, sandbox.Config{Records: 100, Seed: 24, Traps: sandbox.Traps{NoHistories: true}}, nil)
	for _, tc := range []struct {
		name, stream, says string
		c                  crm.Connector
		code               crm.Code
	}{
		{"wrong token", "leads", "SALESRABBIT_API_KEY", connectTo(t, server, map[string]string{"token": "wrong"}), crm.CodeAuth},
		{"too large", "leads", "SALESRABBIT_MAX_RESPONSE", connectTo(t, server, map[string]string{"max_response": "1kB"}), crm.CodeTooLarge},
		{"no such stream", "leadStatusHistories", "offer it to the account", c, crm.CodeStreamAbsent},
		{"a web page", "leads", "SALESRABBIT_API_URL", connect(t, answering(t, "<html>"), nil), crm.CodeBadAnswer},
		{"nothing there", "leads", "SALESRABBIT_API_URL", connect(t, serve(t, http.NotFoundHandler()), nil), crm.CodeNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			page, err := tc.c.(crm.Sampler).Sample(t.Context(), stream(t, tc.stream), 20, 0.5, 100)
			if crm.CodeOf(err) != tc.code || len(page.Records) > 0 {
				t.Fatalf("%d records, %v", len(page.Records), err)
			}
			var e *crm.Error
			if !errors.As(err, &e) || !strings.Contains(e.Fix, tc.says) {
				t.Errorf("fix %q, want one that says %q", e.Fix, tc.says)
			}
		})
	}
}

// The last page of a stream is seldom full, and its records are as likely to be
// looked at as all others.
func TestSampleShowsTheLastRecordsToo(t *testing.T) {
	c, _ := account(t, sandbox.Config{Records: 60, Seed: 42}, nil)
	seen := map[string]bool{}
	for i := range 30 {
		page, err := c.(crm.Sampler).Sample(t.Context(), stream(t, "leads"), 25, float64(i)/30, 60)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range page.Records {
			seen[string(record)] = true
		}
	}
	if len(seen) != 60 {
		t.Errorf("30 samples show %d of 60 leads", len(seen))
	}
}
