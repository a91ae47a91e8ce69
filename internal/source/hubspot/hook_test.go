package hubspot_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/source/hubspot"
)

const hookSecret = "hook-secret"

// openHook opens the hook of an account. A remark of its fails the test, unless the test
// hears it.
func openHook(t *testing.T, c crm.Clock, settings map[string]string) crm.Hook {
	t.Helper()
	return hearing(t, c, settings, func(e crm.Event) { t.Errorf("%+v", e) })
}

func hearing(t *testing.T, c crm.Clock, settings map[string]string, observe func(crm.Event)) crm.Hook {
	t.Helper()
	all := values(settings)
	all["webhook_secret"] = hookSecret
	h, err := hubspot.Source().Hook(crm.Settings{Account: "hubspot", Values: all}, crm.Deps{Clock: c, Observe: observe})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// signed is a call as HubSpot makes it, at that time.
func signed(at time.Time, url, body string) crm.Call {
	stamp := strconv.FormatInt(at.UnixMilli(), 10)
	header := http.Header{}
	header.Set(sandbox.TimestampHeader, stamp)
	header.Set(sandbox.SignatureHeader, sandbox.Sign(hookSecret, "POST", url, []byte(body), stamp))
	return crm.Call{Method: "POST", URL: url, Header: header, Body: []byte(body)}
}

func TestTrapACallThatIsNotProvedIsRefused(t *testing.T) {
	const url, body = "https://warren.example.com/hooks/hubspot?a=%3A%2F", `[]`
	c := crmtest.NewClock(begin)
	h := openHook(t, c, nil)
	for name, spoil := range map[string]func(*crm.Call){
		"as it is":            func(*crm.Call) {},
		"another body":        func(call *crm.Call) { call.Body = []byte(`[{}]`) },
		"another address":     func(call *crm.Call) { call.URL += "x" },
		"another method":      func(call *crm.Call) { call.Method = "GET" },
		"no signature":        func(call *crm.Call) { call.Header.Del(sandbox.SignatureHeader) },
		"a signature of none": func(call *crm.Call) { call.Header.Set(sandbox.SignatureHeader, "not base64!") },
		"no time":             func(call *crm.Call) { call.Header.Del(sandbox.TimestampHeader) },
		"another time": func(call *crm.Call) {
			call.Header.Set(sandbox.TimestampHeader, strconv.FormatInt(begin.UnixMilli()+1, 10))
		},
		"too old":    func(call *crm.Call) { *call = signed(begin.Add(-5*time.Minute-time.Second), url, body) },
		"too early":  func(call *crm.Call) { *call = signed(begin.Add(5*time.Minute+time.Second), url, body) },
		"old enough": func(call *crm.Call) { *call = signed(begin.Add(-5*time.Minute+time.Second), url, body) },
	} {
		call := signed(begin, url, body)
		spoil(&call)
		_, err := h.Read(call)
		if good := name == "as it is" || name == "old enough"; good != (err == nil) || err != nil && crm.CodeOf(err) != crm.CodeAuth {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), hookSecret) {
			t.Errorf("%s: the secret is in %v", name, err)
		}
	}
}

func TestWhatEventsAreAbout(t *testing.T) {
	c := crmtest.NewClock(begin)
	var told []string
	h := hearing(t, c, map[string]string{"custom_objects": "divisions=2-37778609", "associations": "deals-contacts"}, func(e crm.Event) {
		told = append(told, e.(crm.Notice).Message)
	})
	for body, want := range map[string]string{
		`{"subscriptionType":"contact.propertyChange","objectId":12345678901,"propertyName":"email"}`:                          "contacts 12345678901",
		`{"subscriptionType":"contact.creation","objectId":"7"}`:                                                               "contacts 7",
		`{"subscriptionType":"contact.privacyDeletion","objectId":7}`:                                                          "contacts 7",
		`{"subscriptionType":"line_item.deletion","objectId":7}`:                                                               "line_items 7",
		`{"subscriptionType":"object.restore","objectTypeId":"2-37778609","objectId":7}`:                                       "divisions 7",
		`{"subscriptionType":"object.creation","objectTypeId":"0-421","objectId":7}`:                                           "appointments 7",
		`{"subscriptionType":"object.creation","objectTypeId":"2-1","objectId":7}`:                                             "",
		`{"subscriptionType":"company.merge","objectId":1,"primaryObjectId":1,"mergedObjectIds":[2,3],"newObjectId":4}`:        "companies 1, companies 4, companies 2, companies 3",
		`{"subscriptionType":"deal.associationChange","associationType":"DEAL_TO_CONTACT","fromObjectId":5,"toObjectId":6}`:    "deals_contacts 5/6",
		`{"subscriptionType":"contact.associationChange","associationType":"CONTACT_TO_DEAL","fromObjectId":6,"toObjectId":5}`: "deals_contacts 5/6",
		`{"subscriptionType":"deal.associationChange","associationType":"DEAL_TO_COMPANY","fromObjectId":5,"toObjectId":6}`:    "",
		`{"subscriptionType":"deal.associationChange","associationType":"odd"}`:                                                "",
		`{"subscriptionType":"unheard.of","objectId":7}`:                                                                       "",
		`{"subscriptionType":"unheard.of","objectId":8}`:                                                                       "",
	} {
		changed, err := h.Read(signed(begin, "https://x", "["+body+","+body+"]"))
		var got []string
		for _, c := range changed {
			got = append(got, c.Stream+" "+c.ID)
		}
		if text := strings.Join(got, ", "); err != nil || text != want {
			t.Errorf("%s: %q, %v", body, text, err)
		}
	}
	slices.Sort(told) // of each type once
	if len(told) != 2 || !strings.Contains(told[0], `"2-1", which is none of the streams`) || !strings.Contains(told[1], `"unheard"`) {
		t.Errorf("told %q", told)
	}
}

