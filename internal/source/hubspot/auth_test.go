package hubspot_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/source/hubspot"
)

func grant(more map[string]string) map[string]string {
	settings := map[string]string{
		"token": "", "client_id": sandbox.DefaultClientID, "client_secret": sandbox.DefaultClientSecret, "refresh_token": sandbox.DefaultRefreshToken,
	}
	for name, value := range more {
		settings[name] = value
	}
	return settings
}

// An access token lives for half an hour; a walk that takes longer renews it by the
// clock, and never learns of its end by a refusal.
func TestTrapAccessTokensExpire(t *testing.T) {
	for _, version := range []string{"v3", "2026-03", "2026-09"} {
		s := account(t, sandbox.Config{Counts: map[string]int{"notes": 3000}}, "", grant(map[string]string{"api_version": version, "rate": "0.01"}))
		start := s.clock.Now()
		got := s.mustRead(s.stream("notes"), crm.Request{})
		s.compare(got.records, s.truth("notes"))
		halfHours := int(s.clock.Now().Sub(start)/(29*time.Minute)) + 1
		if n := s.requests("/token", "200"); n < 2 || n > halfHours || s.requests("", "401") != 0 {
			t.Errorf("%s: %d tokens in %s, %d refusals", version, n, s.clock.Now().Sub(start), s.requests("", "401"))
		}
	}
}

// Trap: the refresh token is replaced by another one with each use. It is kept for
// as long as the process lives, and a person is told.
func TestTrapRefreshTokensAreReissued(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"notes": 3000}}, "rotate", grant(map[string]string{"rate": "0.01"}))
	s.compare(s.mustRead(s.stream("notes"), crm.Request{}).records, s.truth("notes"))
	notices := s.notices()
	if len(notices) < 2 || notices[0].ID.Source != "hubspot" || !strings.Contains(notices[0].Fix, "HUBSPOT_REFRESH_TOKEN") {
		t.Fatalf("%+v", notices)
	}
	for _, n := range notices { // L8
		if strings.Contains(n.Message+n.Fix, sandbox.DefaultRefreshToken+"-") {
			t.Errorf("it shows the token: %+v", n)
		}
	}
}

func TestAGrantThatIsRefused(t *testing.T) {
	for _, name := range []string{"client_id", "client_secret", "refresh_token"} {
		s := account(t, sandbox.Config{}, "", grant(map[string]string{name: "other-value"}))
		_, err := s.read(s.stream("notes"), crm.Request{}, 0)
		e := mustFail(t, err, crm.CodeAuth, "HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET and HUBSPOT_REFRESH_TOKEN")
		if strings.Contains(e.Error(), "other-value") || s.requests("/token", "") != 1 || len(s.Requests()) != 1 {
			t.Errorf("%s: %v after %v", name, e, s.Requests())
		}
	}
}

func TestATokenThatIsRefused(t *testing.T) {
	s := account(t, sandbox.Config{}, "", map[string]string{"token": "pat-na1-another"})
	_, err := s.read(s.stream("notes"), crm.Request{}, 0)
	mustFail(t, err, crm.CodeAuth, "HUBSPOT_API_TOKEN")
	if err := s.Check(t.Context(), s.stream("notes")); crm.CodeOf(err) != crm.CodeAuth {
		t.Errorf("%v", err)
	}
	_, err = s.Connector.(crm.Describer).Describe(t.Context(), s.stream("notes"))
	mustFail(t, err, crm.CodeAuth)
}

func TestCheckProvesTheStream(t *testing.T) {
	s := account(t, sandbox.Config{Records: 100}, "", map[string]string{"custom_objects": custom})
	source := hubspot.Source()
	more, err := source.More(crm.Settings{Values: s.plan})
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range append(source.Streams, more...) {
		if err := s.Check(t.Context(), st); err != nil {
			t.Errorf("%s: %v", st.Name, err)
		}
	}
	if n := s.requests("/account-info/", ""); n != 1 {
		t.Errorf("%d calls about the account", n)
	}
	s.answering("/account-info/", 503, "")
	s.plan["retries"] = "0"
	s.reconnect()
	if err := s.Check(t.Context(), source.Streams[0]); crm.CodeOf(err) != crm.CodeSourceDown {
		t.Errorf("%v", err)
	}
}

