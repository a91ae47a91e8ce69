package hubspot_test

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// The limit of ten seconds is kept by what the headers say, without being told of
// it by a refusal.
func TestTrapTenSecondLimitIsNotOverrun(t *testing.T) {
	for _, limit := range []string{"tensecondly=100", "tensecondly=190"} {
		s := account(t, sandbox.Config{Counts: map[string]int{"notes": 30_000}}, limit, map[string]string{"rate": "15"})
		start := s.clock.Now()
		got := s.mustRead(s.stream("notes"), crm.Request{})
		if n := s.requests("", "429"); n != 0 {
			t.Errorf("%s: %d calls were refused", limit, n)
		}
		took := s.clock.Now().Sub(start).Seconds()
		most := 10.0
		if limit == "tensecondly=190" {
			most = 15
		}
		if rate := float64(got.calls) / took; rate < 0.7*most || rate > most+1 {
			t.Errorf("%s: %.1f calls a second", limit, rate)
		}
	}
}

func TestTrapSearchesHaveALimitOfTheirOwn(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"notes": 9000}}, "", map[string]string{"search_rate": "4"})
	since := s.clock.Now()
	s.clock.Pass(time.Second)
	s.Change("notes", sandbox.Random(9000))
	s.traps("searchrate=5,tensecondly=100")
	start := s.clock.Now()
	got := s.mustRead(s.stream("notes"), crm.Request{Since: since})
	if n := s.requests("", "429"); n != 0 {
		t.Errorf("%d searches were refused", n)
	}
	if took := s.clock.Now().Sub(start).Seconds(); float64(got.calls-1)/took < 3.9 || float64(got.calls-1)/took > 4.1 {
		t.Errorf("%d searches in %.1f s", got.calls, took)
	}
	if len(got.records) != len(s.truth("notes")) {
		t.Errorf("%d records", len(got.records))
	}
}

// Another program may use up what the account has: then there are refusals, which
// say in their own way how long to wait.
func TestTrapRefusalsSayHowLongToWait(t *testing.T) {
	for name, test := range map[string]struct {
		answer, after string
		status        int
		want          time.Duration
	}{
		"ten seconds":                   {`{"message":"You have reached your ten_secondly_rolling limit.","policyName":"TEN_SECONDLY_ROLLING"}`, "", 429, 10 * time.Second},
		"ten seconds with Retry-After":  {`{"message":"x","policyName":"TEN_SECONDLY_ROLLING"}`, "3", 429, 3 * time.Second},
		"a second":                      {`{"message":"x","policyName":"SECONDLY"}`, "", 429, time.Second},
		"locked":                        {`{"message":"x"}`, "", 423, 2 * time.Second},
		"locked with Retry-After":       {`{"message":"x"}`, "1", 423, 2 * time.Second},
		"moving, and when it is over":   {`{"message":"x"}`, "90", 477, 90 * time.Second},
		"moving, and does not say when": {`{"message":"x"}`, "", 477, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			s := account(t, sandbox.Config{Counts: map[string]int{"notes": 10}}, "", map[string]string{"rate": "1000"})
			s.refusing("/objects/", 1, test.status, test.answer, test.after)
			start := s.clock.Now()
			got := s.mustRead(s.stream("notes"), crm.Request{})
			if took := s.clock.Now().Sub(start); took < test.want || took > test.want+time.Second/10 || len(got.records) != len(s.truth("notes")) {
				t.Errorf("waited %s, want %s", took, test.want)
			}
		})
	}
}

func TestTrapStatusesThatPass(t *testing.T) {
	for _, trap := range []string{"423=3", "477=3,retryafter=2s", "502=3", "520=3", "500=3", "503=3", "429=3", "html=3", "searchrate=1"} {
		s := account(t, sandbox.Config{Counts: map[string]int{"notes": 1500}}, "", map[string]string{"retries": "8"})
		st := s.described("notes")
		since := s.clock.Now()
		s.clock.Pass(time.Second)
		s.Change("notes", sandbox.Random(900))
		s.traps(trap)
		s.compare(s.mustRead(st, crm.Request{}).records, s.truth("notes"))
		if got := s.mustRead(st, crm.Request{Since: since}); got.count != 900 {
			t.Errorf("%s: %d changes", trap, got.count)
		}
	}
}

func TestAMoveThatTakesHoursEndsTheRun(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"notes": 10}}, "", nil)
	s.refusing("/objects/", 1, 477, `{"message":"This account is moving."}`, "36000")
	_, err := s.read(s.stream("notes"), crm.Request{}, 0)
	mustFail(t, err, crm.CodeSourceDown, "a pause of 10 h", "moving", "Run it again after")
}

func TestAnOriginThatIsNotKnownIsABadToken(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	s.answering("/objects/", 530, "<html><title>Origin DNS error</title></html>")
	_, err := s.read(s.stream("notes"), crm.Request{}, 0)
	mustFail(t, err, crm.CodeAuth, "HUBSPOT_API_TOKEN", "530")
	if n := len(s.events); n != 1 { // one call, and no other attempt
		t.Errorf("%d events: %+v", n, s.events)
	}
}

// Where nothing is known of the account, DAILY still says when to come back.
func TestTheEndOfTheDay(t *testing.T) {
	for details, want := range map[string]string{
		`{"portalId":5}`: "midnight in the account's time zone",
		`{"portalId":5,"timeZone":"America/New_York","utcOffsetMilliseconds":-18000000}`: "2026-03-03 05:00:00 UTC",
		`{"portalId":5,"timeZone":"Nowhere/Land","utcOffsetMilliseconds":7200000}`:       "2026-03-02 22:00:00 UTC",
		`{"portalId":5,"timeZone":"../x","utcOffsetMilliseconds":99000000000}`:           "2026-03-03 10:00:00 UTC",
	} {
		s := account(t, sandbox.Config{}, "", nil)
		daily := `{"message":"You have reached your daily limit.","policyName":"DAILY"}`
		s.answering("/account-info/", 200, details)
		_ = s.described("notes")
		s.answering("/objects/", 429, daily)
		_, err := s.read(s.stream("notes"), crm.Request{}, 0)
		if e := mustFail(t, err, crm.CodeDayLimit, want, "daily limit"); !e.Retryable {
			t.Errorf("it is not worth another attempt: %+v", e)
		}
	}
}