// Trap: one event that cannot be read is no reason to refuse the others, which HubSpot
// would tell again and again. It is told of; a call that brings nothing else is refused.
func TestTrapAnEventThatCannotBeRead(t *testing.T) {
	const first, second = `{"subscriptionType":"contact.creation","objectId":7}`, `{"subscriptionType":"deal.creation","objectId":8}`
	for _, bad := range []string{
		`7`, `null`, `"x"`, `[` + first + `]`, `{}`, `{"hello":"world"}`, `{"objectId":7}`, `{"subscriptionType":"contact","objectId":7}`,
		`{"subscriptionType":"object.propertyChange","objectId":7}`,
		`{"subscriptionType":5,"objectId":7}`,
		`{"subscriptionType":"contact.creation","objectId":"x"}`,
		`{"subscriptionType":"contact.creation","objectId":1.5}`,
		`{"subscriptionType":"contact.creation","objectId":-7}`,
		`{"subscriptionType":"contact.creation","objectId":{"id":7}}`,
		`{"subscriptionType":"contact.creation","objectId":null}`,
		`{"subscriptionType":"contact.creation"}`,
		`{"subscriptionType":"contact.merge","objectId":7,"mergedObjectIds":"8"}`,
		`{"subscriptionType":"deal.associationChange","associationType":"DEAL_TO_CONTACT","fromObjectId":5}`,
	} {
		var told []crm.Notice
		h := hearing(t, crmtest.NewClock(begin), nil, func(e crm.Event) { told = append(told, e.(crm.Notice)) })
		got, err := h.Read(signed(begin, "https://x", "["+first+","+bad+","+bad+","+second+"]"))
		if want := []crm.Changed{{Stream: "contacts", ID: "7"}, {Stream: "deals", ID: "8"}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", bad, got, err)
		}
		if len(told) != 1 || told[0].ID.Source != "hubspot" || told[0].Fix == "" || !strings.Contains(told[0].Message, "2 of the 4 events") {
			t.Errorf("%s: told %+v", bad, told)
		}
		told = nil
		got, err = h.Read(signed(begin, "https://x", "["+bad+"]"))
		mustFail(t, err, crm.CodeBadAnswer, "cannot be read")
		if len(got) != 0 || len(told) != 0 {
			t.Errorf("%s alone: %v, told %+v", bad, got, told)
		}
	}
}

func TestACallThatIsNoListIsRefused(t *testing.T) {
	h := openHook(t, crmtest.NewClock(begin), nil)
	for body, good := range map[string]bool{`[]`: true, "\t[]\n": true, `{"no":"list"}`: false, `7`: false, ``: false, `[{}`: false, `[{}]x`: false, `[{},]`: false} {
		got, err := h.Read(signed(begin, "https://x", body))
		if len(got) != 0 || good != (err == nil) {
			t.Errorf("%s: %v, %v", body, got, err)
		}
		if err != nil {
			mustFail(t, err, crm.CodeBadAnswer, "cannot be read")
		}
	}
}

func TestAnAccountWithoutASecretHearsNothing(t *testing.T) {
	h, err := hubspot.Source().Hook(crm.Settings{Values: values(nil)}, crm.Deps{})
	if h != nil || err != nil {
		t.Errorf("%v, %v", h, err)
	}
}

// fetched returns what single records and pairs came to.
func fetched(t *testing.T, s *site, name string, ids ...string) (records map[string]string, gone []string) {
	t.Helper()
	records = map[string]string{}
	for page, err := range s.Connector.(crm.Fetcher).Fetch(t.Context(), s.stream(name), ids) {
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range page.Records {
			var r map[string]any
			if err := json.Unmarshal(record, &r); err != nil {
				t.Fatal(err)
			}
			records[idOfRecord(name, r)] = string(record)
		}
		for _, key := range page.Gone {
			gone = append(gone, string(key))
		}
	}
	slices.Sort(gone)
	return records, gone
}

func idOfRecord(name string, r map[string]any) string {
	if name == "deals_contacts" {
		return r["deal_id"].(string) + "/" + r["contact_id"].(string)
	}
	return r["id"].(string)
}

