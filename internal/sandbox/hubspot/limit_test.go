package hubspot

import (
	"strings"
	"testing"
	"time"
)

type failureJSON struct{ Status, Message, ErrorType, PolicyName, Category, CorrelationID string }

func TestTenSecondlyTrapIsARollingWindow(t *testing.T) {
	s := start(t, 20, "tensecondly=3")
	for i := range 3 {
		r := s.get("/crm/v3/objects/contacts")
		if r.status != 200 || r.header.Get("X-HubSpot-RateLimit-Remaining") != text(int64(2-i)) || r.header.Get("X-HubSpot-RateLimit-Max") != "3" ||
			r.header.Get("X-HubSpot-RateLimit-Interval-Milliseconds") != "10000" {
			t.Errorf("call %d: %d %v", i, r.status, r.header)
		}
		s.clock.Pass(2 * time.Second)
	}
	refused := s.get("/crm/v3/owners")
	f := parse[failureJSON](t, refused, 429)
	if f.PolicyName != "TEN_SECONDLY_ROLLING" || f.ErrorType != "RATE_LIMIT" || f.Status != "error" || f.Message != "You have reached your ten_secondly_rolling limit." ||
		len(f.CorrelationID) != 36 || refused.header.Get("Retry-After") != "" {
		t.Errorf("refused with %+v, %v", f, refused.header)
	}
	if r := s.post("/crm/v3/objects/contacts/search", `{}`); r.status != 200 {
		t.Errorf("a search: %d", r.status)
	}
	if r := s.post("/crm/associations/2026-09/contacts/companies/batch/read", `{"inputs":[]}`); r.status != 200 {
		t.Errorf("associations under the dated path: %d", r.status)
	}
	if r := s.post("/crm/v4/associations/contacts/companies/batch/read", `{"inputs":[]}`); r.status != 429 {
		t.Errorf("associations under v4: %d", r.status)
	}
	s.clock.Pass(4*time.Second - time.Millisecond)
	if r := s.get("/crm/v3/owners"); r.status != 429 {
		t.Errorf("just under ten seconds after the first: %d", r.status)
	}
	s.clock.Pass(time.Millisecond)
	if r := s.get("/crm/v3/owners"); r.status != 200 {
		t.Errorf("ten seconds after the first: %d", r.status)
	}
}

func TestSearchRateTrapHoldsForAllTokensAndHasNoHeaders(t *testing.T) {
	s := start(t, 20, "searchrate=5")
	other := parse[struct {
		AccessToken string `json:"access_token"`
	}](t, s.grant(DefaultRefreshToken), 200).AccessToken
	for i := range 5 {
		r := s.post("/crm/v3/objects/contacts/search", `{}`)
		for name := range r.header {
			if strings.HasPrefix(strings.ToLower(name), "x-hubspot-ratelimit") {
				t.Errorf("a search has the header %s", name)
			}
		}
		if r.status != 200 {
			t.Errorf("search %d: %d", i, r.status)
		}
	}
	s.token = other
	f := parse[failureJSON](t, s.post("/crm/v3/objects/deals/search", `{}`), 429)
	if f.PolicyName != "SECONDLY" || f.Message != "You have reached your secondly limit." {
		t.Errorf("refused with %+v", f)
	}
	s.clock.Pass(time.Second)
	if r := s.post("/crm/v3/objects/deals/search", `{}`); r.status != 200 {
		t.Errorf("a second later: %d", r.status)
	}
}

func TestDailyTrapEndsAtMidnightInTheAccountsTimeZone(t *testing.T) {
	s := start(t, 20, "daily=3") // it is noon in UTC, five in the morning there
	s.get("/crm/v3/owners")
	s.post("/crm/v3/objects/contacts/search", `{}`)
	if r := s.get("/crm/v3/owners"); r.status != 200 || r.header.Get("X-HubSpot-RateLimit-Daily") != "3" || r.header.Get("X-HubSpot-RateLimit-Daily-Remaining") != "0" {
		t.Errorf("the third call: %d %v", r.status, r.header)
	}
	if f := parse[failureJSON](t, s.post("/crm/v3/objects/contacts/search", `{}`), 429); f.PolicyName != "DAILY" {
		t.Errorf("refused with %+v", f)
	}
	s.clock.Pass(19*time.Hour - time.Millisecond)
	if r := s.get("/crm/v3/owners"); r.status != 429 {
		t.Errorf("just before midnight: %d", r.status)
	}
	s.clock.Pass(time.Millisecond)
	usage := parse[struct {
		Results []struct {
			Name, FetchStatus, ResetsAt, CollectedAt string
			UsageLimit, CurrentUsage                 int
		}
	}](t, s.get("/account-info/v3/api-usage/daily/private-apps"), 200).Results[0]
	if usage.UsageLimit != 3 || usage.CurrentUsage != 1 || usage.FetchStatus != "SUCCESS" || usage.ResetsAt != "2026-03-04T07:00:00.000Z" {
		t.Errorf("usage %+v", usage)
	}
	s.SetTraps(Traps{})
	if got := s.gate.used(s.clock.Now()); got != 0 {
		t.Errorf("%d calls count after the traps were switched", got)
	}
}

func TestRetryAfterTrapSaysWhenToComeBack(t *testing.T) {
	for traps, want := range map[string]string{"": "", "retryafter=none": "", "retryafter=10s": "10", "retryafter=date:10s": "Mon, 02 Mar 2026 12:00:10 GMT"} {
		s := start(t, 5, strings.TrimSuffix("tensecondly=1,"+traps, ","))
		s.get("/crm/v3/owners")
		if r := s.get("/crm/v3/owners"); r.status != 429 || r.header.Get("Retry-After") != want {
			t.Errorf("%q: %d %q", traps, r.status, r.header.Get("Retry-After"))
		}
	}
}

func TestWithoutTrapsNoLimitIsEnforced(t *testing.T) {
	s := start(t, 5, "")
	for range 200 {
		if r := s.get("/crm/v3/owners"); r.status != 200 {
			t.Fatalf("status %d", r.status)
		}
	}
	r := s.get("/account-info/2026-09/details")
	if r.header.Get("X-HubSpot-RateLimit-Max") != "190" || r.header.Get("X-HubSpot-RateLimit-Remaining") != "0" || r.header.Get("X-HubSpot-RateLimit-Daily") != "625000" {
		t.Errorf("headers %v", r.header)
	}
	if got := string(r.body); !strings.Contains(got, `"portalId":7012345`) || !strings.Contains(got, `"timeZone":"America/Phoenix"`) {
		t.Errorf("details %s", got)
	}
	if got := s.get("/account-info/v3/api-usage/daily/private-apps"); !strings.Contains(string(got.body), `"currentUsage":202`) {
		t.Errorf("usage %s", got.body)
	}
	s.clock.Pass(24 * time.Hour)
	if got := s.gate.used(s.clock.Now()); got != 0 {
		t.Errorf("%d calls on a new day", got)
	}
}
