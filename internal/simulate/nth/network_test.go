package nth_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/faults"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
)

// outage is what befalls the Nth call of the source.
type outage struct {
	name  string
	fault faults.HTTPFault
	lasts bool     // all later calls meet it, too
	code  crm.Code // of the run's error; "" for a run that ends well
	aws   crm.Code // what it may be as well of a source behind AWS, which never says 401, and whose files are read on in parts
}

func outages() []outage {
	reset, gone := faults.HTTPFault{Kind: faults.ResetBefore}, faults.HTTPFault{Kind: faults.Unplugged}
	cut, short := faults.HTTPFault{Kind: faults.CutBody}, faults.HTTPFault{Kind: faults.CutUnknown}
	down := faults.Status(http.StatusInternalServerError)
	return []outage{
		{name: "reset", fault: reset},
		{name: "answered and reset", fault: faults.HTTPFault{Kind: faults.ResetAfter}},
		{name: "reset for good", fault: reset, lasts: true, code: crm.CodeUnreachable},
		{name: "unplugged", fault: gone, lasts: true, code: crm.CodeUnreachable},
		{name: "500", fault: down},
		{name: "500 for good", fault: down, lasts: true, code: crm.CodeSourceDown},
		{name: "503", fault: faults.Status(http.StatusServiceUnavailable)},
		{name: "cut in its announced length", fault: cut},
		{name: "cut in its announced length for good", fault: cut, lasts: true, code: crm.CodeBadAnswer, aws: crm.CodeUnreachable},
		{name: "cut without a length", fault: short, aws: crm.CodeBadAnswer},
		{name: "cut without a length for good", fault: short, lasts: true, code: crm.CodeBadAnswer},
		{name: "slow", fault: faults.Slow(time.Second)},
		{name: "401", fault: faults.Status(http.StatusUnauthorized), code: crm.CodeAuth, aws: crm.CodeSourceRefused},
		{name: "403", fault: faults.Status(http.StatusForbidden), code: crm.CodeForbidden},
		{name: "429", fault: faults.TooMany("")},
		{name: "429 with seconds", fault: faults.TooMany("3")},
		{name: "429 for good", fault: faults.TooMany("1"), lasts: true, code: crm.CodeRateLimit},
	}
}

// Every call of the source fails once, and all from it on fail, in a third or
// a ninth of the ways; with -every in each of them. A failed call is tried again or fails the run; it is never an empty page (L3).
func TestL3TheNthCallOfTheSourceFails(t *testing.T) {
	onEach(t, func(t *testing.T, sub subject, st stage) {
		s := setUp(t, roadtest.SQLite, sub, st)
		ways := 3 * min(sub.thin, 3)
		for i, o := range outages() {
			met := true
			first, step := turns(i, ways)
			for n := first; met && !t.Failed(); n += step {
				t.Run(fmt.Sprintf("call %d %s", n, o.name), func(t *testing.T) { met = s.cut(t, n, o) })
				if !met && n <= 3 {
					t.Errorf("a run makes only %d calls", n-1)
				}
			}
		}
	})
}

// cut lets the run's nth call fail and checks what is left of it. It reports
// whether the run was long enough to meet the fault.
func (s *scene) cut(t *testing.T, n int64, o outage) (met bool) {
	s.next(t)
	before := s.watermark(t)
	trip := s.trip(s.db)
	trip.Transport = faults.Transport(s.Network(), s.Clock, func(call int64, _ *http.Request) faults.HTTPFault {
		met = met || call == n
		if call == n || call > n && o.lasts {
			return o.fault
		}
		return faults.HTTPFault{}
	})
	a := &aftermath{scene: s, T: t}
	a.run, a.err = s.Run(t.Context(), trip)

	switch {
	case a.err == nil:
		// The look at a few records when all is done fails no run.
		if looked := a.run.Check == nil || a.run.Check.Failed == ""; met && o.code != "" && looked && !s.forgoes(n, o) {
			t.Error("the run did not meet the fault")
		}
		a.wantDone()
		return met
	case !met || !s.explains(o, crm.CodeOf(a.err)):
		t.Errorf("got %v, want %q", a.err, o.code)
	}
	a.wantClosed()
	a.wantUnmoved(before)
	a.wantConverged()
	return met
}

// explains reports whether a run of which a call meets the outage may end with that
// code.
func (s *scene) explains(o outage, code crm.Code) bool {
	return code == o.code || s.source == roadtest.SalesPro && code == o.aws
}

// forgoes reports whether a run can do without a good answer to its nth call: where
// the file of a result may not be read, its pages are.
func (s *scene) forgoes(n int64, o outage) bool {
	return s.aside(n) || s.source == roadtest.SalesPro && o.code == crm.CodeForbidden
}

// aside reports whether the nth call is one that HubSpot is asked once, about the
// account as a whole. Nothing but addresses depends on it: a token without that
// right will do.
func (s *scene) aside(n int64) bool {
	return s.source == roadtest.HubSpot && s.stream == "contacts" && n == 1
}