// Whatever the sandbox's webhooks tell, reading it again brings the truth: changes,
// deletions, restores, merges and associations, told twice and out of order.
func TestTrapWebhooksAreToldTwiceAndOutOfOrder(t *testing.T) {
	s := account(t, sandbox.Config{Records: 300}, "duplicate=0.5,unordered,newid", map[string]string{"associations": "deals-contacts"})
	h := openHook(t, s.clock, map[string]string{"associations": "deals-contacts"})
	var told []crm.Changed
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		changed, err := h.Read(crm.Call{Method: r.Method, URL: "https://warren.example.com" + r.URL.RequestURI(), Header: r.Header, Body: body})
		if err != nil {
			t.Errorf("%v", err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		told = append(told, changed...)
	}))
	defer receiver.Close()
	s.Subscribe(sandbox.Webhook{URL: receiver.URL + "/hooks/hubspot", Public: "https://warren.example.com/hooks/hubspot", Secret: hookSecret})
	changed := s.Change("contacts", sandbox.Random(5))
	archived := s.Archive("contacts", sandbox.Random(3))
	purged := s.Purge("contacts", sandbox.Random(2))
	restored := s.Restore("contacts", sandbox.These(archived[0]))
	deals := slices.Collect(keys(s.Records("deals")))
	contacts := slices.Collect(keys(s.Records("contacts")))
	s.Associate("deals", deals[0], "contacts", contacts[1])
	survivor, ok := s.Merge("contacts", contacts[2], contacts[3])
	if len(restored) != 1 || !ok {
		t.Fatalf("restored %v, merged %v", restored, ok)
	}
	for s.State().Pending > 0 {
		s.clock.Pass(time.Minute)
		s.Tell(context.Background())
	}
	ids := map[string][]string{}
	for _, c := range told {
		if !slices.Contains(ids[c.Stream], c.ID) {
			ids[c.Stream] = append(ids[c.Stream], c.ID)
		}
	}
	records, gone := fetched(t, s, "contacts", ids["contacts"]...)
	has := func(id int64) bool { _, ok := records[strconv.FormatInt(id, 10)]; return ok }
	for _, id := range append(changed, survivor, restored[0]) {
		if _, live := s.Record("contacts", id); live && !has(id) {
			t.Errorf("contact %d was not read again", id)
		}
	}
	isGone := func(id int64) bool { return slices.Contains(gone, `{"id":"`+strconv.FormatInt(id, 10)+`"}`) }
	for _, id := range archived[1:] {
		if slices.Contains(purged, id) {
			t.Fatalf("contact %d is archived no more", id)
		}
		if r := records[strconv.FormatInt(id, 10)]; !strings.Contains(r, `"archived":true`) || isGone(id) {
			t.Errorf("contact %d is to be shown as archived, and not as gone (%t): %s", id, isGone(id), r)
		}
	}
	for _, id := range append(purged, contacts[3]) {
		if !isGone(id) || has(id) {
			t.Errorf("contact %d is to be gone, and not to be shown (%t): %v", id, has(id), gone)
		}
	}
	pair := strconv.FormatInt(deals[0], 10) + "/" + strconv.FormatInt(contacts[1], 10)
	if pairs, _ := fetched(t, s, "deals_contacts", ids["deals_contacts"]...); pairs[pair] == "" {
		t.Errorf("the association %s was not told: %v", pair, ids)
	}
	s.Dissociate("deals", deals[0], "contacts", contacts[1])
	if pairs, gone := fetched(t, s, "deals_contacts", pair); pairs[pair] != "" || len(gone) != 1 {
		t.Errorf("the association that was removed: %v, gone %v", pairs, gone)
	}
}

// keys are the ids of records.
func keys(records func(func(int64, []byte) bool)) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		for id := range records {
			if !yield(id) {
				return
			}
		}
	}
}

// A row that somebody else wrote may have any id: HubSpot has no record of it, and it keeps
// no other from being asked for.
func TestIDsThatAreNoneOfHubSpots(t *testing.T) {
	s := account(t, sandbox.Config{Records: 10}, "", nil)
	var id string
	for id = range s.truth("contacts") {
		break
	}
	var records, gone []string
	for page, err := range s.Connector.(crm.Fetcher).Fetch(t.Context(), s.described("contacts"), []string{`test-"1`, id, ""}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range page.Records {
			records = append(records, recordOf(t, raw).ID)
		}
		for _, raw := range page.Gone {
			gone = append(gone, recordOf(t, raw).ID)
		}
	}
	if !slices.Equal(records, []string{id}) || !slices.Equal(gone, []string{`test-"1`, ""}) {
		t.Errorf("records %q, gone %q", records, gone)
	}
}

func TestWhatCannotBeFetched(t *testing.T) {
	s := account(t, sandbox.Config{Records: 10}, "", nil)
	for name, id := range map[string]string{"deals_contacts": "12", "owners": "1"} {
		for _, err := range s.Connector.(crm.Fetcher).Fetch(t.Context(), s.stream(name), []string{id}) {
			if crm.CodeOf(err) != crm.CodeUsage {
				t.Errorf("%s %s: %v", name, id, err)
			}
		}
	}
}