// Trap: a token without a right gets 403. It costs that stream only, and the error
// names the scope and where to give it; contacts are what nobody can do without.
func TestTrapMissingScopes(t *testing.T) {
	s := account(t, sandbox.Config{Records: 100}, "forbidden=contacts+tickets+deals+owners+divisions", map[string]string{"custom_objects": custom})
	for name, code := range map[string]crm.Code{
		"contacts": crm.CodeForbidden, "tickets": crm.CodeStreamAbsent, "deals": crm.CodeStreamAbsent, "owners": crm.CodeStreamAbsent,
		"divisions": crm.CodeForbidden, "deals_companies": crm.CodeStreamAbsent,
	} {
		st := s.stream(name)
		scope := "crm.objects." + strings.TrimSuffix(name, "_companies") + ".read"
		e := mustFail(t, s.Check(t.Context(), st), code, "the token may not read "+name, scope)
		_, err := s.read(st, crm.Request{}, 0)
		mustFail(t, err, code, scope)
		if want := "Give the service key (or the private app) the scope " + scope + ", in HubSpot under Settings > Integrations, and run it again"; e.Fix != want {
			t.Errorf("%s: the fix is %q", name, e.Fix)
		}
		if cause, is := errors.AsType[*crm.Error](e.Err); code == crm.CodeStreamAbsent && (!is || cause.Code != crm.CodeForbidden) {
			t.Errorf("%s: the cause is %v", name, e.Err)
		}
		if e.Retryable {
			t.Errorf("%s: retryable", name)
		}
		_, err = s.read(st, crm.Request{Since: s.clock.Now()}, 0)
		mustFail(t, err, code, scope)
	}
	calls := 0
	for route, n := range s.Requests() {
		if strings.HasSuffix(route, "403") {
			calls += n
		}
	}
	if calls != 18 { // no refusal is tried again
		t.Errorf("%d refusals", calls)
	}
	s.answering("/objects/tickets", 403, `{"status":"error","message":"You may not.","category":"MISSING_SCOPES"}`)
	mustFail(t, s.Check(t.Context(), s.stream("tickets")), crm.CodeStreamAbsent, "a right that HubSpot does not name", "You may not.",
		"Give the service key (or the private app) the scope that reads tickets (crm.objects.*.read)")
	s.answering("/objects/tickets", 403, `{"status":"error","message":"You may not.","category":"BANNED"}`)
	mustFail(t, s.Check(t.Context(), s.stream("tickets")), crm.CodeForbidden, "You may not.")
}

func TestATypeThatTheAccountDoesNotHave(t *testing.T) {
	s := account(t, sandbox.Config{}, "", map[string]string{"custom_objects": "projects=2-999"})
	_, err := s.read(s.stream("projects"), crm.Request{}, 0)
	mustFail(t, err, crm.CodeSourceRefused, "custom_objects", "projects")
	s.answering("/objects/0-421", 400, `{"message":"Unable to infer object type from: 0-421"}`)
	mustFail(t, s.Check(t.Context(), s.stream("appointments")), crm.CodeStreamAbsent, "does not offer appointments")
	s.answering("/objects/quotes", 404, `{"message":"no"}`)
	mustFail(t, s.Check(t.Context(), s.stream("quotes")), crm.CodeStreamAbsent, "does not offer quotes")
	s.answering("/objects/quotes", 400, `{"message":"no"}`)
	mustFail(t, s.Check(t.Context(), s.stream("quotes")), crm.CodeSourceRefused)
}

func TestEveryVersionReadsTheSame(t *testing.T) {
	for _, version := range []string{"v3", "2026-03", "2026-09"} {
		s := account(t, sandbox.Config{Records: 400}, "", map[string]string{"api_version": version, "custom_objects": custom})
		for _, typ := range []string{"contacts", "appointments", "divisions"} {
			st := s.described(typ)
			s.compare(s.mustRead(st, crm.Request{}).records, s.truth(typ))
			since := s.clock.Now()
			s.clock.Pass(time.Second)
			s.Change(typ, sandbox.Random(5))
			if got := s.mustRead(st, crm.Request{Since: since}); got.count != 5 {
				t.Errorf("%s: %d changes of %s", version, got.count, typ)
			}
		}
		for _, name := range []string{"owners", "pipelines"} {
			if got := s.mustRead(s.stream(name), crm.Request{}); got.count == 0 {
				t.Errorf("%s: no %s", version, name)
			}
		}
		for route := range s.Requests() {
			if version != "v3" && !strings.Contains(route, version) {
				t.Errorf("%s: asked %s", version, route)
			}
		}
	}
}
