package hubspot_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// ring is a list whose pages lead into a circle.
type ring struct {
	way, round int // pages before the circle, and in it
	calls      int
}

// next returns the token of the page behind one, and "" when enough was asked: whoever
// has not noticed by then never does.
func (r *ring) next(after string) string {
	if r.calls++; r.calls > 4*(r.way+r.round)+4 {
		return ""
	}
	at, _ := strconv.Atoi(after)
	if at++; at > r.way+r.round {
		at = r.way + 1
	}
	return strconv.Itoa(at)
}

func paging(after string) string {
	if after == "" {
		return ""
	}
	return `,"paging":{"next":{"after":"` + after + `"}}`
}

// A list that leads back to a page that was read would never end, be it the page
// itself or one long before.
func TestTrapAListThatGoesRoundInACircle(t *testing.T) {
	for _, shape := range []ring{{0, 1, 0}, {0, 2, 0}, {0, 3, 0}, {1, 2, 0}, {5, 1, 0}, {5, 4, 0}, {3, 17, 0}, {40, 6, 0}} {
		for name, path := range map[string]string{"contacts": "/objects/", "owners": "/owners", "deals_contacts": "/associations/"} {
			t.Run(fmt.Sprintf("%s, %d pages and then %d", name, shape.way, shape.round), func(t *testing.T) {
				s := account(t, sandbox.Config{}, "", nil)
				s.Create("deals", 1)
				r := shape
				s.front.add(path, func(w http.ResponseWriter, q *http.Request) bool {
					if q.Method == http.MethodGet {
						_, _ = io.WriteString(w, `{"results":[]`+paging(r.next(q.URL.Query().Get("after")))+`}`)
						return true
					}
					var in struct{ Inputs []struct{ ID, After string } }
					if json.NewDecoder(q.Body).Decode(&in) != nil || len(in.Inputs) != 1 {
						return false
					}
					_, _ = io.WriteString(w, `{"status":"COMPLETE","results":[{"from":{"id":"`+in.Inputs[0].ID+`"},"to":[]`+paging(r.next(in.Inputs[0].After))+`}]}`)
					return true
				})
				_, err := s.read(s.stream(name), crm.Request{}, 0)
				if e := mustFail(t, err, crm.CodeBadAnswer, "next page"); !e.Retryable {
					t.Errorf("%+v", e)
				}
			})
		}
	}
}

// A walk that goes on in the middle notices as well when it is led to where it began.
func TestTrapAListThatLeadsBackToTheCheckpoint(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	calls := 0
	s.front.add("/objects/", func(w http.ResponseWriter, _ *http.Request) bool {
		calls++
		_, _ = io.WriteString(w, `{"results":[],"paging":{"next":{"after":"7"}}}`)
		return true
	})
	_, err := s.read(s.stream("contacts"), crm.Request{Resume: `{"phase":"active","start":1,"after":"7"}`}, 0)
	mustFail(t, err, crm.CodeBadAnswer, "next page")
	if calls != 1 {
		t.Errorf("%d calls", calls)
	}
}

// Each of the two lists of a type, and of owners, has pages of its own: that they go by
// the same names is no circle.
func TestListsWhosePagesHaveTheSameNames(t *testing.T) {
	for name, path := range map[string]string{"notes": "/objects/", "owners": "/owners"} {
		for pages := 1; pages < 9; pages++ {
			s := account(t, sandbox.Config{}, "", nil)
			s.front.add(path, func(w http.ResponseWriter, q *http.Request) bool {
				at, _ := strconv.Atoi(q.URL.Query().Get("after"))
				next := ""
				if at < pages-1 {
					next = strconv.Itoa(at + 1)
				}
				_, _ = io.WriteString(w, `{"results":[]`+paging(next)+`}`)
				return true
			})
			if got := s.mustRead(s.stream(name), crm.Request{}); got.calls != 2*pages {
				t.Errorf("%s: %d calls for twice %d pages", name, got.calls, pages)
			}
		}
	}
}

// Of two records whose further associations begin at the same place, neither goes round.
func TestAssociationsOfTwoRecordsMayHavePagesOfTheSameNames(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	s.Create("deals", 2)
	s.front.add("/associations/", func(w http.ResponseWriter, q *http.Request) bool {
		var in struct{ Inputs []struct{ ID, After string } }
		if json.NewDecoder(q.Body).Decode(&in) != nil {
			return false
		}
		results := ""
		for i, input := range in.Inputs {
			if i > 0 {
				results += ","
			}
			at, _ := strconv.Atoi(input.After)
			next := ""
			if at < 3 {
				next = strconv.Itoa(at + 1)
			}
			results += fmt.Sprintf(`{"from":{"id":%q},"to":[{"toObjectId":%d,"associationTypes":[]}]%s}`, input.ID, at+1, paging(next))
		}
		_, _ = io.WriteString(w, `{"status":"COMPLETE","results":[`+results+`]}`)
		return true
	})
	if got := s.mustRead(s.stream("deals_contacts"), crm.Request{}); got.count != 8 || got.calls != 1+4 {
		t.Errorf("%d associations in %d calls", got.count, got.calls)
	}
}
